import { inflate, inflatedTo, readAt, setRead, writeAt } from './inflate';
import {
  BAD_PALETTE_INDEX,
  BAD_RUN,
  BAD_SUBENCODING,
  DATA_EXCESS,
  DATA_SHORT,
  OK,
  PALETTE,
  streamAt,
  ZRLE_STREAM,
} from './layout';
import { fillRect, fillSpan, packedPixel, packedSpan, pixelAt } from './pixels';

/** ZRLE (RFC 6143 §7.7.6). The rectangle may arrive in any number of pieces. */
let left: i32 = 0;
let right: i32 = 0;
let bottom: i32 = 0;
let tileX: i32 = 0;
let tileY: i32 = 0;

/** Not enough decoded bytes for the whole tile yet. */
const MORE: i32 = 0;

export function zrleBegin(x: i32, y: i32, w: i32, h: i32): void {
  left = x;
  tileX = x;
  tileY = y;
  right = x + w;
  bottom = y + h;
}

function rawTile(at: usize, end: usize, x: i32, y: i32, w: i32, h: i32): i32 {
  const bytes: usize = <usize>w * 3;
  if (end - at < bytes * <usize>h) return MORE;
  for (let row: i32 = 0; row < h; row++) packedSpan(pixelAt(x, y + row), at + bytes * <usize>row, w);
  return <i32>bytes * h;
}

function readPalette(at: usize, colours: i32): void {
  for (let i: i32 = 0; i < colours; i++) {
    store<u32>(PALETTE + ((<usize>i) << 2), packedPixel(at));
    at += 3;
  }
}

function packedTile(at: usize, end: usize, colours: i32, x: i32, y: i32, w: i32, h: i32): i32 {
  const depth: u32 = colours === 2 ? 1 : colours <= 4 ? 2 : 4;
  const rowBytes: usize = (<usize>w * depth + 7) >> 3;
  const size: usize = <usize>colours * 3 + rowBytes * <usize>h;
  if (end - at < size) return MORE;
  readPalette(at, colours);
  let from: usize = at + <usize>colours * 3;
  const mask: u32 = (1 << depth) - 1;
  for (let row: i32 = 0; row < h; row++) {
    let to: usize = pixelAt(x, y + row);
    let shift: u32 = 8;
    let byte: u32 = load<u8>(from);
    for (let i: i32 = 0; i < w; i++) {
      if (shift === 0) {
        byte = load<u8>(++from);
        shift = 8;
      }
      shift -= depth;
      const index: u32 = (byte >> shift) & mask;
      if (index >= <u32>colours) return BAD_PALETTE_INDEX;
      store<u32>(to, load<u32>(PALETTE + ((<usize>index) << 2)));
      to += 4;
    }
    from++;
  }
  return <i32>size;
}

/** A run may go on over the ends of rows, but not over the end of the tile. */
function fillRun(start: i32, length: i32, colour: u32, x: i32, y: i32, w: i32): void {
  while (length > 0) {
    const row: i32 = start / w;
    const column: i32 = start - row * w;
    const span: i32 = w - column < length ? w - column : length;
    fillSpan(pixelAt(x + column, y + row), span, colour);
    start += span;
    length -= span;
  }
}

/** @param colours 0 for plain runs, each with its own pixel */
function runTile(begin: usize, end: usize, colours: i32, x: i32, y: i32, w: i32, h: i32): i32 {
  let at: usize = begin;
  if (colours > 0) {
    if (end - at < <usize>colours * 3) return MORE;
    readPalette(at, colours);
    at += <usize>colours * 3;
  }
  const total: i32 = w * h;
  let done: i32 = 0;
  while (done < total) {
    let colour: u32 = 0;
    let long: bool = true;
    if (colours === 0) {
      if (end - at < 4) return MORE;
      colour = packedPixel(at);
      at += 3;
    } else {
      if (at >= end) return MORE;
      const index: u32 = load<u8>(at++);
      if ((index & 127) >= <u32>colours) return BAD_PALETTE_INDEX;
      colour = load<u32>(PALETTE + ((index & 127) << 2));
      long = (index & 128) !== 0;
    }
    let length: i32 = 1;
    if (long) {
      let byte: i32 = 255;
      while (byte === 255) {
        if (at >= end) return MORE;
        byte = load<u8>(at++);
        length += byte;
        if (length > total - done) return BAD_RUN;
      }
    }
    fillRun(done, length, colour, x, y, w);
    done += length;
  }
  return <i32>(at - begin);
}

function tile(at: usize, end: usize): i32 {
  if (at >= end) return MORE;
  const w: i32 = min<i32>(right - tileX, 64);
  const h: i32 = min<i32>(bottom - tileY, 64);
  const kind: i32 = load<u8>(at++);
  let used: i32 = 0;
  if (kind === 0) used = rawTile(at, end, tileX, tileY, w, h);
  else if (kind === 1) {
    if (end - at < 3) return MORE;
    fillRect(tileX, tileY, w, h, packedPixel(at));
    used = 3;
  } else if (kind <= 16) used = packedTile(at, end, kind, tileX, tileY, w, h);
  else if (kind === 128) used = runTile(at, end, 0, tileX, tileY, w, h);
  else if (kind >= 130) used = runTile(at, end, kind - 128, tileX, tileY, w, h);
  else return BAD_SUBENCODING;
  return used > 0 ? used + 1 : used;
}

/** Takes all of the given bytes. */
export function zrleFeed(from: usize, length: usize): i32 {
  const stream: usize = streamAt(ZRLE_STREAM);
  const end: usize = from + length;
  let at: usize = from;
  let status: i32 = OK;
  while (status === OK) {
    status = inflate(stream, at, end);
    if (status < 0) return status;
    at = inflatedTo;
    let read: usize = readAt(stream);
    const write: usize = writeAt(stream);
    while (tileY < bottom) {
      const used: i32 = tile(read, write);
      if (used < 0) return used;
      if (used === MORE) break;
      read += used;
      tileX += 64;
      if (tileX >= right) {
        tileX = left;
        tileY += 64;
      }
    }
    setRead(stream, read);
    if (tileY >= bottom && read !== write) return DATA_EXCESS;
  }
  return OK;
}

/** After the last piece: every tile must be there. */
export function zrleEnd(): i32 {
  return tileY >= bottom ? OK : DATA_SHORT;
}
