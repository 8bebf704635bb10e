import { EVEN, HIGH, ROWS } from './rfx-scratch';

/**
 * The inverse 5/3 transform (MS-RDPRFX §3.1.8.2.4) and its reduce-extrapolate form (MS-RDPEGFX §3.2.8.1.2.2). Of a line:
 *   even[n] = low[n] − (high[n−1] + high[n] + 1 >> 1), odd[n] = 2 high[n] + (even[n] + even[n+1] >> 1),
 * mirrored at both ends. With two low samples more than high ones (33/31), the high sample after the last counts as zero and the
 * last sample stands halfway between its low sample and the one before.
 */
function half(a: v128, b: v128): v128 {
  return i16x8.shr_s(i16x8.add(a, b), 1);
}

/** Reads and writes up to 7 coefficients past the ends. */
function row(low: usize, lows: i32, high: usize, highs: i32, to: usize): void {
  const one: v128 = i16x8.splat(1);
  const last: usize = (<usize>highs) << 1;
  for (let i: usize = 0; i < last; i += 16) v128.store(HIGH + 2 + i, v128.load(high + i));
  store<i16>(HIGH, load<i16>(high));
  store<i16>(HIGH + 2 + last, lows === highs + 2 ? 0 : load<i16>(high + last - 2));
  const evens: usize = lows > highs ? last + 2 : last;
  for (let i: usize = 0; i < evens; i += 16) {
    const around: v128 = half(i16x8.add(v128.load(HIGH + i), v128.load(HIGH + 2 + i)), one);
    v128.store(EVEN + i, i16x8.sub(v128.load(low + i), around));
  }
  if (lows === highs) store<i16>(EVEN + last, load<i16>(EVEN + last - 2));
  for (let i: usize = 0; i < last; i += 16) {
    const even: v128 = v128.load(EVEN + i);
    const odd: v128 = i16x8.add(i16x8.shl(v128.load(HIGH + 2 + i), 1), half(even, v128.load(EVEN + 2 + i)));
    v128.store(to + (i << 1), i16x8.shuffle(even, odd, 0, 8, 1, 9, 2, 10, 3, 11));
    v128.store(to + (i << 1), i16x8.shuffle(even, odd, 4, 12, 5, 13, 6, 14, 7, 15), 16);
  }
  if (lows === highs) return;
  const tail: i32 = load<i16>(EVEN + last);
  store<i16>(to + (last << 1), <i16>tail);
  if (lows === highs + 2) store<i16>(to + (last << 1) + 2, <i16>((tail + load<i16>(low + last + 2)) >> 1));
}

/** Eight columns; `step` is a row in bytes. */
function columns(low: usize, lows: i32, high: usize, highs: i32, to: usize, step: usize): void {
  const one: v128 = i16x8.splat(1);
  let before: v128 = v128.load(high);
  let even: v128 = i16x8.sub(v128.load(low), before);
  for (let n: i32 = 0; n < highs; n++) {
    const here: v128 = before;
    let next: v128 = even;
    high += step;
    low += step;
    if (n + 1 < highs) {
      before = v128.load(high);
      next = i16x8.sub(v128.load(low), half(i16x8.add(here, before), one));
    } else if (lows === highs + 1) next = i16x8.sub(v128.load(low), here);
    else if (lows > highs) next = i16x8.sub(v128.load(low), half(here, one));
    v128.store(to, even);
    v128.store(to + step, i16x8.add(i16x8.shl(here, 1), half(even, next)));
    to += step << 1;
    even = next;
  }
  if (lows > highs) v128.store(to, even);
  if (lows === highs + 2) v128.store(to + step, half(even, v128.load(low + step)));
}

/** The one column that is left of 17 or 33. */
function column(low: usize, lows: i32, high: usize, highs: i32, to: usize, step: usize): void {
  let before: i32 = load<i16>(high);
  let even: i32 = <i16>(load<i16>(low) - before);
  for (let n: i32 = 0; n < highs; n++) {
    const here: i32 = before;
    let next: i32 = even;
    high += step;
    low += step;
    if (n + 1 < highs) {
      before = load<i16>(high);
      next = <i16>(load<i16>(low) - (<i32>(<i16>(here + before + 1)) >> 1));
    } else if (lows === highs + 1) next = <i16>(load<i16>(low) - here);
    store<i16>(to, <i16>even);
    store<i16>(to + step, <i16>((here << 1) + (<i32>(<i16>(even + next)) >> 1)));
    to += step << 1;
    even = next;
  }
  if (lows > highs) store<i16>(to, <i16>even);
}

/** From HL, LH, HH and LL one after the other at `at` to the picture of that level in their place. */
function level(at: usize, lows: i32, highs: i32): void {
  const width: i32 = lows + highs;
  const step: usize = (<usize>width) << 1;
  const lh: usize = at + ((<usize>(highs * lows)) << 1);
  const hh: usize = lh + ((<usize>(highs * lows)) << 1);
  const ll: usize = hh + ((<usize>(highs * highs)) << 1);
  const lowStep: usize = (<usize>lows) << 1;
  const highStep: usize = (<usize>highs) << 1;
  let to: usize = ROWS;
  for (let y: i32 = 0; y < lows; y++) {
    row(ll + <usize>y * lowStep, lows, at + <usize>y * highStep, highs, to);
    to += step;
  }
  const high: usize = to;
  for (let y: i32 = 0; y < highs; y++) {
    row(lh + <usize>y * lowStep, lows, hh + <usize>y * highStep, highs, to);
    to += step;
  }
  const whole: usize = step & ~(<usize>15);
  let x: usize = 0;
  for (; x < whole; x += 16) columns(ROWS + x, lows, high + x, highs, at + x, step);
  if (x < step) column(ROWS + x, lows, high + x, highs, at + x, step);
}

/** Three levels in place: from the bands in the order of rfx-scratch.ts to 64 × 64 samples. */
export function inverseDwt(extrapolate: bool, plane: usize): void {
  if (extrapolate) {
    level(plane + 3807 * 2, 9, 8);
    level(plane + 3007 * 2, 17, 16);
    level(plane, 33, 31);
  } else {
    level(plane + 3840 * 2, 8, 8);
    level(plane + 3072 * 2, 16, 16);
    level(plane, 32, 32);
  }
}
