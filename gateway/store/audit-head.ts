import type { DatabaseSync } from 'node:sqlite';

/** `prev` of the first line of an audit log, and the head's hash while there is none. */
export const noAuditHash = '0'.repeat(64);

/** The last line of the audit log as the store knows it, and where that line ends in the file. */
export type AuditHead = Readonly<{
  /** Number of that line, from 1; 0 while there is none. */
  seq: number;
  /** Its hash, lower-case hex. */
  hash: string;
  /** Length of the file up to its line break, bytes. */
  bytes: number;
}>;

/** For a migration: the table with its only row. */
export const auditHeadSql = `
  CREATE TABLE audit_head (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    seq   INTEGER NOT NULL CHECK (seq >= 0),
    hash  TEXT NOT NULL CHECK (length(hash) = 64),
    bytes INTEGER NOT NULL CHECK (bytes >= 0)
  ) STRICT;
  INSERT INTO audit_head (id, seq, hash, bytes) VALUES (1, 0, '${noAuditHash}', 0);
`;

export type AuditHeadRecords = Readonly<{
  auditHead: () => AuditHead;
  /**
   * Runs `work` while this connection alone may write to the store, and keeps the head that it returns. Within a
   * transaction that is open already it becomes a part of that one. What `work` throws leaves the head as it was.
   */
  moveAuditHead: (work: (head: AuditHead) => AuditHead) => void;
}>;

export function createAuditHeadRecords(db: DatabaseSync): AuditHeadRecords {
  const read = db.prepare('SELECT seq, hash, bytes FROM audit_head WHERE id = 1');
  const lock = db.prepare('UPDATE audit_head SET seq = seq WHERE id = 1');
  const write = db.prepare('UPDATE audit_head SET seq = ?, hash = ?, bytes = ? WHERE id = 1');
  const auditHead = (): AuditHead => ({ ...(read.get() as AuditHead) });
  const move = (work: (head: AuditHead) => AuditHead): void => {
    // A transaction that has only read so far does not hold the write lock yet; it must, before the file is touched.
    lock.run();
    const { seq, hash, bytes } = work(auditHead());
    write.run(seq, hash, bytes);
  };
  return {
    auditHead,
    moveAuditHead: (work) => {
      if (db.isTransaction) return move(work);
      db.exec('BEGIN IMMEDIATE');
      try {
        move(work);
        db.exec('COMMIT');
      } catch (error) {
        // SQLite has rolled back by itself after some errors (disk full).
        if (db.isTransaction) db.exec('ROLLBACK');
        throw error;
      }
    },
  };
}
