const rotl = (x: number, by: number) => (x << by) | (x >>> (32 - by));

type Round = Readonly<{
  mix(x: number, y: number, z: number): number;
  add: number;
  /** Which word of the block each of the 16 steps takes. */
  order: readonly number[];
  shifts: readonly [number, number, number, number];
}>;

const rounds: readonly Round[] = [
  {
    mix: (x, y, z) => (x & y) | (~x & z),
    add: 0,
    order: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    shifts: [3, 7, 11, 19],
  },
  {
    mix: (x, y, z) => (x & y) | (x & z) | (y & z),
    add: 0x5a82_7999,
    order: [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
    shifts: [3, 5, 9, 13],
  },
  {
    mix: (x, y, z) => x ^ y ^ z,
    add: 0x6ed9_eba1,
    order: [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15],
    shifts: [3, 9, 11, 15],
  },
];

/** MD4 (RFC 1320). Broken as a hash; NTLM keeps passwords by it, and Electron's crypto library has none. */
export function md4(message: Uint8Array): Buffer {
  const padded = Buffer.alloc(Math.ceil((message.length + 9) / 64) * 64);
  padded.set(message);
  padded[message.length] = 0x80;
  padded.writeBigUInt64LE(BigInt(message.length) * 8n, padded.length - 8);
  const sums = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476] as [number, number, number, number];
  for (let at = 0; at < padded.length; at += 64) {
    let [a, b, c, d] = sums;
    for (const { mix, add, order, shifts } of rounds) {
      for (const [step, word] of order.entries()) {
        const sum = (a + mix(b, c, d) + padded.readInt32LE(at + word * 4) + add) | 0;
        [a, b, c, d] = [d, rotl(sum, shifts[step & 3] ?? 0), b, c];
      }
    }
    sums[0] = (sums[0] + a) | 0;
    sums[1] = (sums[1] + b) | 0;
    sums[2] = (sums[2] + c) | 0;
    sums[3] = (sums[3] + d) | 0;
  }
  padded.fill(0);
  const digest = Buffer.alloc(16);
  for (const [index, sum] of sums.entries()) digest.writeInt32LE(sum | 0, index * 4);
  return digest;
}
