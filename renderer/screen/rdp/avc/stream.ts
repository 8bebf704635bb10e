import type { Rect } from '../../core/damage.ts';
import { protocolProblem } from '../../core/screen-end.ts';
import { Reader } from '../reader.ts';

/** RFX_AVC420_BITMAP_STREAM (MS-RDPEGFX 2.2.4.4): what changed, and an access unit in Annex B. */
export type AvcPart = Readonly<{ rects: readonly Rect[]; data: Uint8Array }>;

/** RFX_AVC444_BITMAP_STREAM and its second version (2.2.4.5, 2.2.4.6). */
export type AvcParts = Readonly<{ luma: AvcPart | undefined; chroma: AvcPart | undefined }>;

/** A rectangle, then its quantisation and quality, which only tell how good it is. */
const regionBytes = 8 + 2;

export function readAvc420(bytes: Uint8Array): AvcPart {
  const reader = new Reader(bytes);
  const count = reader.u32();
  if (count > reader.left / regionBytes) throw protocolProblem('regions of H.264');
  const rects: Rect[] = [];
  for (let i = 0; i < count; i++) {
    const [x, y, right, bottom] = [reader.u16(), reader.u16(), reader.u16(), reader.u16()] as const;
    if (right < x || bottom < y) throw protocolProblem('regions of H.264');
    rects.push({ x, y, w: right - x, h: bottom - y });
  }
  reader.skip(2 * count);
  return { rects, data: reader.rest() };
}

export function readAvc444(bytes: Uint8Array): AvcParts {
  const reader = new Reader(bytes);
  const info = reader.u32();
  switch (info >>> 30) {
    case 0: {
      const luma = readAvc420(reader.take(info & 0x3fffffff));
      return { luma, chroma: readAvc420(reader.rest()) };
    }
    case 1:
      return { luma: readAvc420(reader.rest()), chroma: undefined };
    case 2:
      return { luma: undefined, chroma: readAvc420(reader.rest()) };
    default:
      throw protocolProblem('H.264 layout');
  }
}

/** What of the rectangles lies within `bounds`. @throws ScreenEnd when painting them all is far more work than that */
export function clipped(rects: readonly Rect[], bounds: Rect): Rect[] {
  const inside: Rect[] = [];
  let area = 0;
  for (const { x, y, w, h } of rects) {
    const left = Math.max(x, bounds.x);
    const top = Math.max(y, bounds.y);
    const right = Math.min(x + w, bounds.x + bounds.w);
    const bottom = Math.min(y + h, bounds.y + bounds.h);
    if (right <= left || bottom <= top) continue;
    area += (right - left) * (bottom - top);
    inside.push({ x: left, y: top, w: right - left, h: bottom - top });
  }
  if (area > 4 * bounds.w * bounds.h) throw protocolProblem('regions of H.264');
  return inside;
}

type AccessUnit = Readonly<{ key: boolean; slices: boolean; codec: string | undefined }>;

/**
 * What the decoder has to be told of an access unit: NAL unit types 1 and 5 are slices, 5 of an IDR picture, 7 holds the
 * profile, its constraints and the level (ITU-T H.264 7.3.1 and 7.3.2.1.1, Annex B for the start codes).
 */
export function inspect(data: Uint8Array): AccessUnit {
  let key = false;
  let slices = false;
  let codec: string | undefined;
  for (let at = 0; ; ) {
    at = data.indexOf(1, at);
    if (at < 0 || at + 1 >= data.length) break;
    if (at >= 2 && data[at - 1] === 0 && data[at - 2] === 0) {
      const type = data[at + 1]! & 31;
      if (type === 1 || type === 5) {
        // What follows are the same picture's other slices: most of the bytes, and nothing new.
        slices = true;
        key = type === 5;
        break;
      }
      if (type === 7 && at + 4 < data.length) {
        const hex = Array.from(data.subarray(at + 2, at + 5), (byte) => byte.toString(16).padStart(2, '0'));
        codec = `avc1.${hex.join('')}`;
      }
    }
    at += 1;
  }
  return { key, slices, codec };
}
