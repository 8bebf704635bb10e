import { randomBytes } from 'node:crypto';
import type { ErrorName } from '#contract/errors/catalogue.ts';
import type { ErrorDetails, Failure } from '#contract/errors/hanare-error.ts';
import type { Logger } from '#contract/log/logger.ts';
import type { GatewayMessage } from '#contract/wire/messages.ts';
import type { Grants } from '../grants/grants.ts';
import type { EndReason } from '../store/session-records.ts';
import type { Store } from '../store/store.ts';
import type { Clock } from './limits.ts';
import type { Relay } from './relay.ts';
import type { Caller } from './tls.ts';

/** What a session needs of the control connection that it belongs to. */
export type ControlPort = Readonly<{ send: (message: GatewayMessage) => void }>;

/** `reserved`: the desk is kept for it, and the laptop has heard of no session yet. */
type LiveSession = Readonly<{
  sid: string;
  device: string;
  fingerprint: string;
  user: string;
  desk: string;
  state: 'reserved' | 'granted' | 'open';
  /** Address that its screen's connection comes from, once it is open. */
  screen: string | undefined;
}>;

/** Who wants a session, on what, from where. */
type Wanted = Readonly<{ caller: Caller; desk: string; source: string }>;

export type Sessions = Readonly<{
  /**
   * Keeps a desk for a session. A session that the same device has on it already ends.
   * INVARIANT: of all processes on the store, one session at most is live on a desk.
   * @param onEnd called when it ends before `grant`. @returns its sid, or undefined when another device has the desk.
   */
  reserve: (control: ControlPort, wanted: Wanted, onEnd: (failure: Failure) => void) => string | undefined;
  /** Makes the grant of a reserved session. @returns undefined when it has ended meanwhile. */
  grant: (sid: string) => Promise<{ sid: string; token: string; expires: number } | undefined>;
  /** Whether another device has a live session on the desk, in whichever process that still serves. */
  taken: (desk: string, device: string) => boolean;
  get: (sid: string) => LiveSession | undefined;
  /** Those of a control connection, oldest first. */
  of: (control: ControlPort) => readonly LiveSession[];
  /** A grant was used, from an address: the session is open now. @param cut ends what carries it before a relay exists. */
  opened: (sid: string, screen: string, cut: () => void) => void;
  attach: (sid: string, relay: Relay) => void;
  /** Tells the client, once, that its screen is over; the session itself may still be flushing. */
  announce: (sid: string, reason: ErrorName) => void;
  /** Ends a session for good and cuts its relay; never throws. @param tell whether the client hears why. */
  end: (sid: string, reason: EndReason, tell: boolean, details?: ErrorDetails) => void;
  /** All sessions of a control connection; `tell` as in `end`. */
  endOf: (control: ControlPort, reason: EndReason, tell: boolean) => void;
  endEvery: (reason: ErrorName) => void;
  /** Ends those that another process has marked ended. */
  follow: () => void;
  /** Ends sessions whose grant was never used. */
  expire: () => void;
  /** Writes the byte counts of open sessions to the store. */
  count: () => void;
  size: () => number;
}>;

type Entry = {
  -readonly [K in keyof LiveSession]: LiveSession[K];
} & {
  control: ControlPort;
  expires: number;
  told: boolean;
  onEnd: (failure: Failure) => void;
  cut: (() => void) | undefined;
  relay: Relay | undefined;
};

/** Sessions that live in this process. INVARIANT: a session lives no longer than its control connection. */
export function createSessions(options: {
  store: Store;
  grants: Grants;
  clock: Clock;
  logger: Logger;
  /** Which of the processes on this store it is: each ends only its own sessions. */
  replica: string;
  /** Whether a process of that name serves this store now. */
  serves: (replica: string) => boolean;
}): Sessions {
  const { store, clock, logger, replica, serves } = options;
  const live = new Map<string, Entry>();

  const end = (sid: string, reason: EndReason, tell: boolean, details: ErrorDetails = {}): void => {
    const entry = live.get(sid);
    if (entry === undefined) return;
    live.delete(sid);
    if (entry.state === 'reserved') entry.onEnd({ reason: named(reason), details });
    else if (tell && reason !== 'userEnded') tellClosed(entry, reason, details);
    entry.cut?.();
    entry.relay?.destroy();
    const bytes = entry.relay?.bytes() ?? { toDesk: 0, fromDesk: 0 };
    try {
      if (entry.relay !== undefined) store.countBytes(sid, bytes);
      store.endSession(sid, clock.now(), reason);
    } catch (error) {
      // The session is over all the same; its record is corrected when the desk is wanted (taken), or at the next start.
      logger.error('end of session could not be written', { sid, error });
    }
    logger.info('session ended', { sid, device: entry.device, desk: entry.desk, reason, ...bytes });
  };

  const taken: Sessions['taken'] = (desk, device) => {
    const others = store.sessionsOn(desk).filter((session) => session.device !== device);
    const left = others.filter(({ sid, replica: of }) => (of === replica ? !live.has(sid) : !serves(of)));
    for (const session of left) {
      // Its process died and nobody has started it again, or its end could not be written here: it is over.
      logger.warn('session that lives nowhere marked ended', { sid: session.sid, replica: session.replica });
      store.endSession(session.sid, clock.now(), 'connectionLost');
    }
    return others.length > left.length;
  };

  return {
    reserve: (control, { caller, desk, source }, onEnd) => {
      const { device, user, fingerprint } = caller;
      const sid = store.transaction(() => {
        if (taken(desk, device)) return undefined;
        for (const older of store.sessionsOn(desk)) {
          end(older.sid, 'connectionLost', true);
          // Of another process, which finds it so in the store; or of one that is no more.
          store.endSession(older.sid, clock.now(), 'connectionLost');
        }
        const made = randomBytes(12).toString('hex');
        store.addSession({ sid: made, device, user, desk, replica, source, granted: clock.now() });
        return made;
      });
      if (sid === undefined) return undefined;
      live.set(sid, {
        ...{ sid, device, fingerprint, user, desk, state: 'reserved', control, onEnd },
        ...{ expires: Number.POSITIVE_INFINITY, told: false, screen: undefined, cut: undefined },
        relay: undefined,
      });
      return sid;
    },
    grant: async (sid) => {
      const reserved = live.get(sid);
      if (reserved === undefined) return undefined;
      const { user, device, desk, fingerprint } = reserved;
      const jti = randomBytes(16).toString('hex');
      const { token, expires } = await options.grants.issue({ user, desk, sid, jti, fingerprint });
      const entry = live.get(sid);
      if (entry === undefined) return undefined;
      entry.state = 'granted';
      entry.expires = expires;
      logger.info('session granted', { sid, device, user, desk });
      return { sid, token, expires };
    },
    taken,
    get: (sid) => live.get(sid),
    of: (control) => [...live.values()].filter((entry) => entry.control === control),
    opened: (sid, screen, cut) => {
      const entry = live.get(sid);
      if (entry === undefined) return;
      entry.state = 'open';
      entry.screen = screen;
      entry.cut = cut;
      store.openSession(sid, clock.now());
    },
    attach: (sid, relay) => {
      const entry = live.get(sid);
      if (entry === undefined) return relay.destroy();
      entry.relay = relay;
      entry.cut = undefined;
      logger.info('session opened', { sid, device: entry.device, desk: entry.desk });
    },
    announce: (sid, reason) => {
      const entry = live.get(sid);
      if (entry !== undefined) tellClosed(entry, reason, {});
    },
    end,
    endOf: (control, reason, tell) => {
      for (const entry of [...live.values()]) if (entry.control === control) end(entry.sid, reason, tell);
    },
    endEvery: (reason) => {
      for (const sid of [...live.keys()]) end(sid, reason, true);
    },
    follow: () => {
      if (live.size === 0) return;
      const known = new Set(store.liveSessionsOf(replica));
      for (const sid of [...live.keys()]) {
        if (!known.has(sid)) end(sid, (store.session(sid)?.reason ?? 'connectionLost') as EndReason, true);
      }
    },
    expire: () => {
      const now = clock.now();
      for (const entry of [...live.values()]) {
        if (entry.state === 'granted' && entry.expires < now) end(entry.sid, 'grantRefused', true);
      }
    },
    count: () => {
      for (const { sid, relay } of live.values()) if (relay !== undefined) store.countBytes(sid, relay.bytes());
    },
    size: () => live.size,
  };
}

/** A laptop that left while it waited hears nothing anyway. */
function named(reason: EndReason): ErrorName {
  return reason === 'userEnded' ? 'connectionLost' : reason;
}

function tellClosed(entry: Entry, reason: ErrorName, details: ErrorDetails): void {
  if (entry.told) return;
  entry.told = true;
  const more = Object.keys(details).length === 0 ? {} : { details };
  entry.control.send({ type: 'closed', sid: entry.sid, reason, ...more });
}
