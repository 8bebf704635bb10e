import { closeSync, existsSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { ownerOnly } from '../site/files.ts';
import { createDirectory, type Directory } from './directory.ts';
import { migrate, StoreError } from './schema.ts';
import { createSessionRecords, type SessionRecords } from './session-records.ts';

/**
 * The gateway's memory, in one SQLite file that the server and the command line open at the same time.
 * Everything here is synchronous: a decision that reads and writes is one step of the event loop.
 */
export type Store = Directory &
  SessionRecords &
  Readonly<{
    /** True once after another process, or a change of directory through this object, may have changed a decision. */
    changed: () => boolean;
    close: () => void;
  }>;

const busyTimeoutMs = 3000;

/**
 * @param path the file; with `create` it must not exist, without it must.
 * @throws {StoreError} missing, newer or foreign.
 */
export function openStore(path: string, options: { create?: boolean } = {}): Store {
  if (options.create) {
    // SQLite would use the umask; -wal and -shm copy the mode of this file.
    closeSync(openSync(path, 'wx', ownerOnly));
  } else if (!existsSync(path)) {
    throw new StoreError('missing', `The store ${path} is missing; restore it from a backup.`);
  }
  const db = new DatabaseSync(path, { timeout: busyTimeoutMs, enableForeignKeyConstraints: true });
  try {
    migrate(db, path);
    // NORMAL may lose the last commits at a power cut. A used grant stays refused even so: it opens only a session that
    // is live in this process's memory.
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  } catch (error) {
    db.close();
    if (error instanceof StoreError) throw error;
    throw new StoreError('foreign', `The store ${path} cannot be read as a database.`, { cause: error });
  }
  let touched = false;
  // data_version changes when another connection commits, never for our own commits.
  const dataVersion = db.prepare('PRAGMA data_version');
  let seen = dataVersion.get()?.data_version;
  return {
    ...createDirectory(db, () => {
      touched = true;
    }),
    ...createSessionRecords(db, () => {
      touched = true;
    }),
    changed: () => {
      const version = dataVersion.get()?.data_version;
      const result = touched || version !== seen;
      touched = false;
      seen = version;
      return result;
    },
    close: () => db.close(),
  };
}
