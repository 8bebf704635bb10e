import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** Encrypts what the store keeps of secrets, so that a copy of the store alone gives none of them away. */
export type Seal = Readonly<{
  /** @param kindId what it is and whose, `kind:id`: a box opens under the name that it was made for only. */
  seal: (kindId: string, secret: Uint8Array) => Buffer;
  /** @throws Error when the box was changed, is another one's, or was made under another key. */
  open: (kindId: string, box: Uint8Array) => Buffer;
}>;

const version = 1;
const nonceBytes = 12;
const tagBytes = 16;
const algorithm = 'aes-256-gcm';

/**
 * AES-256-GCM (NIST SP 800-38D). A box is: version, nonce, ciphertext, tag. Random nonces are safe here: a site seals far
 * fewer than 2³² secrets.
 * @param key the site's store key, 32 bytes.
 */
export function createSeal(key: Uint8Array): Seal {
  if (key.length !== 32) throw new RangeError('the store key must have 32 bytes');
  const associated = (kindId: string) => Buffer.from(kindId, 'utf8');
  return {
    seal: (kindId, secret) => {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(algorithm, key, nonce).setAAD(associated(kindId));
      return Buffer.concat([Buffer.of(version), nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
    },
    open: (kindId, box) => {
      if (box.length < 1 + nonceBytes + tagBytes || box[0] !== version)
        throw new Error('a sealed secret has another form');
      const nonce = box.subarray(1, 1 + nonceBytes);
      const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes }).setAAD(associated(kindId));
      decipher.setAuthTag(box.subarray(box.length - tagBytes));
      return Buffer.concat([decipher.update(box.subarray(1 + nonceBytes, box.length - tagBytes)), decipher.final()]);
    },
  };
}
