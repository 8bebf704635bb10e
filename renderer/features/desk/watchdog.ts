const checkMs = 2000;
const allowedChecks = 4;

/**
 * Notices a screen that has stopped: it sends figures every second while it lives, so once it has sent anything, about
 * eight seconds without a word mean that its worker hangs. Counts its own checks and not the clock: after sleep or in
 * a throttled page a check comes late, and then the count begins again instead of blaming the screen.
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
