import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { HanareError } from '#contract/errors/hanare-error.ts';
import { makeCode } from '#contract/identity/code.ts';
import type { Keychain } from './keychain.ts';

/**
 * What the keychain holds: the vault's key, and what must not be reset by deleting a file: the counter of wrong PINs and
 * what IT has lifted. Without the entry the vault cannot be opened, so deleting it wins nothing. About 300 characters:
 * Credential Manager takes 2,560 bytes of UTF-16 (CRED_MAX_CREDENTIAL_BLOB_SIZE).
 */
const key32 = v.pipe(v.string(), v.base64(), v.length(44));
const when = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const entrySchema = v.strictObject({
  v: v.literal(1),
  /** 32 bytes each, base64. */
  key: key32,
  unlockKey: key32,
  /** Wrong PINs in a row, a try under way included. */
  failures: count,
  /** ms since 1970; no PIN is tried before. */
  notBefore: when,
  /** What IT has to answer, and how many wrong answers it has had. */
  challenge: v.nullable(v.pipe(v.string(), v.length(8))),
  misses: count,
  /** When IT last lifted a lock, ms since 1970. */
  lifted: v.nullable(when),
});
export type Entry = Readonly<v.InferOutput<typeof entrySchema>>;

/** @param unlockKey 32 bytes, base64url, as EnrolAnswer has it. */
export function newEntry(unlockKey: string): Entry {
  return {
    v: 1,
    key: randomBytes(32).toString('base64'),
    unlockKey: Buffer.from(unlockKey, 'base64url').toString('base64'),
    failures: 0,
    notBefore: 0,
    challenge: null,
    misses: 0,
    lifted: null,
  };
}

export const newChallenge = (): string => makeCode('challenge', randomBytes(8));

/**
 * @returns null only when there is no entry.
 * @throws keychainMissing, keychainLocked; vaultNewer; vaultDamaged when the entry is not of this form
 */
export async function readEntry(keychain: Keychain): Promise<Entry | null> {
  const text = await keychain.read();
  if (text === null) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The cause is left out: a parser quotes what it read.
    throw new HanareError('vaultDamaged', { field: 'keychain' });
  }
  const entry = v.safeParse(entrySchema, value);
  if (entry.success) return entry.output;
  const newer = v.is(v.object({ v: v.pipe(v.number(), v.gtValue(1)) }), value);
  throw new HanareError(newer ? 'vaultNewer' : 'vaultDamaged', { field: 'keychain' });
}

/** @throws keychainMissing, keychainLocked */
export async function writeEntry(keychain: Keychain, entry: Entry): Promise<Entry> {
  await keychain.write(JSON.stringify(entry));
  return entry;
}
