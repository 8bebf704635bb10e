import forge from 'node-forge';

/**
 * The VncAuth response (RFC 6143 §7.2.2): the challenge in DES-ECB under the password, each of whose first eight bytes
 * is taken with its bits mirrored, zero-padded. Weak by today's measure; the closed session around it is what protects.
 * It is computed here because the desk's password belongs in main, and by node-forge because Electron's crypto has no DES.
 * @param challenge 16 bytes. @param password only its first eight bytes count.
 * @returns 16 bytes.
 */
export function vncAuthResponse(challenge: Uint8Array, password: string): Uint8Array {
  const key = new Uint8Array(8);
  key.set(new TextEncoder().encode(password).subarray(0, 8));
  const cipher = forge.cipher.createCipher('DES-ECB', binary(key.map(mirrorBits)));
  cipher.start({});
  cipher.update(forge.util.createBuffer(binary(challenge)));
  return Uint8Array.from(cipher.output.getBytes(16), (char) => char.charCodeAt(0));
}

function mirrorBits(byte: number): number {
  let mirrored = 0;
  for (let bit = 0; bit < 8; bit += 1) mirrored |= ((byte >> bit) & 1) << (7 - bit);
  return mirrored;
}

function binary(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
