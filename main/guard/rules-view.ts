import type { Failure } from '#contract/errors/hanare-error.ts';
import { leakOf, type PathReport } from '#contract/evidence/path.ts';
import { isGood, type PostureItem, postureErrors, postureItems, type Tri } from '#contract/evidence/posture.ts';
import type { RulesView, RuleView } from '#contract/ipc/state.ts';
import type { Origins, Policy } from '#contract/policy/policy.ts';
import { type RuleName, ruleNames } from '#contract/policy/rules.ts';

/** What was seen, and when (ms since 1970); null where nobody has looked yet. */
type Seen<T> = Readonly<{ at: number; what: T }> | null;
export type Sightings = Readonly<{
  /** Why USB storage and capture are not as they should be; null when they are. */
  usb: Seen<Failure | null>;
  capture: Seen<Failure | null>;
  path: Seen<PathReport>;
}>;

type State = Pick<RuleView, 'set' | 'checkedAt' | 'effective' | 'failure'>;

/** What this program does by itself, all the time, whatever the system is like. */
const byItself: ReadonlySet<RuleName> = new Set<RuleName>([
  'idleSeconds',
  'warnSeconds',
  'offlineDays',
  'pinMinimum',
  'watermark',
  'audio',
  'postureSeconds',
]);

/** How each rule stands on this laptop. What only the office can see is left open here. */
export function viewRules(facts: {
  policy: Policy;
  origins: Origins;
  sightings: Sightings;
  posture: RulesView['posture'];
}): RuleView[] {
  const { policy, origins } = facts;
  return ruleNames.map((name) => ({
    name,
    value: policy[name],
    origin: origins[name] ?? 'default',
    ...stateOf(name, facts),
  }));
}

function stateOf(
  name: RuleName,
  { policy, sightings, posture }: { policy: Policy; sightings: Sightings; posture: RulesView['posture'] },
): State {
  if (byItself.has(name)) return { set: 'yes', checkedAt: null, effective: 'yes', failure: null };
  if (name === 'usb') return seen(sightings.usb, (failure) => failure);
  if (name === 'capture') return seen(sightings.capture, (failure) => failure);
  if (name === 'closedPath') {
    return seen(sightings.path, (report) => {
      const leak = leakOf(report);
      return leak === undefined ? null : { reason: leak, details: {} };
    });
  }
  const item = postureItems.find((one) => one === name);
  if (item !== undefined) return ofSystem(item, policy, posture);
  return { set: 'yes', checkedAt: null, effective: 'unknown', failure: null };
}

function seen<T>(sighting: Seen<T>, judge: (what: T) => Failure | null): State {
  if (sighting === null) return { set: 'yes', checkedAt: null, effective: 'unknown', failure: null };
  const failure = judge(sighting.what);
  return { set: 'yes', checkedAt: sighting.at, effective: failure === null ? 'yes' : 'no', failure };
}

function ofSystem(item: PostureItem, policy: Policy, posture: RulesView['posture']): State {
  if (posture === null) return { set: 'unknown', checkedAt: null, effective: 'unknown', failure: null };
  const fact = posture.report.facts.find((one) => one.item === item);
  const good = isGood(posture.report, item, policy);
  const effective: Tri = fact?.effective ?? 'unknown';
  return {
    set: fact?.set ?? 'unknown',
    checkedAt: posture.at,
    effective,
    failure: good ? null : { reason: postureErrors[item], details: {} },
  };
}
