import type { Rect } from '../../core/damage.ts';
import { protocolProblem } from '../../core/screen-end.ts';
import { checkStatus, type RdpCodec } from '../codec.ts';
import type { Pixels } from '../memory.ts';
import { Reader } from '../reader.ts';
import { Glyphs } from './glyphs.ts';
import { decodeNsCodec } from './nscodec.ts';

/** CLEARCODEC_BITMAP_STREAM's flags (MS-RDPEGFX 2.2.4.1). */
const glyphIndex = 1;
const glyphHit = 2;
const cacheReset = 4;

const subcodecs = { plain: 0, nsCodec: 1, rlex: 2 } as const;

/**
 * ClearCodec (MS-RDPEGFX 3.3.8.1). What its caches hold lasts as long as the graphics channel. Memory: 10.4 MB for bars from
 * the first band on, 0.4 MB for each hundred glyphs in use, and the longest input.
 */
export class ClearCodec {
  readonly #codec: RdpCodec;
  readonly #glyphs: Glyphs;
  #bars: number | undefined;
  #input = { at: 0, size: 0 };

  constructor(codec: RdpCodec) {
    this.#codec = codec;
    this.#glyphs = new Glyphs(codec.memory);
  }

  /**
   * Layers are drawn over what is there: they need not cover the rectangle.
   * @throws ScreenEnd; part of the rectangle may have been drawn by then
   */
  decode(bytes: Uint8Array, target: Pixels, rect: Rect): void {
    const part = partOf(target, rect);
    const reader = new Reader(bytes);
    const flags = reader.u8();
    // The sequence number tells nothing that TCP does not.
    reader.skip(1);
    if (flags & cacheReset && this.#bars !== undefined) this.#codec.wasm.clearResetCursors(this.#bars);
    if ((flags & glyphIndex) === 0) {
      if (flags & glyphHit) throw protocolProblem('glyph without an index');
      this.#layers(reader, part);
      return;
    }
    const index = reader.u16();
    this.#glyphs.check(index, part);
    if (flags & glyphHit) {
      this.#glyphs.draw(index, part);
    } else {
      this.#layers(reader, part);
      this.#glyphs.keep(index, part);
    }
  }

  /** Forgets all caches and gives their memory back: the channel begins anew. */
  reset(): void {
    const { memory } = this.#codec;
    this.#glyphs.clear();
    if (this.#bars !== undefined) memory.free(this.#bars);
    if (this.#input.size > 0) memory.free(this.#input.at);
    this.#bars = undefined;
    this.#input = { at: 0, size: 0 };
  }

  /** CLEARCODEC_COMPOSITE_PAYLOAD (2.2.4.1.1). */
  #layers(reader: Reader, part: Pixels): void {
    const residual = reader.u32();
    const bands = reader.u32();
    const subcodec = reader.u32();
    const start = reader.at;
    reader.skip(residual);
    reader.skip(bands);
    const areas = reader.part(subcodec);
    const { wasm, memory } = this.#codec;
    // Allocated before anything is loaded: memory may move when it grows, its addresses stay.
    if (bands > 0) this.#bars ??= memory.allocate(wasm.clearCacheSize());
    const at = this.#load(reader.bytes.subarray(start, reader.at));
    const { at: to, stride, width, height } = part;
    if (residual > 0) checkStatus(wasm.clearResidual(at, residual, to, stride, width, height));
    if (bands > 0) checkStatus(wasm.clearBands(at + residual, bands, to, stride, width, height, this.#bars!));
    while (areas.left > 0) this.#area(areas, at + residual + bands, part);
  }

  /** CLEARCODEC_SUBCODEC (2.2.4.1.1.3.1). @param at where the bytes of `reader` are in the decoders' memory */
  #area(reader: Reader, at: number, part: Pixels): void {
    const rect = { x: reader.u16(), y: reader.u16(), w: reader.u16(), h: reader.u16() };
    const length = reader.u32();
    const id = reader.u8();
    const from = at + reader.at;
    const bytes = reader.take(length);
    const area = partOf(part, rect);
    const { at: to, stride, width, height } = area;
    const { wasm } = this.#codec;
    if (id === subcodecs.plain) checkStatus(wasm.clearPlain(from, length, to, stride, width, height));
    else if (id === subcodecs.rlex) checkStatus(wasm.clearRlex(from, length, to, stride, width, height));
    else if (id === subcodecs.nsCodec) decodeNsCodec(this.#codec, bytes, from, area);
    else throw protocolProblem('ClearCodec subcodec');
  }

  #load(bytes: Uint8Array): number {
    const { memory } = this.#codec;
    if (bytes.length > this.#input.size) {
      if (this.#input.size > 0) memory.free(this.#input.at);
      this.#input = { at: 0, size: 0 };
      this.#input = { at: memory.allocate(bytes.length), size: bytes.length };
    }
    memory.bytes.set(bytes, this.#input.at);
    return this.#input.at;
  }
}

/** @throws ScreenEnd when the rectangle is not inside */
function partOf(pixels: Pixels, { x, y, w, h }: Rect): Pixels {
  if (x < 0 || y < 0 || w < 0 || h < 0 || x + w > pixels.width || y + h > pixels.height) {
    throw protocolProblem('rectangle of ClearCodec');
  }
  return { at: pixels.at + y * pixels.stride + x * 4, width: w, height: h, stride: pixels.stride };
}
