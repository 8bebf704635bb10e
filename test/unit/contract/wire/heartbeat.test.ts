import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Heartbeat,
  heard,
  heartbeatMs,
  liveness,
  pingDue,
  pinged,
  ponged,
  startHeartbeat,
} from '#contract/wire/heartbeat.ts';

const at = 1_000_000;

/** A heartbeat that sent its first ping at `at` and had the answer `rtt` later. */
const measured = (rtt: number): Heartbeat => ponged(pinged(startHeartbeat(at), at), 1, at + rtt);

describe('pings', () => {
  it('are due at once when the line has just opened', () => {
    expect(pingDue(startHeartbeat(at), at)).toBe(true);
  });

  it('are due again when five seconds have passed since the last, and not before', () => {
    const beat = pinged(startHeartbeat(at), at);
    expect(pingDue(beat, at + 4_999)).toBe(false);
    expect(pingDue(beat, at + 5_000)).toBe(true);
  });

  it('count upwards when one follows another', () => {
    const first = startHeartbeat(at);
    const second = pinged(first, at);
    expect([first.next, second.next, pinged(second, at + 5_000).next]).toEqual([1, 2, 3]);
  });

  it('measure from the oldest one unanswered when a second goes out before the answer', () => {
    const beat = pinged(pinged(startHeartbeat(at), at), at + 5_000);
    expect(ponged(beat, 1, at + 5_400).rttMs).toBe(5_400);
  });
});

describe('the round trip', () => {
  it('is unknown when no pong has come', () => {
    expect(pinged(startHeartbeat(at), at).rttMs).toBeNull();
  });

  it('is the first sample when the first pong comes', () => {
    expect(measured(40).rttMs).toBe(40);
  });

  it('moves by an eighth when a later sample differs', () => {
    const beat = ponged(pinged(measured(40), at + 5_000), 2, at + 5_120);
    expect(beat.rttMs).toBe(40 + (120 - 40) / 8);
  });

  it('stays when a pong answers no ping that was sent', () => {
    const beat = pinged(measured(40), at + 5_000);
    for (const n of [0, 1, 3, -1, Number.MAX_SAFE_INTEGER]) {
      const next = ponged(beat, n, at + 6_000);
      expect(next.rttMs).toBe(40);
      expect(next.waiting).toEqual({ n: 2, at: at + 5_000 });
      expect(next.lastHeard).toBe(at + 6_000);
    }
  });

  it('stays when the same pong comes twice', () => {
    const once = measured(40);
    expect(ponged(once, 1, at + 900).rttMs).toBe(40);
  });

  it('is never negative when the clock runs backwards', () => {
    expect(measured(-500).rttMs).toBe(0);
  });

  it('lies between the smallest and the largest sample whatever the samples are', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(60_000), { minLength: 1, maxLength: 50 }), (samples) => {
        let beat = startHeartbeat(at);
        let now = at;
        for (const sample of samples) {
          const n = beat.next;
          beat = pinged(beat, now);
          now += sample;
          beat = ponged(beat, n, now);
        }
        expect(beat.rttMs).toBeGreaterThanOrEqual(Math.min(...samples) - 1e-6);
        expect(beat.rttMs).toBeLessThanOrEqual(Math.max(...samples) + 1e-6);
      }),
    );
  });
});

describe('the line', () => {
  const waiting = pinged(startHeartbeat(at), at);

  it('is alive when no answer is awaited, however quiet it is short of death', () => {
    expect(liveness(measured(40), at + 40 + 14_999)).toBe('alive');
  });

  it('is alive when the answer is not yet overdue', () => {
    expect(liveness(waiting, at + heartbeatMs.warn - 1)).toBe('alive');
  });

  it('is silent when the answer is 1.5 s overdue', () => {
    expect(liveness(waiting, at + 1_500)).toBe('silent');
    expect(liveness(waiting, at + 14_999)).toBe('silent');
  });

  it('is dead when nothing was heard for 15 s', () => {
    expect(liveness(waiting, at + 15_000)).toBe('dead');
    expect(liveness(measured(0), at + 15_000)).toBe('dead');
  });

  it('is alive again when bytes come while the answer is overdue', () => {
    const beat = heard(waiting, at + 10_000);
    expect(liveness(beat, at + 11_499)).toBe('alive');
    expect(liveness(beat, at + 11_500)).toBe('silent');
    expect(liveness(beat, at + 24_999)).toBe('silent');
    expect(liveness(beat, at + 25_000)).toBe('dead');
  });

  it('never dies when something is heard at least every 14.9 s', () => {
    let beat = startHeartbeat(at);
    for (let now = at; now < at + 600_000; now += 14_900) {
      expect(liveness(beat, now)).not.toBe('dead');
      beat = heard(beat, now);
    }
  });

  it('does not grow older when something is heard with an earlier time', () => {
    expect(heard(measured(40), at - 9_000).lastHeard).toBe(at + 40);
  });

  it('leaves the old value untouched when it moves on', () => {
    const beat = Object.freeze(startHeartbeat(at));
    expect(() => [heard(beat, at + 1), pinged(beat, at + 1), ponged(beat, 1, at + 1)]).not.toThrow();
    expect(beat).toEqual(startHeartbeat(at));
  });
});
