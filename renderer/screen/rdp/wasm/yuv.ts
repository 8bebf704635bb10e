import { AVC } from './layout';

/**
 * Full-range BT.709 to RGB (MS-RDPEGFX 3.3.8.3.1):
 * R = Y + 403/256 (V − 128), G = Y − 48/256 (U − 128) − 120/256 (V − 128), B = Y + 475/256 (U − 128).
 * Sums have four bits after the point, so that only the last step rounds.
 */
const OPAQUE: u32 = 0xff000000;

function byte(value: i32): u32 {
  return value < 0 ? 0 : value > 255 ? 255 : value;
}

function pixel(luma: u32, cb: u32, cr: u32): u32 {
  const y: i32 = ((<i32>luma) << 8) + 128;
  const u: i32 = <i32>cb - 128;
  const v: i32 = <i32>cr - 128;
  const red: u32 = byte((y + 403 * v) >> 8);
  const green: u32 = byte((y - 48 * u - 120 * v) >> 8);
  return OPAQUE | red | (green << 8) | (byte((y + 475 * u) >> 8) << 16);
}

/** `samples` of 8 bits minus 128, times 128: with q15mulr, a factor f × 16 gives f/256 with four bits after the point. */
function centred(samples: v128): v128 {
  return i16x8.shl(i16x8.sub(samples, i16x8.splat(128)), 7);
}

/** What chroma adds to a colour, with the half that rounds. */
function toRed(v: v128): v128 {
  return i16x8.add(i16x8.q15mulr_sat_s(v, i16x8.splat(403 * 16)), i16x8.splat(8));
}
function toGreen(u: v128, v: v128): v128 {
  const fromU: v128 = i16x8.q15mulr_sat_s(u, i16x8.splat(-48 * 16));
  return i16x8.add(i16x8.add(fromU, i16x8.q15mulr_sat_s(v, i16x8.splat(-120 * 16))), i16x8.splat(8));
}
function toBlue(u: v128): v128 {
  return i16x8.add(i16x8.q15mulr_sat_s(u, i16x8.splat(475 * 16)), i16x8.splat(8));
}

function mixed(luma: v128, chroma: v128): v128 {
  return i16x8.shr_s(i16x8.add(luma, chroma), 4);
}

/** Sixteen pixels, of luma and of what chroma adds to each colour (rounding and all), eight and eight. */
function paint(to: usize, y: v128, rl: v128, rh: v128, gl: v128, gh: v128, bl: v128, bh: v128): void {
  const lumaLow: v128 = i16x8.shl(i16x8.extend_low_i8x16_u(y), 4);
  const lumaHigh: v128 = i16x8.shl(i16x8.extend_high_i8x16_u(y), 4);
  const red: v128 = i8x16.narrow_i16x8_u(mixed(lumaLow, rl), mixed(lumaHigh, rh));
  const green: v128 = i8x16.narrow_i16x8_u(mixed(lumaLow, gl), mixed(lumaHigh, gh));
  const blue: v128 = i8x16.narrow_i16x8_u(mixed(lumaLow, bl), mixed(lumaHigh, bh));
  const alpha: v128 = i8x16.splat(-1);
  const low: v128 = interleaveLow(red, green);
  const lowEnd: v128 = interleaveLow(blue, alpha);
  const high: v128 = interleaveHigh(red, green);
  const highEnd: v128 = interleaveHigh(blue, alpha);
  v128.store(to, i16x8.shuffle(low, lowEnd, 0, 8, 1, 9, 2, 10, 3, 11));
  v128.store(to, i16x8.shuffle(low, lowEnd, 4, 12, 5, 13, 6, 14, 7, 15), 16);
  v128.store(to, i16x8.shuffle(high, highEnd, 0, 8, 1, 9, 2, 10, 3, 11), 32);
  v128.store(to, i16x8.shuffle(high, highEnd, 4, 12, 5, 13, 6, 14, 7, 15), 48);
}

/** Sixteen pixels of sixteen samples of each plane. */
function sixteen(to: usize, y: v128, u: v128, v: v128): void {
  const uLow: v128 = centred(i16x8.extend_low_i8x16_u(u));
  const uHigh: v128 = centred(i16x8.extend_high_i8x16_u(u));
  const vLow: v128 = centred(i16x8.extend_low_i8x16_u(v));
  const vHigh: v128 = centred(i16x8.extend_high_i8x16_u(v));
  paint(to, y, toRed(vLow), toRed(vHigh), toGreen(uLow, vLow), toGreen(uHigh, vHigh), toBlue(uLow), toBlue(uHigh));
}

/** One sample beside itself, in the lower and in the upper half. */
function twiceLow(a: v128): v128 {
  return i16x8.shuffle(a, a, 0, 0, 1, 1, 2, 2, 3, 3);
}
function twiceHigh(a: v128): v128 {
  return i16x8.shuffle(a, a, 4, 4, 5, 5, 6, 6, 7, 7);
}

function interleaveLow(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}
function interleaveHigh(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

/**
 * YUV420p to pixels within left, top, right, bottom alone; chroma is repeated. Planes and pixels start at the picture's first
 * sample. May read up to 16 bytes past a plane's row.
 */
export function yuv420Paint(
  y: usize,
  u: usize,
  v: usize,
  yStride: usize,
  cStride: usize,
  to: usize,
  stride: usize,
  left: u32,
  top: u32,
  right: u32,
  bottom: u32,
): void {
  for (let row: u32 = top; row < bottom; ) {
    // Two rows share their chroma, and what it adds to each colour is most of the work.
    const rows: u32 = !(row & 1) && row + 2 <= bottom ? 2 : 1;
    const luma: usize = y + <usize>row * yStride;
    const chroma: usize = <usize>(row >> 1) * cStride;
    const target: usize = to + <usize>row * stride;
    let x: u32 = left;
    if (x & 1 && x < right) {
      const at: usize = chroma + (x >> 1);
      dots(rows, target + (x << 2), stride, luma + x, yStride, load<u8>(u + at), load<u8>(v + at));
      x++;
    }
    while (x + 16 <= right) {
      const at: usize = chroma + (x >> 1);
      const cb: v128 = centred(i16x8.extend_low_i8x16_u(v128.load64_zero(u + at)));
      const cr: v128 = centred(i16x8.extend_low_i8x16_u(v128.load64_zero(v + at)));
      const red: v128 = toRed(cr);
      const green: v128 = toGreen(cb, cr);
      const blue: v128 = toBlue(cb);
      const rl: v128 = twiceLow(red);
      const rh: v128 = twiceHigh(red);
      const gl: v128 = twiceLow(green);
      const gh: v128 = twiceHigh(green);
      const bl: v128 = twiceLow(blue);
      const bh: v128 = twiceHigh(blue);
      const place: usize = target + (x << 2);
      paint(place, v128.load(luma + x), rl, rh, gl, gh, bl, bh);
      if (rows > 1) paint(place + stride, v128.load(luma + yStride + x), rl, rh, gl, gh, bl, bh);
      x += 16;
    }
    while (x < right) {
      const at: usize = chroma + (x >> 1);
      dots(rows, target + (x << 2), stride, luma + x, yStride, load<u8>(u + at), load<u8>(v + at));
      x++;
    }
    row += rows;
  }
}

/** One pixel in each of so many rows. */
function dots(rows: u32, to: usize, stride: usize, luma: usize, yStride: usize, cb: u32, cr: u32): void {
  store<u32>(to, pixel(load<u8>(luma), cb, cr));
  if (rows > 1) store<u32>(to + stride, pixel(load<u8>(luma + yStride), cb, cr));
}

/** Chroma of two rows: U of the even one, V of it, U of the odd one, V of it. One row has at most so many samples. */
const ROW: usize = 0x4000;

/**
 * The first sample of each four came as the mean of the four: undone, where that makes a difference (3.3.8.3.2 and 3.3.8.3.3).
 * A difference below 30 is what compression did: the limit that other clients use, not yet held against the specification's text.
 */
function unfiltered(mean: v128, a: v128, b: v128, c: v128): v128 {
  const others: v128 = i16x8.add(i16x8.add(a, b), c);
  const value: v128 = i16x8.sub(i16x8.shl(mean, 2), others);
  return i16x8.min_s(i16x8.max_s(value, i16x8.splat(0)), i16x8.splat(255));
}

function first(mean: v128, a: v128, b: v128, c: v128): v128 {
  const value: v128 = i8x16.narrow_i16x8_u(
    unfiltered(
      i16x8.extend_low_i8x16_u(mean),
      i16x8.extend_low_i8x16_u(a),
      i16x8.extend_low_i8x16_u(b),
      i16x8.extend_low_i8x16_u(c),
    ),
    unfiltered(
      i16x8.extend_high_i8x16_u(mean),
      i16x8.extend_high_i8x16_u(a),
      i16x8.extend_high_i8x16_u(b),
      i16x8.extend_high_i8x16_u(c),
    ),
  );
  const difference: v128 = v128.or(i8x16.sub_sat_u(value, mean), i8x16.sub_sat_u(mean, value));
  return v128.bitselect(value, mean, i8x16.ge_u(difference, i8x16.splat(30)));
}

/** Thirty-two samples of both rows: three of each four from the auxiliary view, the first from the main one. */
function four(to: usize, mean: v128, evenOdd: v128, oddEven: v128, oddOdd: v128): void {
  const evenEven: v128 = first(mean, evenOdd, oddEven, oddOdd);
  v128.store(to, interleaveLow(evenEven, evenOdd));
  v128.store(to, interleaveHigh(evenEven, evenOdd), 16);
  v128.store(to + 2 * ROW, interleaveLow(oddEven, oddOdd));
  v128.store(to + 2 * ROW, interleaveHigh(oddEven, oddOdd), 16);
}

/** YUV444 (3.3.8.3.2): odd rows whole in the luma plane, eight of U then eight of V; odd columns in the chroma planes. */
function chromaV1(to: usize, mean: usize, rows: usize, columns: usize): void {
  const a: v128 = v128.load(rows);
  const b: v128 = v128.load(rows, 16);
  const even: v128 = i8x16.shuffle(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  const odd: v128 = i8x16.shuffle(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
  four(to, v128.load(mean), v128.load(columns), even, odd);
}

/** YUV444v2 (3.3.8.3.3): odd columns in the luma plane; of odd rows, every fourth sample in U, the one two further in V. */
function chromaV2(to: usize, mean: usize, evenRow: usize, oddRow: usize, fourths: usize, seconds: usize): void {
  const even: v128 = interleaveLow(v128.load64_zero(fourths), v128.load64_zero(seconds));
  four(to, v128.load(mean), v128.load(evenRow), even, v128.load(oddRow));
}

/**
 * Main and auxiliary view to pixels within left, top, right, bottom alone. Each view is one piece: Y, then U, then V; both
 * are of the same size, with rows of whole macroblocks.
 * @param width of the views, from which the halves of YUV444v2 follow
 */
export function yuv444Paint(
  main: usize,
  auxiliary: usize,
  yStride: usize,
  cStride: usize,
  uOffset: usize,
  vOffset: usize,
  width: u32,
  v2: u32,
  to: usize,
  stride: usize,
  left: u32,
  top: u32,
  right: u32,
  bottom: u32,
): void {
  const half: usize = width >> 1;
  const quarter: usize = width >> 2;
  for (let row: u32 = top & ~1; row < bottom; row += 2) {
    const pair: usize = row >> 1;
    const chroma: usize = pair * cStride;
    for (let x: u32 = left & ~31; x < right; x += 32) {
      const at: usize = chroma + (x >> 1);
      const scratch: usize = AVC + x;
      if (v2) {
        const even: usize = auxiliary + <usize>row * yStride + (x >> 1);
        const odd: usize = even + yStride;
        const u: usize = auxiliary + uOffset + chroma + (x >> 2);
        const v: usize = auxiliary + vOffset + chroma + (x >> 2);
        chromaV2(scratch, main + uOffset + at, even, odd, u, v);
        chromaV2(scratch + ROW, main + vOffset + at, even + half, odd + half, u + quarter, v + quarter);
      } else {
        // Pair k of a macroblock: its row k for U, its row k + 8 for V.
        const line: usize = ((pair >> 3) << 4) + (pair & 7);
        const rows: usize = auxiliary + line * yStride + x;
        chromaV1(scratch, main + uOffset + at, rows, auxiliary + uOffset + at);
        chromaV1(scratch + ROW, main + vOffset + at, rows + 8 * yStride, auxiliary + vOffset + at);
      }
    }
    for (let line: u32 = max<u32>(row, top); line < min<u32>(row + 2, bottom); line++) {
      const luma: usize = main + <usize>line * yStride;
      const u: usize = AVC + <usize>(line & 1) * 2 * ROW;
      const v: usize = u + ROW;
      const target: usize = to + <usize>line * stride;
      let x: u32 = left;
      while (x + 16 <= right) {
        sixteen(target + (x << 2), v128.load(luma + x), v128.load(u + x), v128.load(v + x));
        x += 16;
      }
      while (x < right) {
        store<u32>(target + (x << 2), pixel(load<u8>(luma + x), load<u8>(u + x), load<u8>(v + x)));
        x++;
      }
    }
  }
}

/** NV12's chroma to planes of its own. Writes whole blocks of 16 samples: rows have room for them. */
export function yuvSplit(from: usize, u: usize, v: usize, fromStride: usize, cStride: usize, w: u32, h: u32): void {
  for (let row: u32 = 0; row < h; row++) {
    for (let x: u32 = 0; x < w; x += 16) {
      const a: v128 = v128.load(from + (x << 1));
      const b: v128 = v128.load(from + (x << 1), 16);
      v128.store(u + x, i8x16.shuffle(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30));
      v128.store(v + x, i8x16.shuffle(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31));
    }
    from += fromStride;
    u += cStride;
    v += cStride;
  }
}
