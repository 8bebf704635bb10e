import { DATA_SHORT, OUT_OF_RANGE } from './layout';

/** RDP 6.0 bitmaps (MS-RDPEGDI 2.2.2.5.1 and 3.1.9): each colour a plane of its own. */
const OPAQUE: u32 = 0xff000000;

/**
 * One run-length encoded plane (RDP6_RLE_SEGMENTS, 2.2.2.5.1.1): rows of their own, all but the first as differences to the
 * row before. @param to room for `w` × `h` bytes
 * @returns where the input goes on, or a status below zero
 */
export function planarPlane(from: usize, end: usize, to: usize, w: u32, h: u32): i32 {
  for (let y: u32 = 0; y < h; y++) {
    const stop: usize = to + w;
    let value: i32 = 0;
    while (to < stop) {
      if (from >= end) return DATA_SHORT;
      const control: u32 = load<u8>(from++);
      let run: u32 = control & 0x0f;
      let raw: u32 = control >> 4;
      // A run of 1 or 2 stands for a long one, whose length the upper four bits have (2.2.2.5.1.2).
      if (run <= 2 && run > 0) {
        run = raw + (run << 4);
        raw = 0;
      }
      if (<u32>(stop - to) < raw + run) return OUT_OF_RANGE;
      if (<u32>(end - from) < raw) return DATA_SHORT;
      if (y === 0) {
        memory.copy(to, from, raw);
        from += raw;
        to += raw;
        if (raw > 0) value = load<u8>(to - 1);
        memory.fill(to, <u8>value, run);
        to += run;
        continue;
      }
      for (; raw > 0; raw--) {
        const code: i32 = load<u8>(from++);
        // The lowest bit is the sign (3.1.9.2.3).
        value = code & 1 ? -((code + 1) >> 1) : code >> 1;
        store<u8>(to, <i32>load<u8>(to - w) + value);
        to += 1;
      }
      for (; run > 0; run--) {
        store<u8>(to, <i32>load<u8>(to - w) + value);
        to += 1;
      }
    }
  }
  return <i32>from;
}

/** Red, green and blue planes onto the picture. @param step bytes from one row of the picture to the next, either way */
export function planarPaint(
  red: usize,
  green: usize,
  blue: usize,
  w: u32,
  to: usize,
  step: i32,
  width: u32,
  height: u32,
): void {
  for (let y: u32 = 0; y < height; y++) {
    const whole: u32 = width & ~15;
    let x: u32 = 0;
    for (; x < whole; x += 16) {
      const r = v128.load(red + x);
      const g = v128.load(green + x);
      const b = v128.load(blue + x);
      const a = i8x16.splat(-1);
      const rgLow = i8x16.shuffle(r, g, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      const rgHigh = i8x16.shuffle(r, g, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
      const baLow = i8x16.shuffle(b, a, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      const baHigh = i8x16.shuffle(b, a, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
      const at: usize = to + ((<usize>x) << 2);
      v128.store(at, i16x8.shuffle(rgLow, baLow, 0, 8, 1, 9, 2, 10, 3, 11));
      v128.store(at, i16x8.shuffle(rgLow, baLow, 4, 12, 5, 13, 6, 14, 7, 15), 16);
      v128.store(at, i16x8.shuffle(rgHigh, baHigh, 0, 8, 1, 9, 2, 10, 3, 11), 32);
      v128.store(at, i16x8.shuffle(rgHigh, baHigh, 4, 12, 5, 13, 6, 14, 7, 15), 48);
    }
    for (; x < width; x++) {
      const colour: u32 = load<u8>(red + x) | ((<u32>load<u8>(green + x)) << 8) | ((<u32>load<u8>(blue + x)) << 16);
      store<u32>(to + ((<usize>x) << 2), OPAQUE | colour);
    }
    red += w;
    green += w;
    blue += w;
    to += step;
  }
}

function clip(value: i32): u32 {
  return <u32>min<i32>(255, max<i32>(0, value));
}

/**
 * Luma and chroma planes onto the picture (3.1.9.1.2). @param loss bits that each chroma value was shifted by, plus one
 * @param half 1 where chroma has one value for two by two pixels
 */
export function planarPaintChroma(
  luma: usize,
  orange: usize,
  green: usize,
  w: u32,
  half: u32,
  loss: u32,
  to: usize,
  step: i32,
  width: u32,
  height: u32,
): void {
  const shift: u32 = loss - 1;
  const chromaWidth: u32 = (w + half) >> half;
  for (let y: u32 = 0; y < height; y++) {
    const chroma: usize = <usize>((y >> half) * chromaWidth);
    for (let x: u32 = 0; x < width; x++) {
      const at: usize = chroma + (x >> half);
      const bright: i32 = load<u8>(luma + x);
      const co: i32 = <i32>(<i8>((<u32>load<u8>(orange + at)) << shift));
      const cg: i32 = <i32>(<i8>((<u32>load<u8>(green + at)) << shift));
      const rest: i32 = bright - cg;
      const colour: u32 = clip(rest + co) | (clip(bright + cg) << 8) | (clip(rest - co) << 16);
      store<u32>(to + ((<usize>x) << 2), OPAQUE | colour);
    }
    luma += w;
    to += step;
  }
}
