import { inflate, inflatedTo, readAt, setRead, writeAt } from './inflate';
import { DATA_EXCESS, DATA_SHORT, NEED_INPUT, OK, PALETTE, streamAt } from './layout';
import { packedPixel, packedSpan, pixelAt } from './pixels';

/** Basic compression of Tight (community RFB specification, "Tight encoding"). */
export const FILTER_COPY: i32 = 0;
export const FILTER_PALETTE: i32 = 1;
export const FILTER_GRADIENT: i32 = 2;

/** Colours beyond the palette's end show as black rather than as an earlier palette's. */
export function tightPalette(from: usize, colours: i32): void {
  for (let i: i32 = 0; i < colours; i++) {
    store<u32>(PALETTE + ((<usize>i) << 2), packedPixel(from));
    from += 3;
  }
  for (let i: i32 = colours; i < 256; i++) store<u32>(PALETTE + ((<usize>i) << 2), 0xff000000);
}

function monoRow(at: usize, from: usize, pixels: i32): void {
  const zero: u32 = load<u32>(PALETTE);
  const one: u32 = load<u32>(PALETTE + 4);
  const zeros: v128 = i32x4.splat(zero);
  const ones: v128 = i32x4.splat(one);
  const high: v128 = i32x4(128, 64, 32, 16);
  const low: v128 = i32x4(8, 4, 2, 1);
  let left: i32 = pixels;
  while (left >= 8) {
    const bits: v128 = i32x4.splat(load<u8>(from++));
    v128.store(at, v128.bitselect(ones, zeros, i32x4.eq(v128.and(bits, high), high)));
    v128.store(at + 16, v128.bitselect(ones, zeros, i32x4.eq(v128.and(bits, low), low)));
    at += 32;
    left -= 8;
  }
  if (left > 0) {
    let bits: u32 = load<u8>(from);
    while (left-- > 0) {
      store<u32>(at, bits & 128 ? one : zero);
      bits <<= 1;
      at += 4;
    }
  }
}

function paletteRow(at: usize, from: usize, pixels: i32): void {
  const end: usize = at + ((<usize>pixels) << 2);
  while (at + 16 <= end) {
    const four: u32 = load<u32>(from);
    store<u32>(at, load<u32>(PALETTE + ((four & 255) << 2)));
    store<u32>(at + 4, load<u32>(PALETTE + (((four >> 8) & 255) << 2)));
    store<u32>(at + 8, load<u32>(PALETTE + (((four >> 16) & 255) << 2)));
    store<u32>(at + 12, load<u32>(PALETTE + ((four >> 24) << 2)));
    at += 16;
    from += 4;
  }
  while (at < end) {
    store<u32>(at, load<u32>(PALETTE + ((<usize>load<u8>(from++)) << 2)));
    at += 4;
  }
}

function predicted(left: i32, up: i32, corner: i32, difference: u32): u32 {
  let guess: i32 = left + up - corner;
  if (guess < 0) guess = 0;
  else if (guess > 255) guess = 255;
  return (<u32>guess + difference) & 255;
}

/** The row above is read back from the framebuffer; outside the rectangle it counts as zero. */
function gradientRow(at: usize, above: usize, from: usize, pixels: i32): void {
  let left: u32 = 0;
  let corner: u32 = 0;
  for (let i: i32 = 0; i < pixels; i++) {
    const up: u32 = above === 0 ? 0 : load<u32>(above + ((<usize>i) << 2));
    const red: u32 = predicted(left & 255, up & 255, corner & 255, load<u8>(from));
    const green: u32 = predicted((left >> 8) & 255, (up >> 8) & 255, (corner >> 8) & 255, load<u8>(from, 1));
    const blue: u32 = predicted((left >> 16) & 255, (up >> 16) & 255, (corner >> 16) & 255, load<u8>(from, 2));
    left = 0xff000000 | (blue << 16) | (green << 8) | red;
    corner = up;
    store<u32>(at, left);
    at += 4;
    from += 3;
  }
}

function expand(filter: i32, colours: i32, from: usize, x: i32, y: i32, w: i32, row: i32): void {
  const at: usize = pixelAt(x, y + row);
  if (filter === FILTER_COPY) packedSpan(at, from, w);
  else if (filter === FILTER_GRADIENT) gradientRow(at, row === 0 ? 0 : pixelAt(x, y + row - 1), from, w);
  else if (colours <= 2) monoRow(at, from, w);
  else paletteRow(at, from, w);
}

export function tightRowBytes(filter: i32, colours: i32, w: i32): usize {
  if (filter !== FILTER_PALETTE) return <usize>w * 3;
  return colours <= 2 ? <usize>(w + 7) >> 3 : <usize>w;
}

/** Fewer than 12 bytes come as they are. */
export function tightPlain(filter: i32, colours: i32, from: usize, x: i32, y: i32, w: i32, h: i32): i32 {
  const bytes: usize = tightRowBytes(filter, colours, w);
  for (let row: i32 = 0; row < h; row++) expand(filter, colours, from + <usize>row * bytes, x, y, w, row);
  return OK;
}

/** One whole chunk of a zlib stream makes exactly one rectangle. */
export function tightZlib(
  index: i32,
  filter: i32,
  colours: i32,
  from: usize,
  length: usize,
  x: i32,
  y: i32,
  w: i32,
  h: i32,
): i32 {
  const stream: usize = streamAt(index);
  const bytes: usize = tightRowBytes(filter, colours, w);
  const end: usize = from + length;
  let at: usize = from;
  let row: i32 = 0;
  while (row < h) {
    let read: usize = readAt(stream);
    while (writeAt(stream) - read < bytes) {
      const status: i32 = inflate(stream, at, end);
      if (status < 0) return status;
      at = inflatedTo;
      read = readAt(stream);
      // A full buffer is no end: the next call makes room in it.
      if (status === NEED_INPUT && writeAt(stream) - read < bytes) return DATA_SHORT;
    }
    const write: usize = writeAt(stream);
    while (row < h && write - read >= bytes) {
      expand(filter, colours, read, x, y, w, row++);
      read += bytes;
    }
    setRead(stream, read);
  }
  const status: i32 = inflate(stream, at, end);
  if (status < 0) return status;
  return readAt(stream) === writeAt(stream) && inflatedTo === end ? OK : DATA_EXCESS;
}
