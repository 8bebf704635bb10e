import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ErrorName } from '#contract/errors/catalogue.ts';
import { HanareError } from '#contract/errors/hanare-error.ts';

/** Moments between which a test ends the process. */
export type StoreStep = 'entry' | 'created' | 'written' | 'synced' | 'renamed' | 'stored';

export const temporaryOf = (path: string): string => `${path}.new`;

/**
 * Puts `bytes` in the place of the file at `path`, so that after a power cut at any moment there is the old file or the
 * new one, whole. Mode 0600.
 * @throws diskFull, diskReadOnly, storageFailed: the old file is untouched then
 */
export async function replaceFile(path: string, bytes: Uint8Array, at: (step: StoreStep) => void): Promise<void> {
  const temporary = temporaryOf(path);
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await rm(temporary, { force: true });
    await writeSynced(temporary, bytes, at);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw storageError(error);
  }
  at('renamed');
  await syncFolder(dirname(path));
  at('stored');
}

async function writeSynced(path: string, bytes: Uint8Array, at: (step: StoreStep) => void): Promise<void> {
  // wx: what another program has put there meanwhile, a link say, is not followed.
  const file = await open(path, 'wx', 0o600);
  try {
    at('created');
    await file.writeFile(bytes);
    at('written');
    await file.sync();
    at('synced');
  } finally {
    await file.close();
  }
}

/** Makes the rename last. Windows and some file systems cannot; the new file is in place all the same, so no failure. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}

const byCode: Readonly<Record<string, ErrorName>> = {
  ENOSPC: 'diskFull',
  EDQUOT: 'diskFull',
  EROFS: 'diskReadOnly',
  EACCES: 'diskReadOnly',
  EPERM: 'diskReadOnly',
};

export function storageError(error: unknown): HanareError {
  return new HanareError(byCode[(error as NodeJS.ErrnoException).code ?? ''] ?? 'storageFailed', {}, { cause: error });
}
