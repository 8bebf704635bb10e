import { HanareError } from '#contract/errors/hanare-error.ts';
import type { Logger } from '#contract/log/logger.ts';
import type { Policy } from '#contract/policy/policy.ts';

const everyMs = 5_000;

/**
 * Locks an open laptop that nobody has touched for the policy's time, or whose PIN was given too long ago, also when there
 * is no session to end: whoever finds it open needs nothing more to connect. A laptop that slept for so long was not touched
 * either, though the hand that wakes it sets the system's count back to nothing.
 * @param parts.policy throws deviceLocked while there is nothing to lock. @param parts.inSession the session sees to it.
 * @returns what stops it.
 */
export function startIdleLock(parts: {
  policy(): Policy;
  /** With `now` ms since 1970; null while it is locked. */
  pinUntil(): number | null;
  now(): number;
  idleSeconds(): number;
  inSession(): boolean;
  /** Leaves the session too, should there still be one. */
  lock(): Promise<unknown>;
  log: Logger;
}): () => void {
  let last = parts.now();
  const look = async (): Promise<void> => {
    const sinceLast = parts.now() - last;
    last += sinceLast;
    try {
      const idleMs = parts.policy().idleSeconds * 1000;
      const slept = sinceLast >= everyMs + idleMs;
      // No session lives through such a sleep: what looks like one has not noticed yet.
      if (parts.inSession() && !slept) return;
      const idle = slept || parts.idleSeconds() * 1000 >= idleMs;
      if (!idle && parts.now() < (parts.pinUntil() ?? Number.POSITIVE_INFINITY)) return;
      await parts.lock();
      parts.log.info('locked', { reason: idle ? 'nobody used it' : 'the PIN was given too long ago' });
    } catch (error) {
      if (!(error instanceof HanareError)) parts.log.error('laptop could not lock itself', { error });
    }
  };
  const timer = setInterval(() => void look(), everyMs);
  return () => clearInterval(timer);
}
