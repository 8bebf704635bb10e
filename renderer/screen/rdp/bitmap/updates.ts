import type { Rect } from '../../core/damage.ts';
import { protocolProblem } from '../../core/screen-end.ts';
import type { Pixels } from '../memory.ts';
import { Reader } from '../reader.ts';
import type { Bitmap } from './bitmap-codec.ts';

/** TS_BITMAP_DATA flags (MS-RDPBCGR 2.2.9.1.1.3.1.2.2). */
const compression = 0x0001;
const noHeader = 0x0400;
const headerBytes = 8;
const updateBitmap = 1;
/**
 * The bitmaps of one update may cover the screen so often: a few bytes can say a picture of millions of pixels, of which one
 * is shown. A desk covers it once, and a little more where its tiles are padded; this bounds time and, for one bitmap, memory.
 */
const mostPasses = 4;

/**
 * Bitmap update (MS-RDPBCGR 2.2.9.1.1.3.1.2; 2.2.9.1.2.1.2 of the fast path is the same).
 * @param draw is given each bitmap with its place, which lies in the target. @throws ScreenEnd
 */
export function readBitmapUpdate(bytes: Uint8Array, target: Pixels, draw: (bitmap: Bitmap, rect: Rect) => void): void {
  const reader = new Reader(bytes);
  if (reader.u16() !== updateBitmap) throw protocolProblem('bitmap update type');
  let pixels = target.width * target.height * mostPasses;
  for (let left = reader.u16(); left > 0; left--) {
    const [x, y, x2, y2] = [reader.u16(), reader.u16(), reader.u16(), reader.u16()];
    const [width, height, bitsPerPixel, flags, length] = [
      reader.u16(),
      reader.u16(),
      reader.u16(),
      reader.u16(),
      reader.u16(),
    ];
    const data = reader.part(length);
    pixels -= width * height;
    if (pixels < 0) throw protocolProblem('too many pixels in an update');
    const compressed = (flags & compression) !== 0;
    // TS_CD_HEADER repeats what is known already.
    if (compressed && (flags & noHeader) === 0) data.skip(headerBytes);
    const rect = placed(target, { x, y, w: x2 + 1 - x, h: y2 + 1 - y }, width, height);
    if (rect !== undefined) draw({ bytes: data.rest(), bitsPerPixel, compressed, width, height }, rect);
  }
}

/**
 * Where a picture goes: no further than the screen reaches, nor than the picture itself does, whose columns come in fours.
 * @returns undefined when nothing of it is on the screen. @throws ScreenEnd
 */
export function placed(target: Pixels, rect: Rect, width: number, height: number): Rect | undefined {
  if (rect.w < 1 || rect.h < 1 || width < 1 || height < 1) throw protocolProblem('empty bitmap');
  const w = Math.min(rect.w, width, target.width - rect.x);
  const h = Math.min(rect.h, height, target.height - rect.y);
  return w < 1 || h < 1 ? undefined : { x: rect.x, y: rect.y, w, h };
}
