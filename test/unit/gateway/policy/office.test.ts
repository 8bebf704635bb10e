import { describe, expect, it } from 'vitest';
import type { Rules } from '#contract/policy/policy.ts';
import type { Actor, AuditEntry } from '#gateway/audit/line.ts';
import { createPolicyOffice } from '#gateway/policy/office.ts';
import { createPolicies } from '#gateway/policy/policies.ts';
import { newStore, policySite } from './rig.ts';

const admin: Actor = { kind: 'admin', name: 'tanaka' };

async function open(policy: Rules = {}) {
  const store = await newStore();
  const site = policySite(policy);
  const now = () => 5000;
  const policies = createPolicies({ store, site, now });
  const log: AuditEntry[] = [];
  let full = false;
  const append = (entry: AuditEntry) => {
    if (full) throw new Error('no space');
    log.push(entry);
  };
  const office = createPolicyOffice({ store, policies, audit: { append }, issuer: site.config.issuer, now });
  return { ...{ store, policies, office, log }, fillDisk: () => (full = true) };
}

/** Hours that take a good part of a token. @param windows of each extra day. */
const longHours = (days: number, extraDays: number) => {
  const dates = Array.from({ length: days }, (_, day) => new Date(day * 86_400_000).toISOString().slice(0, 10));
  const windows = [1, 2, 3, 4].map((hour) => ({ from: `0${hour}:00`, to: `0${hour}:30` }));
  const extra = dates.slice(0, extraDays).map((date) => ({ date, windows }));
  return { offset: 540, week: {}, holidays: dates, extra };
};

describe('a decision about rules', () => {
  it('applies at once, tells whose policy changes, and is written down', async () => {
    const { office, policies, log, store } = await open();
    const change = office.set('site', { usb: 'end', capture: 'ignore' }, admin);
    expect(change.layer).toEqual([
      { rule: 'usb', before: undefined, after: 'end', looser: false },
      { rule: 'capture', before: undefined, after: 'ignore', looser: true },
    ]);
    const changes = [
      { rule: 'usb', before: 'pause', after: 'end', looser: false },
      { rule: 'capture', before: 'pause', after: 'ignore', looser: true },
    ];
    expect(change.laptops).toEqual([
      { device: 'l-1', user: 'sato', changes },
      { device: 'l-2', user: 'yamada', changes },
    ]);
    expect(policies.effective('l-1', 'sato').policy).toMatchObject({ usb: 'end', capture: 'ignore', version: 2 });
    expect(store.policyLayer('site')).toMatchObject({ changed: 5000, actor: 'tanaka' });
    expect(log).toEqual([
      {
        ...{ actor: admin, action: 'policy.set' },
        details: {
          scope: 'site',
          rules: { usb: { from: null, to: '"end"' }, capture: { from: null, to: '"ignore"' } },
        },
      },
    ]);
  });

  it('takes the place of the whole layer', async () => {
    const { office, policies, log } = await open();
    office.set('user:sato', { usb: 'end', pinMinimum: 8 }, admin);
    const { layer } = office.set('user:sato', { usb: 'warn' }, admin);
    expect(layer.map(({ rule, before, after }) => [rule, before, after])).toEqual([
      ['pinMinimum', 8, undefined],
      ['usb', 'end', 'warn'],
    ]);
    expect(policies.rulesOf('user:sato')).toEqual({ usb: 'warn' });
    expect(log[1]).toMatchObject({
      ...{ action: 'policy.set', user: 'sato' },
      details: {
        scope: 'user:sato',
        rules: { pinMinimum: { from: '8', to: null }, usb: { from: '"end"', to: '"warn"' } },
      },
    });
  });

  it('changes only laptops that it is for, and no given-up ones', async () => {
    const { office, store } = await open();
    store.joinGroup('night', 'yamada');
    const of = (scope: Parameters<typeof office.preview>[0]) =>
      office.preview(scope, { usb: 'end' }).laptops.map(({ device }) => device);
    expect(of('site')).toEqual(['l-1', 'l-2']);
    expect(of('group:night')).toEqual(['l-2']);
    expect(of('group:nobody')).toEqual([]);
    expect(of('user:sato')).toEqual(['l-1']);
    expect(of('device:l-2')).toEqual(['l-2']);
    store.setDeviceStatus('l-1', 'retired');
    expect(of('site')).toEqual(['l-2']);
  });

  it('changes nothing for a laptop whose own rules lie over it', async () => {
    const { office, policies } = await open();
    office.set('device:l-1', { usb: 'warn' }, admin);
    expect(office.set('site', { usb: 'end' }, admin).laptops).toMatchObject([{ device: 'l-2' }]);
    expect(policies.effective('l-1', 'sato').policy.usb).toBe('warn');
  });

  it('is no decision when it was so already', async () => {
    const { office, store, log } = await open();
    expect(office.set('site', {}, admin).layer).toEqual([]);
    office.set('site', { usb: 'end' }, admin);
    expect(office.set('site', { usb: 'end' }, admin)).toEqual({ layer: [], laptops: [] });
    expect([store.policySerial(), log.length]).toEqual([1, 1]);
  });

  it('leaves no empty layer behind', async () => {
    const { office, store } = await open();
    office.set('site', { usb: 'end' }, admin);
    office.set('site', {}, admin);
    expect(store.policyLayers()).toEqual([]);
  });

  it('is only looked at by a preview', async () => {
    const { office, store, log } = await open();
    expect(office.preview('site', { usb: 'end' })).toEqual({
      layer: [expect.objectContaining({ rule: 'usb' })],
      laptops: [expect.objectContaining({ device: 'l-1' }), expect.objectContaining({ device: 'l-2' })],
    });
    expect([store.policySerial(), store.policyLayers(), log]).toEqual([0, [], []]);
  });

  it('is taken back by clear', async () => {
    const { office, policies, log } = await open();
    office.set('device:l-1', { usb: 'end', watermark: false }, admin);
    expect(office.clear('device:l-1', admin)).toMatchObject({
      layer: [
        { rule: 'usb', before: 'end', after: undefined },
        { rule: 'watermark', before: false, after: undefined },
      ],
      laptops: [
        {
          device: 'l-1',
          changes: [
            { rule: 'usb', before: 'end', after: 'pause', looser: true },
            { rule: 'watermark', before: false, after: true, looser: false },
          ],
        },
      ],
    });
    expect(policies.rulesOf('device:l-1')).toBeUndefined();
    expect(log[1]).toMatchObject({
      ...{ action: 'policy.cleared', device: 'l-1' },
      details: { scope: 'device:l-1', rules: { usb: { from: '"end"', to: null } } },
    });
    expect(office.clear('device:l-1', admin)).toBeUndefined();
    expect(log).toHaveLength(2);
  });

  it.each(['user:ghost', 'device:ghost'] as const)('is refused for %s', async (scope) => {
    const { office, store } = await open();
    const unknown = expect.objectContaining({
      problem: 'unknown',
      message: `There is no ${scope.replace(':', ' "')}".`,
    });
    for (const act of [() => office.set(scope, { usb: 'end' }, admin), () => office.clear(scope, admin)]) {
      expect(act).toThrow(unknown);
    }
    expect(store.policySerial()).toBe(0);
  });

  it('can be taken back when nobody can read it any more', async () => {
    const { office, policies, log, store } = await open();
    store.setPolicyLayer({ scope: 'user:sato', rules: '{"usb":', changed: 0, actor: 'hand' });
    expect(() => policies.effective('l-1', 'sato')).toThrow();
    expect(office.clear('user:sato', admin)).toEqual({ layer: [], laptops: [] });
    expect(policies.effective('l-1', 'sato').policy.usb).toBe('pause');
    const line = { actor: admin, action: 'policy.cleared', user: 'sato' };
    expect(log).toEqual([{ ...line, details: { scope: 'user:sato', unreadable: true } }]);
  });

  it('does not happen when the log cannot be written', async () => {
    const { office, store, fillDisk } = await open();
    office.set('site', { usb: 'end' }, admin);
    store.joinGroup('day', 'sato');
    fillDisk();
    for (const act of [
      () => office.set('site', { usb: 'warn' }, admin),
      () => office.clear('site', admin),
      () => office.join('night', 'sato', admin),
      () => office.leave('day', 'sato', admin),
    ]) {
      expect(act).toThrow('no space');
    }
    expect(store.policyLayer('site')?.rules).toBe('{"usb":"end"}');
    expect([store.policySerial(), store.groupsOf('sato')]).toEqual([2, ['day']]);
  });

  it('is written down short, however long it is', async () => {
    const { office, log } = await open();
    office.set('site', { hours: longHours(100, 0) }, admin);
    const { rules } = log[0]!.details as { rules: { hours: { to: string } } };
    expect(rules.hours.to).toMatch(/^\{"offset":540.*…$/);
    expect(rules.hours.to.length).toBeLessThan(130);
  });
});

describe('a policy that is too long for the wire', () => {
  const tooLong = expect.objectContaining({ problem: 'refused', message: expect.stringContaining('too long') });

  it('is refused, naming the laptop, and nothing is changed', async () => {
    const { office, store, log } = await open();
    expect(() => office.set('user:sato', { hours: longHours(120, 60) }, admin)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/^The policy of laptop "l-1" would be too long/) }),
    );
    expect([store.policySerial(), log]).toEqual([0, []]);
  });

  it('is refused where only several layers together make it so', async () => {
    const { office, policies } = await open();
    const networks = Array.from({ length: 64 }, (_, index) => `2001:db8:1111:2222:3333:4444:5555:${1000 + index}/128`);
    office.set('site', { hours: longHours(120, 6) }, admin);
    expect(() => office.set('group:lan', { networks }, admin)).not.toThrow();
    expect(() => office.join('lan', 'sato', admin)).toThrow(tooLong);
    expect(policies.effective('l-1', 'sato').policy.networks).toBeNull();
    await expect(policies.token('l-1', 'sato')).resolves.toEqual(expect.any(String));
  });

  it('is refused for people who have no laptop yet, and for those to come', async () => {
    const { office, store } = await open();
    store.addUser({ id: 'ito', name: 'Ito', created: 1 });
    expect(() => office.set('user:ito', { hours: longHours(120, 60) }, admin)).toThrow(tooLong);
    for (const user of ['sato', 'yamada', 'ito']) office.set(`user:${user}`, { hours: null }, admin);
    expect(() => office.set('site', { hours: longHours(120, 60) }, admin)).toThrow(tooLong);
  });

  it('may be made shorter step by step', async () => {
    const { office, policies } = await open({ hours: longHours(120, 60) });
    expect(() => office.set('site', { hours: longHours(120, 60), networks: ['10.1.0.0/16'] }, admin)).toThrow(tooLong);
    // It has nothing to do with what else is decided.
    office.set('device:l-1', { hours: null, usb: 'end', minimumVersion: '10.10.10' }, admin);
    office.set('site', { hours: longHours(120, 50) }, admin);
    office.set('site', { hours: longHours(20, 0) }, admin);
    await expect(policies.token('l-1', 'sato')).resolves.toEqual(expect.any(String));
  });
});

describe('a membership', () => {
  it('brings the group’s rules and takes them away again', async () => {
    const { office, policies, log } = await open();
    office.set('group:night', { usb: 'warn' }, admin);
    const changes = [{ rule: 'usb', before: 'pause', after: 'warn', looser: true }];
    expect(office.join('night', 'sato', admin)).toEqual([{ device: 'l-1', user: 'sato', changes }]);
    expect(policies.effective('l-1', 'sato')).toMatchObject({
      policy: { usb: 'warn' },
      origins: { usb: 'group:night' },
    });
    expect(office.join('night', 'sato', admin)).toBeUndefined();
    expect(office.leave('night', 'sato', admin)).toMatchObject([{ device: 'l-1', changes: [{ after: 'pause' }] }]);
    expect(office.leave('night', 'sato', admin)).toBeUndefined();
    expect(log.slice(1)).toEqual([
      { actor: admin, action: 'group.joined', user: 'sato', details: { group: 'night' } },
      { actor: admin, action: 'group.left', user: 'sato', details: { group: 'night' } },
    ]);
  });

  it('foresees what the order of groups makes of it', async () => {
    const { office, policies } = await open();
    office.set('group:b', { usb: 'end' }, admin);
    office.set('group:a', { usb: 'warn' }, admin);
    office.join('b', 'sato', admin);
    expect(office.join('a', 'sato', admin)).toEqual([]);
    expect(policies.effective('l-1', 'sato').policy.usb).toBe('end');
  });

  it('of nobody is refused', async () => {
    const { office } = await open();
    for (const act of [office.join, office.leave]) {
      expect(() => act('night', 'ghost', admin)).toThrow(expect.objectContaining({ problem: 'unknown' }));
    }
  });
});
