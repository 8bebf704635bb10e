import type { Policy } from '#contract/policy/policy.ts';
import { type Layer, layPolicy } from '#contract/policy/rules.ts';

/** Decisions that apply to a person on a laptop now, the weakest first. */
export type LayersOf = (device: string, user: string) => readonly Layer[];

/** Whom a draft is for. */
export type DraftScope = Readonly<{
  origin: 'site' | `group:${string}` | 'user' | 'device';
  covers: (device: string, user: string) => boolean;
}>;

const order = ['file', 'site', 'group', 'user', 'device'];
const rank = ({ origin }: Layer): number => order.indexOf(origin.split(':')[0]!);

/** The layers as they were if the draft were set: it takes the place of what its scope decides now. */
export function withDraft(layers: readonly Layer[], draft: Layer): Layer[] {
  const others = layers.filter(({ origin }) => origin !== draft.origin);
  return [...others, draft].toSorted(
    (one, other) => rank(one) - rank(other) || Number(one.origin > other.origin) - Number(one.origin < other.origin),
  );
}

/** @returns the policies of now and under the draft, each worked out once for a person on a laptop. */
export function draftPolicies(
  layersOf: LayersOf,
  { origin, covers }: DraftScope,
  rules: Layer['rules'],
): Readonly<Record<'present' | 'draft', (session: Readonly<{ device: string; user: string }>) => Policy>> {
  const known = new Map<string, Readonly<{ present: Policy; draft: Policy }>>();
  const both = ({ device, user }: { device: string; user: string }) => {
    const key = `${device} ${user}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const layers = layersOf(device, user);
    const present = layPolicy(1, layers).policy;
    const draft = covers(device, user) ? layPolicy(1, withDraft(layers, { origin, rules })).policy : present;
    known.set(key, { present, draft });
    return { present, draft };
  };
  return { present: (session) => both(session).present, draft: (session) => both(session).draft };
}
