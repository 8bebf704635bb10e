import { BAD_VALUE, DATA_SHORT, OK, OUT_OF_RANGE } from './layout';

/**
 * Interleaved run-length encoding (MS-RDPBCGR 2.2.9.1.1.3.1.2.4 and 3.1.9). Pixels are decoded as the numbers that they are
 * (15 or 16 bits, or 24 as blue, green, red), 32 bits each, without gaps, in the order of the stream: from the bottom row up.
 */

/** Orders, as `readOrder` brings their three headers to one number. */
const BG_RUN: u32 = 0;
const FG_RUN: u32 = 1;
const FGBG_IMAGE: u32 = 2;
const COLOUR_RUN: u32 = 3;
const COLOUR_IMAGE: u32 = 4;
const SET_FG_RUN: u32 = 6;
const SET_FGBG_IMAGE: u32 = 7;
const DITHERED_RUN: u32 = 8;

let at: usize = 0;
let end: usize = 0;
let order: u32 = 0;
let length: u32 = 0;

/** @returns false when the input is too short */
function extended(plus: u32): bool {
  if (at >= end) return false;
  length = <u32>load<u8>(at) + plus;
  at += 1;
  return true;
}

/** Regular headers have a code of three bits, lite ones of four, mega ones of eight (2.2.9.1.1.3.1.2.4). */
function readOrder(header: u32): i32 {
  if (header >= 0xf0) {
    order = header & 0x0f;
    if (order > DITHERED_RUN || order === 5) return BAD_VALUE;
    if (end - at < 2) return DATA_SHORT;
    length = load<u16>(at);
    at += 2;
    return OK;
  }
  const lite: bool = header >= 0xc0;
  order = lite ? SET_FG_RUN + ((header >> 4) - 0x0c) : header >> 5;
  if (order === 5) return BAD_VALUE;
  length = lite ? header & 0x0f : header & 0x1f;
  if (order === FGBG_IMAGE || order === SET_FGBG_IMAGE) {
    if (length === 0) return extended(1) ? OK : DATA_SHORT;
    length <<= 3;
    return OK;
  }
  if (length === 0) return extended(lite ? 16 : 32) ? OK : DATA_SHORT;
  return OK;
}

/** @param size bytes of a pixel, 2 or 3; the caller has seen that they are there */
function pixel(size: u32): u32 {
  const value: u32 = size === 2 ? load<u16>(at) : <u32>load<u16>(at) | ((<u32>load<u8>(at, 2)) << 16);
  at += size;
  return value;
}

/**
 * @param to room for `w` × `h` pixels of 32 bits. @param depth 15, 16 or 24
 * @returns OK, or a status below zero
 */
export function rleDecode(from: usize, bytes: usize, to: usize, w: u32, h: u32, depth: u32): i32 {
  at = from;
  end = from + bytes;
  const size: u32 = depth === 24 ? 3 : 2;
  const white: u32 = (1 << depth) - 1;
  const row: usize = (<usize>w) << 2;
  const last: usize = to + row * <usize>h;
  const second: usize = to + row;
  let place: usize = to;
  let first: bool = true;
  /** A background run right after another one begins with a pixel of the foreground. */
  let insert: bool = false;
  let foreground: u32 = white;
  while (at < end) {
    if (first && place >= second) {
      first = false;
      insert = false;
    }
    const header: u32 = load<u8>(at++);
    if (header >= 0xf9) {
      insert = false;
      if (header === 0xf9 || header === 0xfa) {
        if (last - place < 32) return OUT_OF_RANGE;
        place = image(place, row, first, header === 0xf9 ? 0x03 : 0x05, 8, foreground);
      } else if (header === 0xfd || header === 0xfe) {
        if (last - place < 4) return OUT_OF_RANGE;
        store<u32>(place, header === 0xfd ? white : 0);
        place += 4;
      } else return BAD_VALUE;
      continue;
    }
    const status: i32 = readOrder(header);
    if (status !== OK) return status;
    const pixels: u32 = order === DITHERED_RUN ? length * 2 : length;
    if (<u32>((last - place) >> 2) < pixels) return OUT_OF_RANGE;
    const stop: usize = place + ((<usize>pixels) << 2);
    if (order === BG_RUN) {
      if (insert && place < stop) {
        store<u32>(place, first ? foreground : load<u32>(place - row) ^ foreground);
        place += 4;
      }
      if (first) {
        memory.fill(place, 0, stop - place);
        place = stop;
      } else {
        // By pixels: a run longer than a row repeats what it has just written.
        for (; place < stop; place += 4) store<u32>(place, load<u32>(place - row));
      }
      insert = true;
      continue;
    }
    insert = false;
    if (order === SET_FG_RUN || order === SET_FGBG_IMAGE) {
      if (end - at < size) return DATA_SHORT;
      foreground = pixel(size);
    }
    switch (order) {
      case FG_RUN:
      case SET_FG_RUN:
        if (first) {
          for (; place < stop; place += 4) store<u32>(place, foreground);
        } else {
          for (; place < stop; place += 4) store<u32>(place, load<u32>(place - row) ^ foreground);
        }
        break;
      case FGBG_IMAGE:
      case SET_FGBG_IMAGE: {
        let left: u32 = length;
        if (end - at < (left + 7) >> 3) return DATA_SHORT;
        while (left > 0) {
          const bits: u32 = min<u32>(left, 8);
          place = image(place, row, first, load<u8>(at++), bits, foreground);
          left -= bits;
        }
        break;
      }
      case COLOUR_RUN: {
        if (end - at < size) return DATA_SHORT;
        const colour: u32 = pixel(size);
        for (; place < stop; place += 4) store<u32>(place, colour);
        break;
      }
      case COLOUR_IMAGE:
        if (end - at < pixels * size) return DATA_SHORT;
        for (; place < stop; place += 4) store<u32>(place, pixel(size));
        break;
      default: {
        if (end - at < size * 2) return DATA_SHORT;
        const a: u32 = pixel(size);
        const b: u32 = pixel(size);
        for (; place < stop; place += 8) {
          store<u32>(place, a);
          store<u32>(place, b, 4);
        }
      }
    }
  }
  return place === last ? OK : DATA_SHORT;
}

/** One bit a pixel, the lowest first: foreground (exclusive or with the pixel below it) or the pixel below it. */
function image(place: usize, row: usize, first: bool, bits: u32, count: u32, foreground: u32): usize {
  for (let i: u32 = 0; i < count; i++) {
    const below: u32 = first ? 0 : load<u32>(place - row);
    store<u32>(place, bits & 1 ? below ^ foreground : below);
    bits >>= 1;
    place += 4;
  }
  return place;
}
