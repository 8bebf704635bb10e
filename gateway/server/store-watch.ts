import type { Logger } from '#contract/log/logger.ts';
import type { Store } from '../store/store.ts';
import type { Controls } from './controls.ts';
import type { Clock, Limits } from './limits.ts';
import type { Sessions } from './sessions.ts';

/** Used grants are kept this long after they expired, so that a clock set back does not revive one. */
const keepGrantsMs = 24 * 3_600_000;
const forgetEveryMs = 600_000;

/**
 * Carries decisions of other processes (the command line) from the store to what is alive here, and writes counts back.
 * INVARIANT: fail closed. A store that stays unreadable for limits.storeLostMs ends every session.
 */
export function startStoreWatch(deps: {
  store: Store;
  sessions: Sessions;
  controls: Controls;
  clock: Clock;
  limits: Limits;
  logger: Logger;
}): { stop: () => void } {
  const { store, sessions, controls, clock, limits, logger } = deps;
  let lastGood = clock.monotonic();
  let lastCount = lastGood;
  let lastForget = Number.NEGATIVE_INFINITY;
  let failing = false;
  /** The store names a change once; one that could not be carried out is still to be. */
  let pending = false;

  const look = (): void => {
    const now = clock.monotonic();
    pending = store.changed() || pending;
    if (pending) {
      // Devices first: a laptop that must erase itself is told so before anything else, and it listens to nothing after.
      controls.review();
      for (const { sid, reason } of store.sessionsToEnd()) sessions.end(sid, reason, true);
      sessions.follow();
      pending = false;
    }
    sessions.expire();
    if (now - lastCount >= limits.countMs) {
      lastCount = now;
      sessions.count();
    }
    if (now - lastForget >= forgetEveryMs) {
      lastForget = now;
      store.forgetGrants(clock.now() - keepGrantsMs);
    }
    lastGood = now;
  };

  const timer = setInterval(() => {
    try {
      look();
      if (failing) logger.info('store readable again');
      failing = false;
    } catch (error) {
      if (!failing) logger.error('store cannot be used', { error });
      failing = true;
      if (clock.monotonic() - lastGood >= limits.storeLostMs) cutEverything();
    }
  }, limits.storePollMs);

  function cutEverything(): void {
    sessions.endEvery('gatewayBusy');
    controls.closeEvery(1013, 'store lost');
  }
  return { stop: () => clearInterval(timer) };
}
