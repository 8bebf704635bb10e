import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
  scrypt,
  timingSafeEqual,
} from 'node:crypto';
import * as v from 'valibot';
import { HanareError } from '#contract/errors/hanare-error.ts';

/**
 * The form of `vault.json`. Its content is sealed with AES-256-GCM under HKDF-SHA256(keychain key, scrypt(PIN)), and the
 * whole file carries an HMAC under the keychain key alone. The HMAC tells damage from a wrong PIN before a PIN is tried:
 * when it fits and the content does not open, it was the PIN. It tells a thief nothing that the seal would not.
 */
const base64 = (bytes: number) => v.pipe(v.string(), v.base64(), v.length(Math.ceil(bytes / 3) * 4));
const saltBytes = 16;
const nonceBytes = 12;
const tagBytes = 16;
/** A vault has about 6 KiB. */
const maxFileBytes = 256 * 1024;

/** RFC 7914 §2. What a file may ask for is bounded: 256 MiB at most. */
const kdfSchema = v.strictObject({
  name: v.literal('scrypt'),
  salt: base64(saltBytes),
  N: v.pipe(v.number(), v.integer(), v.minValue(2 ** 10), v.maxValue(2 ** 18), v.check(isPowerOfTwo)),
  r: v.literal(8),
  p: v.literal(1),
});
export type Kdf = Readonly<v.InferOutput<typeof kdfSchema>>;

const sealedSchema = v.strictObject({
  version: v.literal(1),
  /** Readable without the PIN, for the lock screen. */
  label: v.pipe(v.string(), v.maxLength(253)),
  pinMinimum: v.pipe(v.number(), v.integer(), v.minValue(6), v.maxValue(32)),
  keyId: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)),
  kdf: kdfSchema,
  nonce: base64(nonceBytes),
  /** Ciphertext and tag. */
  data: v.pipe(v.string(), v.base64(), v.minLength(24), v.maxLength(maxFileBytes)),
  mac: base64(32),
});
export type Sealed = Readonly<v.InferOutput<typeof sealedSchema>>;
export type Header = Pick<Sealed, 'label' | 'pinMinimum'>;

/** What an open vault is written with. Buffers, so that they can be overwritten. */
export type VaultKeys = FileKeys & Readonly<{ kdf: Kdf; file: Buffer }>;
type FileKeys = Readonly<{ keyId: string; mac: Buffer }>;

/** OWASP's first choice for scrypt; 128 MiB and about 0.4 s a try. */
const defaultN = 2 ** 17;

export function newKdf(N: number = defaultN): Kdf {
  return { name: 'scrypt', salt: randomBytes(saltBytes).toString('base64'), N, r: 8, p: 1 };
}

/**
 * @param bytes the file's, whole.
 * @throws vaultNewer, vaultDamaged. Nothing of the file is quoted.
 */
export function parseSealed(bytes: Uint8Array): Sealed {
  let value: unknown;
  try {
    if (bytes.length > maxFileBytes) throw new RangeError('too long');
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw new HanareError('vaultDamaged');
  }
  const sealed = v.safeParse(sealedSchema, value);
  if (sealed.success) return sealed.output;
  if (v.is(v.object({ version: v.pipe(v.number(), v.integer(), v.gtValue(1)) }), value)) {
    throw new HanareError('vaultNewer');
  }
  throw new HanareError('vaultDamaged', { field: v.getDotPath(sealed.issues[0]) ?? '' });
}

/** Enough to know whether a file is whole and this laptop's. @param key the keychain's 32 bytes, base64. */
export function fileKeysOf(key: string): FileKeys {
  const bytes = Buffer.from(key, 'base64');
  const id = createHash('sha256').update('hanare-vault-id').update(bytes).digest('hex').slice(0, 16);
  const mac = hkdf(bytes, Buffer.alloc(0), Buffer.from('hanare-file-1'));
  bytes.fill(0);
  return { keyId: id, mac };
}

/** @throws vaultOtherDevice when it was made with another key, vaultDamaged when anything in it has changed */
export function checkSealed(sealed: Sealed, { keyId, mac }: FileKeys): void {
  if (sealed.keyId !== keyId) throw new HanareError('vaultOtherDevice');
  // As text: Base64 of 32 bytes has two bits to spare, and a file with those changed is not whole either.
  if (!timingSafeEqual(Buffer.from(macOf(sealed, mac)), Buffer.from(sealed.mac))) throw new HanareError('vaultDamaged');
}

/** @param key the keychain's 32 bytes, base64. @param pin in its normal form. */
export async function deriveKeys(key: string, pin: string, kdf: Kdf): Promise<VaultKeys> {
  const bytes = Buffer.from(key, 'base64');
  const salt = Buffer.from(kdf.salt, 'base64');
  const stretched = await stretch(pin, salt, kdf);
  const file = hkdf(bytes, salt, Buffer.concat([Buffer.from('hanare-vault-1'), stretched]));
  for (const secret of [bytes, stretched]) secret.fill(0);
  return { ...fileKeysOf(key), kdf, file };
}

export function wipeKeys(keys: VaultKeys): void {
  keys.file.fill(0);
  keys.mac.fill(0);
}

/** @returns the file's bytes. */
export function seal(keys: VaultKeys, header: Header, plain: Uint8Array): Buffer {
  const nonce = randomBytes(nonceBytes);
  const bound = {
    version: 1,
    label: header.label,
    pinMinimum: header.pinMinimum,
    keyId: keys.keyId,
    kdf: keys.kdf,
  } as const;
  const cipher = createCipheriv('aes-256-gcm', keys.file, nonce).setAAD(canonical(bound));
  const data = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString('base64');
  const rest = { ...bound, nonce: nonce.toString('base64'), data };
  // No line break at the end: then every shorter file is no JSON.
  return Buffer.from(JSON.stringify({ ...rest, mac: macOf(rest, keys.mac) }));
}

/** @param sealed passed checkSealed. @returns the content, or undefined when the PIN behind the keys is not the vault's. */
export function unseal(sealed: Sealed, keys: VaultKeys): Buffer | undefined {
  const data = Buffer.from(sealed.data, 'base64');
  const body = data.subarray(0, -tagBytes);
  const decipher = createDecipheriv('aes-256-gcm', keys.file, Buffer.from(sealed.nonce, 'base64'), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(canonical(sealed)).setAuthTag(data.subarray(-tagBytes));
  const plain = decipher.update(body);
  try {
    return Buffer.concat([plain, decipher.final()]);
  } catch {
    return undefined;
  }
}

/** One text for one header, whatever the order of the file's fields. */
function canonical({ version, label, pinMinimum, keyId, kdf }: Omit<Sealed, 'nonce' | 'data' | 'mac'>): Buffer {
  return Buffer.from(JSON.stringify([version, label, pinMinimum, keyId, kdf.name, kdf.salt, kdf.N, kdf.r, kdf.p]));
}

function macOf(sealed: Omit<Sealed, 'mac'>, key: Buffer): string {
  const body = JSON.stringify([sealed.nonce, sealed.data]);
  return createHmac('sha256', key).update(canonical(sealed)).update(body).digest('base64');
}

/** RFC 5869 with SHA-256, 32 bytes. */
function hkdf(key: Buffer, salt: Buffer, info: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', key, salt, info, 32));
}

function stretch(pin: string, salt: Buffer, { N, r, p }: Kdf): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // Node's own limit is 32 MiB; 128·N·r is what scrypt takes.
    scrypt(pin, salt, 32, { N, r, p, maxmem: 2 * 128 * N * r }, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

function isPowerOfTwo(value: number): boolean {
  return (value & (value - 1)) === 0;
}
