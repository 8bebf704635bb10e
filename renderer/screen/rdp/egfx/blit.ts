import type { Rect } from '../../core/damage.ts';
import type { Memory, Pixels } from '../memory.ts';

/** Whole rows at a time by the engine's own copy and fill: nothing here is worth a loop of its own in WebAssembly. */

export function inside(rect: Rect, pixels: Pixels): boolean {
  return rect.x >= 0 && rect.y >= 0 && rect.x + rect.w <= pixels.width && rect.y + rect.h <= pixels.height;
}

/** @param colour R, G, B, 255 as a little-endian number. The rectangle has been checked. */
export function fillRect(memory: Memory, to: Pixels, { x, y, w, h }: Rect, colour: number): void {
  if (w === 0 || h === 0) return;
  const words = new Uint32Array(memory.bytes.buffer);
  const stride = to.stride >> 2;
  const first = (to.at >> 2) + y * stride + x;
  if (w === stride) words.fill(colour, first, first + w * h);
  else for (let row = 0, at = first; row < h; row++, at += stride) words.fill(colour, at, at + w);
}

/** Both places have been checked; they may overlap. */
export function copyRect(memory: Memory, from: Pixels, rect: Rect, to: Pixels, x: number, y: number): void {
  const { bytes } = memory;
  const count = rect.w * 4;
  if (count === 0) return;
  const source = from.at + rect.y * from.stride + rect.x * 4;
  const target = to.at + y * to.stride + x * 4;
  // Downwards within one picture, the last row first: no row is read after it was written to.
  const backwards = from.at === to.at && rect.y < y;
  for (let i = 0; i < rect.h; i++) {
    const row = backwards ? rect.h - 1 - i : i;
    const at = source + row * from.stride;
    bytes.copyWithin(target + row * to.stride, at, at + count);
  }
}

/** RDPGFX_CODECID_UNCOMPRESSED: B, G, R and what is ignored. @param data exactly as long as the checked rectangle needs */
export function importRect(memory: Memory, data: Uint8Array, to: Pixels, { x, y, w, h }: Rect): void {
  const words = new Uint32Array(memory.bytes.buffer);
  const stride = to.stride >> 2;
  let from = 0;
  let first = (to.at >> 2) + y * stride + x;
  for (let row = 0; row < h; row++, first += stride) {
    for (let at = first; at < first + w; at++, from += 4) {
      words[at] = (data[from + 2]! | (data[from + 1]! << 8) | (data[from]! << 16) | 0xff000000) >>> 0;
    }
  }
}
