import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pathProbes } from '#contract/evidence/path.ts';
import { postureItems } from '#contract/evidence/posture.ts';
import { type Demand, defaultPolicy, type Policy, trialRules } from '#contract/policy/policy.ts';
import { underBaseline } from '#contract/policy/rules.ts';
import { notReplayed, type PastSession, type Simulation, simulate } from '#gateway/policy/simulate.ts';

const hour = 3_600_000;
const day = 24 * hour;
/** A Monday, 09:00 in Japan. */
const monday = Date.UTC(2026, 10, 16, 0, 0);
const lenient: Policy = { ...defaultPolicy, ...trialRules, refusedDeskClasses: [] };
const good: PastSession['posture'] = {
  os: 'linux',
  client: '1.2.0',
  facts: postureItems.map((item) => ({ item, state: 'good', set: 'yes', effective: 'yes', ageDays: 3 })),
};
const bad = (...items: string[]): PastSession['posture'] => ({
  ...good,
  facts: good.facts.map((fact) => (items.includes(fact.item) ? { ...fact, state: 'bad' as const } : fact)),
});
const closed: PastSession['path'] = { results: pathProbes.map((probe) => ({ probe, outcome: 'blocked' })) };
const plain: PastSession = {
  ...{ user: 'yamada', device: 'd1', deskClass: null, granted: monday, ended: monday + hour, source: '203.0.113.7' },
  ...{ posture: good, path: closed },
};
const run = (sessions: PastSession[], draft: Partial<Policy>, present: Partial<Policy> = {}): Simulation =>
  simulate(sessions, {
    draft: () => ({ ...lenient, ...draft }),
    present: () => ({ ...lenient, ...present }),
    now: monday + 30 * day,
  });
const none = { refused: 0, cutShort: 0, anew: 0, people: [], unknown: [] };
const refuse: Demand = { action: 'refuse', graceDays: 0 };

describe('simulate', () => {
  it('leaves a session alone that keeps the strictest of rules', () => {
    const hours = { offset: 540, week: { mon: [{ from: '08:30', to: '17:15' }] }, holidays: [], extra: [] };
    const draft = { ...defaultPolicy, minimumVersion: '1.2.0', hours, networks: ['203.0.113.0/24'] };
    expect(run([plain], draft)).toEqual({ sessions: 1, ...none });
  });

  const weekdays = { offset: 540, week: { mon: [{ from: '10:00', to: '17:15' }] }, holidays: [], extra: [] };
  it.each<[string, Partial<PastSession>, Partial<Policy>, object]>([
    ['its desk’s class', { deskClass: 'my-number' }, { refusedDeskClasses: ['my-number'] }, { refused: 1 }],
    ['its hour', {}, { hours: weekdays }, { refused: 1 }],
    ['its end', { granted: monday + hour, ended: monday + 9 * hour }, { hours: weekdays }, { cutShort: 1 }],
    ['its end, while it still lives', { granted: monday + hour, ended: null }, { hours: weekdays }, { cutShort: 1 }],
    ['where it came from', {}, { networks: ['10.0.0.0/8', '2001:db8::/32'] }, { refused: 1 }],
    ['its version', {}, { minimumVersion: '1.10.0' }, { refused: 1 }],
    ['a leak', { path: { results: [{ probe: 'dns', outcome: 'leaks' }] } }, { closedPath: 'refuse' }, { refused: 1 }],
    ['a probe that was not made', { path: { results: [] } }, { closedPath: 'refuse' }, { refused: 1 }],
    ['its disk', { posture: bad('diskEncryption') }, { diskEncryption: refuse }, { refused: 1 }],
    ['old virus definitions', {}, { antivirus: refuse, antivirusDays: 2 }, { refused: 1 }],
  ])('finds %s', (_, session, draft, effect) => {
    const { people, ...found } = run([{ ...plain, ...session }], draft);
    expect(found).toEqual({ sessions: 1, refused: 0, cutShort: 0, anew: 1, unknown: [], ...effect });
    expect(people).toHaveLength(1);
    const at = session.granted ?? monday;
    expect(people[0]).toEqual({
      ...{ user: 'yamada', rule: expect.any(String), refused: 0, cutShort: 0, anew: 1, first: at, last: at },
      ...effect,
    });
    expect(Object.keys(draft)).toContain(people[0]!.rule);
  });

  it('counts apart what was not recorded, and only for rules that ask for it', () => {
    const unrecorded = { ...plain, source: null, posture: undefined, path: undefined };
    const draft: Partial<Policy> = {
      networks: ['203.0.113.0/24'],
      minimumVersion: '1.0.0',
      firewall: refuse,
      closedPath: 'refuse',
    };
    expect(run([unrecorded, unrecorded], {})).toEqual({ sessions: 2, ...none });
    expect(run([unrecorded, unrecorded], draft)).toEqual({
      ...{ sessions: 2, ...none },
      unknown: ['minimumVersion', 'closedPath', 'firewall', 'networks'].map((rule) => ({ rule, sessions: 2 })),
    });
  });

  it('names each person and rule with first and last time, and which of it would be new', () => {
    const at = (days: number, over: Partial<PastSession>): PastSession => {
      const granted = monday + days * day;
      return { ...plain, granted, ended: granted + hour, ...over };
    };
    const sessions = [
      at(3, { posture: bad('firewall', 'screenLock') }),
      at(1, { posture: bad('firewall') }),
      at(2, { user: 'sato', device: 'd2', posture: bad('screenLock') }),
      at(4, { user: 'sato', device: 'd2' }),
    ];
    const result = run(sessions, { firewall: refuse, screenLock: refuse }, { firewall: refuse });
    expect(result).toEqual({
      ...{ sessions: 4, refused: 3, cutShort: 0, anew: 1, unknown: [] },
      people: [
        {
          user: 'sato',
          rule: 'screenLock',
          refused: 1,
          cutShort: 0,
          anew: 1,
          first: monday + 2 * day,
          last: monday + 2 * day,
        },
        {
          user: 'yamada',
          rule: 'firewall',
          refused: 2,
          cutShort: 0,
          anew: 0,
          first: monday + day,
          last: monday + 3 * day,
        },
        {
          user: 'yamada',
          rule: 'screenLock',
          refused: 1,
          cutShort: 0,
          anew: 1,
          first: monday + 3 * day,
          last: monday + 3 * day,
        },
      ],
    });
  });

  it('lets a grace run from the first time that an item was bad, until it was good again', () => {
    const updates: Demand = { action: 'refuse', graceDays: 2 };
    const on = (days: number, posture: PastSession['posture'], hours = 1): PastSession => {
      const granted = monday + days * day;
      return { ...plain, granted, ended: granted + hours * hour, posture };
    };
    const overdue = bad('updates');
    expect(run([on(0, overdue), on(1, overdue)], { updates })).toMatchObject({ refused: 0, cutShort: 0 });
    expect(run([on(0, overdue), on(1.9, overdue, 6)], { updates })).toMatchObject({ refused: 0, cutShort: 1 });
    expect(run([on(0, overdue), on(3, overdue)], { updates })).toMatchObject({ refused: 1 });
    expect(run([on(0, overdue), on(1.5, overdue), on(3, overdue)], { updates })).toMatchObject({ refused: 1 });
    expect(run([on(0, overdue), on(2, good), on(3, overdue)], { updates })).toMatchObject({ refused: 0 });
    // Nothing was said that day: it may have been good.
    expect(run([on(0, overdue), on(1, undefined), on(3, overdue)], { updates })).toMatchObject({ refused: 1 });
    expect(run([on(0, overdue), { ...on(3, overdue), device: 'd2' }], { updates })).toMatchObject({ refused: 0 });
  });

  it('says which rules of a draft it cannot replay', () => {
    expect(notReplayed({ usb: 'end', hours: null, watermark: true, updates: refuse })).toEqual(['usb', 'watermark']);
  });
});

describe('any draft', () => {
  const demand = fc.record({
    action: fc.constantFrom('ignore', 'warn', 'refuse'),
    graceDays: fc.constantFrom(0, 1, 3, 10),
  }) as fc.Arbitrary<Demand>;
  const hours = { offset: 540, week: { mon: [{ from: '09:00', to: '12:00' }], tue: [] }, holidays: [], extra: [] };
  const policy: fc.Arbitrary<Policy> = fc
    .record({
      minimumVersion: fc.constantFrom('0.0.0', '1.0.0', '1.2.0', '2.0.0'),
      closedPath: fc.constantFrom('ignore', 'warn', 'refuse'),
      refusedDeskClasses: fc.subarray(['my-number', 'tax', 'general']),
      antivirusDays: fc.integer({ min: 0, max: 10 }),
      updateDays: fc.integer({ min: 0, max: 60 }),
      hours: fc.constantFrom(null, hours),
      networks: fc.constantFrom(null, ['203.0.113.0/24']),
      ...Object.fromEntries(postureItems.map((item) => [item, demand])),
    })
    .map((rules) => ({ ...defaultPolicy, ...rules }) as Policy);
  const posture = fc.record({
    os: fc.constant('linux'),
    client: fc.constantFrom('0.9.0', '1.1.0', '1.2.0', 'odd'),
    facts: fc.subarray([...postureItems]).chain((items) =>
      fc.tuple(
        ...items.map((item) =>
          fc.record({
            item: fc.constant(item),
            state: fc.constantFrom('good', 'bad', 'unknown'),
            set: fc.constant('yes'),
            effective: fc.constant('yes'),
            ageDays: fc.integer({ min: 0, max: 60 }),
          }),
        ),
      ),
    ),
  });
  const path = fc.record({
    results: fc
      .array(fc.constantFrom('blocked', 'leaks', 'untried'), { maxLength: pathProbes.length })
      .map((outcomes) => outcomes.map((outcome, index) => ({ probe: pathProbes[index]!, outcome }))),
  });
  const session = fc
    .record({
      user: fc.constantFrom('yamada', 'sato'),
      device: fc.constantFrom('d1', 'd2'),
      deskClass: fc.constantFrom(null, 'my-number', 'tax'),
      granted: fc.integer({ min: 0, max: 20 * 24 }).map((hours) => monday + hours * hour),
      lasts: fc.constantFrom(1, 8, null),
      source: fc.constantFrom(null, '203.0.113.7', '198.51.100.1', '::ffff:203.0.113.9'),
      posture: fc.option(posture, { nil: undefined }),
      path: fc.option(path, { nil: undefined }),
    })
    .map(({ lasts, ...rest }) => ({ ...rest, ended: lasts && rest.granted + lasts * hour }) as unknown as PastSession);
  const sessions = fc.array(session, { maxLength: 12 });
  const replay = (past: PastSession[], draft: Policy, present: Policy) =>
    simulate(past, { draft: () => draft, present: () => present, now: monday + 40 * day });

  it('that is what applies now meets nobody anew', () => {
    fc.assert(
      fc.property(sessions, policy, (past, present) => {
        const result = replay(past, { ...present, version: present.version + 1 }, present);
        expect(result.anew).toBe(0);
        expect(result.people.filter(({ anew }) => anew > 0)).toEqual([]);
      }),
    );
  });

  it('that is stricter never meets fewer, of any person or rule', () => {
    fc.assert(
      fc.property(sessions, policy, policy, (past, one, other) => {
        // Of two calendars neither is the stricter: only none at all is looser than one.
        const strict = underBaseline({ policy: one, origins: {} }, other).policy;
        const loose = replay(past, one, one);
        const tight = replay(past, strict, one);
        expect(tight.refused + tight.cutShort).toBeGreaterThanOrEqual(loose.refused + loose.cutShort);
        expect(tight.refused).toBeGreaterThanOrEqual(loose.refused);
        const sum = (found: Simulation, user: string, rule: string) =>
          found.people
            .filter((person) => person.user === user && person.rule === rule)
            .reduce((total, { refused, cutShort }) => total + refused + cutShort, 0);
        for (const { user, rule, refused, cutShort } of loose.people) {
          expect(sum(tight, user, rule), `${user} ${rule}`).toBeGreaterThanOrEqual(refused + cutShort);
        }
        expect(tight.anew).toBe(tight.refused + tight.cutShort - loose.refused - loose.cutShort);
      }),
    );
  });

  it('counts no session twice and finds the same in any order', () => {
    fc.assert(
      fc.property(sessions, policy, policy, (past, draft, present) => {
        const result = replay(past, draft, present);
        expect(result.refused + result.cutShort).toBeLessThanOrEqual(past.length);
        for (const { sessions: count } of result.unknown) expect(count).toBeLessThanOrEqual(past.length);
        const times = new Set(past.map(({ granted, device }) => `${device} ${granted}`));
        // Of one laptop's sessions in the same moment none was before the other.
        if (times.size === past.length) expect(replay(past.toReversed(), draft, present)).toEqual(result);
      }),
    );
  });
});
