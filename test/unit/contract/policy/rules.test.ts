import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { defaultPolicy, originSchema, type Policy, policySchema, trialRules } from '#contract/policy/policy.ts';
import { isLooser, layPolicy, ruleGroups, ruleNames, ruleOf, underBaseline } from '#contract/policy/rules.ts';

const none = Object.fromEntries(ruleNames.map((name) => [name, 'default']));

describe('the rules', () => {
  it('are all those of a policy but its version', () => {
    expect([...ruleNames, 'version'].sort()).toEqual(Object.keys(policySchema.entries).sort());
  });

  it.each(ruleNames)('have a name and a reason in both languages: %s', (name) => {
    const { group, title, why } = ruleOf(name);
    expect(ruleGroups).toContain(group);
    for (const text of [title.ja, title.en, why.ja, why.en]) expect(text).toBeTruthy();
    for (const sentence of why.ja.split('。')) expect(sentence.length).toBeLessThanOrEqual(50);
  });
});

describe('layers of a policy', () => {
  it('are the default where nobody decides', () => {
    expect(layPolicy(3, [])).toEqual({ policy: { ...defaultPolicy, version: 3 }, origins: none });
  });

  it('lie over each other, and each rule remembers whose it is', () => {
    const { policy, origins } = layPolicy(1, [
      { origin: 'site', rules: { usb: 'warn', watermark: false } },
      { origin: 'group:trial', rules: { ...trialRules } },
      { origin: 'device', rules: { usb: 'end', idleSeconds: undefined } },
    ]);
    expect(policy).toMatchObject({ usb: 'end', watermark: false, capture: 'warn', idleSeconds: 1800 });
    expect(origins).toMatchObject({ usb: 'device', watermark: 'site', capture: 'group:trial', idleSeconds: 'default' });
    expect(v.is(policySchema, policy)).toBe(true);
    for (const origin of Object.values(origins)) expect(v.is(originSchema, origin)).toBe(true);
  });
});

const demand = fc.record({
  action: fc.constantFrom('ignore' as const, 'warn' as const, 'refuse' as const),
  graceDays: fc.integer({ min: 0, max: 30 }),
});
const anyPolicy: fc.Arbitrary<Policy> = fc
  .record({
    usb: fc.constantFrom('warn' as const, 'pause' as const, 'end' as const),
    capture: fc.constantFrom('ignore' as const, 'warn' as const, 'pause' as const),
    closedPath: fc.constantFrom('ignore' as const, 'warn' as const, 'refuse' as const),
    watermark: fc.boolean(),
    audio: fc.boolean(),
    idleSeconds: fc.integer({ min: 5, max: 86_400 }),
    pinMinimum: fc.integer({ min: 6, max: 32 }),
    minimumVersion: fc.constantFrom('0.9.9', '1.2.0', '1.10.0'),
    diskEncryption: demand,
    antivirus: demand,
    refusedDeskClasses: fc.subarray(['my-number', 'tax', 'welfare']),
  })
  .map((rules) => ({ ...defaultPolicy, ...rules }));

describe('a baseline', () => {
  const under = (one: Policy, other: Policy) => underBaseline({ policy: one, origins: none }, other);

  it('is not made looser by a later policy, rule by rule', () => {
    const { policy, origins } = under(
      { ...defaultPolicy, ...trialRules, version: 9, idleSeconds: 60, minimumVersion: '1.2.0' },
      { ...defaultPolicy, usb: 'pause', closedPath: 'refuse', idleSeconds: 900, minimumVersion: '1.10.0' },
    );
    expect(policy).toMatchObject({ version: 9, usb: 'pause', closedPath: 'refuse', idleSeconds: 60 });
    expect(policy.minimumVersion).toBe('1.10.0');
    expect(origins).toMatchObject({ usb: 'kitting', closedPath: 'kitting', idleSeconds: 'default' });
  });

  it('that keeps the desk silent is not overruled, and one that lets it be heard leaves the choice', () => {
    const heard = { ...defaultPolicy, audio: true };
    expect(under(heard, defaultPolicy).policy.audio).toBe(false);
    expect(under(defaultPolicy, heard).policy.audio).toBe(false);
    expect(under(heard, heard).policy.audio).toBe(true);
    expect(isLooser('audio', true, false)).toBe(true);
    expect(isLooser('audio', false, true)).toBe(false);
  });

  it('changes nothing where the policy is as strict', () => {
    expect(under(defaultPolicy, { ...defaultPolicy, ...trialRules })).toEqual({ policy: defaultPolicy, origins: none });
  });

  it('takes of two demands the sterner, and of two equally stern ones the shorter grace', () => {
    const antivirus = (action: 'warn' | 'refuse', graceDays: number) => ({
      ...defaultPolicy,
      antivirus: { action, graceDays },
    });
    expect(under(antivirus('warn', 1), antivirus('refuse', 9)).policy.antivirus.graceDays).toBe(9);
    expect(under(antivirus('refuse', 9), antivirus('refuse', 2)).policy.antivirus.graceDays).toBe(2);
  });

  it('whatever they are: laid twice, or the other way round, it is the same, and a good policy', () => {
    fc.assert(
      fc.property(anyPolicy, anyPolicy, (one, other) => {
        const { policy } = under(one, other);
        expect(v.is(policySchema, policy)).toBe(true);
        expect(under(policy, other).policy).toEqual(policy);
        const turned = under(other, one).policy;
        const sorted = ({ refusedDeskClasses, ...rest }: Policy) => ({
          ...rest,
          classes: [...refusedDeskClasses].sort(),
        });
        expect(sorted(turned)).toEqual(sorted(policy));
      }),
    );
  });
});

describe('a value is looser', () => {
  it('when the stricter of the two is the other one', () => {
    fc.assert(
      fc.property(anyPolicy, anyPolicy, fc.constantFrom(...ruleNames), (one, other, name) => {
        expect(isLooser(name, one[name], one[name])).toBe(false);
        const { policy } = underBaseline({ policy: one, origins: none }, other);
        expect(isLooser(name, policy[name], other[name])).toBe(false);
        expect(isLooser(name, one[name], other[name])).toBe(!same(policy[name], one[name]));
      }),
    );
  });

  it('when it knows no hours or networks where the other does; of two none is', () => {
    const day = { offset: 540, week: {}, holidays: [], extra: [] };
    expect(isLooser('hours', null, day)).toBe(true);
    expect(isLooser('hours', day, null)).toBe(false);
    expect(isLooser('hours', day, { ...day, offset: 0 })).toBe(false);
    expect(isLooser('networks', null, ['10.0.0.0/8'])).toBe(true);
    expect(isLooser('networks', ['10.0.0.0/8'], ['10.1.0.0/16'])).toBe(false);
  });
});

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
