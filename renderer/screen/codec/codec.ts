import { protocolProblem } from '../core/screen-end.ts';

/** What renderer/screen/wasm/index.ts exports. */
type Exports = Readonly<{
  memory: { readonly buffer: ArrayBuffer };
  inboxAt(): number;
  inboxSize(): number;
  resetStream(index: number): void;
  resetAll(): void;
  setFramebuffer(width: number, height: number): number;
  copyRect(sx: number, sy: number, x: number, y: number, w: number, h: number): void;
  fillRect(x: number, y: number, w: number, h: number, colour: number): void;
  rawRows(from: number, x: number, y: number, w: number, rows: number): number;
  tightPalette(from: number, colours: number): void;
  tightRowBytes(filter: number, colours: number, w: number): number;
  tightPlain(filter: number, colours: number, from: number, x: number, y: number, w: number, h: number): number;
  tightZlib(
    stream: number,
    filter: number,
    colours: number,
    from: number,
    length: number,
    x: number,
    y: number,
    w: number,
    h: number,
  ): number;
  zrleBegin(x: number, y: number, w: number, h: number): void;
  zrleFeed(from: number, length: number): number;
  zrleEnd(): number;
}>;

/** The statuses of wasm/layout.ts, in words. */
const problems: Readonly<Record<number, string>> = {
  [-1]: 'zlib header',
  [-2]: 'deflate block',
  [-3]: 'deflate code lengths',
  [-4]: 'deflate code',
  [-5]: 'deflate distance',
  [-6]: 'data after the end of a zlib stream',
  [-7]: 'too little data in a rectangle',
  [-8]: 'too much data in a rectangle',
  [-9]: 'ZRLE tile kind',
  [-10]: 'ZRLE run length',
  [-11]: 'palette index',
};

/**
 * The decoders with their memory: inbox, zlib streams, framebuffer. One instance serves one session.
 * Addresses are offsets into `bytes`, which is made anew whenever the memory grows.
 */
export class Codec {
  readonly #wasm: Exports;
  readonly inboxAt: number;
  readonly inboxSize: number;
  #bytes: Uint8Array<ArrayBuffer>;
  #framebufferAt = 0;
  #width = 0;
  #height = 0;

  /** Made by `codecFactory`. */
  constructor(exports: Exports) {
    this.#wasm = exports;
    this.#wasm.resetAll();
    this.inboxAt = this.#wasm.inboxAt();
    this.inboxSize = this.#wasm.inboxSize();
    this.#bytes = new Uint8Array(this.#wasm.memory.buffer);
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes;
  }
  get width(): number {
    return this.#width;
  }
  get height(): number {
    return this.#height;
  }

  /** The picture: rows of R, G, B, 255 from the top, then one spare row. Valid until the next resize. */
  get framebuffer(): Uint8ClampedArray<ArrayBuffer> {
    const length = this.#width * (this.#height + 1) * 4;
    return new Uint8ClampedArray(this.#bytes.buffer, this.#framebufferAt, length);
  }

  resize(width: number, height: number): void {
    this.#framebufferAt = this.#wasm.setFramebuffer(width, height);
    if (this.#framebufferAt === 0) throw protocolProblem('no memory for the framebuffer');
    this.#width = width;
    this.#height = height;
    this.#bytes = new Uint8Array(this.#wasm.memory.buffer);
  }

  /** Back to the state of a new instance, but for the memory it has. */
  reset(): void {
    this.#wasm.resetAll();
  }

  resetStream(index: number): void {
    this.#wasm.resetStream(index);
  }
  copyRect(sx: number, sy: number, x: number, y: number, w: number, h: number): void {
    this.#wasm.copyRect(sx, sy, x, y, w, h);
  }
  /** @param colour 0xBBGGRR */
  fillRect(x: number, y: number, w: number, h: number, colour: number): void {
    this.#wasm.fillRect(x, y, w, h, colour);
  }
  rawRows(from: number, x: number, y: number, w: number, rows: number): void {
    this.#wasm.rawRows(from, x, y, w, rows);
  }
  tightPalette(from: number, colours: number): void {
    this.#wasm.tightPalette(from, colours);
  }
  tightRowBytes(filter: number, colours: number, w: number): number {
    return this.#wasm.tightRowBytes(filter, colours, w);
  }
  tightPlain(filter: number, colours: number, from: number, x: number, y: number, w: number, h: number): void {
    this.#wasm.tightPlain(filter, colours, from, x, y, w, h);
  }
  tightZlib(
    stream: number,
    filter: number,
    colours: number,
    from: number,
    length: number,
    x: number,
    y: number,
    w: number,
    h: number,
  ): void {
    check(this.#wasm.tightZlib(stream, filter, colours, from, length, x, y, w, h));
  }
  zrleBegin(x: number, y: number, w: number, h: number): void {
    this.#wasm.zrleBegin(x, y, w, h);
  }
  zrleFeed(from: number, length: number): void {
    check(this.#wasm.zrleFeed(from, length));
  }
  zrleEnd(): void {
    check(this.#wasm.zrleEnd());
  }
}

function check(status: number): void {
  if (status < 0) throw protocolProblem(problems[status] ?? 'unknown');
}

/** The part of the WebAssembly namespace that is used; its types come with the DOM, which the core does without. */
type WebAssemblyApi = Readonly<{
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { readonly exports: object };
}>;

/** Compiles once; each call of the result makes an instance with a memory of its own. */
export function codecFactory(wasm: Uint8Array): () => Codec {
  const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;
  const module = new Module(wasm);
  return () => new Codec(new Instance(module).exports as Exports);
}
