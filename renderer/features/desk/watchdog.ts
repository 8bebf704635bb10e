const checkMs = 1000;
const allowedChecks = 6;

/**
 * Notices a screen that has stopped, hung or killed: from its first picture on it sends figures every second, so some
 * seconds without any mean that nothing draws any more. Before the first picture main's own deadline holds. Counts its
 * checks and not the clock: after sleep or in a throttled page a check comes late, and then the count begins again
 * instead of blaming the screen.
 */
export function createWatchdog(onSilent: () => void, now: () => number = () => performance.now()) {
  let heard = false;
  let missed = 0;
  let checkedAt = now();
  const timer = setInterval(() => {
    const late = now() - checkedAt > checkMs * 2;
    checkedAt = now();
    if (!heard) return;
    missed = late ? 0 : missed + 1;
    if (missed <= allowedChecks) return;
    stop();
    onSilent();
  }, checkMs);
  const stop = () => clearInterval(timer);
  return {
    beat(): void {
      heard = true;
      missed = 0;
    },
    stop,
  };
}
