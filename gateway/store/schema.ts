import type { DatabaseSync } from 'node:sqlite';
import { auditHeadSql } from './audit-head.ts';

/** "Hana" in ASCII: marks the file as ours (PRAGMA application_id). */
const applicationId = 0x48616e61;

/** Step n brings a store from version n to n + 1. Never edit a released step; add one. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE users (
    id      TEXT PRIMARY KEY,
    name    TEXT NOT NULL,
    status  TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'stopped')),
    created INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE devices (
    id          TEXT PRIMARY KEY,
    user        TEXT NOT NULL REFERENCES users (id),
    label       TEXT NOT NULL,
    fingerprint TEXT NOT NULL UNIQUE,
    status      TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'revoked')),
    created     INTEGER NOT NULL,
    expires     INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE desks (
    id       TEXT PRIMARY KEY,
    name     TEXT NOT NULL,
    protocol TEXT NOT NULL,
    host     TEXT NOT NULL,
    port     INTEGER NOT NULL CHECK (port BETWEEN 1 AND 65535),
    created  INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE assignments (
    desk    TEXT NOT NULL REFERENCES desks (id),
    user    TEXT NOT NULL REFERENCES users (id),
    created INTEGER NOT NULL,
    PRIMARY KEY (desk, user)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE grants_used (
    jti     TEXT PRIMARY KEY,
    used    INTEGER NOT NULL,
    expires INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX grants_used_expires ON grants_used (expires);
  CREATE TABLE sessions (
    sid           TEXT PRIMARY KEY,
    device        TEXT NOT NULL REFERENCES devices (id),
    user          TEXT NOT NULL REFERENCES users (id),
    desk          TEXT NOT NULL REFERENCES desks (id),
    state         TEXT NOT NULL CHECK (state IN ('granted', 'open', 'ended')),
    granted       INTEGER NOT NULL,
    opened        INTEGER,
    ended         INTEGER,
    reason        TEXT,
    to_desk       INTEGER NOT NULL DEFAULT 0,
    from_desk     INTEGER NOT NULL DEFAULT 0,
    end_requested INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX sessions_live ON sessions (granted) WHERE state <> 'ended';
  `,
  `
  ALTER TABLE users ADD COLUMN method TEXT NOT NULL DEFAULT 'embedded' CHECK (method IN ('embedded', 'prompted'));
  ALTER TABLE users ADD COLUMN failures INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE users ADD COLUMN not_before INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE users ADD COLUMN locked_until INTEGER;

  CREATE TABLE device_certificates (
    fingerprint TEXT PRIMARY KEY,
    device      TEXT NOT NULL REFERENCES devices (id),
    state       TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'active', 'revoked')),
    serial      TEXT NOT NULL,
    origin      TEXT NOT NULL CHECK (origin IN ('issued', 'imported')),
    valid_from  INTEGER NOT NULL,
    valid_until INTEGER NOT NULL,
    created     INTEGER NOT NULL,
    code        TEXT REFERENCES enrolment_codes (hash),
    machine     TEXT,
    otp_secret  BLOB,
    unlock_key  BLOB
  ) STRICT;
  CREATE INDEX device_certificates_device ON device_certificates (device, created);
  INSERT INTO device_certificates (fingerprint, device, state, serial, origin, valid_from, valid_until, created)
    SELECT fingerprint, id, status, '', 'issued', created, expires, created FROM devices;

  CREATE TABLE devices_next (
    id              TEXT PRIMARY KEY,
    user            TEXT NOT NULL REFERENCES users (id),
    label           TEXT NOT NULL,
    status          TEXT NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'active', 'suspended', 'revoked', 'retired')),
    created         INTEGER NOT NULL,
    lease           INTEGER,
    machine         TEXT,
    machine_changed INTEGER,
    last_seen       INTEGER,
    client_version  TEXT,
    unlock_key      BLOB,
    erase           TEXT NOT NULL DEFAULT 'none' CHECK (erase IN ('none', 'asked', 'done')),
    erased          INTEGER
  ) STRICT;
  INSERT INTO devices_next (id, user, label, status, created) SELECT id, user, label, status, created FROM devices;
  DROP TABLE devices;
  ALTER TABLE devices_next RENAME TO devices;

  CREATE TABLE enrolment_codes (
    hash    TEXT PRIMARY KEY,
    device  TEXT NOT NULL REFERENCES devices (id),
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    used    INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX enrolment_codes_device ON enrolment_codes (device, created);
  CREATE TABLE otp_secrets (
    kind      TEXT NOT NULL CHECK (kind IN ('device', 'user')),
    owner     TEXT NOT NULL,
    secret    BLOB NOT NULL,
    last_step INTEGER NOT NULL DEFAULT 0,
    drift     INTEGER,
    created   INTEGER NOT NULL,
    PRIMARY KEY (kind, owner)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE emergency_codes (
    user    TEXT NOT NULL REFERENCES users (id),
    hash    TEXT NOT NULL,
    salt    BLOB NOT NULL,
    created INTEGER NOT NULL,
    used    INTEGER,
    PRIMARY KEY (user, hash)
  ) STRICT, WITHOUT ROWID;
  ALTER TABLE sessions ADD COLUMN replica TEXT NOT NULL DEFAULT 'main';
  ${auditHeadSql}
  `,
  `
  CREATE TABLE policy_layers (
    scope   TEXT PRIMARY KEY,
    rules   TEXT NOT NULL,
    changed INTEGER NOT NULL,
    actor   TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE policy_serial (one INTEGER PRIMARY KEY CHECK (one = 1), serial INTEGER NOT NULL) STRICT;
  INSERT INTO policy_serial (one, serial) VALUES (1, 0);
  CREATE TABLE memberships (
    name TEXT NOT NULL,
    user TEXT NOT NULL REFERENCES users (id),
    PRIMARY KEY (name, user)
  ) STRICT, WITHOUT ROWID;
  ALTER TABLE desks ADD COLUMN class TEXT;
  ALTER TABLE desks ADD COLUMN mac TEXT;
  ALTER TABLE desks ADD COLUMN wake_to TEXT;
  ALTER TABLE sessions ADD COLUMN source TEXT;
  CREATE TABLE evidence (
    id       INTEGER PRIMARY KEY,
    device   TEXT NOT NULL REFERENCES devices (id),
    sid      TEXT,
    kind     TEXT NOT NULL CHECK (kind IN ('posture', 'path', 'residue')),
    received INTEGER NOT NULL,
    report   TEXT NOT NULL,
    verdicts TEXT NOT NULL,
    jws      TEXT NOT NULL
  ) STRICT;
  CREATE INDEX evidence_device ON evidence (device, kind, received);
  CREATE TABLE posture_bad (
    device TEXT NOT NULL REFERENCES devices (id),
    item   TEXT NOT NULL,
    since  INTEGER NOT NULL,
    PRIMARY KEY (device, item)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  ALTER TABLE desks ADD COLUMN security TEXT;
  ALTER TABLE desks ADD COLUMN certificate TEXT;
  `,
];

/** A store of a newer program: refused rather than guessed at. */
export class StoreError extends Error {
  readonly problem: 'missing' | 'newer' | 'foreign';
  constructor(problem: StoreError['problem'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.problem = problem;
  }
}

/** @throws {StoreError} newer or foreign; then nothing was written. */
export function migrate(db: DatabaseSync, path: string): void {
  const from = pragma(db, 'user_version');
  if (from > 0 && pragma(db, 'application_id') !== applicationId) {
    throw new StoreError('foreign', `The file ${path} is a database of another program.`);
  }
  if (from > migrations.length) {
    throw new StoreError(
      'newer',
      `The store ${path} was written by a newer version (schema ${from}, this one knows ${migrations.length}); nothing was changed.`,
    );
  }
  if (from === migrations.length) return;
  // A step may build a table anew; the references to it are checked at the end instead of on the way
  // (https://sqlite.org/lang_altertable.html#otheralter). The pragma does nothing inside a transaction.
  db.exec('PRAGMA foreign_keys = OFF');
  try {
    db.exec('BEGIN IMMEDIATE');
    // Read again inside the transaction: another process may have migrated meanwhile.
    for (let step = pragma(db, 'user_version'); step < migrations.length; step++) db.exec(migrations[step]!);
    if (db.prepare('PRAGMA foreign_key_check').get() !== undefined) {
      throw new StoreError('foreign', `The store ${path} refers to rows that are not there; restore it from a backup.`);
    }
    db.exec(`PRAGMA user_version = ${migrations.length}; PRAGMA application_id = ${applicationId}`);
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  } finally {
    db.exec('PRAGMA foreign_keys = ON');
  }
}

function pragma(db: DatabaseSync, name: 'user_version' | 'application_id'): number {
  return Number(db.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0);
}
