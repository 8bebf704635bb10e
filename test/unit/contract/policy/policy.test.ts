import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { defaultPolicy, isOlder, policyClaims, policySchema } from '#contract/policy/policy.ts';

const accepts = (policy: unknown) => v.safeParse(policySchema, policy).success;

describe('a policy', () => {
  it('is a good one when nobody has changed anything', () => {
    expect(accepts(defaultPolicy)).toBe(true);
  });

  it.each([
    ['warns for longer than a session may be idle', { idleSeconds: 5, warnSeconds: 120 }],
    ['lets a laptop be away for minutes only', { offlineDays: 0.0001 }],
    ['asks for long PINs', { pinMinimum: 32 }],
  ])('is a good one when it %s', (_, change) => {
    expect(accepts({ ...defaultPolicy, ...change })).toBe(true);
  });

  it.each([
    ['has no version', { version: undefined }],
    ['has version 0', { version: 0 }],
    ['lets nobody work', { sessionSeconds: 0 }],
    ['never ends a session', { sessionSeconds: Number.POSITIVE_INFINITY }],
    ['ends it in parts of seconds', { idleSeconds: 30.5 }],
    ['allows shorter PINs than six', { pinMinimum: 5 }],
    ['lets a laptop be away for ever', { offlineDays: 4_000 }],
    ['knows no number for the version', { minimumVersion: '1.2' }],
    ['has a version after a version', { minimumVersion: '1.2.3-beta' }],
    ['has a rule that this client does not know', { printing: false }],
  ])('is refused when it %s', (_, change) => {
    expect(accepts({ ...defaultPolicy, ...change })).toBe(false);
  });

  it('travels with who signed it, for whom and when', () => {
    const claims = { iss: 'mori', sub: 'lt-0417', iat: 1_800_000_000, policy: defaultPolicy, origins: {} };
    expect(v.parse(policyClaims, { ...claims, exp: 1 })).toEqual(claims);
    for (const name of ['iss', 'sub', 'iat', 'policy']) {
      expect(v.safeParse(policyClaims, { ...claims, [name]: undefined }).success, name).toBe(false);
    }
  });
});

describe('a version', () => {
  it.each([
    ['1.2.3', '1.10.0'],
    ['0.9.9', '1.0.0'],
    ['1.2.3', '1.2.4'],
    ['9.0.0', '10.0.0'],
    ['1.2.3-beta', '1.2.4'],
  ])('is older when it is %s and %s is asked for', (version, minimum) => {
    expect(isOlder(version, minimum)).toBe(true);
    expect(isOlder(minimum, version)).toBe(false);
  });

  it.each(['', 'latest', '1.2', 'v1.2.3', '１.２.３'])('is older than any when it is %j', (version) => {
    expect(isOlder(version, '0.0.0')).toBe(true);
  });

  it('is not older than itself, and of two different ones exactly one is', () => {
    const part = fc.nat(20);
    const version = fc.tuple(part, part, part).map((parts) => parts.join('.'));
    fc.assert(
      fc.property(version, version, (one, other) => {
        expect(isOlder(one, one)).toBe(false);
        expect(isOlder(one, other) !== isOlder(other, one)).toBe(one !== other);
      }),
    );
  });
});
