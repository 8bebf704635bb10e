import type { SessionWarning } from '#contract/ipc/state.ts';
import type { Policy } from '#contract/policy/policy.ts';

export type UseWarning = Omit<SessionWarning, 'failure'>;
export type Use = Readonly<{ ends: 'idleTooLong' | 'signInExpired' } | { ends: null; warning: UseWarning | null }>;

/** The system counts idle time in whole seconds, so the moment computed from it wavers by as much. */
const waverMs = 1_500;

/**
 * How long a session may still be used: until nobody has touched the laptop for the policy's time, or until the sign-in is
 * used up; the earlier one counts.
 * @param facts.closes when the office's hours end, once the gateway has said so: it ends the session then, this only warns.
 * @param facts.idleSeconds since the last input. @param facts.until end of the sign-in; with `now` ms since 1970.
 * @param facts.shown the warning that is shown now: its moment stays while it is about the same, so that no countdown
 *   jumps.
 */
export function judgeUse(facts: {
  idleSeconds: number;
  until: number;
  closes: number | null;
  now: number;
  policy: Pick<Policy, 'idleSeconds' | 'warnSeconds'>;
  shown: UseWarning | null;
}): Use {
  const { idleSeconds, until, closes, now, policy, shown } = facts;
  const { idleSeconds: mostIdle, warnSeconds } = policy;
  // After a second without input at least: what any input ends must not come while there is input.
  const idleWarnMs = Math.min(warnSeconds, mostIdle - 1) * 1000;
  const limits = [
    { kind: 'idle', end: 'idleTooLong', at: now + (mostIdle - idleSeconds) * 1000, warnMs: idleWarnMs },
    { kind: 'signIn', end: 'signInExpired', at: until, warnMs: warnSeconds * 1000 },
    // From when the gateway has said so; past its end the gateway has the last word.
    { kind: 'hours', end: null, at: closes ?? Number.POSITIVE_INFINITY, warnMs: Number.MAX_VALUE },
  ] as const;
  const over = limits.find(({ end, at }) => end !== null && at <= now);
  if (over?.end) return { ends: over.end };
  const [next] = limits.filter(({ at, warnMs }) => at - warnMs <= now).toSorted((one, other) => one.at - other.at);
  if (!next) return { ends: null, warning: null };
  const same = shown !== null && shown.kind === next.kind && Math.abs(shown.at - next.at) < waverMs;
  return { ends: null, warning: { kind: next.kind, at: same ? shown.at : next.at } };
}
