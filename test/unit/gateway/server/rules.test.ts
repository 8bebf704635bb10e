import { describe, expect, it } from 'vitest';
import { type PathProbe, pathErrors, pathProbes } from '#contract/evidence/path.ts';
import { type PostureItem, type PostureVerdict, postureErrors, postureItems } from '#contract/evidence/posture.ts';
import { defaultPolicy, type Policy, trialRules } from '#contract/policy/policy.ts';
import {
  localTime,
  networkProblem,
  type RuleFacts,
  ruleAgainstOpening,
  ruleAgainstStaying,
} from '#gateway/server/rules.ts';
import { pathReport } from '#test/fixtures/gateway/statements.ts';

/** A Friday, 18:00 in Japan. */
const now = Date.UTC(2026, 10, 20, 9);
const verdicts = (refused?: PostureItem): PostureVerdict[] =>
  postureItems.map((item) => ({ item, level: item === refused ? 'refuse' : 'ok', until: null }));
const week = { offset: 540, week: { fri: [{ from: '08:30', to: '18:00' }], mon: [{ from: '08:30', to: '18:00' }] } };
const hours = { ...week, holidays: [], extra: [] };
const facts: RuleFacts & { disbelieved: boolean } = {
  ...{ policy: defaultPolicy, now, version: '1.0.0', source: '10.1.2.3', deskClass: null },
  ...{ verdicts: verdicts(), path: pathReport(), disbelieved: false },
};
const under = (change: Partial<Policy>, more: Partial<typeof facts> = {}) =>
  ruleAgainstOpening({ ...facts, policy: { ...defaultPolicy, ...change }, ...more });
const lenient = { ...defaultPolicy, ...trialRules };

describe('ruleAgainstOpening', () => {
  it('has nothing against a laptop that is as the strictest rules want it', () => {
    expect(ruleAgainstOpening(facts)).toBeUndefined();
  });

  it('refuses a desk of a class that is not used from outside, and no other', () => {
    expect(under({}, { deskClass: 'my-number' })).toEqual({ reason: 'deskClassRefused', details: {} });
    expect(under({}, { deskClass: 'general' })).toBeUndefined();
    expect(under({ refusedDeskClasses: [] }, { deskClass: 'my-number' })).toBeUndefined();
  });

  it('refuses outside the hours, and says when they begin, on the clock of the hours', () => {
    const details = { opens: '11/23 08:30' };
    expect(under({ hours })).toEqual({ reason: 'outsideHours', details });
    expect(under({ hours }, { now: now - 1 })).toBeUndefined();
    const never = { ...hours, week: {} };
    expect(under({ hours: never })).toEqual({ reason: 'outsideHours', details: { opens: '–' } });
  });

  it('refuses a program that has become too old since its hello', () => {
    const refused = { reason: 'clientTooOld', details: { minimum: '1.10.0' } };
    expect(under({ minimumVersion: '1.10.0' }, { version: '1.9.9' })).toEqual(refused);
    expect(under({ minimumVersion: '1.10.0' }, { version: '1.10.0' })).toBeUndefined();
  });

  it.each(postureItems)('refuses for what is bad by the name of it: %s', (item) => {
    expect(under({}, { verdicts: verdicts(item) })?.reason).toBe(postureErrors[item]);
  });

  it('refuses a laptop that has not said how it is, where any item is demanded', () => {
    expect(under({}, { verdicts: undefined })?.reason).toBe('postureMissing');
    const one = { ...lenient, firewall: { action: 'refuse', graceDays: 9 } } as const;
    expect(under(one, { verdicts: undefined })?.reason).toBe('postureMissing');
    expect(under(lenient, { verdicts: undefined })).toBeUndefined();
  });

  it.each(pathProbes)('refuses a path that leaks by the name of the leak: %s', (probe: PathProbe) => {
    const path = pathReport(probe);
    expect(under({}, { path })?.reason).toBe(pathErrors[probe]);
    expect(under({ closedPath: 'warn' }, { path })).toBeUndefined();
  });

  it('refuses a path that was not looked at, or only in part', () => {
    expect(under({}, { path: undefined })?.reason).toBe('pathUnchecked');
    const path = { results: pathReport().results.slice(1) };
    expect(under({}, { path })?.reason).toBe('pathUnchecked');
    expect(under({ closedPath: 'ignore' }, { path: undefined })).toBeUndefined();
  });

  it('says that it was not believed instead of that it was missing, and nothing of what is not demanded', () => {
    const disbelieved = true;
    expect(under({}, { disbelieved, verdicts: undefined })?.reason).toBe('evidenceRefused');
    expect(under({}, { disbelieved, path: undefined })?.reason).toBe('evidenceRefused');
    expect(under({}, { disbelieved, path: pathReport('lan') })?.reason).toBe('leakLan');
    expect(under(lenient, { disbelieved, verdicts: undefined, path: undefined })).toBeUndefined();
    expect(under({}, { disbelieved })).toBeUndefined();
  });

  it('names of several reasons the one that the laptop’s person can do least about', () => {
    const everything = {
      ...{ deskClass: 'my-number', source: '192.0.2.1', verdicts: verdicts('firewall'), path: pathReport('dns') },
    };
    const policy = { hours, networks: ['10.0.0.0/8'] };
    const order = ['deskClassRefused', 'outsideHours', 'networkRefused', 'firewallOff', 'leakDns'];
    const mended: Partial<typeof facts>[] = [
      {},
      { deskClass: null },
      { now: now - 1 },
      { source: '10.0.0.1' },
      { verdicts: verdicts() },
    ];
    let seen: Partial<typeof facts> = everything;
    for (const [index, mend] of mended.entries()) {
      seen = { ...seen, ...mend };
      expect(under(policy, seen)?.reason).toBe(order[index]);
    }
  });
});

describe('ruleAgainstStaying', () => {
  const look = { deskClass: () => null, verdicts: () => verdicts() };
  const still = (change: Partial<Policy>, more: Partial<typeof facts> & { silent?: boolean } = {}, says = look) =>
    ruleAgainstStaying({ ...facts, silent: false, policy: { ...defaultPolicy, ...change }, ...more }, says)?.reason;

  it('lets a session be that keeps the rules', () => expect(still({})).toBeUndefined());

  it('ends it by the rule that it breaks now', () => {
    expect(still({ hours })).toBe('hoursOver');
    expect(still({ minimumVersion: '2.0.0' })).toBe('clientTooOld');
    expect(still({ networks: ['192.0.2.0/24'] })).toBe('networkRefused');
    expect(still({}, {}, { ...look, deskClass: () => 'my-number' as never })).toBe('deskClassRefused');
    expect(still({}, {}, { ...look, verdicts: () => verdicts('antivirus') })).toBe('antivirusOff');
    expect(still({}, { path: pathReport('ipv6') })).toBe('leakIpv6');
    expect(still({}, { silent: true })).toBe('postureMissing');
  });

  it('waits for what a new rule asks for and nobody has said yet', () => {
    expect(still({}, { path: undefined }, { ...look, verdicts: () => undefined as never })).toBeUndefined();
    expect(still(lenient, { silent: true })).toBeUndefined();
  });

  it('ends it by the hours even when the store cannot be read', () => {
    const broken = () => {
      throw new Error('disk gone');
    };
    expect(still({ hours }, {}, { deskClass: broken, verdicts: broken })).toBe('hoursOver');
  });
});

describe('networkProblem', () => {
  const networks = ['10.1.0.0/16', '2001:db8:1::/48', '192.0.2.7/32'];
  it.each([
    ['10.1.255.255', true],
    ['10.2.0.0', false],
    ['::ffff:10.1.2.3', true],
    ['::ffff:10.2.2.3', false],
    ['192.0.2.7', true],
    ['192.0.2.8', false],
    ['2001:db8:1:ffff::1', true],
    ['2001:db8:2::1', false],
    ['::1', false],
    ['unknown', false],
    ['', false],
  ])('from %s: let in %s', (source, inside) => {
    expect(networkProblem(source, networks)).toEqual(inside ? undefined : { reason: 'networkRefused', details: {} });
  });

  it('lets everybody in where no network is named, and nobody where none can be read', () => {
    expect(networkProblem('unknown', null)).toBeUndefined();
    for (const odd of ['999.0.0.0/8', '10.0.0.0/33', ':::/8', '2001:db8::/129']) {
      expect(networkProblem('10.0.0.1', [odd])?.reason, odd).toBe('networkRefused');
    }
    expect(networkProblem('10.0.0.1', [])?.reason).toBe('networkRefused');
  });
});

describe('localTime', () => {
  it('is on the clock of the hours, not of the computer', () => {
    expect(localTime(Date.UTC(2026, 10, 30, 23, 30), 540)).toBe('12/01 08:30');
    expect(localTime(Date.UTC(2026, 0, 1, 0, 5), -300)).toBe('12/31 19:05');
  });
});
