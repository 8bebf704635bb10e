import { RFX } from './layout';

/** How the RFX region of layout.ts is divided. Rows and bands may be read and written a few coefficients past their end. */
export const PLANE_SIZE: usize = 0x2080;
/** Y, Cb, Cr: 64 × 64 coefficients of 16 bits each. */
export const PLANES: usize = RFX;
/** The rows between the two directions of a DWT level. */
export const ROWS: usize = RFX + 0x6200;
/** One row's even samples, and one row's high band with a neighbour at both ends. */
export const EVEN: usize = RFX + 0x8300;
export const HIGH: usize = RFX + 0x8400;
/** Left shift of each band: 10 of Y, 10 of Cb, 10 of Cr; then as many counts of the bits that an upgrade adds. */
export const SHIFTS: usize = RFX + 0x8600;
export const ADDED_BITS: usize = SHIFTS + 30;
/** The decoded tile: 64 × 64 pixels R, G, B, 255. */
export const TILE: usize = RFX + 0x9000;

export const COEFFICIENTS: i32 = 4096;
export const BANDS: i32 = 10;

/** HL1, LH1, HH1, HL2, LH2, HH2, HL3, LH3, HH3, LL3: how many coefficients each has, one after the other. */
const plain: usize = memory.data<u16>([1024, 1024, 1024, 256, 256, 256, 64, 64, 64, 64]);
/** The same of the reduce-extrapolate method (MS-RDPEGFX §3.2.8.1.2.2): 31 high and 33 low samples a line, then 16/17, 8/9. */
const extrapolated: usize = memory.data<u16>([1023, 1023, 961, 272, 272, 256, 72, 72, 64, 81]);

export function bandLength(extrapolate: bool, band: i32): i32 {
  return load<u16>((extrapolate ? extrapolated : plain) + ((<usize>band) << 1));
}
