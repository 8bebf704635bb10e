import type { DatabaseSync } from 'node:sqlite';
import type { Desk, DeskProtocol, OtpMethod, RdpSecurity } from '#contract/wire/messages.ts';
import { row, rows } from './rows.ts';

export type UserRow = Readonly<{
  id: string;
  name: string;
  status: 'active' | 'stopped';
  created: number;
  /** Who makes this person's one-time passwords. */
  method: OtpMethod;
  /** Wrong one-time passwords and emergency codes in a row; before `notBefore` no other is looked at. */
  failures: number;
  notBefore: number;
  lockedUntil: number | null;
}>;
export type DeskRow = Readonly<{
  id: string;
  name: string;
  protocol: DeskProtocol;
  host: string;
  port: number;
  /** What it handles, as policies name it in `refusedDeskClasses`. */
  class: string | null;
  /** Of its network card, lower case with colons; null when it cannot be woken. */
  mac: string | null;
  /** `host:port` that wakes it; null for what its own address suggests. */
  wakeTo: string | null;
  /** Of an RDP desk: what its sign-in must be; null for other protocols. */
  security: RdpSecurity | null;
  /** Of an RDP desk: SHA-256 of the certificate that it must show, lower-case hex; null until the first session. */
  certificate: string | null;
  created: number;
}>;
/** What an administrator may change of a desk. */
export type DeskChange = Readonly<Partial<Omit<DeskRow, 'id' | 'protocol' | 'created'>>>;
type Later = 'class' | 'mac' | 'wakeTo' | 'security' | 'certificate';

/** What an administrator may not do, as a plain sentence. */
export class DirectoryError extends Error {
  /** `refused`: it is there, but in no state for this. */
  readonly problem: 'exists' | 'unknown' | 'refused';
  constructor(problem: DirectoryError['problem'], message: string) {
    super(message);
    this.name = 'DirectoryError';
    this.problem = problem;
  }
}

/** Who exists and who may use which desk. Times in milliseconds since 1970. */
export type Directory = Readonly<{
  addUser: (user: { id: string; name: string; created: number }) => void;
  users: () => UserRow[];
  user: (id: string) => UserRow | undefined;
  addDesk: (desk: Omit<DeskRow, Later> & Partial<Pick<DeskRow, Later>>) => void;
  /** @returns what was changed, as it was before; empty when it was so already. */
  setDesk: (id: string, change: DeskChange) => DeskChange;
  desks: () => (DeskRow & { users: string[] })[];
  desk: (id: string) => DeskRow | undefined;
  /** @returns false when it was so already. */
  assign: (desk: string, user: string, created: number) => boolean;
  /** @returns false when it was so already. */
  unassign: (desk: string, user: string) => boolean;
  assigned: (desk: string, user: string) => boolean;
  /** Desks of one user, oldest assignment first, without addresses. */
  desksOf: (user: string) => Desk[];
}>;

const userColumns = 'id, name, status, created, method, failures, not_before AS notBefore, locked_until AS lockedUntil';
const deskColumns = 'id, name, protocol, host, port, class, mac, wake_to AS wakeTo, security, certificate, created';

/** @param touch called after every change. */
export function createDirectory(db: DatabaseSync, touch: () => void): Directory {
  const q = {
    addUser: db.prepare('INSERT INTO users (id, name, created) VALUES (?, ?, ?) ON CONFLICT DO NOTHING'),
    users: db.prepare(`SELECT ${userColumns} FROM users ORDER BY id`),
    user: db.prepare(`SELECT ${userColumns} FROM users WHERE id = ?`),
    addDesk: db.prepare(
      `INSERT INTO desks (id, name, protocol, host, port, created, class, mac, wake_to, security, certificate)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    ),
    setDesk: db.prepare(
      `UPDATE desks SET name = ?2, host = ?3, port = ?4, class = ?5, mac = ?6, wake_to = ?7, security = ?8,
         certificate = ?9 WHERE id = ?1`,
    ),
    desks: db.prepare(`SELECT ${deskColumns} FROM desks ORDER BY id`),
    desk: db.prepare(`SELECT ${deskColumns} FROM desks WHERE id = ?`),
    assign: db.prepare('INSERT INTO assignments (desk, user, created) VALUES (?, ?, ?) ON CONFLICT DO NOTHING'),
    unassign: db.prepare('DELETE FROM assignments WHERE desk = ? AND user = ?'),
    assigned: db.prepare('SELECT 1 FROM assignments WHERE desk = ? AND user = ?'),
    usersOf: db.prepare('SELECT user FROM assignments WHERE desk = ? ORDER BY created, user'),
    desksOf: db.prepare(
      `SELECT desks.id, desks.name, desks.protocol FROM assignments JOIN desks ON desks.id = assignments.desk
       WHERE assignments.user = ? ORDER BY assignments.created, desks.id`,
    ),
  };

  const user = (id: string) => row<UserRow>(q.user.get(id));
  const desk = (id: string) => row<DeskRow>(q.desk.get(id));
  const need = (found: unknown, what: string, id: string): void => {
    if (found === undefined) throw new DirectoryError('unknown', `There is no ${what} "${id}".`);
  };
  const changed = (changes: number | bigint): boolean => {
    if (changes > 0) touch();
    return changes > 0;
  };
  const insert = (changes: number | bigint, what: string, id: string): void => {
    if (!changed(changes))
      throw new DirectoryError('exists', `There is already a ${what} "${id}"; nothing was changed.`);
  };

  return {
    addUser: ({ id, name, created }) => insert(q.addUser.run(id, name, created).changes, 'user', id),
    users: () => rows<UserRow>(q.users.all()),
    user,
    addDesk: ({ id, name, protocol, host, port, created, ...later }) => {
      const { class: tag = null, mac = null, wakeTo = null, certificate = null } = later;
      const security = protocol === 'rdp' ? (later.security ?? 'nla') : null;
      const facts = [tag, mac, wakeTo, security, certificate];
      insert(q.addDesk.run(id, name, protocol, host, port, created, ...facts).changes, 'desk', id);
    },
    setDesk: (id, change) => {
      const before = desk(id);
      if (before === undefined) throw new DirectoryError('unknown', `There is no desk "${id}".`);
      const after = { ...before, ...change };
      const names = Object.keys(change) as (keyof DeskChange)[];
      const changes = names.filter((name) => before[name] !== after[name]);
      if (changes.length > 0) {
        const { name, host, port, class: tag, mac, wakeTo, security, certificate } = after;
        changed(q.setDesk.run(id, name, host, port, tag, mac, wakeTo, security, certificate).changes);
      }
      return Object.fromEntries(changes.map((name) => [name, before[name]]));
    },
    desks: () =>
      rows<DeskRow>(q.desks.all()).map((found) => ({
        ...found,
        users: rows<{ user: string }>(q.usersOf.all(found.id)).map((item) => item.user),
      })),
    desk,
    assign: (deskId, userId, created) => {
      need(desk(deskId), 'desk', deskId);
      need(user(userId), 'user', userId);
      return changed(q.assign.run(deskId, userId, created).changes);
    },
    unassign: (deskId, userId) => {
      need(desk(deskId), 'desk', deskId);
      need(user(userId), 'user', userId);
      return changed(q.unassign.run(deskId, userId).changes);
    },
    assigned: (deskId, userId) => q.assigned.get(deskId, userId) !== undefined,
    desksOf: (userId) => rows<Desk>(q.desksOf.all(userId)),
  };
}
