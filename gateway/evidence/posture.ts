import type { ErrorName } from '#contract/errors/catalogue.ts';
import {
  isGood,
  judgeItem,
  type PostureItem,
  type PostureReport,
  type PostureVerdict,
  postureErrors,
  postureItems,
} from '#contract/evidence/posture.ts';
import type { Policy } from '#contract/policy/policy.ts';
import type { EvidenceRecords } from '../store/evidence-records.ts';

type BadRecords = Pick<EvidenceRecords, 'badSince' | 'setBad' | 'clearBad'>;

/**
 * Weighs what a laptop said of its system, and writes down since when an item has been bad: that is what a grace period
 * counts from, whether or not anybody demanded the item then. @param now milliseconds since 1970. @param fresh whether the
 * report has just come: an older one that is weighed anew ends no bad time, because a later one may have begun it.
 */
export function weighPosture(
  store: BadRecords,
  device: string,
  report: PostureReport,
  policy: Policy,
  now: number,
  fresh: boolean,
): PostureVerdict[] {
  const since = store.badSince(device);
  return postureItems.map((item) => {
    const good = isGood(report, item, policy);
    // A clock that was ahead once must not lengthen a grace.
    const first = Math.min(since.get(item) ?? now, now);
    if (good && fresh && since.has(item)) store.clearBad(device, item);
    if (!good && since.get(item) !== first) store.setBad(device, item, first);
    return judgeItem(item, good, policy[item], first, now);
  });
}

/** Whether the policy wants to see the laptop's state before anything opens. */
export function demandsPosture(policy: Policy): boolean {
  return postureItems.some((item) => policy[item].action === 'refuse');
}

/** The first item, in the order of `postureItems`, for which there is no more mercy. */
export function postureRefusal(verdicts: readonly PostureVerdict[]): ErrorName | undefined {
  const refused = verdicts.find(({ level }) => level === 'refuse');
  return refused && postureErrors[refused.item];
}

/** What is not as it should be, short enough for a line of the log. */
export function shownVerdicts(verdicts: readonly PostureVerdict[]): Partial<Record<PostureItem, string>> {
  return Object.fromEntries(verdicts.filter(({ level }) => level !== 'ok').map(({ item, level }) => [item, level]));
}
