import { FRAMEBUFFER, OK } from './layout';

/** Pixels are bytes R, G, B, 255. Callers have checked every rectangle against the framebuffer. */
export let stride: usize = 0;

const OPAQUE: u32 = 0xff000000;

export function setStride(bytes: usize): void {
  stride = bytes;
}

export function pixelAt(x: i32, y: i32): usize {
  return FRAMEBUFFER + <usize>y * stride + ((<usize>x) << 2);
}

export function fillSpan(at: usize, pixels: i32, colour: u32): void {
  const end: usize = at + ((<usize>pixels) << 2);
  const four: v128 = i32x4.splat(colour);
  while (at + 16 <= end) {
    v128.store(at, four);
    at += 16;
  }
  while (at < end) {
    store<u32>(at, colour);
    at += 4;
  }
}

export function fillRect(x: i32, y: i32, w: i32, h: i32, colour: u32): void {
  for (let row: i32 = 0; row < h; row++) fillSpan(pixelAt(x, y + row), w, colour | OPAQUE);
}

/** RFC 6143 §7.7.2. Source and target may overlap. */
export function copyRect(sx: i32, sy: i32, x: i32, y: i32, w: i32, h: i32): void {
  const bytes: usize = (<usize>w) << 2;
  if (sy < y) {
    for (let row: i32 = h - 1; row >= 0; row--) memory.copy(pixelAt(x, y + row), pixelAt(sx, sy + row), bytes);
  } else {
    for (let row: i32 = 0; row < h; row++) memory.copy(pixelAt(x, y + row), pixelAt(sx, sy + row), bytes);
  }
}

/** Four bytes a pixel as the desk sends them; the fourth has no meaning there. */
export function rawSpan(at: usize, from: usize, pixels: i32): void {
  const end: usize = at + ((<usize>pixels) << 2);
  const alpha: v128 = i32x4.splat(OPAQUE);
  while (at + 16 <= end) {
    v128.store(at, v128.or(v128.load(from), alpha));
    at += 16;
    from += 16;
  }
  while (at < end) {
    store<u32>(at, load<u32>(from) | OPAQUE);
    at += 4;
    from += 4;
  }
}

export function rawRows(from: usize, x: i32, y: i32, w: i32, rows: i32): i32 {
  for (let row: i32 = 0; row < rows; row++) {
    rawSpan(pixelAt(x, y + row), from, w);
    from += (<usize>w) << 2;
  }
  return OK;
}

/** Three bytes a pixel: TPIXEL of Tight, CPIXEL of ZRLE. Reads up to four bytes past the span's end. */
export function packedSpan(at: usize, from: usize, pixels: i32): void {
  const end: usize = at + ((<usize>pixels) << 2);
  const alpha: v128 = i32x4.splat(OPAQUE);
  while (at + 16 <= end) {
    const spread: v128 = i8x16.swizzle(v128.load(from), i8x16(0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1));
    v128.store(at, v128.or(spread, alpha));
    at += 16;
    from += 12;
  }
  while (at < end) {
    store<u32>(at, load<u32>(from) | OPAQUE);
    at += 4;
    from += 3;
  }
}

export function packedPixel(from: usize): u32 {
  return load<u32>(from) | OPAQUE;
}
