/** An encoder of RDP 8.0 bulk data written from the tables of MS-RDPEGFX 3.1.9.1.2.4, sharing nothing with the decoder. */
export type Op = number | { readonly distance: number; readonly length: number } | { readonly raw: Uint8Array };

/** Last distance of each class, its token, and the bits of its value. */
const distances: readonly (readonly [last: number, token: string, bits: number])[] = [
  [31, '10001', 5],
  [159, '10010', 7],
  [671, '10011', 9],
  [1695, '10100', 10],
  [5791, '10101', 12],
  [22175, '101100', 14],
  [54943, '101101', 15],
  [317087, '1011100', 18],
  [1365663, '1011101', 20],
  [2414239, '10111100', 20],
  [2500000, '10111101', 21],
];

const short = new Map(
  Object.entries({
    '00': '11000',
    '01': '11001',
    '02': '110100',
    '03': '110101',
    ff: '110110',
    '04': '1101110',
    '05': '1101111',
    '06': '1110000',
    '07': '1110001',
    '08': '1110010',
    '09': '1110011',
    '0a': '1110100',
    '0b': '1110101',
    '3a': '1110110',
    '3b': '1110111',
    '3c': '1111000',
    '3d': '1111001',
    '3e': '1111010',
    '3f': '1111011',
    '40': '1111100',
    '80': '1111101',
    '0c': '11111100',
    '38': '11111101',
    '39': '11111110',
    '66': '11111111',
  }).map(([value, token]) => [Number.parseInt(value, 16), token]),
);

const binary = (value: number, bits: number) => (bits === 0 ? '' : value.toString(2).padStart(bits, '0'));

function literalBits(value: number): string {
  return short.get(value) ?? `0${binary(value, 8)}`;
}

export function distanceBits(distance: number): string {
  let first = 0;
  for (const [last, token, bits] of distances) {
    if (distance <= last) return token + binary(distance - first, bits);
    first = last + 1;
  }
  throw new Error('distance');
}

/** Length 3 is "0"; from 2^n on there are n - 1 ones, a zero and n bits. */
function lengthBits(length: number): string {
  if (length === 3) return '0';
  const n = Math.floor(Math.log2(length));
  return `${'1'.repeat(n - 1)}0${binary(length - 2 ** n, n)}`;
}

/** Bits to whole bytes, with the trailer that says how many are none. */
export function packBits(bits: string): Uint8Array {
  const unused = (8 - (bits.length % 8)) % 8;
  const whole = bits + '0'.repeat(unused);
  const bytes = Array.from({ length: whole.length / 8 }, (_, i) => Number.parseInt(whole.slice(i * 8, i * 8 + 8), 2));
  return Uint8Array.from([...bytes, unused]);
}

/** RDP8_BULK_ENCODED_DATA of tokens. */
export function encodeOps(ops: readonly Op[]): Uint8Array {
  let bits = '';
  for (const op of ops) {
    if (typeof op === 'number') bits += literalBits(op);
    else if ('raw' in op) {
      bits += `1000100000${binary(op.raw.length, 15)}`;
      bits += '0'.repeat((8 - (bits.length % 8)) % 8);
      for (const byte of op.raw) bits += binary(byte, 8);
    } else bits += distanceBits(op.distance) + lengthBits(op.length);
  }
  return Uint8Array.from([0x24, ...packBits(bits)]);
}

/** Greedy matching over all that was put out before. */
export class Compressor {
  #past: number[] = [];
  readonly #seen = new Map<number, number>();

  /** @returns tokens of the next bytes */
  ops(bytes: Uint8Array): Op[] {
    const start = this.#past.length;
    for (const byte of bytes) this.#past.push(byte);
    const past = this.#past;
    const ops: Op[] = [];
    const key = (at: number) => (past[at]! << 16) | (past[at + 1]! << 8) | past[at + 2]!;
    for (let at = start; at < past.length; ) {
      const from = at + 2 < past.length ? this.#seen.get(key(at)) : undefined;
      let length = 0;
      if (from !== undefined && at - from <= 2_500_000) {
        while (at + length < past.length && past[from + length] === past[at + length]) length += 1;
      }
      if (from !== undefined && length >= 3) ops.push({ distance: at - from, length });
      else ops.push(past[at]!);
      for (let end = at + Math.max(1, length >= 3 ? length : 1); at < end; at++) {
        if (at + 2 < past.length) this.#seen.set(key(at), at);
      }
    }
    return ops;
  }
}

export function single(segment: Uint8Array): Uint8Array {
  return Uint8Array.from([0xe0, ...segment]);
}

export function multipart(segments: readonly Uint8Array[], total: number): Uint8Array {
  const parts = segments.map((segment) => Buffer.concat([u32(segment.length), segment]));
  const count = Buffer.alloc(2);
  count.writeUInt16LE(segments.length);
  return new Uint8Array(Buffer.concat([Buffer.from([0xe1]), count, u32(total), ...parts]));
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
