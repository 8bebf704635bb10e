import type { ErrorName } from '#contract/errors/catalogue.ts';
import type { Failure } from '#contract/errors/hanare-error.ts';
import { leakOf, type PathReport } from '#contract/evidence/path.ts';
import type { PostureVerdict } from '#contract/evidence/posture.ts';
import { type Hours, judgeHours } from '#contract/policy/hours.ts';
import { isOlder, type Policy } from '#contract/policy/policy.ts';
import { demandsPosture, postureRefusal } from '../evidence/posture.ts';
import { isInNetworks } from '../policy/networks.ts';

/* What the policy has against a session: pure decisions on facts that the caller looked up. Undefined: nothing. */

export function failure(reason: ErrorName, details: Failure['details'] = {}): Failure {
  return { reason, details };
}

/** What holds of the connection and the desk, before a session as during one. */
export type RuleFacts = Readonly<{
  policy: Policy;
  /** Milliseconds since 1970. */
  now: number;
  /** What the laptop's program says it is. */
  version: string;
  /** Address that the laptop comes from. */
  source: string;
  deskClass: string | null;
  /** What the policy makes of the laptop's state; undefined when this connection has brought none, or too long ago. */
  verdicts: readonly PostureVerdict[] | undefined;
  /** What this connection has brought of the laptop's path. */
  path: PathReport | undefined;
}>;

/** May a session begin? @param facts.disbelieved whether a statement of this connection did not verify. */
export function ruleAgainstOpening(facts: RuleFacts & Readonly<{ disbelieved: boolean }>): Failure | undefined {
  const { policy, verdicts, path, disbelieved } = facts;
  const missing = (reason: ErrorName): Failure => failure(disbelieved ? 'evidenceRefused' : reason);
  const broken =
    classProblem(facts.deskClass, policy) ?? versionProblem(facts) ?? hoursProblem(policy.hours, facts.now);
  if (broken !== undefined) return broken;
  const elsewhere = networkProblem(facts.source, policy.networks);
  if (elsewhere !== undefined) return elsewhere;
  if (demandsPosture(policy) && verdicts === undefined) return missing('postureMissing');
  const bad = postureRefusal(verdicts ?? []);
  if (bad !== undefined) return failure(bad);
  if (policy.closedPath !== 'refuse') return undefined;
  const leak = leakOf(path);
  if (leak === 'pathUnchecked') return missing(leak);
  return leak && failure(leak);
}

/**
 * May a session go on? What is known for certain is looked at before anything of the store is needed.
 * @param facts.silent whether the laptop's state was due long ago.
 */
export function ruleAgainstStaying(
  facts: Omit<RuleFacts, 'deskClass' | 'verdicts'> & Readonly<{ silent: boolean }>,
  look: { deskClass: () => string | null; verdicts: () => RuleFacts['verdicts'] },
): Failure | undefined {
  const { policy } = facts;
  if (hoursProblem(policy.hours, facts.now)) return failure('hoursOver');
  const certain = versionProblem(facts) ?? networkProblem(facts.source, policy.networks);
  if (certain !== undefined) return certain;
  if (facts.silent && demandsPosture(policy)) return failure('postureMissing');
  // A path that was not looked at yet may still be; one that is known to leak is not closed.
  const leak = policy.closedPath === 'refuse' && facts.path !== undefined ? leakOf(facts.path) : undefined;
  if (leak !== undefined) return failure(leak);
  const shut = classProblem(look.deskClass(), policy);
  if (shut !== undefined) return shut;
  if (!demandsPosture(policy)) return undefined;
  const bad = postureRefusal(look.verdicts() ?? []);
  return bad && failure(bad);
}

function classProblem(deskClass: string | null, policy: Policy): Failure | undefined {
  return deskClass !== null && policy.refusedDeskClasses.includes(deskClass) ? failure('deskClassRefused') : undefined;
}

function versionProblem({ version, policy }: Pick<RuleFacts, 'version' | 'policy'>): Failure | undefined {
  if (!isOlder(version, policy.minimumVersion)) return undefined;
  return failure('clientTooOld', { minimum: policy.minimumVersion });
}

function hoursProblem(hours: Hours | null, now: number): Failure | undefined {
  if (hours === null) return undefined;
  const judged = judgeHours(hours, now);
  if (judged.open) return undefined;
  return failure('outsideHours', { opens: judged.opens === null ? '–' : localTime(judged.opens, hours.offset) });
}

/** `MM/DD HH:mm` on the clock of the hours. @param at milliseconds since 1970. @param offset minutes east of UTC. */
export function localTime(at: number, offset: number): string {
  const [date, time] = new Date(at + offset * 60_000).toISOString().split('T') as [string, string];
  return `${date.slice(5).replace('-', '/')} ${time.slice(0, 5)}`;
}

/** @param source an IPv4 or IPv6 address, also an IPv4 one in IPv6's clothes. */
export function networkProblem(source: string, networks: Policy['networks']): Failure | undefined {
  return networks === null || isInNetworks(source, networks) ? undefined : failure('networkRefused');
}
