import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HanareError } from '#contract/errors/hanare-error.ts';
import type { StandingRules } from './baseline.ts';
import type { Keychain } from './keychain.ts';
import { type Entry, newEntry, readEntry, writeEntry } from './keychain-entry.ts';
import { replaceFile, type StoreStep } from './replace-file.ts';
import type { Content } from './vault-content.ts';
import {
  checkSealed,
  deriveKeys,
  fileKeysOf,
  newKdf,
  parseSealed,
  type Sealed,
  seal,
  type VaultKeys,
} from './vault-format.ts';

export const vaultPath = (folder: string): string => join(folder, 'vault.json');

/** An entry and a vault that belong together; whether the PIN is right is not known yet. */
export type Closed = Readonly<{ entry: Entry; sealed: Sealed }>;
export type Opened = Readonly<{ content: Content; rules: StandingRules; keys: VaultKeys }>;

/**
 * The two halves of the vault: the keychain's entry and the file.
 * INVARIANT: a vault that cannot be read is never overwritten; "cannot be read" is never taken for "is not there".
 * @param parts.kdfN scrypt's cost for new PINs. @param parts.at called between the steps of storing.
 */
export function createVault(parts: {
  folder: string;
  keychain: Keychain;
  kdfN?: number | undefined;
  at?: ((step: StoreStep) => void) | undefined;
}) {
  const { keychain, kdfN, at = () => undefined } = parts;
  const path = vaultPath(parts.folder);

  function write({ content, rules, keys }: Opened): Promise<void> {
    const header = { label: content.device.label, pinMinimum: rules.policy.pinMinimum };
    const plain = Buffer.from(JSON.stringify(content));
    const bytes = seal(keys, header, plain);
    plain.fill(0);
    return replaceFile(path, bytes, at);
  }

  return {
    /**
     * @returns null when there is no vault.
     * @throws keychainMissing, keychainLocked, vaultKeyMissing, vaultOtherDevice, vaultNewer, vaultDamaged
     */
    async look(): Promise<Closed | null> {
      const entry = await readEntry(keychain);
      const bytes = await readVault(path);
      if (bytes === null) return null;
      if (entry === null) throw new HanareError('vaultKeyMissing');
      const sealed = parseSealed(bytes);
      checkSealed(sealed, fileKeysOf(entry.key));
      return { entry, sealed };
    },

    /** Replaces the entry's facts; the key stays. @throws keychainMissing, keychainLocked */
    writeEntry: (entry: Entry): Promise<Entry> => writeEntry(keychain, entry),

    /** The first vault of this laptop: the entry, then the file, which is the moment from which it is enrolled. */
    async create(
      pin: string,
      registration: { content: Content; rules: StandingRules; unlockKey: string },
    ): Promise<Opened> {
      const { content, rules, unlockKey } = registration;
      const entry = newEntry(unlockKey);
      const keys = await deriveKeys(entry.key, pin, newKdf(kdfN));
      await writeEntry(keychain, entry);
      at('entry');
      await write({ content, rules, keys });
      return { content, rules, keys };
    },

    /** @param closed what the old PIN has opened. @returns the same under a new PIN, stored. */
    async reseal(pin: string, opened: Opened, { entry }: Closed): Promise<Opened> {
      const keys = await deriveKeys(entry.key, pin, newKdf(kdfN));
      await write({ ...opened, keys });
      return { ...opened, keys };
    },

    /**
     * Stores an open vault's new content. Looks at the file first: one that was erased meanwhile is not raised from the
     * dead, one that was damaged is kept for whoever looks into it.
     * @throws notEnrolled, vaultOtherDevice, vaultNewer, vaultDamaged, diskFull, diskReadOnly, storageFailed
     */
    async save(opened: Opened): Promise<Opened> {
      const bytes = await readVault(path);
      if (bytes === null) throw new HanareError('notEnrolled');
      checkSealed(parseSealed(bytes), opened.keys);
      await write(opened);
      return opened;
    },
  };
}

/** @returns null only when there is no such file. */
async function readVault(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new HanareError('vaultDamaged', {}, { cause: error });
  }
}
