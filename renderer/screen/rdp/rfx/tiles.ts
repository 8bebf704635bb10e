import type { Rect } from '../../core/damage.ts';
import { protocolProblem } from '../../core/screen-end.ts';
import { checkStatus, type RdpCodec } from '../codec.ts';
import type { Pixels } from '../memory.ts';
import { bands, type Quant, shiftOf } from './quant.ts';

export const tileSize = 64;
export const rlgr1 = 1;
export const rlgr3 = 3;

/** Tiles times rectangles that one message may ask to compare: a rectangle a tile, on the largest surface. */
const mostComparisons = 8 << 20;
/** How often the rectangles of a message may paint the same tile over; they should not overlap at all. */
const mostLayers = 16;
/** The tiles of one message may cover the picture so often: a first pass and its upgrades come together at most. */
const mostPasses = 16;

/** So that small messages at first do not make room be taken again and again. */
const leastInput = 0x10000;

/** A tile's compressed data: offset in the message, then the lengths of its parts. */
export type TileData = Readonly<{ offset: number; lengths: readonly number[] }>;

/** Shifts of Y, Cb and Cr. */
export function shiftsOf(quants: readonly Quant[]): number[] {
  return quants.flatMap((quant) => quant.map(shiftOf));
}

/** @throws ScreenEnd when a message would cost far more than any honest one */
export function checkEffort(target: Pixels, tiles: number, rects: number): void {
  const grid = Math.ceil(target.width / tileSize) * Math.ceil(target.height / tileSize);
  if (tiles > grid * mostPasses) throw protocolProblem('too many tiles');
  if (tiles * rects > mostComparisons) throw protocolProblem('too many rectangles');
}

/** @returns what of the rectangles lies in the picture */
export function clipped(rects: readonly Rect[], target: Pixels): Rect[] {
  const inside: Rect[] = [];
  for (const { x, y, w, h } of rects) {
    const left = Math.max(x, 0);
    const top = Math.max(y, 0);
    const right = Math.min(x + w, target.width);
    const bottom = Math.min(y + h, target.height);
    if (right > left && bottom > top) inside.push({ x: left, y: top, w: right - left, h: bottom - top });
  }
  return inside;
}

/** Hands tiles to the decoder in WebAssembly, and what it made of them to a picture. */
export class Tiles {
  readonly #codec: RdpCodec;
  #input = 0;
  #inputSize = 0;
  #from = 0;

  constructor(codec: RdpCodec) {
    this.#codec = codec;
  }

  /** Puts a message where the decoder can read it; the offsets of TileData count from its start. */
  load(bytes: Uint8Array): void {
    const { memory } = this.#codec;
    if (bytes.buffer === memory.bytes.buffer) {
      this.#from = bytes.byteOffset;
      return;
    }
    if (bytes.length > this.#inputSize) {
      if (this.#inputSize > 0) memory.free(this.#input);
      this.#inputSize = 0;
      const size = Math.max(bytes.length, leastInput);
      this.#input = memory.allocate(size);
      this.#inputSize = size;
    }
    memory.bytes.set(bytes, this.#input);
    this.#from = this.#input;
  }

  /** @param shifts 30. @param current and @param signs addresses of kept state, or 0 */
  decode(
    mode: number,
    extrapolate: boolean,
    difference: boolean,
    data: TileData,
    shifts: readonly number[],
    current: number,
    signs: number,
  ): void {
    const { wasm, memory } = this.#codec;
    memory.bytes.set(shifts, wasm.rfxShiftsAt());
    const [y = 0, cb = 0, cr = 0] = data.lengths;
    wasm.rfxTile(mode, extrapolate, difference, this.#from + data.offset, y, cb, cr, current, signs);
  }

  /** @param added 30 counts of bits. The data's lengths: SRL and raw of Y, of Cb, of Cr */
  upgrade(
    extrapolate: boolean,
    data: TileData,
    shifts: readonly number[],
    added: readonly number[],
    current: number,
    signs: number,
  ): void {
    const { wasm, memory } = this.#codec;
    memory.bytes.set(shifts, wasm.rfxShiftsAt());
    memory.bytes.set(added, wasm.rfxShiftsAt() + 3 * bands);
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = data.lengths;
    checkStatus(wasm.rfxUpgrade(extrapolate, this.#from + data.offset, a, b, c, d, e, f, current, signs));
  }

  /** Paints the decoded tile at x, y where the rectangles are. @param rects as `clipped` gives them */
  paint(target: Pixels, x: number, y: number, rects: readonly Rect[]): void {
    let left = tileSize * tileSize * mostLayers;
    for (const rect of rects) {
      const x1 = Math.max(x, rect.x);
      const y1 = Math.max(y, rect.y);
      const w = Math.min(x + tileSize, rect.x + rect.w) - x1;
      const h = Math.min(y + tileSize, rect.y + rect.h) - y1;
      if (w <= 0 || h <= 0) continue;
      left -= w * h;
      if (left < 0) throw protocolProblem('overlapping rectangles');
      this.#codec.wasm.rfxPaint(target.at + y1 * target.stride + x1 * 4, target.stride, x1 - x, y1 - y, w, h);
    }
  }
}
