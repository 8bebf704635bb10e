import { createCipheriv, timingSafeEqual } from 'node:crypto';

/**
 * VNC Authentication (RFC 6143 §7.2.2): DES in ECB mode with the password as key, each key byte's bits mirrored. Single
 * DES is not offered by OpenSSL 3 any more; triple DES with one key three times is the same function.
 */
export function vncAuthResponse(password: string, challenge: Uint8Array): Buffer {
  const single = Buffer.alloc(8);
  Buffer.from(password, 'latin1').copy(single, 0, 0, 8);
  const key = Buffer.from(single.map(mirrored));
  const cipher = createCipheriv('des-ede3', Buffer.concat([key, key, key]), null);
  cipher.setAutoPadding(false);
  return Buffer.concat([cipher.update(challenge), cipher.final()]);
}

export const vncAuthMatches = (password: string, challenge: Uint8Array, response: Uint8Array): boolean =>
  response.length === 16 && timingSafeEqual(vncAuthResponse(password, challenge), response);

function mirrored(byte: number): number {
  let result = 0;
  for (let bit = 0; bit < 8; bit++) result |= ((byte >> bit) & 1) << (7 - bit);
  return result;
}
