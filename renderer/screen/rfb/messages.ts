import type { ScreenOptions } from '../api.ts';
import { encoding, fenceFlags, fromClient } from './numbers.ts';

/** What the client says (RFC 6143 §7.5 and the community specification). Each call makes one whole message. */
type Field = readonly [size: 1 | 2 | 4, value: number];

const u8 = (value: number): Field => [1, value];
const u16 = (value: number): Field => [2, value];
const u32 = (value: number): Field => [4, value];

function message(...fields: readonly Field[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(fields.reduce((sum, [size]) => sum + size, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [size, value] of fields) {
    if (size === 1) view.setUint8(at, value);
    else if (size === 2) view.setUint16(at, value);
    else view.setInt32(at, value | 0);
    at += size;
  }
  return bytes;
}

/** 32 bits a pixel, little-endian, red lowest: in memory R, G, B, unused, which is what a canvas takes. */
export function setPixelFormat(): Uint8Array<ArrayBuffer> {
  return message(
    ...[u8(fromClient.setPixelFormat), u8(0), u16(0)],
    ...[u8(32), u8(24), u8(0), u8(1), u16(255), u16(255), u16(255), u8(0), u8(8), u8(16), u8(0), u16(0)],
  );
}

const pixelEncodings = {
  tight: encoding.tight,
  zrle: encoding.zrle,
  copyrect: encoding.copyRect,
  raw: encoding.raw,
} as const;

export function setEncodings(options: NonNullable<ScreenOptions['vnc']>): Uint8Array<ArrayBuffer> {
  const offered = options.encodings ?? (['tight', 'zrle', 'copyrect', 'raw'] as const);
  const list: number[] = offered.map((name) => pixelEncodings[name]);
  if (options.quality !== 'lossless') list.push(encoding.jpegQuality0 + clampLevel(options.quality));
  list.push(
    encoding.compression0 + clampLevel(options.compression),
    encoding.lastRect,
    encoding.cursorWithAlpha,
    encoding.cursor,
    encoding.extendedDesktopSize,
    encoding.desktopSize,
    encoding.desktopName,
    encoding.qemuExtendedKey,
    encoding.qemuLedState,
    encoding.extendedMouseButtons,
    encoding.fence,
    encoding.continuousUpdates,
  );
  return message(u8(fromClient.setEncodings), u8(0), u16(list.length), ...list.map(u32));
}

function clampLevel(level: number): number {
  return Math.min(9, Math.max(0, Math.round(level)));
}

export function updateRequest(incremental: boolean, width: number, height: number): Uint8Array<ArrayBuffer> {
  return message(u8(fromClient.updateRequest), u8(incremental ? 1 : 0), u16(0), u16(0), u16(width), u16(height));
}

export function enableContinuousUpdates(on: boolean, width: number, height: number): Uint8Array<ArrayBuffer> {
  return message(u8(fromClient.enableContinuousUpdates), u8(on ? 1 : 0), u16(0), u16(0), u16(width), u16(height));
}

export function keyEvent(down: boolean, keysym: number): Uint8Array<ArrayBuffer> {
  return message(u8(fromClient.key), u8(down ? 1 : 0), u16(0), u32(keysym));
}

export function qemuKeyEvent(down: boolean, keysym: number, scancode: number): Uint8Array<ArrayBuffer> {
  return message(u8(fromClient.qemu), u8(0), u16(down ? 1 : 0), u32(keysym), u32(scancode));
}

/** @param buttons bit 0 left … bit 7 back, bit 8 forward */
export function pointerEvent(x: number, y: number, buttons: number, extended: boolean): Uint8Array<ArrayBuffer> {
  if (!extended || buttons < 128) return message(u8(fromClient.pointer), u8(buttons & 255), u16(x), u16(y));
  return message(u8(fromClient.pointer), u8((buttons & 127) | 128), u16(x), u16(y), u8((buttons >> 7) & 255));
}

export type DeskScreen = Readonly<{ id: number; flags: number }>;

export function setDesktopSize(width: number, height: number, screen: DeskScreen): Uint8Array<ArrayBuffer> {
  return message(
    ...[u8(fromClient.setDesktopSize), u8(0), u16(width), u16(height), u8(1), u8(0)],
    ...[u32(screen.id), u16(0), u16(0), u16(width), u16(height), u32(screen.flags)],
  );
}

export function fenceAnswer(flags: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const known = flags & fenceFlags.known;
  return message(u8(fromClient.fence), u8(0), u16(0), u32(known), u8(payload.length), ...[...payload].map(u8));
}
