import type { CursorShape } from '../../core/cursor-shape.ts';
import { protocolProblem } from '../../core/screen-end.ts';
import { Reader } from '../reader.ts';

/** What was said to be kept (MS-RDPBCGR 2.2.7.1.5), and what a large pointer may be (2.2.7.2.7). */
const cacheSize = 25;
const mostSide = 384;
const mostPlainSide = 96;

/** Nothing of it shows: the desk hides its pointer. */
const hidden: CursorShape = { width: 1, height: 1, hotX: 0, hotY: 0, rgba: new Uint8ClampedArray(4) };

/** Pointer updates (MS-RDPBCGR 2.2.9.1.1.4 and 2.2.9.1.2.1.5 to .11), with the cache that they name. It outlives a share. */
export class Pointers {
  readonly #cache = new Map<number, CursorShape>();
  readonly #show: (shape: CursorShape) => void;

  constructor(show: (shape: CursorShape) => void) {
    this.#show = show;
  }

  hide(): void {
    this.#show(hidden);
  }

  /** The system's own arrow. */
  showDefault(): void {
    this.#show(arrow);
  }

  /** TS_CACHEDPOINTERATTRIBUTE. One that never came is shown as an arrow: a session is not worth a pointer. @throws ScreenEnd */
  cached(bytes: Uint8Array): void {
    this.#show(this.#cache.get(new Reader(bytes).u16()) ?? arrow);
  }

  /** TS_COLORPOINTERATTRIBUTE: 24 bits a pixel. @throws ScreenEnd */
  colour(bytes: Uint8Array): void {
    this.#take(new Reader(bytes), 24, false);
  }

  /** TS_POINTERATTRIBUTE, which says the depth first. @throws ScreenEnd */
  coloured(bytes: Uint8Array): void {
    const reader = new Reader(bytes);
    this.#take(reader, reader.u16(), false);
  }

  /** TS_FP_LARGEPOINTERATTRIBUTE: lengths of 32 bits. @throws ScreenEnd */
  large(bytes: Uint8Array): void {
    const reader = new Reader(bytes);
    this.#take(reader, reader.u16(), true);
  }

  #take(reader: Reader, depth: number, large: boolean): void {
    const index = reader.u16();
    if (index >= cacheSize) throw protocolProblem('index of a pointer');
    const [hotX, hotY, width, height] = [reader.u16(), reader.u16(), reader.u16(), reader.u16()];
    const [andLength, xorLength] = large ? [reader.u32(), reader.u32()] : [reader.u16(), reader.u16()];
    const xor = reader.take(xorLength);
    const and = reader.take(andLength);
    const most = large ? mostSide : mostPlainSide;
    if (width > most || height > most) throw protocolProblem('size of a pointer');
    const shape =
      width === 0 || height === 0
        ? hidden
        : {
            // A hot spot outside its picture is brought to the edge, as desks that scale their pointers need it.
            ...{ width, height, hotX: Math.min(hotX, width - 1), hotY: Math.min(hotY, height - 1) },
            rgba: decode({ depth, width, height, and, xor }),
          };
    this.#cache.set(index, shape);
    this.#show(shape);
  }
}

type Masks = Readonly<{ depth: number; width: number; height: number; and: Uint8Array; xor: Uint8Array }>;
const depths: readonly number[] = [1, 4, 8, 16, 24, 32];

/**
 * AND and XOR masks (2.2.9.1.1.4.4), rows of whole 16-bit words, from the bottom up; of one bit a pixel from the top down, which
 * the text does not say but other clients agree on. Without the AND bit a pixel is the XOR mask's colour. With it an opaque black
 * one shows what lies below; another inverts it, which no pointer here can: those pixels are a checkerboard of black and white,
 * visible on everything.
 */
function decode({ depth, width, height, and, xor }: Masks): Uint8ClampedArray<ArrayBuffer> {
  if (!depths.includes(depth)) throw protocolProblem('depth of a pointer');
  const xorRow = 2 * Math.ceil((width * depth) / 16);
  const andRow = 2 * Math.ceil(width / 16);
  if (xor.length < xorRow * height) throw protocolProblem('too little data in a pointer');
  // With alpha of its own a pointer may come without the other mask.
  const masked = and.length > 0;
  if (masked && and.length < andRow * height) throw protocolProblem('too little data in a pointer');
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    const from = depth === 1 ? y : height - 1 - y;
    for (let x = 0; x < width; x++) {
      const colour = pixelOf(xor, from * xorRow, x, depth);
      const clear = masked && ((and[from * andRow + (x >> 3)]! >> (7 - (x & 7))) & 1) === 1;
      rgba.set(blend(colour, clear, depth === 32, (x ^ y) & 1), (y * width + x) * 4);
    }
  }
  return rgba;
}

type Colour = readonly [red: number, green: number, blue: number, alpha: number];

function blend([red, green, blue, alpha]: Colour, clear: boolean, own: boolean, odd: number): Colour {
  // Alpha that is neither is a shape's own edge or shadow; an opaque pixel obeys the AND mask like one without alpha.
  if (!clear || (own && alpha < 255)) return [red, green, blue, alpha];
  if (red === 0 && green === 0 && blue === 0) return [0, 0, 0, 0];
  return odd === 1 ? [255, 255, 255, 255] : [0, 0, 0, 255];
}

/** The sixteen colours of a display, which a palette of four bits is. */
const sixteen = [0, 0x800000, 0x008000, 0x808000, 0x000080, 0x800080, 0x008080, 0xc0c0c0].concat([
  0x808080, 0xff0000, 0x00ff00, 0xffff00, 0x0000ff, 0xff00ff, 0x00ffff, 0xffffff,
]);

function pixelOf(bytes: Uint8Array, row: number, x: number, depth: number): Colour {
  const of = (value: number): Colour => [(value >> 16) & 255, (value >> 8) & 255, value & 255, 255];
  switch (depth) {
    case 1:
      return of((bytes[row + (x >> 3)]! >> (7 - (x & 7))) & 1 ? 0xffffff : 0);
    case 4:
      return of(sixteen[(bytes[row + (x >> 1)]! >> (x & 1 ? 0 : 4)) & 15]!);
    case 8: {
      // Of a palette that is never sent at 32 bits a pixel: shades of grey.
      const grey = bytes[row + x]!;
      return [grey, grey, grey, 255];
    }
    case 16: {
      const value = bytes[row + 2 * x]! | (bytes[row + 2 * x + 1]! << 8);
      const five = (bits: number) => ((bits & 31) << 3) | ((bits & 31) >> 2);
      return [five(value >> 10), five(value >> 5), five(value), 255];
    }
    default: {
      const at = row + x * (depth >> 3);
      return [bytes[at + 2]!, bytes[at + 1]!, bytes[at]!, depth === 32 ? bytes[at + 3]! : 255];
    }
  }
}

/** A plain arrow, white with a black edge: what a desk means by its default pointer. */
const arrowRows = [
  'x',
  'xx',
  'xox',
  'xoox',
  'xooox',
  'xoooox',
  'xooooox',
  'xoooooox',
  'xooooooox',
  'xoooooooox',
  'xooooooooox',
  'xoooooxxxxxx',
  'xooxoox',
  'xox xoox',
  'xx  xoox',
  'x    xoox',
  '     xoox',
  '      xx',
];
const arrow: CursorShape = (() => {
  const [width, height] = [12, arrowRows.length];
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (const [y, row] of arrowRows.entries()) {
    for (const [x, letter] of [...row].entries()) {
      const shade = letter === 'o' ? 255 : 0;
      if (letter !== ' ') rgba.set([shade, shade, shade, 255], (y * width + x) * 4);
    }
  }
  return { width, height, hotX: 0, hotY: 0, rgba };
})();
