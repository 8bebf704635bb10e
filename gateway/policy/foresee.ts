import { defaultPolicy, type Policy, type Rules } from '#contract/policy/policy.ts';
import { isLooser, type Layer, layPolicy, type RuleName, ruleNames } from '#contract/policy/rules.ts';
import { maxPolicyToken, policyTokenLength } from '../identity/policy-token.ts';
import type { Store } from '../store/store.ts';
import { type DraftScope, withDraft } from './draft.ts';
import type { Policies } from './policies.ts';

export type RuleChange = Readonly<{
  rule: RuleName;
  /** `undefined`: not decided. */
  before: unknown;
  after: unknown;
  /** Of a laptop's policy: looser than before. Of what is decided for some: looser than Hanare's default. */
  looser: boolean;
}>;
export type LaptopChange = Readonly<{ device: string; user: string; changes: readonly RuleChange[] }>;
/** What becomes of one layer. @property rules undefined where it is taken away. */
export type LayerChange = DraftScope & Readonly<{ rules: Rules | undefined }>;

export type Foreseen = Readonly<{
  laptops: readonly LaptopChange[];
  /**
   * A signed policy that would be longer than laptops take it, and longer than it is now: one that is too long already may
   * be made shorter. Null: of no laptop that there is yet.
   */
  tooLong: Readonly<{ device: string | null; length: number }> | undefined;
}>;

/** The longest id that a device may have, and a version that is as long as any will be: it grows with other changes, too. */
const longestId = 'x'.repeat(64);
const longestVersion = 999_999_999;

/** What would become of everybody's policies; nothing is changed. */
export function foresee(
  parts: Readonly<{ store: Pick<Store, 'devices' | 'users'>; policies: Policies; issuer: string; now: number }>,
  change: LayerChange,
): Foreseen {
  const { store, policies, issuer, now } = parts;
  const both = (device: string, user: string) => {
    const layers = policies.layers(device, user);
    const then = change.covers(device, user) ? withChange(layers, change) : layers;
    return { before: layPolicy(longestVersion, layers), after: layPolicy(longestVersion, then) };
  };

  const inUse = store.devices().filter(({ status }) => status !== 'revoked' && status !== 'retired');
  const found = inUse.map(({ id, user }) => ({ id, user, ...both(id, user) }));
  const laptops = found
    .map(({ id, user, before, after }) => ({ device: id, user, changes: changesOf(before.policy, after.policy) }))
    .filter(({ changes }) => changes.length > 0);

  // Who has no laptop yet, and who is added later, must not be locked out by what is decided now either.
  const others = [...store.users().map(({ id }) => id), ''].map((user) => ({ id: null, ...both(longestId, user) }));
  const lengths = [...found, ...others].map(({ id, before, after }) => {
    const length = (what: typeof before) => policyTokenLength({ issuer, device: id ?? longestId, ...what, now });
    return { device: id, length: length(after), before: length(before) };
  });
  return { laptops, tooLong: lengths.find(({ length, before }) => length > maxPolicyToken && length > before) };
}

function withChange(layers: readonly Layer[], { origin, rules }: LayerChange): readonly Layer[] {
  return rules === undefined ? layers.filter((layer) => layer.origin !== origin) : withDraft(layers, { origin, rules });
}

/** What becomes of a laptop's policy, in the rules' order. */
export function changesOf(before: Policy, after: Policy): RuleChange[] {
  return compare(before, after, (rule) => looser(rule, after, before));
}

/** What becomes of the decisions for one scope; what they are laid over differs from laptop to laptop. */
export function decisionsOf(before: Rules, after: Rules): RuleChange[] {
  return compare(before, after, (rule) => after[rule] !== undefined && looser(rule, after, defaultPolicy));
}

function compare(before: Rules, after: Rules, isLooserNow: (rule: RuleName) => boolean): RuleChange[] {
  return ruleNames
    .filter((rule) => JSON.stringify(before[rule]) !== JSON.stringify(after[rule]))
    .map((rule) => ({ rule, before: before[rule], after: after[rule], looser: isLooserNow(rule) }));
}

function looser<N extends RuleName>(rule: N, rules: Rules, than: Policy): boolean {
  return isLooser(rule, rules[rule] as Policy[N], than[rule]);
}
