import type { DatabaseSync } from 'node:sqlite';
import type { ErrorName } from '#contract/errors/catalogue.ts';
import { row, rows } from './rows.ts';

type SessionRow = Readonly<{
  sid: string;
  device: string;
  user: string;
  desk: string;
  state: 'granted' | 'open' | 'ended';
  granted: number;
  opened: number | null;
  ended: number | null;
  /** ErrorName, or `userEnded` when the person left by themselves; null while it lives. */
  reason: string | null;
  /** Bytes relayed. */
  to_desk: number;
  from_desk: number;
  end_requested: number;
  /** The serving process that it lives in. */
  replica: string;
  /** Address that the laptop came from; null before this was recorded. */
  source: string | null;
}>;

const userEnded = 'userEnded';
export type EndReason = ErrorName | typeof userEnded;

/** Sessions and used grants. Times in milliseconds since 1970. */
export type SessionRecords = Readonly<{
  addSession: (
    session: Pick<SessionRow, 'sid' | 'device' | 'user' | 'desk' | 'granted' | 'replica'> & { source?: string | null },
  ) => void;
  openSession: (sid: string, opened: number) => void;
  countBytes: (sid: string, bytes: { toDesk: number; fromDesk: number }) => void;
  endSession: (sid: string, ended: number, reason: EndReason) => void;
  /** Marks a replica's live sessions ended: those that it left behind when it was stopped. @returns how many. */
  endAll: (replica: string, ended: number, reason: EndReason) => number;
  session: (sid: string) => SessionRow | undefined;
  /** Live sessions on a desk, of every replica. */
  sessionsOn: (desk: string) => SessionRow[];
  /** Ids of a replica's sessions that the store holds for live. */
  liveSessionsOf: (replica: string) => string[];
  /** Newest first. */
  sessions: (options: { all: boolean; limit: number }) => SessionRow[];
  /** Asks the serving process to end a session. @returns false when it is not live. */
  requestEnd: (sid: string) => boolean;
  /**
   * Live sessions of every replica that must end now, each with why: device given up or suspended, user
   * stopped, desk unassigned, or asked for. The gravest is named.
   */
  sessionsToEnd: () => { sid: string; reason: ErrorName }[];
  /**
   * Marks a grant used. INVARIANT: of any number of calls with one jti, exactly one returns true.
   * @param expires after this moment the record may be forgotten, because the grant is refused for its age.
   */
  spendGrant: (jti: string, used: number, expires: number) => boolean;
  /** Forgets used grants that expired before `before`. */
  forgetGrants: (before: number) => void;
}>;

/** @param touch called after a change that the server must look at. */
export function createSessionRecords(db: DatabaseSync, touch: () => void): SessionRecords {
  const q = {
    add: db.prepare(
      `INSERT INTO sessions (sid, device, user, desk, state, granted, replica, source)
       VALUES (?, ?, ?, ?, 'granted', ?, ?, ?)`,
    ),
    open: db.prepare("UPDATE sessions SET state = 'open', opened = ?2 WHERE sid = ?1 AND state = 'granted'"),
    count: db.prepare('UPDATE sessions SET to_desk = ?2, from_desk = ?3 WHERE sid = ?1'),
    end: db.prepare("UPDATE sessions SET state = 'ended', ended = ?2, reason = ?3 WHERE sid = ?1 AND state <> 'ended'"),
    endAll: db.prepare(
      "UPDATE sessions SET state = 'ended', ended = ?2, reason = ?3 WHERE replica = ?1 AND state <> 'ended'",
    ),
    one: db.prepare('SELECT * FROM sessions WHERE sid = ?'),
    on: db.prepare("SELECT * FROM sessions WHERE desk = ? AND state <> 'ended' ORDER BY granted, sid"),
    liveOf: db.prepare("SELECT sid FROM sessions WHERE replica = ? AND state <> 'ended'"),
    live: db.prepare("SELECT * FROM sessions WHERE state <> 'ended' ORDER BY granted DESC, sid LIMIT ?"),
    all: db.prepare('SELECT * FROM sessions ORDER BY granted DESC, sid LIMIT ?'),
    request: db.prepare("UPDATE sessions SET end_requested = 1 WHERE sid = ? AND state <> 'ended'"),
    toEnd: db.prepare(
      `SELECT sessions.sid, CASE
         WHEN devices.status = 'suspended' THEN 'deviceSuspended'
         WHEN devices.status <> 'active' THEN 'deviceRevoked'
         WHEN users.status <> 'active' THEN 'signInRefused'
         WHEN assignments.desk IS NULL THEN 'deskNotAssigned'
         ELSE 'sessionEndedByOffice' END AS reason
       FROM sessions JOIN devices ON devices.id = sessions.device JOIN users ON users.id = sessions.user
       LEFT JOIN assignments ON assignments.desk = sessions.desk AND assignments.user = sessions.user
       WHERE sessions.state <> 'ended' AND (sessions.end_requested OR assignments.desk IS NULL
         OR devices.status <> 'active' OR users.status <> 'active')`,
    ),
    use: db.prepare('INSERT INTO grants_used (jti, used, expires) VALUES (?, ?, ?) ON CONFLICT DO NOTHING'),
    forget: db.prepare('DELETE FROM grants_used WHERE expires < ?'),
  };
  return {
    addSession: ({ sid, device, user, desk, granted, replica, source = null }) =>
      void q.add.run(sid, device, user, desk, granted, replica, source),
    openSession: (sid, opened) => void q.open.run(sid, opened),
    countBytes: (sid, { toDesk, fromDesk }) => void q.count.run(sid, toDesk, fromDesk),
    endSession: (sid, ended, reason) => void q.end.run(sid, ended, reason),
    endAll: (replica, ended, reason) => Number(q.endAll.run(replica, ended, reason).changes),
    session: (sid) => row<SessionRow>(q.one.get(sid)),
    sessionsOn: (desk) => rows<SessionRow>(q.on.all(desk)),
    liveSessionsOf: (replica) => rows<{ sid: string }>(q.liveOf.all(replica)).map(({ sid }) => sid),
    sessions: ({ all, limit }) => rows<SessionRow>((all ? q.all : q.live).all(limit)),
    requestEnd: (sid) => {
      const found = q.request.run(sid).changes > 0;
      if (found) touch();
      return found;
    },
    sessionsToEnd: () => rows<{ sid: string; reason: ErrorName }>(q.toEnd.all()),
    spendGrant: (jti, used, expires) => q.use.run(jti, used, expires).changes === 1,
    forgetGrants: (before) => void q.forget.run(before),
  };
}
