import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { protocolError } from './problems.ts';
import { createRc4 } from './rc4.ts';

/* Message confidentiality and integrity of MS-NLMP 3.4 with extended session security, key exchange and 128-bit keys. */

export const md5 = (...parts: readonly Uint8Array[]) => {
  const hash = createHash('md5');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
export const hmacMd5 = (key: Uint8Array, ...parts: readonly Uint8Array[]) => {
  const hmac = createHmac('md5', key);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
};

type Direction = 'client-to-server' | 'server-to-client';

const derive = (sessionKey: Uint8Array, direction: Direction, use: 'signing' | 'sealing') =>
  md5(sessionKey, Buffer.from(`session key to ${direction} ${use} key magic constant\0`, 'ascii'));

export const signKey = (sessionKey: Uint8Array, direction: Direction) => derive(sessionKey, direction, 'signing');
export const sealKey = (sessionKey: Uint8Array, direction: Direction) => derive(sessionKey, direction, 'sealing');

const signatureBytes = 16;

/** One direction: its cipher and its sequence number go on from message to message. */
function createDirection(sessionKey: Uint8Array, direction: Direction) {
  const cipher = createRc4(sealKey(sessionKey, direction));
  const signing = signKey(sessionKey, direction);
  let sequence = 0;
  return {
    cipher,
    /** To be made after the message went through the cipher (3.4.3). */
    sign(message: Uint8Array): Buffer {
      const signature = Buffer.alloc(signatureBytes);
      signature.writeUInt32LE(1, 0);
      signature.writeUInt32LE(sequence, 12);
      cipher(hmacMd5(signing, signature.subarray(12), message).subarray(0, 8)).copy(signature, 4);
      sequence += 1;
      return signature;
    },
  };
}

/** `seal` and `unseal` carry the signature in front of the message, as CredSSP wants it. */
export type NtlmSeal = Readonly<{ seal(message: Uint8Array): Buffer; unseal(sealed: Uint8Array): Buffer }>;

/** `role` says which side we are; the server's is for tests. */
export function createNtlmSeal(sessionKey: Uint8Array, role: 'client' | 'server' = 'client'): NtlmSeal {
  const up = createDirection(sessionKey, 'client-to-server');
  const down = createDirection(sessionKey, 'server-to-client');
  const [out, back] = role === 'client' ? [up, down] : [down, up];
  return {
    seal(message) {
      const sealed = out.cipher(message);
      return Buffer.concat([out.sign(message), sealed]);
    },
    unseal(sealed) {
      if (sealed.length < signatureBytes) throw protocolError('a sealed message that is too short');
      const message = back.cipher(sealed.subarray(signatureBytes));
      const expected = back.sign(message);
      if (!timingSafeEqual(expected, sealed.subarray(0, signatureBytes))) throw protocolError('a seal that is broken');
      return message;
    },
  };
}
