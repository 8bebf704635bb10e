import { importSPKI, jwtVerify } from 'jose';
import * as v from 'valibot';
import { expect, it } from 'vitest';
import { policyAlgorithm, policyClaims, type Rules } from '#contract/policy/policy.ts';
import type { PolicyScope } from '#gateway/store/policy-records.ts';
import { activeDevice, admin, callerOf, client, codeAt, enrol, machine, openRig, type Rig } from '../identity/rig.ts';

const decide = (rig: Rig, scope: PolicyScope, rules: Rules) =>
  rig.store.setPolicyLayer({ scope, rules: JSON.stringify(rules), changed: 1, actor: 'x' });

const read = async (rig: Rig, token: string, policyKey: string) => {
  const key = await importSPKI(policyKey, policyAlgorithm);
  const { payload } = await jwtVerify(token, key, {
    algorithms: [policyAlgorithm],
    currentDate: new Date(rig.clock.now),
  });
  return v.parse(policyClaims, payload);
};

it('a laptop enrols with the rules that are decided for it', async () => {
  const rig = await openRig();
  decide(rig, 'user:yamada', { usb: 'end' });
  const { device, code } = rig.identity.createDevice({
    user: 'yamada',
    label: 'L',
    lease: null,
    hours: 1,
    actor: admin,
  });
  decide(rig, `device:${device.id}`, { watermark: false });
  const answer = await enrol(rig, code);
  const said = await read(rig, answer.policy, answer.policyKey);
  expect(said).toMatchObject({ sub: device.id, policy: { usb: 'end', watermark: false, version: 3 } });
  expect(said.origins).toMatchObject({ usb: 'user', watermark: 'device', capture: 'file' });
});

it('a person is signed in for as long as the rules say now, and extended likewise', async () => {
  const rig = await openRig();
  const { caller, answer } = await activeDevice(rig);
  decide(rig, 'user:yamada', { sessionSeconds: 600 });
  const code = () => codeAt(answer.otp!, rig.clock.now);
  const signedIn = rig.identity.signIn(caller, code());
  if (!signedIn.ok) throw new Error(signedIn.failure.reason);
  expect(signedIn.until).toBe(rig.clock.now + 600_000);
  expect((await read(rig, await signedIn.policy, answer.policyKey)).policy.sessionSeconds).toBe(600);
  rig.clock.now += 60_000;
  decide(rig, 'user:yamada', { sessionSeconds: 120 });
  expect(rig.identity.extend(caller, code())).toEqual({ ok: true, until: rig.clock.now + 120_000 });
});

it('a client that is too old for its own rules is refused, and no other', async () => {
  const rig = await openRig();
  const [old, other] = [await activeDevice(rig), await activeDevice(rig, 'sato')];
  decide(rig, `device:${old.id}`, { minimumVersion: '1.3.0' });
  const hello = ({ answer }: typeof old) =>
    rig.identity.hello(callerOf(answer, answer.certificate), { client, machine });
  expect(hello(old)).toMatchObject({ refusal: { reason: 'clientTooOld', details: { minimum: '1.3.0' } } });
  expect(hello(other)).toEqual({ method: 'embedded' });
});
