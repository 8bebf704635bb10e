import { importSPKI, jwtVerify } from 'jose';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { defaultPolicy, policyAlgorithm, policyClaims, type Rules } from '#contract/policy/policy.ts';
import { ruleNames } from '#contract/policy/rules.ts';
import { policyPublicKey } from '#gateway/identity/policy-token.ts';
import { createPolicies } from '#gateway/policy/policies.ts';
import type { PolicyScope } from '#gateway/store/policy-records.ts';
import { newStore, policySite } from './rig.ts';

async function open(policy: Rules & { version?: number } = {}) {
  const store = await newStore();
  const site = policySite(policy);
  const now = 1_795_000_000_999;
  const policies = createPolicies({ store, site, now: () => now });
  return {
    ...{ store, policies },
    decide: (scope: PolicyScope, rules: Rules) =>
      store.setPolicyLayer({ scope, rules: JSON.stringify(rules), changed: 1, actor: 'x' }),
    claims: async (token: string) => {
      const key = await importSPKI(policyPublicKey(site.policyKey), policyAlgorithm);
      const { payload } = await jwtVerify(token, key, { algorithms: [policyAlgorithm], currentDate: new Date(now) });
      return v.parse(policyClaims, payload);
    },
  };
}

describe('the effective policy', () => {
  it('is the strict default where nobody has decided anything', async () => {
    const { policies } = await open();
    const { policy, origins } = policies.effective('l-1', 'sato');
    expect(policy).toEqual(defaultPolicy);
    expect(new Set(Object.values(origins))).toEqual(new Set(['default']));
    expect(Object.keys(origins).sort()).toEqual([...ruleNames].sort());
  });

  it('says of a value of the configuration that it is from there, also when it is the default’s', async () => {
    const { policies } = await open({ usb: 'pause', watermark: false });
    expect(policies.effective('l-1', 'sato')).toMatchObject({
      policy: { usb: 'pause', watermark: false, capture: 'pause' },
      origins: { usb: 'file', watermark: 'file', capture: 'default' },
    });
  });

  it('lays site, groups, person and laptop over each other, in this order', async () => {
    const { policies, decide, store } = await open({ pinMinimum: 7 });
    const scopes = ['site', 'group:a', 'group:b', 'user:sato', 'device:l-1'] as const;
    store.joinGroup('b', 'sato');
    store.joinGroup('a', 'sato');
    const seen = [...scopes].map((scope, index) => {
      decide(scope, { pinMinimum: 10 + index });
      const { policy, origins } = policies.effective('l-1', 'sato');
      return [policy.pinMinimum, origins.pinMinimum];
    });
    expect(seen).toEqual([
      [10, 'site'],
      [11, 'group:a'],
      [12, 'group:b'],
      [13, 'user'],
      [14, 'device'],
    ]);
    expect(policies.layers('l-1', 'sato').map(({ origin }) => origin)).toEqual([
      'file',
      'site',
      'group:a',
      'group:b',
      'user',
      'device',
    ]);
  });

  it('is nobody else’s business', async () => {
    const { policies, decide, store } = await open();
    store.joinGroup('night', 'sato');
    decide('group:night', { usb: 'end' });
    decide('user:sato', { idleSeconds: 60 });
    decide('device:l-1', { watermark: false });
    expect(policies.effective('l-2', 'yamada').policy).toMatchObject({
      usb: 'pause',
      idleSeconds: 1800,
      watermark: true,
    });
    expect(policies.effective('l-2', 'sato').policy).toMatchObject({ usb: 'end', idleSeconds: 60, watermark: true });
    store.leaveGroup('night', 'sato');
    expect(policies.effective('l-2', 'sato').policy.usb).toBe('pause');
    expect(policies.general().policy.usb).toBe('pause');
  });

  it('has a version that grows with every change, on top of the configuration’s', async () => {
    const { policies, decide, store } = await open({ version: 40 });
    const version = () => policies.effective('l-1', 'sato').policy.version;
    expect(version()).toBe(40);
    decide('user:yamada', { usb: 'end' });
    expect(version()).toBe(41);
    store.joinGroup('night', 'yamada');
    store.clearPolicyLayer('user:yamada');
    expect([version(), policies.version()]).toEqual([43, 43]);
  });

  it('is not guessed at when a layer cannot be read', async () => {
    const { policies, decide } = await open();
    decide('site', { usb: 'sometimes' } as unknown as Rules);
    expect(() => policies.effective('l-1', 'sato')).toThrow();
    await expect(async () => policies.token('l-1', 'sato')).rejects.toThrow();
  });
});

describe('the signed policy', () => {
  it('is for one laptop, and says who has decided what', async () => {
    const { policies, decide, claims } = await open({ watermark: false });
    decide('device:l-1', { usb: 'end' });
    const { policy, origins } = policies.effective('l-1', 'sato');
    const said = await claims(await policies.token('l-1', 'sato'));
    expect(said).toEqual({ iss: 'urn:test', sub: 'l-1', iat: 1_795_000_000, policy, origins });
    expect(said.origins).toMatchObject({ usb: 'device', watermark: 'file', capture: 'default' });
  });

  it('is as a baseline for every laptop, with what is decided for everybody alone', async () => {
    const { policies, decide, claims, store } = await open({ watermark: false });
    store.joinGroup('night', 'sato');
    for (const scope of ['group:night', 'user:sato', 'device:l-1'] as const) decide(scope, { capture: 'ignore' });
    decide('site', { usb: 'end' });
    const said = await claims(await policies.baseline());
    expect(said).toMatchObject({ sub: '*', policy: { usb: 'end', watermark: false, capture: 'pause', version: 6 } });
    expect(said).toMatchObject(policies.general());
  });

  it('is not made when no laptop could take it', async () => {
    const holidays = Array.from({ length: 120 }, (_, day) => new Date(day * 86_400_000).toISOString().slice(0, 10));
    const windows = [1, 2, 3, 4].map((hour) => ({ from: `0${hour}:00`, to: `0${hour}:30` }));
    const extra = holidays.slice(0, 60).map((date) => ({ date, windows }));
    const { policies } = await open({ hours: { offset: 540, week: {}, holidays, extra } });
    await expect(policies.token('l-1', 'sato')).rejects.toThrow('too long');
  });
});
