import type { Clock } from '#build/demo/desk/desk.ts';

export type FakeClock = Clock & Readonly<{ advance: (ms: number) => void; waiting: () => number }>;

/** Time that moves only when told to. 2026-11-24 10:30:00 in Tokyo. */
export function fakeClock(start = Date.UTC(2026, 10, 24, 1, 30)): FakeClock {
  let now = start;
  let timers: { at: number; run: () => void }[] = [];
  return {
    now: () => now,
    after: (ms, run) => {
      const timer = { at: now + ms, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((one) => one !== timer);
      };
    },
    advance: (ms) => {
      const until = now + ms;
      for (;;) {
        const next = timers.filter((one) => one.at <= until).toSorted((a, b) => a.at - b.at)[0];
        if (!next) break;
        timers = timers.filter((one) => one !== next);
        now = Math.max(now, next.at);
        next.run();
      }
      now = until;
    },
    waiting: () => timers.length,
  };
}
