import {
  BASE,
  buildTable,
  CODE_LENGTHS,
  CODE_ROOT,
  DIST_ROOT,
  DISTANCES,
  END_OF_BLOCK,
  LIT_ROOT,
  LITERAL,
  LITERALS,
  SUBTABLE,
} from './huffman';
import {
  BAD_BLOCK,
  BAD_CODE_LENGTHS,
  BAD_DISTANCE,
  BAD_SYMBOL,
  BAD_ZLIB_HEADER,
  DATA_AFTER_END,
  NEED_INPUT,
  OK,
  STREAM_SIZE,
} from './layout';

/**
 * Streaming zlib (RFC 1950, RFC 1951). One call takes one piece of the stream, of any length; what is decoded waits in
 * the stream's own buffer, from `readAt` to `writeAt`, with the 32 KiB of history before it. It can stop between any
 * two bits of input and at a full buffer, so neither a cut nor a bomb costs memory.
 */
const AT_PHASE: usize = 0;
const AT_BITS: usize = 8;
const AT_COUNT: usize = 16;
const AT_WRITE: usize = 20;
const AT_READ: usize = 24;
const AT_LEFT: usize = 28;
const AT_FINAL: usize = 32;
const AT_NLEN: usize = 36;
const AT_NDIST: usize = 40;
const AT_NCODE: usize = 44;
const AT_INDEX: usize = 48;
const AT_LENGTHS: usize = 64;
const AT_CODE_LENGTHS: usize = 400;
const AT_LIT: usize = 512;
const AT_DIST: usize = 512 + 22528;
const AT_BUFFER: usize = 0x8000;
const BUFFER_ROOM: usize = STREAM_SIZE - AT_BUFFER - 1024;
const HISTORY: usize = 32768;

const PHASE_ZLIB: u32 = 0;
const PHASE_BLOCK: u32 = 1;
const PHASE_STORED_HEAD: u32 = 2;
const PHASE_STORED: u32 = 3;
const PHASE_COUNTS: u32 = 4;
const PHASE_CODE_LENGTHS: u32 = 5;
const PHASE_LENGTHS: u32 = 6;
const PHASE_CODES: u32 = 7;
const PHASE_END: u32 = 8;

const codeOrder: usize = memory.data<u8>([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]);

/** Where the last call of `inflate` stopped reading. */
export let inflatedTo: usize = 0;

export function resetInflate(stream: usize): void {
  memory.fill(stream, 0, 64);
  store<u32>(stream, <u32>(stream + AT_BUFFER), AT_WRITE);
  store<u32>(stream, <u32>(stream + AT_BUFFER), AT_READ);
}

export function writeAt(stream: usize): usize {
  return load<u32>(stream, AT_WRITE);
}
export function readAt(stream: usize): usize {
  return load<u32>(stream, AT_READ);
}
export function setRead(stream: usize, at: usize): void {
  store<u32>(stream, <u32>at, AT_READ);
}

function slide(stream: usize, write: usize): usize {
  const read: usize = load<u32>(stream, AT_READ);
  const buffer: usize = stream + AT_BUFFER;
  const history: usize = write - buffer > HISTORY ? write - HISTORY : buffer;
  const keep: usize = read < history ? read : history;
  memory.copy(buffer, keep, write - keep);
  store<u32>(stream, <u32>(read - (keep - buffer)), AT_READ);
  return write - (keep - buffer);
}

function copyMatch(out: usize, distance: usize, length: usize): void {
  let from: usize = out - distance;
  if (distance >= 16) {
    const end: usize = out + length;
    do {
      v128.store(out, v128.load(from));
      out += 16;
      from += 16;
    } while (out < end);
  } else if (distance === 1) {
    memory.fill(out, load<u8>(from), length);
  } else {
    const end: usize = out + length;
    do {
      store<u8>(out++, load<u8>(from++));
    } while (out < end);
  }
}

function startFixed(stream: usize): i32 {
  const lengths: usize = stream + AT_LENGTHS;
  memory.fill(lengths, 8, 144);
  memory.fill(lengths + 144, 9, 112);
  memory.fill(lengths + 256, 7, 24);
  memory.fill(lengths + 280, 8, 8);
  const status: i32 = buildTable(stream + AT_LIT, LIT_ROOT, LITERALS, lengths, 288);
  if (status < 0) return status;
  memory.fill(lengths, 5, 32);
  return buildTable(stream + AT_DIST, DIST_ROOT, DISTANCES, lengths, 32);
}

function startDynamic(stream: usize): i32 {
  const lengths: usize = stream + AT_LENGTHS;
  const literals: u32 = load<u32>(stream, AT_NLEN);
  if (load<u8>(lengths + 256) === 0) return BAD_CODE_LENGTHS;
  const status: i32 = buildTable(stream + AT_LIT, LIT_ROOT, LITERALS, lengths, literals);
  if (status < 0) return status;
  return buildTable(stream + AT_DIST, DIST_ROOT, DISTANCES, lengths + literals, load<u32>(stream, AT_NDIST));
}

/**
 * Decodes from `inp` up to `end`, or until the stream's buffer is full.
 * @returns NEED_INPUT when all input is used, OK when the buffer is full, or a negative problem.
 */
export function inflate(stream: usize, inp: usize, end: usize): i32 {
  let phase: u32 = load<u32>(stream, AT_PHASE);
  let bits: u64 = load<u64>(stream, AT_BITS);
  let count: u64 = load<u32>(stream, AT_COUNT);
  let out: usize = load<u32>(stream, AT_WRITE);
  const buffer: usize = stream + AT_BUFFER;
  const limit: usize = buffer + BUFFER_ROOM - 320;
  const lit: usize = stream + AT_LIT;
  const dist: usize = stream + AT_DIST;
  let status: i32 = OK;
  if (out > limit) out = slide(stream, out);

  while (true) {
    while (count <= 56 && inp < end) {
      bits |= (<u64>load<u8>(inp++)) << count;
      count += 8;
    }
    if (phase === PHASE_CODES) {
      let wide: bool = false;
      while (out <= limit) {
        if (count < 48) {
          if (end - inp < 8) break;
          bits |= load<u64>(inp) << count;
          inp += <usize>((63 - count) >> 3);
          count |= 56;
          wide = true;
        }
        let entry: u32 = load<u32>(lit + ((<usize>bits & 1023) << 2));
        if (entry & SUBTABLE) {
          const sub: usize = (entry >> 16) + (<usize>(bits >> LIT_ROOT) & ((1 << ((entry >> 8) & 15)) - 1));
          entry = load<u32>(lit + (sub << 2)) + (load<u32>(lit + (sub << 2)) === 0 ? 0 : LIT_ROOT);
        }
        if (entry & LITERAL) {
          bits >>= entry & 31;
          count -= entry & 31;
          store<u8>(out++, <u8>(entry >> 16));
          continue;
        }
        if (entry & BASE) {
          bits >>= entry & 31;
          count -= entry & 31;
          const lengthExtra: u64 = (entry >> 8) & 15;
          const length: usize = (entry >> 16) + (<usize>bits & ((1 << (<usize>lengthExtra)) - 1));
          bits >>= lengthExtra;
          count -= lengthExtra;
          entry = load<u32>(dist + ((<usize>bits & 255) << 2));
          if (entry & SUBTABLE) {
            const sub: usize = (entry >> 16) + (<usize>(bits >> DIST_ROOT) & ((1 << ((entry >> 8) & 15)) - 1));
            bits >>= DIST_ROOT;
            count -= DIST_ROOT;
            entry = load<u32>(dist + (sub << 2));
          }
          if (entry === 0) {
            status = BAD_SYMBOL;
            break;
          }
          bits >>= entry & 31;
          count -= entry & 31;
          const distExtra: u64 = (entry >> 8) & 15;
          const distance: usize = (entry >> 16) + (<usize>bits & ((1 << (<usize>distExtra)) - 1));
          bits >>= distExtra;
          count -= distExtra;
          if (distance > out - buffer) {
            status = BAD_DISTANCE;
            break;
          }
          copyMatch(out, distance, length);
          out += length;
          continue;
        }
        if (entry & END_OF_BLOCK) {
          bits >>= entry & 31;
          count -= entry & 31;
          phase = load<u32>(stream, AT_FINAL) ? PHASE_END : PHASE_BLOCK;
        } else status = BAD_SYMBOL;
        break;
      }
      // Bits above `count` are those of the bytes that come next; the slow path expects none.
      if (wide) bits &= ((<u64>1) << count) - 1;
      if (status < 0) break;
      if (phase !== PHASE_CODES) continue;
      if (out > limit) {
        status = OK;
        break;
      }
      if (count >= 48) continue;
      if (end - inp >= 8) continue;
      while (count <= 56 && inp < end) {
        bits |= (<u64>load<u8>(inp++)) << count;
        count += 8;
      }
      if (count >= 48) continue;
      // The tail: one symbol, only if all of its bits are there.
      let used: u64 = 0;
      let entry: u32 = load<u32>(lit + ((<usize>bits & 1023) << 2));
      if (entry & SUBTABLE) {
        const sub: usize = (entry >> 16) + (<usize>(bits >> LIT_ROOT) & ((1 << ((entry >> 8) & 15)) - 1));
        entry = load<u32>(lit + (sub << 2));
        used = LIT_ROOT;
      }
      used += entry & 31;
      if (entry === 0) {
        // Too few bits to tell a missing code from a cut one: at most 15 make a code.
        status = count < 15 ? NEED_INPUT : BAD_SYMBOL;
        break;
      }
      if (used > count) {
        status = NEED_INPUT;
        break;
      }
      if (entry & LITERAL) {
        bits >>= used;
        count -= used;
        store<u8>(out++, <u8>(entry >> 16));
        continue;
      }
      if (entry & END_OF_BLOCK) {
        bits >>= used;
        count -= used;
        phase = load<u32>(stream, AT_FINAL) ? PHASE_END : PHASE_BLOCK;
        continue;
      }
      const lengthExtra: u64 = (entry >> 8) & 15;
      const length: usize = (entry >> 16) + (<usize>(bits >> used) & ((1 << (<usize>lengthExtra)) - 1));
      used += lengthExtra;
      entry = load<u32>(dist + ((<usize>(bits >> used) & 255) << 2));
      if (entry & SUBTABLE) {
        const sub: usize = (entry >> 16) + (<usize>(bits >> (used + DIST_ROOT)) & ((1 << ((entry >> 8) & 15)) - 1));
        entry = load<u32>(dist + (sub << 2));
        used += DIST_ROOT;
      }
      if (entry === 0) {
        status = count < used + 15 ? NEED_INPUT : BAD_SYMBOL;
        break;
      }
      used += entry & 31;
      const distExtra: u64 = (entry >> 8) & 15;
      const distance: usize = (entry >> 16) + (<usize>(bits >> used) & ((1 << (<usize>distExtra)) - 1));
      used += distExtra;
      if (used > count) {
        status = NEED_INPUT;
        break;
      }
      if (distance > out - buffer) {
        status = BAD_DISTANCE;
        break;
      }
      bits >>= used;
      count -= used;
      copyMatch(out, distance, length);
      out += length;
      continue;
    }

    if (phase === PHASE_STORED) {
      let left: usize = load<u32>(stream, AT_LEFT);
      while (left > 0 && count >= 8 && out <= limit) {
        store<u8>(out++, <u8>bits);
        bits >>= 8;
        count -= 8;
        left--;
      }
      if (left > 0 && count < 8 && out <= limit) {
        let take: usize = end - inp;
        if (take > left) take = left;
        if (take > limit + 1 - out) take = limit + 1 - out;
        memory.copy(out, inp, take);
        out += take;
        inp += take;
        left -= take;
      }
      store<u32>(stream, <u32>left, AT_LEFT);
      if (left === 0) {
        phase = load<u32>(stream, AT_FINAL) ? PHASE_END : PHASE_BLOCK;
        continue;
      }
      status = out > limit ? OK : NEED_INPUT;
      break;
    }

    if (phase === PHASE_BLOCK) {
      if (count < 3) {
        status = NEED_INPUT;
        break;
      }
      store<u32>(stream, <u32>bits & 1, AT_FINAL);
      const kind: u32 = <u32>(bits >> 1) & 3;
      bits >>= 3;
      count -= 3;
      if (kind === 0) {
        const odd: u64 = count & 7;
        bits >>= odd;
        count -= odd;
        phase = PHASE_STORED_HEAD;
      } else if (kind === 1) {
        status = startFixed(stream);
        if (status < 0) break;
        phase = PHASE_CODES;
      } else if (kind === 2) phase = PHASE_COUNTS;
      else {
        status = BAD_BLOCK;
        break;
      }
      continue;
    }

    if (phase === PHASE_STORED_HEAD) {
      if (count < 32) {
        status = NEED_INPUT;
        break;
      }
      const length: u32 = <u32>bits & 0xffff;
      if ((length ^ (<u32>(bits >> 16) & 0xffff)) !== 0xffff) {
        status = BAD_BLOCK;
        break;
      }
      bits >>= 32;
      count -= 32;
      store<u32>(stream, length, AT_LEFT);
      phase = PHASE_STORED;
      continue;
    }

    if (phase === PHASE_COUNTS) {
      if (count < 14) {
        status = NEED_INPUT;
        break;
      }
      const literals: u32 = (<u32>bits & 31) + 257;
      const distances: u32 = (<u32>(bits >> 5) & 31) + 1;
      if (literals > 286 || distances > 30) {
        status = BAD_CODE_LENGTHS;
        break;
      }
      store<u32>(stream, literals, AT_NLEN);
      store<u32>(stream, distances, AT_NDIST);
      store<u32>(stream, (<u32>(bits >> 10) & 15) + 4, AT_NCODE);
      store<u32>(stream, 0, AT_INDEX);
      memory.fill(stream + AT_CODE_LENGTHS, 0, 19);
      bits >>= 14;
      count -= 14;
      phase = PHASE_CODE_LENGTHS;
      continue;
    }

    if (phase === PHASE_CODE_LENGTHS) {
      let index: u32 = load<u32>(stream, AT_INDEX);
      const codes: u32 = load<u32>(stream, AT_NCODE);
      while (index < codes && count >= 3) {
        store<u8>(stream + AT_CODE_LENGTHS + load<u8>(codeOrder + index), <u8>bits & 7);
        bits >>= 3;
        count -= 3;
        index++;
      }
      store<u32>(stream, index, AT_INDEX);
      if (index < codes) {
        if (inp < end) continue;
        status = NEED_INPUT;
        break;
      }
      // The literal table's place holds the table of code lengths until those are read.
      status = buildTable(lit, CODE_ROOT, CODE_LENGTHS, stream + AT_CODE_LENGTHS, 19);
      if (status < 0) break;
      store<u32>(stream, 0, AT_INDEX);
      phase = PHASE_LENGTHS;
      continue;
    }

    if (phase === PHASE_LENGTHS) {
      let index: u32 = load<u32>(stream, AT_INDEX);
      const all: u32 = load<u32>(stream, AT_NLEN) + load<u32>(stream, AT_NDIST);
      const lengths: usize = stream + AT_LENGTHS;
      let starved: bool = false;
      while (index < all) {
        const entry: u32 = load<u32>(lit + ((<usize>bits & 127) << 2));
        const symbol: u32 = entry >> 16;
        const extra: u64 = symbol < 16 ? 0 : symbol === 16 ? 2 : symbol === 17 ? 3 : 7;
        const used: u64 = (entry & 31) + extra;
        if (entry === 0 && count >= CODE_ROOT) {
          status = BAD_SYMBOL;
          break;
        }
        if (entry === 0 || used > count) {
          starved = true;
          break;
        }
        if (symbol < 16) {
          store<u8>(lengths + index, <u8>symbol);
          index++;
        } else {
          const more: u32 = <u32>(bits >> (entry & 31)) & ((1 << (<u32>extra)) - 1);
          const repeat: u32 = more + (symbol === 18 ? 11 : 3);
          if (index + repeat > all || (symbol === 16 && index === 0)) {
            status = BAD_CODE_LENGTHS;
            break;
          }
          memory.fill(lengths + index, symbol === 16 ? load<u8>(lengths + index - 1) : 0, repeat);
          index += repeat;
        }
        bits >>= used;
        count -= used;
      }
      store<u32>(stream, index, AT_INDEX);
      if (status < 0) break;
      if (starved) {
        if (inp < end) continue;
        status = NEED_INPUT;
        break;
      }
      status = startDynamic(stream);
      if (status < 0) break;
      phase = PHASE_CODES;
      continue;
    }

    if (phase === PHASE_ZLIB) {
      if (count < 16) {
        status = NEED_INPUT;
        break;
      }
      const cmf: u32 = <u32>bits & 255;
      const flags: u32 = <u32>(bits >> 8) & 255;
      if ((cmf & 15) !== 8 || cmf >> 4 > 7 || ((cmf << 8) | flags) % 31 !== 0 || (flags & 32) !== 0) {
        status = BAD_ZLIB_HEADER;
        break;
      }
      bits >>= 16;
      count -= 16;
      phase = PHASE_BLOCK;
      continue;
    }

    // PHASE_END: the checksum may follow, and nothing after it. A desk's stream does not end in practice.
    const odd: u64 = count & 7;
    bits >>= odd;
    count -= odd;
    const rest: usize = (<usize>count >> 3) + (end - inp);
    status = rest > 4 ? DATA_AFTER_END : NEED_INPUT;
    break;
  }
  store<u32>(stream, phase, AT_PHASE);
  store<u64>(stream, bits, AT_BITS);
  store<u32>(stream, <u32>count, AT_COUNT);
  store<u32>(stream, <u32>out, AT_WRITE);
  inflatedTo = inp;
  return status;
}
