/**
 * The one linear memory, mapped by hand: nothing here allocates, so a hostile stream cannot make it grow. Only the
 * framebuffer, the last part, takes more pages, and only for a size that the caller has checked.
 */
export const PALETTE: usize = 0x4000;
export const SCRATCH: usize = 0x4800;

export const STREAMS: usize = 0x10000;
export const STREAM_SIZE: usize = 0x31000;
/** Four zlib streams of Tight, then the one of ZRLE. */
export const STREAM_COUNT: i32 = 5;
export const ZRLE_STREAM: i32 = 4;

/** Bytes from the desk wait here until a whole unit of the protocol is there. */
export const INBOX: usize = 0x110000;
export const INBOX_SIZE: usize = 0x410000;

export const FRAMEBUFFER: usize = 0x530000;

export const OK: i32 = 0;
export const NEED_INPUT: i32 = 1;
export const BAD_ZLIB_HEADER: i32 = -1;
export const BAD_BLOCK: i32 = -2;
export const BAD_CODE_LENGTHS: i32 = -3;
export const BAD_SYMBOL: i32 = -4;
export const BAD_DISTANCE: i32 = -5;
export const DATA_AFTER_END: i32 = -6;
export const DATA_SHORT: i32 = -7;
export const DATA_EXCESS: i32 = -8;
export const BAD_SUBENCODING: i32 = -9;
export const BAD_RUN: i32 = -10;
export const BAD_PALETTE_INDEX: i32 = -11;

const streamBase: usize = STREAMS;
/** Address of one zlib stream's state. */
export function streamAt(index: i32): usize {
  return streamBase + <usize>index * STREAM_SIZE;
}
