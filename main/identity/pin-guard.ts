import { HanareError } from '#contract/errors/hanare-error.ts';
import { pinDelayMs, pinLimits, pinProblem } from '#contract/identity/pin.ts';
import type { PinTries } from '#contract/ipc/state.ts';
import { type Entry, newChallenge } from './keychain-entry.ts';

/** One form for one PIN: full-width digits from a Japanese keyboard are the same digits. */
export const normalPin = (pin: string): string => pin.normalize('NFKC');

/** @throws pinWeak {problem} */
export function checkNewPin(pin: string, minimum: number, old?: string): void {
  const problem = pinProblem(pin, minimum, old);
  if (problem) throw new HanareError('pinWeak', { problem });
}

export const isPinLocked = (entry: Entry): boolean => entry.failures >= pinLimits.lockAt;

/** @param now ms since 1970 */
export function pinTries(entry: Entry, now: number): PinTries {
  const waitUntil = waitOf(entry, now) > 0 ? entry.notBefore : null;
  return { left: Math.max(0, pinLimits.lockAt - entry.failures), waitUntil };
}

/**
 * INVARIANT: the result is written to the keychain before the PIN is tried, so that whoever ends the process in between
 * has used up the try.
 * @throws pinLocked, pinDelayed {seconds}
 */
export function countTry(entry: Entry, now: number): Entry {
  if (isPinLocked(entry)) throw new HanareError('pinLocked');
  const wait = waitOf(entry, now);
  if (wait > 0) throw new HanareError('pinDelayed', { seconds: Math.ceil(wait / 1000) });
  const failures = entry.failures + 1;
  const challenge = failures >= pinLimits.lockAt ? (entry.challenge ?? newChallenge()) : entry.challenge;
  return { ...entry, failures, notBefore: now + pinDelayMs(failures), challenge };
}

/** @param before as it was when the right PIN was given: a challenge made for that try goes with it. */
export const tryWasRight = (before: Entry): Entry => ({ ...before, failures: 0, notBefore: 0 });

/** @param counted what countTry gave. */
export function wrongPin(counted: Entry): HanareError {
  if (isPinLocked(counted)) return new HanareError('pinLocked');
  return new HanareError('pinWrong', { left: pinLimits.lockAt - counted.failures });
}

/**
 * A delay that is longer than the rule comes from a clock that was set back since.
 * @returns the entry with the delay as it may be from now on; the same object when it already is.
 */
export function boundDelay(entry: Entry, now: number): Entry {
  const latest = now + pinDelayMs(entry.failures);
  return entry.notBefore > latest ? { ...entry, notBefore: latest } : entry;
}

function waitOf(entry: Entry, now: number): number {
  return entry.notBefore - now;
}
