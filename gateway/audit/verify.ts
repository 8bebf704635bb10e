import { createReadStream } from 'node:fs';
import { type AuditHead, noAuditHash } from '../store/audit-head.ts';
import { type AuditLine, readLine } from './line.ts';

/**
 * - `changed`: the line is not as it was written;
 * - `missing`: it is not there, and others follow;
 * - `reordered`: another line stands in its place, and it comes later, or the same line comes twice;
 * - `truncated`: the log ends before it, or in the middle of it;
 * - `unreadable`: what stands there is no line of an audit log.
 */
export type AuditProblem = Readonly<{
  /** Line of the file, from 1, and the number that the line there must have. */
  line: number;
  seq: number;
  what: 'changed' | 'missing' | 'reordered' | 'truncated' | 'unreadable';
}>;

/** `lines`: how many are as they were written, from the first. */
export type AuditVerdict = Readonly<{ lines: number; problem: AuditProblem | null }>;

/**
 * Reads the whole log and names its first wrong line. A line that was changed together with its own hash is found by
 * the line after it, or by the head. Memory does not grow with the log.
 * Whole lines that chain on past the head are right: the process died before it could tell the store.
 * @param head the last line that the store knows of.
 * @param options.bytes where to stop reading; default: the file's end.
 * @throws what reading the file throws; a file that is not there is an empty log.
 */
export async function verifyAudit(
  path: string,
  head: Pick<AuditHead, 'seq' | 'hash'>,
  options: { bytes?: number } = {},
): Promise<AuditVerdict> {
  let before = noAuditHash;
  let seq = 0;
  // A line that is right in itself and does not fit to the one before: which of the two is wrong, the next one tells.
  let doubt: string | undefined;
  // A line with a later number: whether the right one is still to come.
  let lost = 0;
  const wrong = (line: number, what: AuditProblem['what']): AuditVerdict => ({
    lines: line - 1,
    problem: { line, seq: line, what },
  });

  for await (const piece of linesOf(path, options.bytes)) {
    const read = piece.whole ? readLine(piece.bytes) : undefined;
    if (lost > 0) {
      if (read?.line.seq === lost) return wrong(lost, 'reordered');
      continue;
    }
    if (doubt !== undefined) return wrong(read?.line.prev === doubt ? seq - 1 : seq, 'changed');
    seq += 1;
    if (!piece.whole) return wrong(seq, seq > head.seq ? 'unreadable' : 'truncated');
    if (read === undefined) return wrong(seq, 'unreadable');
    if (!read.intact) return wrong(seq, 'changed');
    if (read.line.seq < seq) return wrong(seq, 'reordered');
    if (read.line.seq > seq) lost = seq;
    else if (read.line.prev !== before) {
      if (seq === 1) return wrong(1, 'changed');
      doubt = read.line.hash;
    } else if (seq === head.seq && read.line.hash !== head.hash) return wrong(seq, 'changed');
    before = read.line.hash;
  }

  if (lost > 0) return wrong(lost, 'missing');
  if (doubt !== undefined) return wrong(seq === head.seq && doubt === head.hash ? seq - 1 : seq, 'changed');
  if (seq < head.seq) return wrong(seq + 1, 'truncated');
  return { lines: seq, problem: null };
}

/**
 * The last lines, oldest first; with `device` or `user` only theirs. Lines that cannot be read are left out and counted.
 * @throws what reading the file throws; a file that is not there is an empty log.
 */
export async function readAudit(
  path: string,
  options: { last: number; device?: string | undefined; user?: string | undefined },
): Promise<{ entries: AuditLine[]; unreadable: number }> {
  const { last, device, user } = options;
  const entries: AuditLine[] = [];
  let unreadable = 0;
  for await (const { bytes, whole } of linesOf(path)) {
    const line = whole ? readLine(bytes)?.line : undefined;
    if (line === undefined) unreadable += 1;
    else if ((device === undefined || line.device === device) && (user === undefined || line.user === user)) {
      entries.push(line);
      if (entries.length > last) entries.shift();
    }
  }
  return { entries, unreadable };
}

/** Far longer than any line that is written; a file without line breaks does not fill the memory. */
const longestLine = 1 << 20;

/** The file's lines without their line breaks; `whole` is false for a last one that has none. Ends at a line too long. */
async function* linesOf(path: string, bytes?: number): AsyncGenerator<{ bytes: Buffer; whole: boolean }> {
  if (bytes === 0) return;
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of createReadStream(path, bytes === undefined ? {} : { end: bytes - 1 })) {
      rest = Buffer.concat([rest, chunk as Buffer]);
      for (let end = rest.indexOf(0x0a); end >= 0; end = rest.indexOf(0x0a)) {
        yield { bytes: rest.subarray(0, end), whole: true };
        rest = rest.subarray(end + 1);
      }
      if (rest.length > longestLine) {
        yield { bytes: rest, whole: true };
        return;
      }
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  if (rest.length > 0) yield { bytes: rest, whole: false };
}
