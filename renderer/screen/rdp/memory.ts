import { protocolProblem } from '../core/screen-end.ts';

/** Rows of R, G, B, 255 in the decoders' memory; `stride` in bytes. */
export type Pixels = Readonly<{ at: number; width: number; height: number; stride: number }>;

type WasmMemory = { readonly buffer: ArrayBuffer; grow(pages: number): number };

const page = 65_536;
/** So that 128-bit loads and stores stay aligned, and one may read a little past its end. */
const grain = 64;

/**
 * Hands out pieces of the decoders' linear memory. INVARIANT: all pieces together stay within `budget`, whatever the desk
 * asks for, and a new piece is all zeros: nothing of an earlier picture shows through.
 */
export class Memory {
  readonly #wasm: WasmMemory;
  readonly #base: number;
  readonly #budget: number;
  #bytes: Uint8Array<ArrayBuffer>;
  /** Used pieces, in the order of their addresses. */
  #pieces: { at: number; size: number }[] = [];
  #used = 0;
  /** Memory from here on was never used, so it is still zero. */
  #touched: number;

  /** @param base where the arena starts. @param budget bytes */
  constructor(wasm: WasmMemory, base: number, budget: number) {
    this.#wasm = wasm;
    this.#base = base;
    this.#budget = budget;
    this.#touched = base;
    this.#bytes = new Uint8Array(wasm.buffer);
  }

  /** All of the memory; made anew when it grows, so never to be kept across `allocate`. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes;
  }
  get used(): number {
    return this.#used;
  }

  /** @returns the address of so many bytes, all zero. @throws ScreenEnd past the budget */
  allocate(count: number): number {
    const size = Math.ceil((count + grain) / grain) * grain;
    if (this.#used + size > this.#budget) throw protocolProblem('memory for pictures');
    let at = this.#base;
    let index = 0;
    for (const piece of this.#pieces) {
      if (piece.at - at >= size) break;
      at = piece.at + piece.size;
      index += 1;
    }
    this.#grow(at + size);
    this.#pieces.splice(index, 0, { at, size });
    this.#used += size;
    this.#bytes.fill(0, at, Math.min(at + size, Math.max(at, this.#touched)));
    this.#touched = Math.max(this.#touched, at + size);
    return at;
  }

  free(at: number): void {
    const index = this.#pieces.findIndex((piece) => piece.at === at);
    if (index < 0) return;
    this.#used -= this.#pieces[index]!.size;
    this.#pieces.splice(index, 1);
  }

  pixels(width: number, height: number): Pixels {
    return { at: this.allocate(width * height * 4), width, height, stride: width * 4 };
  }

  #grow(end: number): void {
    const missing = Math.ceil((end - this.#wasm.buffer.byteLength) / page);
    if (missing <= 0) return;
    try {
      this.#wasm.grow(missing);
    } catch (cause) {
      throw protocolProblem('memory for pictures', { cause });
    }
    this.#bytes = new Uint8Array(this.#wasm.buffer);
  }
}
