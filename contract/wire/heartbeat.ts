/**
 * Liveness of one control connection, as a value: no I/O, the clock is an argument (milliseconds, monotonic).
 * A ping goes out every 5 s; the line counts as silent when an answer is 1.5 s overdue, and as dead after 15 s in which
 * nothing at all was heard.
 */
export const heartbeatMs = { interval: 5_000, warn: 1_500, dead: 15_000 } as const;

export type Heartbeat = Readonly<{
  lastHeard: number;
  lastPing: number;
  next: number;
  /** The ping that waits for its pong. */
  waiting: Readonly<{ n: number; at: number }> | null;
  /** Smoothed round trip, ms; null before the first pong. */
  rttMs: number | null;
}>;

export type Liveness = 'alive' | 'silent' | 'dead';

export function startHeartbeat(now: number): Heartbeat {
  // The first ping is due at once, so that a round-trip time is known early.
  return { lastHeard: now, lastPing: now - heartbeatMs.interval, next: 1, waiting: null, rttMs: null };
}

export function heard(beat: Heartbeat, now: number): Heartbeat {
  return { ...beat, lastHeard: Math.max(beat.lastHeard, now) };
}

/** @returns the heartbeat after a ping went out with number `beat.next`. */
export function pinged(beat: Heartbeat, now: number): Heartbeat {
  return { ...beat, lastPing: now, next: beat.next + 1, waiting: beat.waiting ?? { n: beat.next, at: now } };
}

/** A pong whose number was never sent, or came late, counts as heard but measures nothing. */
export function ponged(beat: Heartbeat, n: number, now: number): Heartbeat {
  const next = heard(beat, now);
  if (beat.waiting?.n !== n) return next;
  const sample = Math.max(0, now - beat.waiting.at);
  // One eighth of the new sample, as TCP smooths its own (RFC 6298 §2).
  const rttMs = beat.rttMs === null ? sample : beat.rttMs + (sample - beat.rttMs) / 8;
  return { ...next, waiting: null, rttMs };
}

export function pingDue(beat: Heartbeat, now: number): boolean {
  return now - beat.lastPing >= heartbeatMs.interval;
}

export function liveness(beat: Heartbeat, now: number): Liveness {
  if (now - beat.lastHeard >= heartbeatMs.dead) return 'dead';
  if (!beat.waiting) return 'alive';
  return now - Math.max(beat.lastHeard, beat.waiting.at) >= heartbeatMs.warn ? 'silent' : 'alive';
}
