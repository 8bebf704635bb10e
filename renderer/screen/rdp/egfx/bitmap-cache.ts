import type { Rect } from '../../core/damage.ts';
import { protocolProblem } from '../../core/screen-end.ts';
import type { Memory, Pixels } from '../memory.ts';
import { copyRect } from './blit.ts';

/**
 * The largest cache there is (MS-RDPEGFX 3.3.1.4); slots count from one. The small one of 16 MB is asked for, but what counts
 * is what the desk confirms, and how it counts its bytes. INVARIANT: it lies within the decoders' memory and its budget.
 */
const mostBytes = 100 * 1024 * 1024;
const mostSlots = 25_600;

/** Pictures that the desk keeps here to use them again. Keys matter only to a cache that outlives the session: none does. */
export class BitmapCache {
  readonly #memory: Memory;
  readonly #slots = new Map<number, Pixels>();
  #bytes = 0;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** @param rect has been checked against `from` */
  put(slot: number, from: Pixels, rect: Rect): void {
    this.evict(slot);
    const bytes = rect.w * rect.h * 4;
    if (bytes === 0) throw protocolProblem('empty picture for the cache');
    if (this.#bytes + bytes > mostBytes) throw protocolProblem('size of the bitmap cache');
    const pixels = this.#memory.pixels(rect.w, rect.h);
    copyRect(this.#memory, from, rect, pixels, 0, 0);
    this.#slots.set(slot, pixels);
    this.#bytes += bytes;
  }

  get(slot: number): Pixels {
    checkSlot(slot);
    const pixels = this.#slots.get(slot);
    if (pixels === undefined) throw protocolProblem('slot of the bitmap cache');
    return pixels;
  }

  /** An empty slot stays what it is. */
  evict(slot: number): void {
    checkSlot(slot);
    const pixels = this.#slots.get(slot);
    if (pixels === undefined) return;
    this.#memory.free(pixels.at);
    this.#slots.delete(slot);
    this.#bytes -= pixels.width * pixels.height * 4;
  }

  clear(): void {
    for (const { at } of this.#slots.values()) this.#memory.free(at);
    this.#slots.clear();
    this.#bytes = 0;
  }
}

function checkSlot(slot: number): void {
  if (slot < 1 || slot > mostSlots) throw protocolProblem('slot of the bitmap cache');
}
