import { closeSync, existsSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { ownerOnly } from '../site/files.ts';
import { type AuditHeadRecords, createAuditHeadRecords } from './audit-head.ts';
import { type CertificateRecords, createCertificateRecords } from './certificate-records.ts';
import { type CodeRecords, createCodeRecords } from './code-records.ts';
import { createDeviceRecords, type DeviceRecords } from './device-records.ts';
import { createDirectory, type Directory } from './directory.ts';
import { createEvidenceRecords, type EvidenceRecords } from './evidence-records.ts';
import { createOtpRecords, type OtpRecords } from './otp-records.ts';
import { createPolicyRecords, type PolicyRecords } from './policy-records.ts';
import { migrate, StoreError } from './schema.ts';
import { createSessionRecords, type SessionRecords } from './session-records.ts';

/**
 * The gateway's memory, in one SQLite file that the server and the command line open at the same time.
 * Everything here is synchronous: a decision that reads and writes is one step of the event loop.
 */
export type Store = Directory &
  DeviceRecords &
  CertificateRecords &
  CodeRecords &
  OtpRecords &
  SessionRecords &
  EvidenceRecords &
  PolicyRecords &
  AuditHeadRecords &
  Readonly<{
    /**
     * Runs `work` while this process alone may write: it happens as a whole and survives a power cut, or, when it throws,
     * not at all. Within a transaction it becomes a part of that one.
     */
    transaction: <T>(work: () => T) => T;
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
    // is live in this process's memory. `transaction` is for what must not be lost.
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
  const touch = (): void => {
    touched = true;
  };
  return {
    ...createDirectory(db, touch),
    ...createDeviceRecords(db, touch),
    ...createCertificateRecords(db, touch),
    ...createCodeRecords(db),
    ...createOtpRecords(db),
    ...createSessionRecords(db, touch),
    ...createEvidenceRecords(db),
    ...createPolicyRecords(db, touch, (work) => transaction(db, work)),
    ...createAuditHeadRecords(db),
    transaction: (work) => transaction(db, work),
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

function transaction<T>(db: DatabaseSync, work: () => T): T {
  if (db.isTransaction) return work();
  // IMMEDIATE: what is read inside stays true until the commit. FULL waits for the disk; it cannot be set inside.
  db.exec('PRAGMA synchronous = FULL');
  try {
    db.exec('BEGIN IMMEDIATE');
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    // SQLite has rolled back by itself after some errors (disk full).
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  } finally {
    db.exec('PRAGMA synchronous = NORMAL');
  }
}
