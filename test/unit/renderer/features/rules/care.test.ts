import { describe, expect, it } from 'vitest';
import { countCare, needsCare } from '#renderer/features/rules/care.ts';
import { fakeRules } from '#test/fakes/fake-rules.ts';

const failure = { reason: 'firewallOff', details: {} } as const;

describe('needsCare', () => {
  it.each([
    ['a demand that refuses', { action: 'refuse', graceDays: 0 }, true],
    ['a demand that warns', { action: 'warn', graceDays: 0 }, true],
    ['a demand that asks for nothing', { action: 'ignore', graceDays: 0 }, false],
    ['a rule that pauses', 'pause', true],
    ['a rule that asks for nothing', 'ignore', false],
  ])('of %s that is not met: %s', (_, value, care) => {
    expect(needsCare({ value, effective: 'unknown', failure })).toBe(care);
    expect(needsCare({ value, effective: 'no', failure: null })).toBe(care);
    expect(needsCare({ value, effective: 'unknown', failure: null })).toBe(false);
  });
});

describe('countCare', () => {
  it('counts rules, and a damaged baseline', () => {
    expect(countCare(fakeRules())).toBe(0);
    expect(countCare(fakeRules({}, { firewall: { failure } }))).toBe(1);
    expect(countCare({ ...fakeRules({}, { firewall: { failure } }), baseline: 'rejected' })).toBe(2);
  });
});
