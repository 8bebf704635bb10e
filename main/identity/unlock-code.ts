import { createHmac, timingSafeEqual } from 'node:crypto';
import { makeCode, parseCode } from '#contract/identity/code.ts';
import { type Entry, newChallenge } from './keychain-entry.ts';

/** Wrong answers to one challenge. */
const maxMisses = 5;

/**
 * @param typed as a person types it.
 * @returns the answer, or undefined when it is no unlock code at all: a slip of the hand, which counts for nothing.
 */
export const parseAnswer = (typed: string): string | undefined => parseCode('unlock', typed);

/** To be written before the answer is looked at. */
export const countAnswer = (entry: Entry): Entry => ({ ...entry, misses: entry.misses + 1 });

/** What the gateway answers a challenge with (docs/protocol.md, "Unlocking a laptop by telephone"). */
export function isAnswer(entry: Entry, answer: string): boolean {
  if (entry.challenge === null) return false;
  const hmac = createHmac('sha256', Buffer.from(entry.unlockKey, 'base64'));
  const right = makeCode('unlock', hmac.update(`hanare-unlock-1 ${entry.challenge}`).digest());
  return timingSafeEqual(Buffer.from(right), Buffer.from(answer));
}

/** @param now ms since 1970 */
export function lifted(entry: Entry, now: number): Entry {
  return { ...entry, failures: 0, notBefore: 0, challenge: null, misses: 0, lifted: now };
}

/** After too many wrong answers a new challenge, so that one cannot be worked through. */
export function answerWasWrong(entry: Entry): Entry {
  return entry.misses < maxMisses ? entry : { ...entry, challenge: newChallenge(), misses: 0 };
}
