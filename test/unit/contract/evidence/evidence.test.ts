import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { catalogue } from '#contract/errors/catalogue.ts';
import { evidenceClaims, evidenceSchema, maxEvidence } from '#contract/evidence/evidence.ts';
import { leakOf, type PathReport, pathErrors, pathProbes } from '#contract/evidence/path.ts';
import {
  isGood,
  judgeItem,
  type PostureFact,
  type PostureReport,
  postureErrors,
  postureItems,
} from '#contract/evidence/posture.ts';
import { isClean } from '#contract/evidence/residue.ts';
import { defaultPolicy } from '#contract/policy/policy.ts';

const dayMs = 86_400_000;
const fact = (more: Partial<PostureFact>): PostureReport => ({
  os: 'linux',
  client: '1.0.0',
  facts: [{ item: 'antivirus', state: 'good', set: 'yes', effective: 'yes', ...more }],
});
const good = (report: PostureReport | undefined, item = 'antivirus' as const) => isGood(report, item, defaultPolicy);

describe('an item of the laptop’s state', () => {
  it('is good only when it was seen to be', () => {
    expect(good(fact({ ageDays: 1 }))).toBe(true);
    expect(isGood(fact({ item: 'firewall' }), 'firewall', defaultPolicy)).toBe(true);
    expect(good(fact({ state: 'bad' }))).toBe(false);
    expect(good(fact({ state: 'unknown' }))).toBe(false);
    expect(good({ ...fact({}), facts: [] })).toBe(false);
    expect(good(undefined)).toBe(false);
  });

  it('is not, when what it knows is too old', () => {
    expect(good(fact({}))).toBe(false);
    expect(isGood(fact({}), 'antivirus', { ...defaultPolicy, antivirusDays: 3650 })).toBe(true);
    expect(good(fact({ ageDays: 7 }))).toBe(true);
    expect(good(fact({ ageDays: 7.1 }))).toBe(false);
    const updates = fact({ item: 'updates', ageDays: 46 });
    expect(isGood(updates, 'updates', defaultPolicy)).toBe(false);
    expect(isGood(updates, 'updates', { ...defaultPolicy, updateDays: 46 })).toBe(true);
  });

  it.each(postureItems)('has an error of its own when it is bad: %s', (item) => {
    expect(catalogue[postureErrors[item]].code).toMatch(/^7/);
  });
});

describe('a demand', () => {
  const judge = (isOk: boolean, action: 'ignore' | 'warn' | 'refuse', graceDays = 0, now = 0) =>
    judgeItem('firewall', isOk, { action, graceDays }, 0, now);

  it('is met by what is good, and by what nobody asks for', () => {
    expect(judge(true, 'refuse').level).toBe('ok');
    expect(judge(false, 'ignore').level).toBe('ok');
  });

  it('warns, or refuses, what is bad', () => {
    expect(judge(false, 'warn', 7)).toEqual({ item: 'firewall', level: 'warn', until: null });
    expect(judge(false, 'refuse')).toEqual({ item: 'firewall', level: 'refuse', until: null });
  });

  it('lets in until its grace is over, and not a moment longer', () => {
    expect(judge(false, 'refuse', 7, 7 * dayMs - 1)).toEqual({ item: 'firewall', level: 'grace', until: 7 * dayMs });
    expect(judge(false, 'refuse', 7, 7 * dayMs).level).toBe('refuse');
  });
});

describe('a closed path', () => {
  const report = (change: Partial<Record<(typeof pathProbes)[number], 'leaks' | 'untried'>> = {}): PathReport => ({
    results: pathProbes.map((probe) => ({ probe, outcome: change[probe] ?? 'blocked' })),
  });

  it('is one where nothing leaks', () => {
    expect(leakOf(report())).toBeUndefined();
    expect(leakOf(report({ proxy: 'untried', ipv6: 'untried' }))).toBeUndefined();
  });

  it.each(pathProbes)('is not, when there is a leak by %s, which has a name', (probe) => {
    expect(leakOf(report({ [probe]: 'leaks' }))).toBe(pathErrors[probe]);
  });

  it('is not, when something was not looked at', () => {
    expect(leakOf(undefined)).toBe('pathUnchecked');
    for (const probe of pathProbes) {
      expect(leakOf({ results: report().results.filter((one) => one.probe !== probe) })).toBe('pathUnchecked');
    }
  });
});

describe('evidence', () => {
  const residue = { sid: 's1', files: 1, bytes: 2, found: [], unread: [] };

  it('of remains is clean when nothing was found and all was looked at', () => {
    expect(isClean(residue)).toBe(true);
    expect(isClean({ ...residue, unread: ['temp'] })).toBe(false);
    expect(isClean({ ...residue, found: [{ place: 'temp', what: 'core', removed: true }] })).toBe(false);
  });

  it('is of a known kind, and says who, when and on which connection', () => {
    const evidence = { kind: 'residue', report: residue };
    expect(v.is(evidenceClaims, { sub: 'lt-1', iat: 1, nonce: 'n', evidence })).toBe(true);
    expect(v.is(evidenceClaims, { sub: 'lt-1', iat: 1, evidence: { kind: 'mood', report: {} } })).toBe(false);
    expect(v.is(evidenceClaims, { iat: 1, evidence })).toBe(false);
  });

  it('of the largest allowed form fits into one message', () => {
    const facts = postureItems.map((item) => ({
      ...{
        item,
        state: 'unknown',
        set: 'unknown',
        effective: 'unknown',
        ageDays: 99_999.123,
        detail: '木'.repeat(120),
      },
    }));
    const largest = { kind: 'posture', report: { os: 'windows', client: 'x'.repeat(40), facts } };
    expect(v.is(evidenceSchema, largest)).toBe(true);
    expect(Buffer.from(JSON.stringify(largest)).toString('base64url').length + 600).toBeLessThan(maxEvidence);
    const found = Array.from({ length: 50 }, () => ({ place: 'profile', what: 'x'.repeat(80), removed: false }));
    const left = { kind: 'residue', report: { ...residue, found } };
    expect(v.is(evidenceSchema, left)).toBe(true);
    expect(Buffer.from(JSON.stringify(left)).toString('base64url').length + 600).toBeLessThan(maxEvidence);
  });

  it('of anything else is refused', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => !v.is(evidenceSchema, value)));
  });
});
