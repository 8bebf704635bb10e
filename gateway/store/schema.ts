import type { DatabaseSync } from 'node:sqlite';

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
  db.exec('BEGIN IMMEDIATE');
  try {
    // Read again inside the transaction: another process may have migrated meanwhile.
    for (let step = pragma(db, 'user_version'); step < migrations.length; step++) db.exec(migrations[step]!);
    db.exec(`PRAGMA user_version = ${migrations.length}; PRAGMA application_id = ${applicationId}`);
    db.exec('COMMIT');
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}

function pragma(db: DatabaseSync, name: 'user_version' | 'application_id'): number {
  return Number(db.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0);
}
