import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Keychain } from './keychain.ts';
import { storageError, temporaryOf } from './replace-file.ts';
import { vaultPath } from './vault.ts';

/**
 * Removes what this laptop knows: keychain entry, vault, logs. The entry goes first, because without it the vault is
 * noise. What can be removed is removed even when the rest cannot. Done twice it does nothing.
 * @throws keychainMissing, keychainLocked, diskReadOnly, storageFailed after everything was tried
 */
export async function eraseAll({ folder, keychain }: { folder: string; keychain: Keychain }): Promise<void> {
  const vault = vaultPath(folder);
  const logs = join(folder, 'logs');
  const tries = [
    await settle(keychain.remove()),
    await settle(remove(vault)),
    await settle(remove(temporaryOf(vault))),
    await settle(removeAllIn(logs)),
  ];
  const failed = tries.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}

async function settle(work: Promise<void>): Promise<PromiseSettledResult<void>> {
  const [result] = await Promise.allSettled([work]);
  return result;
}

async function remove(path: string): Promise<void> {
  try {
    await rm(path, { force: true, recursive: true });
  } catch (error) {
    throw storageError(error);
  }
}

/** The folder itself stays: the log of this run goes on in it. */
async function removeAllIn(folder: string): Promise<void> {
  for (const name of await namesIn(folder)) await remove(join(folder, name));
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw storageError(error);
  }
}
