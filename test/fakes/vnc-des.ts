import { createCipheriv } from 'node:crypto';

/** VncAuth's DES: each byte of the key with its bits reversed (RFC 6143 §7.2.2). Triple DES with one key is DES. */
export function vncDes(key: Buffer, data: Buffer): Buffer {
  const reversed = Buffer.from(
    [...key].map((byte) => Number.parseInt(byte.toString(2).padStart(8, '0').split('').reverse().join(''), 2)),
  );
  const three = Buffer.concat([reversed, reversed, reversed]);
  const cipher = createCipheriv('des-ede3-ecb', three, null).setAutoPadding(false);
  return Buffer.concat([cipher.update(data), cipher.final()]);
}

/** A VNC password file holds the password under a key that every VNC server knows: hidden, not protected. */
export function vncPasswordFile(password: string): Buffer {
  const padded = Buffer.alloc(8);
  padded.write(password);
  return vncDes(Buffer.from([23, 82, 107, 6, 35, 78, 88, 7]), padded);
}
