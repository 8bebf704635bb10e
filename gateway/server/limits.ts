/** Every bound of the server in one place; tests shorten them. Milliseconds, bytes or counts. */
export const defaultLimits = {
  /** A socket that has not finished its TLS handshake by then is dropped. */
  handshakeMs: 8_000,
  /** From the end of the handshake to a whole request head. */
  requestMs: 8_000,
  headerBytes: 8 * 1024,
  /** A refused socket is closed this long after its answer at the latest, or after so much unread input. */
  refusedLingerMs: 2_000,
  refusedDrainBytes: 64 * 1024,
  /** From the WebSocket's start to authOk: a person may have to find the phone first. */
  signInMs: 120_000,
  /** From `erase` to the end of the connection, whether or not the laptop has confirmed. */
  eraseMs: 20_000,
  /** At least so often the end of a sign-in and of the hours is compared with the wall clock, which may have jumped. */
  signInLookMs: 30_000,
  /** How long before the hours end a session is told so, first and last. */
  closingFirstMs: 600_000,
  closingLastMs: 120_000,
  heartbeatMs: 5_000,
  /** A control connection that says nothing for so long is dead. */
  silenceMs: 15_000,
  /** How long a peer may take to answer a WebSocket close frame. */
  closeMs: 1_000,
  /** What a control connection may have unsent before it is cut: a client that does not read. */
  controlBacklogBytes: 256 * 1024,
  messageBurst: 60,
  messagesPerSecond: 20,
  sessionsPerControl: 4,
  /** How often one control connection may ask for a desk: each session is a row of the store that stays. */
  openBurst: 40,
  opensPerSecond: 0.1,
  deskConnectMs: 5_000,
  /** How long one direction of a relay may outlive the other. */
  halfOpenMs: 10_000,
  /** How often other processes' changes to the store are looked for. */
  storePollMs: 250,
  /** How often byte counts of live sessions are written to the store. */
  countMs: 2_000,
  /** Live sessions end when the store has not been readable for so long (fail closed). */
  storeLostMs: 60_000,
  /** From `drain` to the cut when the gateway stops. */
  drainMs: 1_500,
  connections: 8_192,
  /** At the enrolment port, which anyone may reach who is in its network. */
  enrolConnections: 256,
  /** How long the answer to an enrolment may take to be read, until the socket is dropped. */
  enrolLingerMs: 8_000,
};
export type Limits = Readonly<typeof defaultLimits>;

/** Wall time for decisions and records, monotonic time for intervals; both in milliseconds. */
export type Clock = Readonly<{ now: () => number; monotonic: () => number }>;

export const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };

/** Allows `burst` calls at once and `perSecond` in the long run. @returns false when one is too many. */
export function createRateLimit(burst: number, perSecond: number, monotonic: () => number): () => boolean {
  let left = burst;
  let at = monotonic();
  return () => {
    const now = monotonic();
    left = Math.min(burst, left + ((now - at) / 1000) * perSecond);
    at = now;
    if (left < 1) return false;
    left -= 1;
    return true;
  };
}
