import { protocolProblem } from '../../core/screen-end.ts';
import type { Reader } from '../reader.ts';
import { Writer } from '../writer.ts';
import { type CodecName, codecOf, type DeskCodecs, writeCodecs } from './bitmap-codecs.ts';
import { updateBytes } from './fast-path.ts';
import { chunkBytes } from './static-channels.ts';

/** capabilitySetType (MS-RDPBCGR 2.2.1.13.1.1.1). */
const set = {
  general: 1,
  bitmap: 2,
  order: 3,
  bitmapCache: 4,
  pointer: 8,
  share: 9,
  sound: 12,
  input: 13,
  font: 14,
  brush: 15,
  glyphCache: 16,
  offscreenCache: 17,
  virtualChannel: 20,
  multifragmentUpdate: 26,
  largePointer: 27,
  surfaceCommands: 28,
  bitmapCodecs: 29,
  frameAcknowledge: 30,
} as const;

/** inputFlags (2.2.7.1.6). */
const inputFlag = {
  scancodes: 0x0001,
  extendedMouse: 0x0004,
  fastPath: 0x0008,
  unicode: 0x0010,
  fastPath2: 0x0020,
  horizontalWheel: 0x0100,
} as const;

/** What the desk said of itself in its Demand Active PDU, as far as it matters. */
export type DeskCapabilities = Readonly<{
  width: number;
  height: number;
  bitsPerPixel: number;
  frameAcknowledge: boolean;
  fastPathInput: boolean;
  unicodeInput: boolean;
  extendedMouse: boolean;
  horizontalWheel: boolean;
  suppressOutput: boolean;
  refreshRect: boolean;
  /** The id that each codec goes by in surface commands; null for what the desk has not, or was not offered. */
  codecs: DeskCodecs;
}>;

type Found = { -readonly [K in keyof DeskCapabilities]: DeskCapabilities[K] };

/** 2.2.1.3.2 allows no more, and more than 8192 × 8192 would not be bounded by anything else here. */
const mostSide = 8192;
const depths: readonly number[] = [15, 16, 24, 32];

/** @param reader at the first of `count` capability sets. @throws ScreenEnd */
export function readCapabilities(reader: Reader, count: number, offered: readonly CodecName[]): DeskCapabilities {
  const found: Found = {
    width: 0,
    height: 0,
    bitsPerPixel: 0,
    frameAcknowledge: false,
    fastPathInput: false,
    unicodeInput: false,
    extendedMouse: false,
    horizontalWheel: false,
    suppressOutput: false,
    refreshRect: false,
    codecs: { remotefx: null, nscodec: null },
  };
  for (let i = 0; i < count; i++) {
    const type = reader.u16();
    readSet(type, reader.part(reader.u16() - 4), found, offered);
  }
  const { width, height } = found;
  if (width < 1 || height < 1 || width > mostSide || height > mostSide) throw protocolProblem('desktop size');
  if (!depths.includes(found.bitsPerPixel)) throw protocolProblem('colour depth');
  // Every Windows since XP has it, and slow-path input would be a second way to keep right (2.2.7.1.6).
  if (!found.fastPathInput) throw protocolProblem('no fast-path input');
  return found;
}

function readSet(type: number, body: Reader, found: Found, offered: readonly CodecName[]): void {
  switch (type) {
    case set.general:
      // 2.2.7.1.1: its last two bytes.
      body.skip(18);
      found.refreshRect = body.u8() !== 0;
      found.suppressOutput = body.u8() !== 0;
      return;
    case set.bitmap:
      found.bitsPerPixel = body.u16();
      body.skip(6);
      found.width = body.u16();
      found.height = body.u16();
      return;
    case set.input: {
      const flags = body.u16();
      found.fastPathInput = (flags & (inputFlag.fastPath | inputFlag.fastPath2)) !== 0;
      found.unicodeInput = (flags & inputFlag.unicode) !== 0;
      found.extendedMouse = (flags & inputFlag.extendedMouse) !== 0;
      found.horizontalWheel = (flags & inputFlag.horizontalWheel) !== 0;
      return;
    }
    case set.bitmapCodecs:
      found.codecs = codecOf(body, offered);
      return;
    case set.frameAcknowledge:
      found.frameAcknowledge = true;
      return;
    default:
      // What else a desk can do was not asked for.
      return;
  }
}

/** extraFlags (2.2.7.1.1): fast-path output, long credentials, bitmaps without a compression header. */
const extraFlags = 0x0001 | 0x0004 | 0x0400;
/** drawingFlags (2.2.7.1.2): DRAW_ALLOW_SKIP_ALPHA alone, so that 32 bits stay lossless. */
const skipAlpha = 0x08;
/** orderFlags (2.2.7.1.3): NEGOTIATEORDERSUPPORT and ZEROBOUNDSDELTASSUPPORT, which must be set, of orders that are none. */
const orderFlags = 0x0002 | 0x0008;
/** cmdFlags (2.2.7.2.9): Set Surface Bits, Frame Marker, Stream Surface Bits. */
const surfaceCommands = 0x02 | 0x10 | 0x40;
/** 2.2.7.1.5: shapes that the desk may name again. */
const pointerCache = 25;
/** MS-RDPRFX 2.2.1.3: frames on their way before an acknowledgement is waited for. */
const frames = 2;

/** @returns the sets of the Confirm Active PDU (2.2.1.13.2), each a whole one */
export function clientCapabilities(desk: DeskCapabilities, codecs: readonly CodecName[]): Uint8Array<ArrayBuffer>[] {
  return [
    // OSMAJORTYPE_WINDOWS and OSMINORTYPE_WINDOWS_NT, version 0x0200, no compression, no repeated sharing.
    capability(set.general, (to) => {
      to.u16(1).u16(3).u16(0x0200).u16(0).u16(0).u16(extraFlags).zeros(6).u8(1).u8(1);
    }),
    capability(set.bitmap, (to) => {
      to.u16(32).u16(1).u16(1).u16(1).u16(desk.width).u16(desk.height).u16(0);
      to.u16(1).u16(1).u8(0).u8(skipAlpha).u16(1).u16(0);
    }),
    // The granularities that must be said (1 and 20), one order level, and 32 zeros: no order at all.
    capability(set.order, (to) => {
      to.zeros(20).u16(1).u16(20).u16(0).u16(1).u16(0).u16(orderFlags).zeros(52);
    }),
    capability(set.bitmapCache, (to) => to.zeros(36)),
    capability(set.pointer, (to) => to.u16(1).u16(pointerCache).u16(pointerCache)),
    capability(set.input, (to) => {
      const { scancodes, extendedMouse, unicode, fastPath2, horizontalWheel } = inputFlag;
      to.u16(scancodes | extendedMouse | unicode | fastPath2 | horizontalWheel).u16(0);
      to.u32(0x0411).u32(7).u32(2).u32(12).zeros(64);
    }),
    capability(set.brush, (to) => to.u32(0)),
    capability(set.glyphCache, (to) => to.zeros(48)),
    capability(set.offscreenCache, (to) => to.zeros(8)),
    // VCCAPS_NO_COMPR (2.2.7.1.10).
    capability(set.virtualChannel, (to) => to.u32(0).u32(chunkBytes)),
    capability(set.sound, (to) => to.u32(0)),
    capability(set.share, (to) => to.u32(0)),
    // FONTSUPPORT_FONTLIST (2.2.7.2.5).
    capability(set.font, (to) => to.u16(1).u16(0)),
    capability(set.multifragmentUpdate, (to) => to.u32(updateBytes)),
    // LARGE_POINTER_FLAG_96x96 and _384x384 (2.2.7.2.7).
    capability(set.largePointer, (to) => to.u16(1 | 2)),
    capability(set.surfaceCommands, (to) => to.u32(surfaceCommands).u32(0)),
    ...(codecs.length > 0 ? [capability(set.bitmapCodecs, (to) => writeCodecs(to, codecs))] : []),
    capability(set.frameAcknowledge, (to) => to.u32(frames)),
  ];
}

function capability(type: number, write: (to: Writer) => void): Uint8Array<ArrayBuffer> {
  const writer = new Writer().u16(type).u16(0);
  write(writer);
  return writer.setU16(2, writer.length).done();
}
