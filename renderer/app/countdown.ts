import { useEffect, useRef, useState } from 'react';

const tickMs = 250;

/** Whole seconds until `until` (ms since 1970), 0 when it is past or null. */
export function useCountdown(until: number | null): number {
  const [, tick] = useState(0);
  const left = until === null ? 0 : Math.max(0, Math.ceil((until - Date.now()) / 1000));
  useEffect(() => {
    if (left === 0) return;
    const timer = setInterval(() => tick((n) => n + 1), tickMs);
    return () => clearInterval(timer);
  }, [left]);
  return left;
}

/**
 * The moment that lies `seconds` after they were first said, ms since 1970. `said` changes when they are said anew: main
 * repeats its state, and a repetition must not begin the wait from the start.
 */
export function useDeadline(seconds: number | null, said: unknown): number | null {
  const kept = useRef<{ seconds: number | null; said: unknown; until: number | null } | null>(null);
  if (kept.current === null || kept.current.seconds !== seconds || kept.current.said !== said) {
    kept.current = { seconds, said, until: seconds === null ? null : Date.now() + seconds * 1000 };
  }
  return kept.current.until;
}
