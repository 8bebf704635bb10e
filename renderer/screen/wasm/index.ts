import { resetInflate } from './inflate';
import { FRAMEBUFFER, INBOX, INBOX_SIZE, STREAM_COUNT, streamAt } from './layout';
import { setStride } from './pixels';

export { copyRect, fillRect, rawRows } from './pixels';
export { tightPalette, tightPlain, tightRowBytes, tightZlib } from './tight';
export { zrleBegin, zrleEnd, zrleFeed } from './zrle';

export function inboxAt(): usize {
  return INBOX;
}
export function inboxSize(): usize {
  return INBOX_SIZE;
}

export function resetStream(index: i32): void {
  resetInflate(streamAt(index));
}

export function resetAll(): void {
  for (let i: i32 = 0; i < STREAM_COUNT; i++) resetStream(i);
}

let used: usize = 0;

/**
 * Makes room for a framebuffer, with one spare row: a decoder that is given an offset and a stride needs it. It is
 * black and transparent until painted; fresh pages are left untouched, so a size alone costs no real memory.
 * @returns its address, or 0 without the memory. Memory never shrinks; views on it must be made anew.
 */
export function setFramebuffer(width: i32, height: i32): usize {
  const bytes: usize = ((<usize>width) << 2) * (<usize>height + 1);
  const pages: i32 = <i32>((FRAMEBUFFER + bytes + 64 + 0xffff) >> 16);
  const missing: i32 = pages - memory.size();
  if (missing > 0 && memory.grow(missing) < 0) return 0;
  memory.fill(FRAMEBUFFER, 0, used < bytes ? used : bytes);
  if (bytes > used) used = bytes;
  setStride((<usize>width) << 2);
  return FRAMEBUFFER;
}
