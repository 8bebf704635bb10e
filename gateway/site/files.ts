import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Mode of every file of a site: the gateway's account alone. */
export const ownerOnly = 0o600;
export const ownerOnlyFolder = 0o700;

/** The data folder cannot be used so; `problem` chooses the exit code. */
export class SiteError extends Error {
  readonly problem: 'notInitialised' | 'alreadyInitialised' | 'damaged' | 'enrolmentOff';
  constructor(problem: SiteError['problem'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SiteError';
    this.problem = problem;
  }
}

/**
 * Writes a file that is either whole or absent after a power cut: temporary file, fsync, rename.
 * @param options.replace false: throws an error with code EEXIST when the file is there, even in a race.
 */
export function writeAtomically(path: string, text: string | Buffer, options: { replace: boolean }): void {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const handle = openSync(temporary, 'wx', ownerOnly);
    try {
      writeFileSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    // link() fails where rename() would overwrite.
    if (options.replace) renameSync(temporary, path);
    else linkSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
  syncFolder(dirname(path));
}

/** Makes renames in a folder durable. Windows has no handle on a folder and needs none. */
export function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
