import { HanareError } from '#contract/errors/hanare-error.ts';
import type { Logger } from '#contract/log/logger.ts';
import type { Policy } from '#contract/policy/policy.ts';

const everyMs = 5_000;

/**
 * Locks an open laptop that nobody has touched for the policy's time, also when there is no session to end: whoever finds
 * it open needs nothing more to connect.
 * @param parts.policy throws deviceLocked while there is nothing to lock. @param parts.inSession the session sees to it.
 * @returns what stops it.
 */
export function startIdleLock(parts: {
  policy(): Policy;
  idleSeconds(): number;
  inSession(): boolean;
  lock(): Promise<unknown>;
  log: Logger;
}): () => void {
  const look = async (): Promise<void> => {
    try {
      if (parts.inSession() || parts.idleSeconds() < parts.policy().idleSeconds) return;
      await parts.lock();
      parts.log.info('locked, because nobody used it');
    } catch (error) {
      if (!(error instanceof HanareError)) parts.log.error('laptop could not lock itself', { error });
    }
  };
  const timer = setInterval(() => void look(), everyMs);
  return () => clearInterval(timer);
}
