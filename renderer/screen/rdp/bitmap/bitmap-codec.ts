import type { Rect } from '../../core/damage.ts';
import { protocolProblem } from '../../core/screen-end.ts';
import { checkStatus, type RdpCodec } from '../codec.ts';
import type { Pixels } from '../memory.ts';

/** One picture of a bitmap update or a surface command. */
export type Bitmap = Readonly<{
  bytes: Uint8Array;
  /** 15, 16, 24 or 32. */
  bitsPerPixel: number;
  compressed: boolean;
  /** Of the data: what is drawn may lack columns at its right and rows at its lower edge. */
  width: number;
  height: number;
}>;

/** Where the rows of a picture go: from the top down, or from the bottom up. */
type Rows = Readonly<{ to: number; step: number; width: number; height: number }>;

/**
 * TS_BITMAP_DATA (MS-RDPBCGR 2.2.9.1.1.3.1.2.2): rows from the bottom up. Compressed, 32 bits a pixel are RDP 6.0 planar (MS-RDPEGDI
 * 2.2.2.5.1), fewer are interleaved run-length encoding (2.2.9.1.1.3.1.2.4).
 * @param rect in the target, checked by the caller, at most as large as the data. @throws ScreenEnd
 */
export function decodeBitmap(codec: RdpCodec, bitmap: Bitmap, target: Pixels, rect: Rect): void {
  const { width, height, bitsPerPixel, bytes } = bitmap;
  if (rect.w > width || rect.h > height) throw protocolProblem('bitmap smaller than its rectangle');
  if (![15, 16, 24, 32].includes(bitsPerPixel)) throw protocolProblem('bits per pixel');
  // Its lowest row comes first: what the rectangle lacks in height is at the lower edge, so skipped at the beginning.
  const skipped = height - rect.h;
  const rows: Rows = {
    to: target.at + (rect.y + rect.h - 1) * target.stride + rect.x * 4,
    step: -target.stride,
    width: rect.w,
    height: rect.h,
  };
  if (bitmap.compressed && bitsPerPixel === 32) drawPlanar(codec, bytes, width, height, skipped, rows);
  else if (bitmap.compressed) drawRle(codec, bitmap, skipped, rows);
  else drawPlain(codec, bitmap, skipped, rows);
}

/** A planar tile of the graphics pipeline (RDPGFX_CODECID_PLANAR, MS-RDPEGDI 2.2.2.5.1): rows from the top down. */
export function decodePlanar(codec: RdpCodec, bytes: Uint8Array, target: Pixels, { x, y, w, h }: Rect): undefined {
  const rows: Rows = { to: target.at + y * target.stride + x * 4, step: target.stride, width: w, height: h };
  drawPlanar(codec, bytes, w, h, 0, rows);
  return undefined;
}

/** Rows of whole groups of four bytes. */
function drawPlain({ wasm, memory }: RdpCodec, bitmap: Bitmap, skipped: number, rows: Rows): void {
  const { bytes, bitsPerPixel, width, height } = bitmap;
  const size = (bitsPerPixel + 7) >> 3;
  const row = (width * size + 3) & ~3;
  if (bytes.length < row * height) throw protocolProblem('too little data in a picture');
  const from = memory.allocate(bytes.length);
  try {
    memory.bytes.set(bytes, from);
    const { to, step, width: w, height: h } = rows;
    wasm.pixelsPaint(from + skipped * row, size, row, bitsPerPixel, to, step, w, h);
  } finally {
    memory.free(from);
  }
}

function drawRle({ wasm, memory }: RdpCodec, bitmap: Bitmap, skipped: number, rows: Rows): void {
  const { bytes, bitsPerPixel, width, height } = bitmap;
  const numbers = memory.allocate(width * height * 4 + bytes.length);
  try {
    const from = numbers + width * height * 4;
    memory.bytes.set(bytes, from);
    checkStatus(wasm.rleDecode(from, bytes.length, numbers, width, height, bitsPerPixel));
    const { to, step, width: w, height: h } = rows;
    wasm.pixelsPaint(numbers + skipped * width * 4, 4, width * 4, bitsPerPixel, to, step, w, h);
  } finally {
    memory.free(numbers);
  }
}

/** FormatHeader (MS-RDPEGDI 2.2.2.5.1). */
const format = { colourLoss: 0x07, subsampled: 0x08, runLength: 0x10, noAlpha: 0x20 } as const;

function drawPlanar(
  codec: RdpCodec,
  bytes: Uint8Array,
  width: number,
  height: number,
  skipped: number,
  { to, step, width: w, height: h }: Rows,
): void {
  const [header] = bytes;
  if (header === undefined) throw protocolProblem('too little data in a picture');
  const loss = header & format.colourLoss;
  const half = header & format.subsampled ? 1 : 0;
  // Chroma is what may be subsampled, and without colour loss there is none.
  if (half === 1 && loss === 0) throw protocolProblem('subsampling without chroma');
  const chroma = { width: (width + half) >> half, height: (height + half) >> half };
  const size = width * height;
  const chromaSize = chroma.width * chroma.height;
  const { memory, wasm } = codec;
  // Three planes, one that alpha goes to (it means nothing on a screen), and the input; where planes are plain they are it.
  const packed = (header & format.runLength) !== 0;
  const planes = packed ? 2 * size + 2 * chromaSize : 0;
  const base = memory.allocate(planes + bytes.length);
  try {
    const input = base + planes;
    memory.bytes.set(bytes, input);
    const end = input + bytes.length;
    const alpha = (header & format.noAlpha) === 0;
    let from = input + 1;
    let [first, second, third] = [base, base + size, base + size + chromaSize];
    if (packed) {
      const plane = (at: number, columns: number, lines: number) => {
        from = wasm.planarPlane(from, end, at, columns, lines);
        checkStatus(from);
      };
      if (alpha) plane(third + chromaSize, width, height);
      plane(first, width, height);
      plane(second, chroma.width, chroma.height);
      plane(third, chroma.width, chroma.height);
    } else {
      first = from + (alpha ? size : 0);
      second = first + size;
      third = second + chromaSize;
      if (third + chromaSize > end) throw protocolProblem('too little data in a picture');
    }
    if (loss === 0) {
      const gone = skipped * width;
      wasm.planarPaint(first + gone, second + gone, third + gone, width, to, step, w, h);
    } else {
      // Subsampled rows come in pairs, so the picture is drawn from its first row on, wherever its rows go.
      if (half === 1 && skipped % 2 !== 0) throw protocolProblem('subsampled bitmap smaller than its data');
      const gone = (skipped >> half) * chroma.width;
      const luma = first + skipped * width;
      wasm.planarPaintChroma(luma, second + gone, third + gone, width, half, loss, to, step, w, h);
    }
  } finally {
    memory.free(base);
  }
}
