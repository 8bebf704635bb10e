import { COEFFICIENTS } from './rfx-scratch';

/** RLGR1 and RLGR3 (MS-RDPRFX §3.1.8.1.7). Positions are in bits, kp and krp in eighths. */
export const RLGR3: i32 = 3;

const KP_MAX: i32 = 80;
const LSGR: i32 = 3;
const UP_GR: i32 = 4;
const DN_GR: i32 = 6;
const UQ_GR: i32 = 3;
const DQ_GR: i32 = 3;

let base: usize = 0;
let position: i32 = 0;
let total: i32 = 0;
let krp: i32 = 0;

/** The next bits, the first one uppermost; at least 57 of them are right. Reads up to 8 bytes past the data's end. */
export function peekBits(from: usize, bit: i32): u64 {
  const bytes: u64 = bswap<u64>(load<u64>(from + (<usize>bit >> 3)));
  const used: u64 = bit & 7;
  return bytes << used;
}

function lowered(value: i32, by: i32): i32 {
  return value > by ? value - by : 0;
}

function raised(value: i32, by: i32): i32 {
  return min(KP_MAX, value + by);
}

/** A Golomb-Rice code: ones, a zero, kr bits. A run of ones that never ends stops with the data. */
function golombRice(): u32 {
  const kr: i32 = krp >> LSGR;
  let ones: i32 = 0;
  let bits: u64 = 0;
  while (true) {
    bits = peekBits(base, position);
    const some: i32 = min(<i32>clz(~bits), 32);
    ones += some;
    position += some;
    if (some < 32 || position > total) break;
  }
  // A zero and at most 10 bits.
  bits = peekBits(base, position) << 1;
  position += 1 + kr;
  const rest: u32 = kr === 0 ? 0 : <u32>(bits >> <u64>(64 - kr));
  if (ones === 0) krp = lowered(krp, 2);
  else if (ones > 1) krp = raised(krp, ones);
  return ((<u32>ones) << kr) | rest;
}

/** From 2 × magnitude − sign. */
function signed(value: u32): i32 {
  return value & 1 ? -(<i32>((value + 1) >> 1)) : <i32>(value >> 1);
}

/**
 * Writes all coefficients of a component. What the data does not reach is zero: an encoder may leave off a last run of zeros.
 * @param mode 1 or RLGR3
 */
export function rlgr(mode: i32, from: usize, length: i32, to: usize): void {
  const end: usize = to + ((<usize>COEFFICIENTS) << 1);
  memory.fill(to, 0, (<usize>COEFFICIENTS) << 1);
  base = from;
  position = 0;
  total = length << 3;
  krp = 1 << LSGR;
  let kp: i32 = 1 << LSGR;
  let out: usize = to;
  while (out < end && position < total) {
    let k: i32 = kp >> LSGR;
    if (k !== 0) {
      let run: i32 = 0;
      while (true) {
        const zeros: i32 = min(<i32>clz(peekBits(from, position)), 32);
        for (let i: i32 = 0; i < zeros; i++) {
          run += 1 << k;
          kp = raised(kp, UP_GR);
          k = kp >> LSGR;
        }
        position += zeros;
        if (zeros < 32) break;
        if (position >= total || run >= COEFFICIENTS) return;
      }
      const bits: u64 = peekBits(from, position) << 1;
      run += <i32>(bits >> <u64>(64 - k));
      const negative: bool = (bits << (<u64>k)) >> 63 !== 0;
      position += k + 2;
      out += (<usize>run) << 1;
      if (out >= end) return;
      const magnitude: i32 = <i32>golombRice() + 1;
      if (position > total) return;
      store<i16>(out, <i16>(negative ? -magnitude : magnitude));
      out += 2;
      kp = lowered(kp, DN_GR);
      continue;
    }
    const code: u32 = golombRice();
    if (mode !== RLGR3) {
      if (position > total) return;
      kp = code === 0 ? raised(kp, UQ_GR) : lowered(kp, DQ_GR);
      store<i16>(out, <i16>signed(code));
      out += 2;
      continue;
    }
    const width: i32 = 32 - <i32>clz(code);
    const first: u32 = width === 0 ? 0 : <u32>(peekBits(from, position) >> <u64>(64 - width));
    position += width;
    if (position > total) return;
    const second: u32 = code - first;
    if (first !== 0 && second !== 0) kp = lowered(kp, 2 * DQ_GR);
    else if (code === 0) kp = raised(kp, 2 * UQ_GR);
    store<i16>(out, <i16>signed(first));
    out += 2;
    if (out >= end) return;
    store<i16>(out, <i16>signed(second));
    out += 2;
  }
}
