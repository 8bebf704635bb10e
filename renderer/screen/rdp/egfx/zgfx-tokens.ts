/** The first table of MS-RDPEGFX 3.1.9.1.2.4, made into one that is indexed with the next nine bits. */
export const lookupBits = 9;
/** An entry is `value << shift | kind | length of the token in bits`; 0 where no token is defined. */
export const entryBits = { length: 15, shift: 8 } as const;
export const tokenKinds = { literal: 16, match: 32 } as const;

/** Prefix, bits of the value that follow, and the least distance. */
const matches = [
  ['10001', 5, 0],
  ['10010', 7, 32],
  ['10011', 9, 160],
  ['10100', 10, 672],
  ['10101', 12, 1696],
  ['101100', 14, 5792],
  ['101101', 15, 22_176],
  ['1011100', 18, 54_944],
  ['1011101', 20, 317_088],
  ['10111100', 20, 1_365_664],
  ['10111101', 21, 2_414_240],
] as const;

/** Literals with a token of their own, in the order of their tokens: `bits` long from `first` on. */
const literals = [
  { bits: 5, first: 0b11000, values: [0x00, 0x01] },
  { bits: 6, first: 0b110100, values: [0x02, 0x03, 0xff] },
  { bits: 7, first: 0b1101110, values: [0x04, 0x05] },
  {
    bits: 7,
    first: 0b1110000,
    values: [0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x3a, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f, 0x40, 0x80],
  },
  { bits: 8, first: 0b11111100, values: [0x0c, 0x38, 0x39, 0x66] },
] as const;

export const classes: readonly { readonly base: number; readonly extra: number }[] = matches.map(([, extra, base]) => ({
  base,
  extra,
}));

export const tokens: Int32Array = buildTokens();

function buildTokens(): Int32Array {
  const table = new Int32Array(1 << lookupBits);
  const put = (prefix: number, bits: number, entry: number) => {
    const low = lookupBits - bits;
    table.fill((entry << entryBits.shift) | bits, prefix << low, (prefix + 1) << low);
  };
  // The nine-bit forms of literals with a shorter token are reserved; reading them as what they say does no harm.
  for (let value = 0; value < 256; value++) put(value, 9, value);
  for (const { bits, first, values } of literals) {
    for (const [i, value] of values.entries()) put(first + i, bits, value);
  }
  for (let i = 0; i < table.length; i++) if (table[i] !== 0) table[i]! |= tokenKinds.literal;
  matches.forEach(([prefix], i) => {
    const low = lookupBits - prefix.length;
    const from = Number.parseInt(prefix, 2) << low;
    table.fill((i << entryBits.shift) | tokenKinds.match | prefix.length, from, from + (1 << low));
  });
  return table;
}
