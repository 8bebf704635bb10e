import { protocolProblem } from '../../core/screen-end.ts';
import type { Memory, Pixels } from '../memory.ts';

/** Decompressor Glyph Storage (MS-RDPEGFX 3.3.1.9): so many bitmaps of at most so many pixels. */
const count = 4000;
const mostPixels = 1024;
const slotBytes = mostPixels * 4;
/** Slots are taken from the memory so many at a time, when one of them is first used. */
const perChunk = 100;

export class Glyphs {
  readonly #memory: Memory;
  readonly #chunks = new Map<number, number>();
  readonly #pixels = new Uint16Array(count);

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** @throws ScreenEnd when there can be no glyph of this number or size */
  check(index: number, { width, height }: Pixels): void {
    if (index >= count) throw protocolProblem('glyph index');
    if (width * height > mostPixels) throw protocolProblem('glyph size');
  }

  /** The arguments have been checked. */
  keep(index: number, from: Pixels): void {
    let slot = this.#slot(index);
    const { bytes } = this.#memory;
    const row = from.width * 4;
    for (let y = 0; y < from.height; y++, slot += row) {
      const at = from.at + y * from.stride;
      bytes.copyWithin(slot, at, at + row);
    }
    this.#pixels[index] = from.width * from.height;
  }

  /** The arguments have been checked. @throws ScreenEnd when the glyph was never kept, or is smaller */
  draw(index: number, to: Pixels): void {
    if (this.#pixels[index]! < to.width * to.height) throw protocolProblem('glyph not in storage');
    let slot = this.#slot(index);
    const { bytes } = this.#memory;
    const row = to.width * 4;
    for (let y = 0; y < to.height; y++, slot += row) bytes.copyWithin(to.at + y * to.stride, slot, slot + row);
  }

  clear(): void {
    this.#pixels.fill(0);
    for (const at of this.#chunks.values()) this.#memory.free(at);
    this.#chunks.clear();
  }

  #slot(index: number): number {
    const number = Math.floor(index / perChunk);
    let chunk = this.#chunks.get(number);
    if (chunk === undefined) {
      chunk = this.#memory.allocate(perChunk * slotBytes);
      this.#chunks.set(number, chunk);
    }
    return chunk + (index % perChunk) * slotBytes;
  }
}
