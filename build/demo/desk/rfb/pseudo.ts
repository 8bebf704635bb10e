import { type Rect, rect, type Size } from '../state/geometry.ts';
import { rectHeader } from './encoder.ts';
import { type PixelFormat, pixelWriter } from './pixel-format.ts';

/** Pseudo-encodings of RFC 6143 §7.8 and of the community's registry (rfbproto). */
export const pseudo = {
  desktopSize: -223,
  lastRect: -224,
  cursor: -239,
  qemuExtendedKey: -258,
  desktopName: -307,
  extendedDesktopSize: -308,
  fence: -312,
  continuousUpdates: -313,
  qualityLowest: -32,
  qualityBest: -23,
  compressLowest: -256,
  compressBest: -247,
} as const;

/** A pointer shape: words 0xAABBGGRR, and where in it the point lies. */
export type CursorImage = Readonly<{ pixels: Uint32Array; width: number; height: number; hotX: number; hotY: number }>;

/** RFC 6143 §7.8.1: pixels in the client's format, then one bit a pixel for what is drawn at all. */
export function cursorRect(image: CursorImage, format: PixelFormat): Buffer {
  const { width, height, pixels } = image;
  const writer = pixelWriter(format);
  const colours = Buffer.alloc(width * height * writer.bytes);
  const rowBytes = Math.ceil(width / 8);
  const mask = Buffer.alloc(rowBytes * height);
  for (const [at, pixel] of pixels.entries()) {
    writer.write(colours, at * writer.bytes, pixel);
    const x = at % width;
    if (pixel >>> 24 >= 128) mask[Math.floor(at / width) * rowBytes + (x >> 3)]! |= 0x80 >> (x & 7);
  }
  return Buffer.concat([rectHeader(rect(image.hotX, image.hotY, width, height), pseudo.cursor), colours, mask]);
}

/** Why a screen has its size: rfbproto, "ExtendedDesktopSize Pseudo-encoding". */
export type SizeReason = 'server' | 'thisClient' | 'otherClient';
export const sizeStatus = { done: 0, prohibited: 1, invalid: 3 } as const;
const reasonCode: Readonly<Record<SizeReason, number>> = { server: 0, thisClient: 1, otherClient: 2 };

export function extendedSizeRect(size: Size, reason: SizeReason, status: number): Buffer {
  const screen = Buffer.alloc(20);
  screen[0] = 1;
  screen.writeUInt32BE(1, 4);
  screen.writeUInt16BE(size.width, 12);
  screen.writeUInt16BE(size.height, 14);
  const where: Rect = rect(reasonCode[reason], status, size.width, size.height);
  return Buffer.concat([rectHeader(where, pseudo.extendedDesktopSize), screen]);
}

export const sizeRect = (size: Size): Buffer => rectHeader(rect(0, 0, size.width, size.height), pseudo.desktopSize);

export function nameRect(name: string): Buffer {
  const bytes = Buffer.from(name, 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([rectHeader(rect(0, 0, 0, 0), pseudo.desktopName), length, bytes]);
}

export const qemuRect = (): Buffer => rectHeader(rect(0, 0, 0, 0), pseudo.qemuExtendedKey);

export const lastRect = (): Buffer => rectHeader(rect(0, 0, 0, 0), pseudo.lastRect);

export const fenceFlags = { blockBefore: 1, blockAfter: 2, syncNext: 4, request: 0x8000_0000 } as const;

export function fenceMessage(flags: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head[0] = 248;
  head.writeUInt32BE(flags >>> 0, 4);
  head[8] = payload.length;
  return Buffer.concat([head, payload]);
}

export const endOfContinuousUpdates = (): Buffer => Buffer.from([150]);
