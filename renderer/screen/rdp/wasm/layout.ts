/**
 * The linear memory of the RDP decoders. Below ARENA: tables and scratch of fixed size, one region a decoder. From ARENA on,
 * renderer/screen/rdp/memory.ts hands out room for surfaces, caches and input; nothing here allocates.
 */
/** Static data that the compiler places comes first. */
/** One tile of RemoteFX: three planes of 64 × 64 coefficients of 16 bits, and as much to work in. */
export const RFX: usize = 0x30000;
export const RFX_SIZE: usize = 0x10000;
export const CLEAR: usize = 0x40000;
export const CLEAR_SIZE: usize = 0x20000;
export const AVC: usize = 0x60000;
export const AVC_SIZE: usize = 0x10000;
export const ARENA: usize = 0x100000;

export const OK: i32 = 0;
/** The input ends before its picture does. */
export const DATA_SHORT: i32 = -1;
/** More input than the picture needs. */
export const DATA_EXCESS: i32 = -2;
/** A run, a rectangle or an index leaves its picture or table. */
export const OUT_OF_RANGE: i32 = -3;
/** A value that the specification does not name, or one that this client did not offer. */
export const BAD_VALUE: i32 = -4;
