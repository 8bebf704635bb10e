import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { HanareError, toFailure } from '#contract/errors/hanare-error.ts';
import {
  checkSealed,
  deriveKeys,
  fileKeysOf,
  type Kdf,
  newKdf,
  parseSealed,
  seal,
  unseal,
  wipeKeys,
} from '#main/identity/vault-format.ts';
import { cheapN, goodPin, wrongPin } from '#test/fakes/laptop.ts';

const key = randomBytes(32).toString('base64');
const secret = '{"privateKey":"a secret of the laptop"}';

async function sealedVault(kdf: Kdf = newKdf(cheapN)) {
  const keys = await deriveKeys(key, goodPin, kdf);
  return { keys, bytes: seal(keys, { label: 'LT-0417 佐藤', pinMinimum: 6 }, Buffer.from(secret)) };
}
/** As the identity looks at a file before any PIN is counted. */
function look(bytes: Uint8Array, by = key) {
  const sealed = parseSealed(bytes);
  checkSealed(sealed, fileKeysOf(by));
  return sealed;
}
function reasonOf(bytes: Uint8Array, by = key): string | null {
  try {
    look(bytes, by);
    return null;
  } catch (error) {
    if (!(error instanceof HanareError)) throw error;
    return toFailure(error).reason;
  }
}
const changed = (bytes: Uint8Array, change: (file: Record<string, unknown>) => unknown): Buffer =>
  Buffer.from(JSON.stringify(change(JSON.parse(Buffer.from(bytes).toString()))));

describe('the vault’s form', () => {
  it('gives the content back to the same key and PIN', async () => {
    const { bytes } = await sealedVault();
    const sealed = look(bytes);
    expect(sealed).toMatchObject({ version: 1, label: 'LT-0417 佐藤', pinMinimum: 6 });
    expect(unseal(sealed, await deriveKeys(key, goodPin, sealed.kdf))?.toString()).toBe(secret);
  });

  it('gives nothing to another PIN', async () => {
    const sealed = look((await sealedVault()).bytes);
    expect(unseal(sealed, await deriveKeys(key, wrongPin, sealed.kdf))).toBeUndefined();
  });

  it('gives nothing to the PIN without the keychain’s key', async () => {
    const sealed = look((await sealedVault()).bytes);
    const other = await deriveKeys(randomBytes(32).toString('base64'), goodPin, sealed.kdf);
    expect(unseal(sealed, other)).toBeUndefined();
  });

  it('costs 2^17 by default, which this machine can pay', async () => {
    const kdf = newKdf();
    expect(kdf).toMatchObject({ name: 'scrypt', N: 131_072, r: 8, p: 1 });
    const sealed = look((await sealedVault(kdf)).bytes);
    expect(unseal(sealed, await deriveKeys(key, goodPin, kdf))?.toString()).toBe(secret);
  });

  it('is never twice the same, and shows neither content nor keys', async () => {
    const { keys, bytes } = await sealedVault();
    const again = seal(keys, { label: 'LT-0417 佐藤', pinMinimum: 6 }, Buffer.from(secret));
    expect(parseSealed(again).nonce).not.toBe(parseSealed(bytes).nonce);
    for (const hidden of ['a secret', key, keys.file.toString('base64'), keys.mac.toString('base64'), goodPin]) {
      expect(bytes.toString()).not.toContain(hidden);
    }
  });

  it('is damaged when it was cut to any shorter length', async () => {
    const { bytes } = await sealedVault();
    for (let length = 0; length < bytes.length; length += 1) {
      expect(reasonOf(bytes.subarray(0, length)), `cut to ${length}`).toBe('vaultDamaged');
    }
    expect(reasonOf(bytes)).toBeNull();
  });

  it('is never taken for whole when any one bit has flipped', async () => {
    const { bytes } = await sealedVault();
    const keyId = bytes.indexOf('"keyId":"') + 9;
    const version = bytes.indexOf('"version":') + 10;
    for (let index = 0; index < bytes.length; index += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const flipped = Buffer.from(bytes);
        flipped[index]! ^= 1 << bit;
        // These two fields say by themselves that the file is not for this laptop or not for this program.
        const also = index === version ? 'vaultNewer' : index >= keyId && index < keyId + 16 ? 'vaultOtherDevice' : '';
        expect(['vaultDamaged', also], `byte ${index} bit ${bit}`).toContain(reasonOf(flipped));
      }
    }
  });

  it.each([
    ['nothing but zeros', Buffer.alloc(4096)],
    ['no JSON', Buffer.from('vault')],
    ['null', Buffer.from('null')],
    ['a list', Buffer.from('[]')],
    ['no UTF-8', Buffer.from([0xff, 0xfe, 0x7b, 0x7d])],
    ['longer than any vault', Buffer.alloc(300 * 1024, ' ')],
  ])('is damaged when it is %s', (_, bytes) => {
    expect(reasonOf(bytes)).toBe('vaultDamaged');
  });

  it('is damaged when something was added or taken away', async () => {
    const { bytes } = await sealedVault();
    expect(reasonOf(changed(bytes, (file) => ({ ...file, more: 1 })))).toBe('vaultDamaged');
    expect(reasonOf(changed(bytes, ({ label: _, ...file }) => file))).toBe('vaultDamaged');
    expect(reasonOf(Buffer.concat([Buffer.from('\ufeff'), bytes]))).toBe('vaultDamaged');
  });

  it('is another laptop’s when the key is another', async () => {
    expect(reasonOf((await sealedVault()).bytes, randomBytes(32).toString('base64'))).toBe('vaultOtherDevice');
  });

  it('is newer when its version is, whatever else is in it', async () => {
    const { bytes } = await sealedVault();
    expect(reasonOf(changed(bytes, (file) => ({ ...file, version: 2 })))).toBe('vaultNewer');
    expect(reasonOf(Buffer.from('{"version":7,"form":"unknown"}'))).toBe('vaultNewer');
    expect(reasonOf(Buffer.from('{"version":0}'))).toBe('vaultDamaged');
    expect(reasonOf(Buffer.from('{"version":"2"}'))).toBe('vaultDamaged');
  });

  it.each([
    ['a cost that no laptop has memory for', { N: 2 ** 30 }],
    ['a cost next to nothing', { N: 2 }],
    ['a cost that is no power of two', { N: 131_073 }],
    ['a negative cost', { N: -131_072 }],
    ['another block size', { r: 1024 }],
    ['another parallelism', { p: 64 }],
    ['another function', { name: 'argon2id' }],
    ['a short salt', { salt: 'AAAA' }],
  ])('is damaged, and no PIN is stretched, when it asks for %s', async (_, kdf) => {
    const { bytes } = await sealedVault();
    const asking = changed(bytes, (file) => ({ ...file, kdf: { ...(file.kdf as object), ...kdf } }));
    expect(reasonOf(asking)).toBe('vaultDamaged');
  });

  it('quotes nothing of the file in what it throws', async () => {
    const { bytes } = await sealedVault();
    for (const bad of [bytes.subarray(0, -2), changed(bytes, (file) => ({ ...file, data: 'c2VjcmV0IQ' }))]) {
      const thrown = (() => {
        try {
          return look(bad);
        } catch (error) {
          return error;
        }
      })() as HanareError;
      expect(thrown.reason).toBe('vaultDamaged');
      expect(thrown.cause).toBeUndefined();
      expect(JSON.stringify(thrown.details)).not.toContain('c2VjcmV0');
    }
  });

  it('leaves no key in the buffers once they are wiped', async () => {
    const { keys } = await sealedVault();
    wipeKeys(keys);
    expect(keys.file).toEqual(Buffer.alloc(32));
    expect(keys.mac).toEqual(Buffer.alloc(32));
  });
});
