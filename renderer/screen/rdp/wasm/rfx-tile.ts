import { DATA_SHORT, OK } from './layout';
import { toRgb } from './rfx-colour';
import { inverseDwt } from './rfx-dwt';
import { peekBits, rlgr } from './rfx-rlgr';
import { ADDED_BITS, BANDS, bandLength, PLANE_SIZE, PLANES, SHIFTS } from './rfx-scratch';

const PLANE_BYTES: usize = 8192;
const SIGN_BYTES: usize = 4096;

export function rfxShiftsAt(): usize {
  return SHIFTS;
}

/** @returns the address after the band */
function shiftBand(at: usize, count: i32, shift: i32): usize {
  const end: usize = at + ((<usize>count) << 1);
  if (shift > 15) {
    memory.fill(at, 0, end - at);
    return end;
  }
  for (; at + 16 <= end; at += 16) v128.store(at, i16x8.shl(v128.load(at), shift));
  for (; at < end; at += 2) store<i16>(at, load<i16>(at) << (<i16>shift));
  return end;
}

/** LL3 holds differences (MS-RDPRFX §3.1.8.2.2); the other bands keep their signs for later upgrades. */
function dequantise(extrapolate: bool, plane: usize, shifts: usize): void {
  const deltas: i32 = bandLength(extrapolate, 9);
  const end: usize = plane + PLANE_BYTES;
  let sum: i32 = 0;
  for (let at: usize = end - ((<usize>deltas) << 1); at < end; at += 2) {
    sum += load<i16>(at);
    store<i16>(at, <i16>sum);
  }
  let at: usize = plane;
  for (let band: i32 = 0; band < BANDS; band++) {
    at = shiftBand(at, bandLength(extrapolate, band), load<u8>(shifts + <usize>band));
  }
}

/**
 * A whole tile: of RemoteFX, or the first or only pass of a progressive one (MS-RDPEGFX §3.2.8.1.5).
 * @param mode 1 or 3, of RLGR
 * @param current 3 × 8192 bytes that keep the coefficients, or 0. @param signs 3 × 4096 bytes that keep the signs, or 0
 */
export function rfxTile(
  mode: i32,
  extrapolate: bool,
  difference: bool,
  from: usize,
  yLength: i32,
  cbLength: i32,
  crLength: i32,
  current: usize,
  signs: usize,
): void {
  for (let i: usize = 0; i < 3; i++) {
    const plane: usize = PLANES + i * PLANE_SIZE;
    const length: i32 = i === 0 ? yLength : i === 1 ? cbLength : crLength;
    rlgr(mode, from, length, plane);
    from += <usize>length;
    if (signs !== 0) {
      // Saturating to 8 bits keeps what is above, below and at zero.
      const to: usize = signs + i * SIGN_BYTES;
      for (let at: usize = 0; at < SIGN_BYTES; at += 16) {
        const narrow: v128 = i8x16.narrow_i16x8_s(v128.load(plane + (at << 1)), v128.load(plane + (at << 1), 16));
        v128.store(to + at, narrow);
      }
    }
    dequantise(extrapolate, plane, SHIFTS + i * 10);
    if (current !== 0) {
      const kept: usize = current + i * PLANE_BYTES;
      if (difference) {
        for (let at: usize = 0; at < PLANE_BYTES; at += 16) {
          v128.store(plane + at, i16x8.add(v128.load(plane + at), v128.load(kept + at)));
        }
      }
      memory.copy(kept, plane, PLANE_BYTES);
    }
    inverseDwt(extrapolate, plane);
  }
  toRgb();
}

/** State of the SRL code of one component (MS-RDPEGFX §3.2.8.1.5.2). */
let srl: usize = 0;
let srlBit: i32 = 0;
let srlTotal: i32 = 0;
let kp: i32 = 0;
let zeros: i32 = 0;
let unary: bool = false;

/** One coefficient that was zero until now; zero again when the data is used up. */
function nextSrl(bits: i32): i32 {
  if (zeros > 0) {
    zeros--;
    return 0;
  }
  if (srlBit >= srlTotal) return 0;
  if (!unary) {
    const window: u64 = peekBits(srl, srlBit++);
    const k: i32 = kp >> 3;
    if (window >> 63 === 0) {
      zeros = (1 << k) - 1;
      kp = min(80, kp + 4);
      return 0;
    }
    unary = true;
    if (k !== 0) {
      zeros = <i32>((window << 1) >> <u64>(64 - k));
      srlBit += k;
      if (zeros > 0) {
        zeros--;
        return 0;
      }
    }
  }
  unary = false;
  const negative: bool = peekBits(srl, srlBit++) >> 63 !== 0;
  kp = kp > 6 ? kp - 6 : 0;
  let magnitude: i32 = 1;
  const most: i32 = (1 << bits) - 1;
  while (magnitude < most && srlBit < srlTotal) {
    if (peekBits(srl, srlBit++) >> 63 !== 0) break;
    magnitude++;
  }
  if (srlBit > srlTotal) return 0;
  return negative ? -magnitude : magnitude;
}

function upgradePlane(
  extrapolate: bool,
  raw: usize,
  rawLength: i32,
  current: usize,
  signs: usize,
  shifts: usize,
  added: usize,
): i32 {
  const rawTotal: i32 = rawLength << 3;
  let rawBit: i32 = 0;
  for (let band: i32 = 0; band < BANDS; band++) {
    const count: i32 = bandLength(extrapolate, band);
    const bits: i32 = load<u8>(added + <usize>band);
    const shift: i32 = load<u8>(shifts + <usize>band);
    const lowest: bool = band === BANDS - 1;
    if (bits !== 0 && shift <= 15) {
      for (let i: i32 = 0; i < count; i++) {
        const sign: usize = signs + <usize>i;
        const at: usize = current + ((<usize>i) << 1);
        let value: i32 = 0;
        const known: i32 = lowest ? 1 : load<i8>(sign);
        if (known === 0) {
          value = nextSrl(bits);
          if (value === 0) continue;
          store<i8>(sign, value < 0 ? -1 : 1);
        } else {
          if (rawBit + bits > rawTotal) return DATA_SHORT;
          value = <i32>(peekBits(raw, rawBit) >> <u64>(64 - bits));
          rawBit += bits;
          if (known < 0) value = -value;
        }
        store<i16>(at, <i16>(load<i16>(at) + (value << shift)));
      }
    }
    current += (<usize>count) << 1;
    signs += <usize>count;
  }
  return OK;
}

/**
 * A further pass over a progressive tile. `from` holds SRL and raw data of Y, then of Cb, then of Cr.
 * @returns a status of layout.ts
 */
export function rfxUpgrade(
  extrapolate: bool,
  from: usize,
  ySrl: i32,
  yRaw: i32,
  cbSrl: i32,
  cbRaw: i32,
  crSrl: i32,
  crRaw: i32,
  current: usize,
  signs: usize,
): i32 {
  for (let i: usize = 0; i < 3; i++) {
    const srlLength: i32 = i === 0 ? ySrl : i === 1 ? cbSrl : crSrl;
    const rawLength: i32 = i === 0 ? yRaw : i === 1 ? cbRaw : crRaw;
    srl = from;
    srlBit = 0;
    srlTotal = srlLength << 3;
    kp = 8;
    zeros = 0;
    unary = false;
    from += <usize>srlLength;
    const kept: usize = current + i * PLANE_BYTES;
    const status: i32 = upgradePlane(
      extrapolate,
      from,
      rawLength,
      kept,
      signs + i * SIGN_BYTES,
      SHIFTS + i * 10,
      ADDED_BITS + i * 10,
    );
    if (status < 0) return status;
    from += <usize>rawLength;
    const plane: usize = PLANES + i * PLANE_SIZE;
    memory.copy(plane, kept, PLANE_BYTES);
    inverseDwt(extrapolate, plane);
  }
  toRgb();
  return OK;
}
