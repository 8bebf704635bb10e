import { PLANE_SIZE, PLANES, TILE } from './rfx-scratch';

/**
 * YCbCr to RGB (MS-RDPRFX §3.1.8.2.5). Samples have 5 bits after the point, the factors 14:
 * R = Y + 1.402525 Cr, G = Y − 0.343730 Cb − 0.714401 Cr, B = Y + 1.769905 Cb, with Y + 128 for the level shift.
 * No sum can leave 32 bits, whatever the samples are.
 */
const BIAS: i32 = 128 << 19;

function shifted(sums: v128): v128 {
  return i32x4.shr_s(i32x4.add(sums, i32x4.splat(BIAS)), 19);
}

/** Pairs of a sample of `a` and one of `b`, each weighted: four from the low or the high half. */
function weighted(a: v128, b: v128, factors: v128): v128 {
  return i16x8.narrow_i32x4_s(
    shifted(i32x4.dot_i16x8_s(i16x8.shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11), factors)),
    shifted(i32x4.dot_i16x8_s(i16x8.shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15), factors)),
  );
}

function green(y: v128, cb: v128, cr: v128): v128 {
  const first: v128 = i16x8(16384, -5632, 16384, -5632, 16384, -5632, 16384, -5632);
  const second: v128 = i32x4.splat(-11705);
  return i16x8.narrow_i32x4_s(
    shifted(
      i32x4.add(
        i32x4.dot_i16x8_s(i16x8.shuffle(y, cb, 0, 8, 1, 9, 2, 10, 3, 11), first),
        i32x4.mul(i32x4.extend_low_i16x8_s(cr), second),
      ),
    ),
    shifted(
      i32x4.add(
        i32x4.dot_i16x8_s(i16x8.shuffle(y, cb, 4, 12, 5, 13, 6, 14, 7, 15), first),
        i32x4.mul(i32x4.extend_high_i16x8_s(cr), second),
      ),
    ),
  );
}

/** The three planes to the tile. */
export function toRgb(): void {
  const forRed: v128 = i16x8(16384, 22979, 16384, 22979, 16384, 22979, 16384, 22979);
  const forBlue: v128 = i16x8(16384, 28998, 16384, 28998, 16384, 28998, 16384, 28998);
  const opaque: v128 = i16x8.splat(255);
  let at: usize = PLANES;
  let to: usize = TILE;
  const end: usize = TILE + 64 * 64 * 4;
  while (to < end) {
    const y: v128 = v128.load(at);
    const cb: v128 = v128.load(at + PLANE_SIZE);
    const cr: v128 = v128.load(at + 2 * PLANE_SIZE);
    // R × 8 then B × 8, and G × 8 then 255 × 8.
    const redBlue: v128 = i8x16.narrow_i16x8_u(weighted(y, cr, forRed), weighted(y, cb, forBlue));
    const greenAlpha: v128 = i8x16.narrow_i16x8_u(green(y, cb, cr), opaque);
    const redGreen: v128 = i8x16.shuffle(redBlue, greenAlpha, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const blueAlpha: v128 = i8x16.shuffle(
      redBlue,
      greenAlpha,
      8,
      24,
      9,
      25,
      10,
      26,
      11,
      27,
      12,
      28,
      13,
      29,
      14,
      30,
      15,
      31,
    );
    v128.store(to, i16x8.shuffle(redGreen, blueAlpha, 0, 8, 1, 9, 2, 10, 3, 11));
    v128.store(to, i16x8.shuffle(redGreen, blueAlpha, 4, 12, 5, 13, 6, 14, 7, 15), 16);
    at += 16;
    to += 32;
  }
}

/** Copies a part of the tile; the caller has checked that it lies in the tile and in the picture. */
export function rfxPaint(to: usize, stride: usize, x: i32, y: i32, w: i32, h: i32): void {
  let from: usize = TILE + ((<usize>(y * 64 + x)) << 2);
  for (let line: i32 = 0; line < h; line++) {
    memory.copy(to, from, (<usize>w) << 2);
    from += 256;
    to += stride;
  }
}
