import type { Rect } from '../../core/damage.ts';
import { protocolProblem } from '../../core/screen-end.ts';
import type { Reader } from '../reader.ts';
import { Writer } from '../writer.ts';

/** RDPGFX_HEADER (MS-RDPEGFX 2.2.1.5): what the desk says, and the two things this side says. */
export const commands = {
  wireToSurface1: 0x01,
  wireToSurface2: 0x02,
  deleteEncodingContext: 0x03,
  solidFill: 0x04,
  surfaceToSurface: 0x05,
  surfaceToCache: 0x06,
  cacheToSurface: 0x07,
  evictCacheEntry: 0x08,
  createSurface: 0x09,
  deleteSurface: 0x0a,
  startFrame: 0x0b,
  endFrame: 0x0c,
  frameAcknowledge: 0x0d,
  resetGraphics: 0x0e,
  mapSurfaceToOutput: 0x0f,
  cacheImportReply: 0x11,
  capsAdvertise: 0x12,
  capsConfirm: 0x13,
  mapSurfaceToScaledOutput: 0x17,
} as const;

export const headerBytes = 8;

/** 2.2.2.1 and 2.2.2.2. */
export const codecs = {
  uncompressed: 0x00,
  remotefx: 0x03,
  clear: 0x08,
  progressive: 0x09,
  planar: 0x0a,
  avc420: 0x0b,
  alpha: 0x0c,
  avc444: 0x0e,
  avc444v2: 0x0f,
} as const;

/** 2.2.1.6. */
const versions = {
  v8: 0x00080004,
  v81: 0x00080105,
  v10: 0x000a0002,
  v102: 0x000a0200,
  v103: 0x000a0301,
  v104: 0x000a0400,
  v107: 0x000a0701,
} as const;

/** 2.2.3. */
const flags = { smallCache: 0x02, avc420: 0x10, avcDisabled: 0x20, scaledMapDisabled: 0x80 } as const;

export type CapabilitySet = Readonly<{ version: number; flags: number }>;
export type GfxCapabilities = Readonly<{ avc420: boolean; avc444: boolean }>;

/**
 * What is offered. Always the small cache (16 MB), never scaled mappings: so not 10.1, which has no flags, nor 10.5 and
 * 10.6, which imply scaling. From version 10 on H.264 means YUV444: who decodes YUV420 alone offers nothing above 8.1.
 */
export function offeredSets({ avc420, avc444 }: GfxCapabilities): CapabilitySet[] {
  const sets: CapabilitySet[] = [
    { version: versions.v8, flags: flags.smallCache },
    { version: versions.v81, flags: flags.smallCache | (avc420 ? flags.avc420 : 0) },
  ];
  if (avc420 && !avc444) return sets;
  const avc = avc444 ? 0 : flags.avcDisabled;
  return [
    ...sets,
    { version: versions.v10, flags: flags.smallCache | avc },
    { version: versions.v102, flags: flags.smallCache | avc },
    // 10.3 implies the small cache and has no flag for it (2.2.3.6).
    { version: versions.v103, flags: avc },
    { version: versions.v104, flags: flags.smallCache | avc },
    { version: versions.v107, flags: flags.smallCache | avc | flags.scaledMapDisabled },
  ];
}

/** RDPGFX_CAPS_ADVERTISE_PDU (2.2.2.18). */
export function capsAdvertise(sets: readonly CapabilitySet[]): Uint8Array<ArrayBuffer> {
  const writer = new Writer()
    .u16(commands.capsAdvertise)
    .u16(0)
    .u32(headerBytes + 2 + sets.length * 12)
    .u16(sets.length);
  for (const set of sets) writer.u32(set.version).u32(4).u32(set.flags);
  return writer.done();
}

/** RDPGFX_FRAME_ACKNOWLEDGE_PDU (2.2.2.13). @param queued bytes; 0 says that nothing is known, which is as good as none */
export function frameAcknowledge(queued: number, frame: number, decoded: number): Uint8Array<ArrayBuffer> {
  return new Writer()
    .u16(commands.frameAcknowledge)
    .u16(0)
    .u32(headerBytes + 12)
    .u32(Math.min(queued, 0xfffffffe))
    .u32(frame)
    .u32(decoded >>> 0)
    .done();
}

/** RDPGFX_CAPS_CONFIRM_PDU (2.2.2.19). */
export function readCapsConfirm(reader: Reader): CapabilitySet {
  const version = reader.u32();
  if (reader.u32() !== 4) throw protocolProblem('graphics capabilities');
  return { version, flags: reader.u32() };
}

const mostMonitors = 16;
const monitorBytes = 20;
const resetBytes = 340;

/** RDPGFX_RESET_GRAPHICS_PDU (2.2.2.14), always as long as with 16 monitors. Where they are is of no use to one window. */
export function readResetGraphics(reader: Reader): { width: number; height: number } {
  if (reader.left !== resetBytes - headerBytes) throw protocolProblem('length of a graphics reset');
  const width = reader.u32();
  const height = reader.u32();
  const monitors = reader.u32();
  if (monitors > mostMonitors) throw protocolProblem('count of monitors');
  reader.skip(monitors * monitorBytes);
  reader.skip(reader.left);
  return { width, height };
}

/** RDPGFX_RECT16 (2.2.1.2): right and bottom are not part of it. */
export function readRect(reader: Reader): Rect {
  const x = reader.u16();
  const y = reader.u16();
  const w = reader.u16() - x;
  const h = reader.u16() - y;
  if (w < 0 || h < 0) throw protocolProblem('rectangle');
  return { x, y, w, h };
}

/** RDPGFX_COLOR32 (2.2.1.3). @returns R, G, B, 255 as they lie in memory, little-endian */
export function readColour(reader: Reader): number {
  const value = reader.u32();
  return (((value & 0xff) << 16) | (value & 0xff00) | ((value >>> 16) & 0xff) | 0xff000000) >>> 0;
}

/** RDPGFX_PIXELFORMAT (2.2.1.4). Alpha is not kept: nothing is mapped to windows, so nothing could show through. */
export function readPixelFormat(reader: Reader): void {
  const format = reader.u8();
  if (format !== 0x20 && format !== 0x21) throw protocolProblem('pixel format');
}

/** `bitmapDataLength` and `bitmapData`, which end a PDU. */
export function readBitmapData(reader: Reader): Uint8Array {
  if (reader.u32() !== reader.left) throw protocolProblem('length of bitmap data');
  return reader.rest();
}
