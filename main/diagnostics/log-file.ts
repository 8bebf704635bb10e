import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Bytes after which the log starts a new file; one older file is kept. */
const maxBytes = 1024 * 1024;

/**
 * A log sink on one file. Lines are written at once, so that the last ones before a crash are there; a log that cannot
 * be written (full or read-only disk) must never stop the session, so its errors end here.
 */
export function createLogFile(path: string): (line: string) => void {
  let size = 0;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  } catch {
    // The next write tries again and ends in the same place.
  }
  return (line) => {
    try {
      if (size > maxBytes) {
        renameSync(path, `${path}.1`);
        size = 0;
      }
      appendFileSync(path, `${line}\n`, { mode: 0o600 });
      size += Buffer.byteLength(line) + 1;
    } catch {
      // See above: losing a log line is the lesser harm.
    }
  };
}
