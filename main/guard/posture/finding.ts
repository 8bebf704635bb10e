import type { PostureFact, PostureItem, Tri } from '#contract/evidence/posture.ts';
import type { System } from '../system.ts';

/** What was found out about one item. */
export type Finding = Omit<PostureFact, 'item'>;

/** What a look at one item may use. */
export type Look = Readonly<{
  system: System;
  /** Home folder of the person who is signed in. */
  home: string;
  /** Where this program keeps its vault. */
  ownFolder: string;
  /** ms since 1970 */
  now: number;
}>;

/** One look for each item; none for an item of which nothing is known here. */
export type Looks = Readonly<Record<PostureItem, () => Promise<Finding>>>;

/** Longest automatic lock that counts as one, seconds. */
export const longestIdleSeconds = 30 * 60;

const dayMs = 86_400_000;
const longestDetail = 120;

export function unseen(detail?: string): Finding {
  return withDetail({ state: 'unknown', set: 'unknown', effective: 'unknown' }, detail);
}

/** Adds a detail in the bounds of the contract: names in it come from the system and may be anything. */
export function withDetail(finding: Finding, detail: string | undefined): Finding {
  const plain = detail
    ?.replace(/\p{C}+/gu, ' ')
    .trim()
    .slice(0, longestDetail);
  return plain ? { ...finding, detail: plain } : finding;
}

/** No if one is no; yes only if all are, and there are any. */
export function allOf(answers: readonly Tri[]): Tri {
  if (answers.includes('no')) return 'no';
  return answers.length === 0 || answers.includes('unknown') ? 'unknown' : 'yes';
}

/** Yes if one is; no only if all are, and there are any. */
export function anyOf(answers: readonly Tri[]): Tri {
  if (answers.includes('yes')) return 'yes';
  return answers.length === 0 || answers.includes('unknown') ? 'unknown' : 'no';
}

export function told(answer: boolean | null | undefined): Tri {
  return answer === null || answer === undefined ? 'unknown' : answer ? 'yes' : 'no';
}

export function stateOf(answer: Tri): Finding['state'] {
  return answer === 'yes' ? 'good' : answer === 'no' ? 'bad' : 'unknown';
}

/** Whole days from a time to now; null when the time is more than a day ahead, because then it says nothing. */
export function daysSince(time: number | null, now: number): number | null {
  if (time === null || !Number.isFinite(time) || time <= 0 || time > now + dayMs) return null;
  return Math.max(0, Math.floor((now - time) / dayMs));
}

export function daysText(days: number): string {
  return days === 1 ? '1 day' : `${days} days`;
}

/** Gives up on work after a time. The work itself goes on unheard: what it starts has a bound of its own. */
export function within<T>(limitMs: number, work: Promise<T>, instead: T): Promise<T> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(instead), limitMs);
    work
      .catch(() => instead)
      .then((value) => {
        clearTimeout(timer);
        resolve(value);
      });
  });
}
