import { setTimeout as sleep } from 'node:timers/promises';

/** RFC 6238 §4.1. */
const stepMs = 30_000;

export type OtpSource = Readonly<{
  /**
   * @param skewMs this laptop's clock minus the gateway's.
   * @returns a code that this process has not handed out before. Rejects when `signal` aborts the wait for it.
   */
  next(skewMs: number, signal: AbortSignal): Promise<string>;
}>;

/**
 * The laptop's own one-time passwords. The gateway takes each time step once, so a person who connects anew within half
 * a minute needs the next one: the gateway takes that too while it is one step ahead of its own clock, and else it is
 * waited for.
 * @param parts.otp the code of a moment, ms since 1970. @param parts.wallNow ms since 1970.
 */
export function createOtpSource(parts: {
  otp(at: number): Promise<string>;
  wallNow(): number;
  pause?(ms: number, signal: AbortSignal): Promise<unknown>;
}): OtpSource {
  const { otp, wallNow, pause = (ms, signal) => sleep(ms, undefined, { signal, ref: false }) } = parts;
  let last = Number.NEGATIVE_INFINITY;
  return {
    async next(skewMs, signal) {
      const present = Math.floor(wallNow() / stepMs);
      // A clock that was set back would otherwise make the person wait until it has caught up.
      const wanted = last - present > 2 ? present : Math.max(present, last + 1);
      last = wanted;
      const takenFrom = (wanted - 1) * stepMs + skewMs;
      if (wanted > present && wallNow() < takenFrom) await pause(takenFrom - wallNow(), signal);
      return otp(wanted * stepMs);
    },
  };
}
