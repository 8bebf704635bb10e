import { BAD_CODE_LENGTHS, OK, SCRATCH } from './layout';

/**
 * Decoding tables of RFC 1951 §3.2.2: a root table and, for longer codes, a second table behind each root entry.
 * An entry: bits 0-4 code bits to drop, 8-11 extra bits, 12-15 kind, 16-31 value. Zero is a code that does not exist.
 */
export const LITERAL: u32 = 1 << 12;
export const SUBTABLE: u32 = 1 << 13;
export const END_OF_BLOCK: u32 = 1 << 14;
export const BASE: u32 = 1 << 15;

export const LIT_ROOT: u32 = 10;
export const DIST_ROOT: u32 = 8;
export const CODE_ROOT: u32 = 7;

export const CODE_LENGTHS: i32 = 0;
export const LITERALS: i32 = 1;
export const DISTANCES: i32 = 2;

const lengthBase: usize = memory.data<u16>([
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
]);
const lengthExtra: usize = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
]);
const distBase: usize = memory.data<u16>([
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12289, 16385, 24577,
]);

const COUNTS: usize = SCRATCH; // u32 x 16
const NEXT: usize = SCRATCH + 64; // u32 x 16
const LONGEST: usize = SCRATCH + 128; // u8 x 1024, longest code behind each root entry
const CODES: usize = SCRATCH + 2048; // u16 x 320, bit-reversed code of each symbol

function entryFor(kind: i32, symbol: u32): u32 {
  if (kind === CODE_LENGTHS) return LITERAL | (symbol << 16);
  if (kind === LITERALS) {
    if (symbol < 256) return LITERAL | (symbol << 16);
    if (symbol === 256) return END_OF_BLOCK;
    if (symbol > 285) return 0;
    const index: usize = symbol - 257;
    return BASE | ((<u32>load<u8>(lengthExtra + index)) << 8) | ((<u32>load<u16>(lengthBase + (index << 1))) << 16);
  }
  if (symbol > 29) return 0;
  const extra: u32 = symbol < 4 ? 0 : (symbol >> 1) - 1;
  return BASE | (extra << 8) | ((<u32>load<u16>(distBase + (symbol << 1))) << 16);
}

function reverse(code: u32, length: u32): u32 {
  let result: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    result = (result << 1) | (code & 1);
    code >>= 1;
  }
  return result;
}

/**
 * Refuses over-subscribed and incomplete sets, but for one code of one bit and for none at all (zlib does the same).
 * @param lengths one byte a symbol
 */
export function buildTable(table: usize, root: u32, kind: i32, lengths: usize, symbols: u32): i32 {
  memory.fill(COUNTS, 0, 128);
  let longest: u32 = 0;
  for (let i: u32 = 0; i < symbols; i++) {
    const length: u32 = load<u8>(lengths + i);
    const at: usize = COUNTS + ((<usize>length) << 2);
    store<u32>(at, load<u32>(at) + 1);
    if (length > longest) longest = length;
  }
  store<u32>(COUNTS, 0);
  let left: i32 = 1;
  let code: u32 = 0;
  for (let length: u32 = 1; length <= 15; length++) {
    const count: u32 = load<u32>(COUNTS + ((<usize>length) << 2));
    left = (left << 1) - <i32>count;
    if (left < 0) return BAD_CODE_LENGTHS;
    code = (code + load<u32>(COUNTS + ((<usize>(length - 1)) << 2))) << 1;
    store<u32>(NEXT + ((<usize>length) << 2), code);
  }
  if (left > 0 && (kind === CODE_LENGTHS || longest > 1)) return BAD_CODE_LENGTHS;

  const rootSize: u32 = 1 << root;
  memory.fill(table, 0, (<usize>rootSize) << 2);
  memory.fill(LONGEST, 0, rootSize);
  for (let symbol: u32 = 0; symbol < symbols; symbol++) {
    const length: u32 = load<u8>(lengths + symbol);
    if (length === 0) continue;
    const at: usize = NEXT + ((<usize>length) << 2);
    const reversed: u32 = reverse(load<u32>(at), length);
    store<u32>(at, load<u32>(at) + 1);
    store<u16>(CODES + ((<usize>symbol) << 1), <u16>reversed);
    if (length > root) {
      const prefix: usize = LONGEST + (reversed & (rootSize - 1));
      if (length > <u32>load<u8>(prefix)) store<u8>(prefix, <u8>length);
    }
  }
  let free: u32 = rootSize;
  if (longest > root) {
    for (let prefix: u32 = 0; prefix < rootSize; prefix++) {
      const length: u32 = load<u8>(LONGEST + prefix);
      if (length === 0) continue;
      const bits: u32 = length - root;
      store<u32>(table + ((<usize>prefix) << 2), SUBTABLE | (bits << 8) | (free << 16) | root);
      memory.fill(table + ((<usize>free) << 2), 0, (<usize>4) << bits);
      free += 1 << bits;
    }
  }
  for (let symbol: u32 = 0; symbol < symbols; symbol++) {
    const length: u32 = load<u8>(lengths + symbol);
    if (length === 0) continue;
    const kindEntry: u32 = entryFor(kind, symbol);
    const reversed: u32 = load<u16>(CODES + ((<usize>symbol) << 1));
    if (length <= root) {
      const entry: u32 = kindEntry === 0 ? 0 : kindEntry | length;
      for (let at: u32 = reversed; at < rootSize; at += 1 << length) store<u32>(table + ((<usize>at) << 2), entry);
    } else {
      const sub: u32 = load<u32>(table + ((<usize>(reversed & (rootSize - 1))) << 2));
      const size: u32 = 1 << ((sub >> 8) & 15);
      const entry: u32 = kindEntry === 0 ? 0 : kindEntry | (length - root);
      for (let at: u32 = reversed >> root; at < size; at += 1 << (length - root)) {
        store<u32>(table + ((<usize>((sub >> 16) + at)) << 2), entry);
      }
    }
  }
  return OK;
}
