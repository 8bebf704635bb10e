import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ownerOnly, syncFolder } from '../site/files.ts';
import type { AuditHead, AuditHeadRecords } from '../store/audit-head.ts';
import { type AuditEntry, makeLine, readLine } from './line.ts';
import { type AuditVerdict, verifyAudit } from './verify.ts';

export type Audit = Readonly<{
  /**
   * Writes one line and waits for the disk. Within an open transaction of the store the line belongs to it: a rollback
   * leaves the line, so that the log says rather too much than too little.
   * @throws what the file system or SQLite throws; then the deed must not happen either.
   */
  append: (entry: AuditEntry) => void;
  /** Checks the log as it is now, while others may go on appending. */
  verify: () => Promise<AuditVerdict>;
}>;

const lineBreak = 0x0a;

/**
 * The audit log: a text file, one JSON object a line, each with the hash of the line before; the last hash is in the
 * store as well, and the store's write lock keeps processes apart. (docs/decisions/0012-audit-log.md)
 * INVARIANT: a line that was once whole is never written over or cut off by us.
 * @param parts.now milliseconds since 1970.
 */
export function openAudit(parts: { path: string; store: AuditHeadRecords; now?: () => number }): Audit {
  const { path, store, now = Date.now } = parts;
  return {
    append: (entry) =>
      store.moveAuditHead((before) =>
        withFile(path, (file) => {
          const head = settle(file, before);
          const { text, hash } = makeLine(entry, head.seq + 1, now(), head.hash);
          // A damaged log may end in the middle of a line; what follows must not become part of it.
          const lead = endsInLineBreak(file) ? '' : '\n';
          writeFileSync(file, `${lead}${text}\n`);
          fsyncSync(file);
          return { seq: head.seq + 1, hash, bytes: fstatSync(file).size };
        }),
      ),
    verify: () => {
      let now: AuditHead | undefined;
      let bytes = 0;
      // Under the lock only for a moment: what is in the file by then does not change any more.
      store.moveAuditHead((before) =>
        withFile(path, (file) => {
          now = settle(file, before);
          bytes = fstatSync(file).size;
          return now;
        }),
      );
      return verifyAudit(path, now!, { bytes });
    },
  };
}

function withFile<T>(path: string, work: (file: number) => T): T {
  const file = openSync(path, 'a+', ownerOnly);
  try {
    // A file that was just made must be found after a power cut.
    if (fstatSync(file).size === 0) syncFolder(dirname(path));
    return work(file);
  } finally {
    closeSync(file);
  }
}

/**
 * Brings the head up to the file after a process died, or the power failed, between the two: whole lines that follow the
 * head and chain to it are adopted (several, because SQLite's last commits may be lost with the power), the beginning of
 * a line that was never finished is cut off. Anything else is left as it is, for `verify` to find.
 */
function settle(file: number, head: AuditHead): AuditHead {
  const { size } = fstatSync(file);
  if (size <= head.bytes || !isLineStart(file, head.bytes)) return head;
  let rest = readFrom(file, head.bytes, size);
  let reached = head;
  for (let end = rest.indexOf(lineBreak); end >= 0; end = rest.indexOf(lineBreak)) {
    const next = follower(reached, rest.subarray(0, end));
    if (next === undefined) return reached;
    reached = next;
    rest = rest.subarray(end + 1);
  }
  if (rest.length > 0) {
    ftruncateSync(file, reached.bytes);
    fsyncSync(file);
  }
  return reached;
}

function follower(head: AuditHead, bytes: Buffer): AuditHead | undefined {
  const read = readLine(bytes);
  if (read === undefined || !read.intact) return undefined;
  const { seq, prev, hash } = read.line;
  if (seq !== head.seq + 1 || prev !== head.hash) return undefined;
  return { seq, hash, bytes: head.bytes + bytes.length + 1 };
}

function endsInLineBreak(file: number): boolean {
  return isLineStart(file, fstatSync(file).size);
}

function isLineStart(file: number, position: number): boolean {
  return position === 0 || readFrom(file, position - 1, position)[0] === lineBreak;
}

function readFrom(file: number, from: number, to: number): Buffer {
  const buffer = Buffer.alloc(to - from);
  let filled = 0;
  while (filled < buffer.length) {
    const count = readSync(file, buffer, filled, buffer.length - filled, from + filled);
    if (count === 0) break;
    filled += count;
  }
  return buffer.subarray(0, filled);
}
