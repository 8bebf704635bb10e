import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Rules } from '#contract/policy/policy.ts';
import { changesOf, decisionsOf, foresee } from '#gateway/policy/foresee.ts';
import { createPolicyOffice } from '#gateway/policy/office.ts';
import { createPolicies } from '#gateway/policy/policies.ts';
import type { PolicyScope } from '#gateway/store/policy-records.ts';
import { newStore, policySite } from './rig.ts';

const rules: fc.Arbitrary<Rules> = fc.record(
  {
    usb: fc.constantFrom('warn' as const, 'pause' as const, 'end' as const),
    pinMinimum: fc.integer({ min: 6, max: 9 }),
    watermark: fc.boolean(),
  },
  { requiredKeys: [] },
);
const scope: fc.Arbitrary<PolicyScope> = fc.constantFrom('site', 'group:a', 'group:b', 'user:sato', 'device:l-1');

it('what is foreseen is what happens, whatever is decided in whatever order', async () => {
  const store = await newStore();
  const site = policySite({ watermark: false });
  const now = () => 1;
  const policies = createPolicies({ store, site, now });
  const office = createPolicyOffice({ store, policies, audit: { append: () => undefined }, issuer: 'urn:test', now });
  for (const group of ['a', 'b']) store.joinGroup(group, 'sato');
  const actor = { kind: 'admin', name: 'x' } as const;
  fc.assert(
    fc.property(scope, fc.option(rules, { nil: undefined }), (where, what) => {
      const laptops = [
        ['l-1', 'sato'],
        ['l-2', 'yamada'],
      ] as const;
      const before = laptops.map(([device, user]) => policies.effective(device, user).policy);
      const change = what === undefined ? office.clear(where, actor) : office.set(where, what, actor);
      const happened = laptops.map(([device, user], index) => {
        const changes = changesOf(before[index]!, policies.effective(device, user).policy);
        return { device, user, changes };
      });
      expect(change?.laptops ?? []).toEqual(happened.filter(({ changes }) => changes.length > 0));
    }),
    { numRuns: 60 },
  );
});

it('a policy that is not foreseen as too long is sent, whatever its version becomes', async () => {
  const store = await newStore();
  const site = policySite();
  const now = Date.UTC(2026, 10, 22);
  const policies = createPolicies({ store, site, now: () => now });
  const dates = Array.from({ length: 120 }, (_, day) => new Date(day * 86_400_000).toISOString().slice(0, 10));
  const extra = dates.slice(0, 32).map((date) => ({ date, windows: [{ from: '08:00', to: '17:00' }] }));
  /** As much longer as wanted, letter by letter. */
  const rulesOf = (letters: number): Rules => {
    const names = Array.from({ length: Math.ceil(letters / 32) }, (_, index) =>
      'x'.repeat(Math.min(32, letters - index * 32)),
    );
    return { hours: { offset: 540, week: {}, holidays: dates, extra }, refusedDeskClasses: names };
  };
  const fits = (letters: number) => {
    const change = { origin: 'site', covers: () => true, rules: rulesOf(letters) } as const;
    return foresee({ store, policies, issuer: site.config.issuer, now }, change).tooLong === undefined;
  };
  let most = 0;
  while (fits(most + 1) && most < 1024) most += 1;
  expect(most).toBeGreaterThan(0);
  store.setPolicyLayer({ scope: 'site', rules: JSON.stringify(rulesOf(most)), changed: 1, actor: 'x' });
  const grown = createPolicies({ store, site: policySite({ version: 999_999_998 }), now: () => now });
  const { length } = await grown.token('x'.repeat(64), 'sato');
  expect(length).toBeLessThanOrEqual(8192);
  expect(length).toBeGreaterThan(8192 - 10);
});

it('a decision is looser than the default, a policy than before', () => {
  expect(decisionsOf({ usb: 'warn' }, { usb: 'pause' })).toMatchObject([{ looser: false }]);
  expect(decisionsOf({ usb: 'end' }, { usb: 'warn' })).toMatchObject([{ looser: true }]);
  expect(decisionsOf({ usb: 'end' }, {})).toMatchObject([{ before: 'end', after: undefined, looser: false }]);
});
