import { randomBytes } from 'node:crypto';
import type { ErrorName } from '#contract/errors/catalogue.ts';
import type { Logger } from '#contract/log/logger.ts';
import type { Desk, GatewayMessage } from '#contract/wire/messages.ts';
import type { Grants } from '../grants/grants.ts';
import type { EndReason } from '../store/session-records.ts';
import type { Store } from '../store/store.ts';
import type { Clock } from './limits.ts';
import type { Relay } from './relay.ts';
import type { Caller } from './tls.ts';

/** What a session needs of the control connection that it belongs to. */
export type ControlPort = Readonly<{ send: (message: GatewayMessage) => void }>;

type LiveSession = Readonly<{
  sid: string;
  device: string;
  fingerprint: string;
  user: string;
  desk: string;
  state: 'granted' | 'open';
}>;

export type Sessions = Readonly<{
  /** Makes a session and its grant. */
  grant: (control: ControlPort, caller: Caller, desk: Desk) => Promise<{ sid: string; token: string; expires: number }>;
  get: (sid: string) => LiveSession | undefined;
  /** How many sessions the control connection holds. */
  held: (control: ControlPort) => number;
  /** A grant was used: from here on the session is open. @param cut ends what carries it before a relay exists. */
  opened: (sid: string, cut: () => void) => void;
  attach: (sid: string, relay: Relay) => void;
  /** Tells the client, once, that its screen is over; the session itself may still be flushing. */
  announce: (sid: string, reason: ErrorName) => void;
  /** Ends a session for good and cuts its relay; never throws. @param tell whether the client hears why. */
  end: (sid: string, reason: EndReason, tell: boolean) => void;
  /** All sessions of a control connection; `tell` as in `end`. */
  endOf: (control: ControlPort, reason: EndReason, tell: boolean) => void;
  endEvery: (reason: ErrorName) => void;
  /** Ends sessions whose grant was never used. */
  expire: () => void;
  /** Writes the byte counts of open sessions to the store. */
  count: () => void;
  size: () => number;
}>;

type Entry = {
  -readonly [K in keyof LiveSession]: LiveSession[K];
} & { control: ControlPort; expires: number; told: boolean; cut: (() => void) | undefined; relay: Relay | undefined };

/** Sessions that live in this process. INVARIANT: a session lives no longer than its control connection. */
export function createSessions(options: {
  store: Store;
  grants: Grants;
  clock: Clock;
  logger: Logger;
  /** Which of the processes on this store it is: each ends only its own sessions. */
  replica: string;
}): Sessions {
  const { store, clock, logger, replica } = options;
  const live = new Map<string, Entry>();

  const end = (sid: string, reason: EndReason, tell: boolean): void => {
    const entry = live.get(sid);
    if (entry === undefined) return;
    live.delete(sid);
    if (tell && reason !== 'userEnded') tellClosed(entry, reason);
    entry.cut?.();
    entry.relay?.destroy();
    const bytes = entry.relay?.bytes() ?? { toDesk: 0, fromDesk: 0 };
    try {
      if (entry.relay !== undefined) store.countBytes(sid, bytes);
      store.endSession(sid, clock.now(), reason);
    } catch (error) {
      // The session is over all the same; its record is corrected when the gateway starts again (endAll).
      logger.error('end of session could not be written', { sid, error });
    }
    logger.info('session ended', { sid, device: entry.device, desk: entry.desk, reason, ...bytes });
  };

  return {
    grant: async (control, caller, desk) => {
      const sid = randomBytes(12).toString('hex');
      const { device, user, fingerprint } = caller;
      const entry: Entry = {
        ...{ sid, device, fingerprint, user, desk: desk.id, state: 'granted', control },
        ...{ expires: Number.POSITIVE_INFINITY, told: false, cut: undefined, relay: undefined },
      };
      store.addSession({ sid, device, user, desk: desk.id, replica, granted: clock.now() });
      live.set(sid, entry);
      const jti = randomBytes(16).toString('hex');
      const { token, expires } = await options.grants.issue({ user, desk: desk.id, sid, jti, fingerprint });
      entry.expires = expires;
      logger.info('session granted', { sid, device, user, desk: desk.id });
      return { sid, token, expires };
    },
    get: (sid) => live.get(sid),
    held: (control) => [...live.values()].filter((entry) => entry.control === control).length,
    opened: (sid, cut) => {
      const entry = live.get(sid);
      if (entry === undefined) return;
      entry.state = 'open';
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
      if (entry !== undefined) tellClosed(entry, reason);
    },
    end,
    endOf: (control, reason, tell) => {
      for (const entry of [...live.values()]) if (entry.control === control) end(entry.sid, reason, tell);
    },
    endEvery: (reason) => {
      for (const sid of [...live.keys()]) end(sid, reason, true);
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

function tellClosed(entry: Entry, reason: ErrorName): void {
  if (entry.told) return;
  entry.told = true;
  entry.control.send({ type: 'closed', sid: entry.sid, reason });
}
