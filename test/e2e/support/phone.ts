import { createHmac } from 'node:crypto';

/**
 * The authenticator app on a person's phone: an implementation of RFC 6238 of its own, set up by the otpauth address that
 * the gateway shows.
 */
export function createPhone(uri: string) {
  const { protocol, searchParams } = new URL(uri);
  const algorithm = (searchParams.get('algorithm') ?? 'SHA1').toLowerCase();
  const seconds = Number(searchParams.get('period') ?? 30);
  if (protocol !== 'otpauth:' || !/^sha(1|256|512)$/.test(algorithm)) throw new Error('no such one-time password');
  const key = fromBase32(searchParams.get('secret') ?? '');
  return {
    /** @param at ms since 1970 */
    code(at: number): string {
      const counter = Buffer.alloc(8);
      counter.writeBigUInt64BE(BigInt(Math.floor(at / 1_000 / seconds)));
      const mac = createHmac(algorithm, key).update(counter).digest();
      // RFC 4226 §5.3, dynamic truncation.
      const value = mac.readUInt32BE(mac.at(-1)! & 15) & 0x7fff_ffff;
      return String(value % 1_000_000).padStart(6, '0');
    },
  };
}

/** RFC 4648 §6, padding optional. */
export function fromBase32(text: string): Buffer {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...text.replace(/=+$/, '')].map((symbol) => alphabet.indexOf(symbol).toString(2).padStart(5, '0'));
  return Buffer.from((bits.join('').match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}
