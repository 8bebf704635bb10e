import type { Codec } from '../codec/codec.ts';
import type { Rect } from '../core/damage.ts';
import { protocolProblem } from '../core/screen-end.ts';
import type { Inbox } from './inbox.ts';
import { jpegSize } from './jpeg-size.ts';

const palette = 1;
const gradient = 2;

/** A rectangle of Tight whose every byte is in the inbox. Offsets count from the rectangle's first byte. */
export type TightUnit =
  | Readonly<{ kind: 'fill'; bytes: number; resets: number }>
  | Readonly<{ kind: 'jpeg'; bytes: number; resets: number; dataAt: number; dataLength: number }>
  | Readonly<{
      kind: 'basic';
      bytes: number;
      resets: number;
      stream: number;
      filter: number;
      colours: number;
      paletteAt: number;
      dataAt: number;
      dataLength: number;
      zlib: boolean;
    }>;

/**
 * Reads the heads of one Tight rectangle (community RFB specification).
 * @param at offset in the inbox. @returns undefined until the whole rectangle is there. @throws ScreenEnd
 */
export function readTight(inbox: Inbox, codec: Codec, at: number, rect: Rect): TightUnit | undefined {
  if (!inbox.has(at + 1)) return undefined;
  const control = inbox.u8(at);
  const resets = control & 15;
  const kind = control >> 4;
  if (kind === 8) return inbox.has(at + 4) ? { kind: 'fill', bytes: 4, resets } : undefined;
  if (kind === 9) {
    const length = compactLength(inbox, at + 1);
    if (length === undefined) return undefined;
    const bytes = 1 + length.bytes + length.value;
    if (!inbox.has(at + bytes)) return undefined;
    return { kind: 'jpeg', bytes, resets, dataAt: 1 + length.bytes, dataLength: length.value };
  }
  if (kind >= 8) throw protocolProblem('Tight compression kind');

  let offset = 1;
  let filter = 0;
  if (kind & 4) {
    if (!inbox.has(at + 2)) return undefined;
    filter = inbox.u8(at + 1);
    offset = 2;
    if (filter > gradient) throw protocolProblem('Tight filter');
  }
  let colours = 0;
  if (filter === palette) {
    if (!inbox.has(at + offset + 1)) return undefined;
    colours = inbox.u8(at + offset) + 1;
    offset += 1;
  }
  const paletteAt = offset;
  offset += colours * 3;
  const plainLength = codec.tightRowBytes(filter, colours, rect.w) * rect.h;
  const basic = { kind: 'basic', resets, stream: kind & 3, filter, colours, paletteAt } as const;
  if (plainLength < 12) {
    if (!inbox.has(at + offset + plainLength)) return undefined;
    return { ...basic, bytes: offset + plainLength, dataAt: offset, dataLength: plainLength, zlib: false };
  }
  const length = compactLength(inbox, at + offset);
  if (length === undefined || !inbox.has(at + offset + length.bytes + length.value)) return undefined;
  offset += length.bytes;
  return { ...basic, bytes: offset + length.value, dataAt: offset, dataLength: length.value, zlib: true };
}

/** Draws everything but JPEG. */
export function drawTight(inbox: Inbox, codec: Codec, at: number, rect: Rect, unit: TightUnit): void {
  for (let i = 0; i < 4; i++) if ((unit.resets >> i) & 1) codec.resetStream(i);
  const { x, y, w, h } = rect;
  if (unit.kind === 'fill') {
    const colour = inbox.u8(at + 1) | (inbox.u8(at + 2) << 8) | (inbox.u8(at + 3) << 16);
    codec.fillRect(x, y, w, h, colour);
  } else if (unit.kind === 'basic') {
    const { filter, colours, stream } = unit;
    if (filter === palette) codec.tightPalette(inbox.at + at + unit.paletteAt, colours);
    const from = inbox.at + at + unit.dataAt;
    if (unit.zlib) codec.tightZlib(stream, filter, colours, from, unit.dataLength, x, y, w, h);
    else codec.tightPlain(filter, colours, from, x, y, w, h);
  }
}

/** A view of the JPEG, checked to have the rectangle's size. */
export function tightJpeg(inbox: Inbox, at: number, rect: Rect, unit: TightUnit & { kind: 'jpeg' }) {
  const data = inbox.peek(at + unit.dataAt, unit.dataLength);
  const size = jpegSize(data);
  if (size.width !== rect.w || size.height !== rect.h) throw protocolProblem('size of a JPEG');
  return data;
}

/** One to three bytes, seven bits in each, lowest first; the third has eight. */
function compactLength(inbox: Inbox, at: number): { value: number; bytes: number } | undefined {
  if (!inbox.has(at + 1)) return undefined;
  const first = inbox.u8(at);
  if (first < 128) return { value: first, bytes: 1 };
  if (!inbox.has(at + 2)) return undefined;
  const second = inbox.u8(at + 1);
  const low = (first & 127) | ((second & 127) << 7);
  if (second < 128) return { value: low, bytes: 2 };
  return inbox.has(at + 3) ? { value: low | (inbox.u8(at + 2) << 14), bytes: 3 } : undefined;
}
