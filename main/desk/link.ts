import type { Link } from '#contract/ipc/state.ts';
import { liveness } from '#contract/wire/heartbeat.ts';
import type { TunnelState } from '#contract/wire/tunnel-state.ts';

type Sample = Readonly<{ at: number; down: number; up: number }>;

/** From these round trips on a person feels the line: typing lags first, then everything. Milliseconds. */
const fairFromMs = 80;
const poorFromMs = 200;

/** Turns byte counts and the heartbeat into what the window shows about the line. */
export function createLinkMeter(now: () => number): {
  read(tunnel: TunnelState, counts: { down: number; up: number }): Link;
} {
  let last: Sample = { at: now(), down: 0, up: 0 };
  let rates = { down: 0, up: 0 };
  return {
    read(tunnel, counts) {
      const elapsed = now() - last.at;
      if (elapsed >= 900) {
        const perSecond = (bytes: number) => Math.max(0, Math.round((bytes * 8_000) / elapsed));
        rates = { down: perSecond(counts.down - last.down), up: perSecond(counts.up - last.up) };
        last = { at: now(), ...counts };
      }
      const rttMs = tunnel.beat?.rttMs ?? null;
      return {
        rttMs: rttMs === null ? null : Math.round(rttMs * 10) / 10,
        downBps: rates.down,
        upBps: rates.up,
        bytesDown: counts.down,
        bytesUp: counts.up,
        quality: qualityOf(tunnel, rttMs, now()),
      };
    },
  };
}

function qualityOf(tunnel: TunnelState, rttMs: number | null, now: number): Link['quality'] {
  if (tunnel.beat && liveness(tunnel.beat, now) !== 'alive') return 'silent';
  if (rttMs === null || rttMs < fairFromMs) return 'good';
  return rttMs < poorFromMs ? 'fair' : 'poor';
}
