import { describe, expect, it } from 'vitest';
import {
  compressedPixelWriter,
  type PixelFormat,
  pixelWriter,
  readPixelFormat,
  serverFormat,
  tightPixelWriter,
  writePixelFormat,
} from '#build/demo/desk/rfb/pixel-format.ts';

const orange = 0xff10_80f0; // red f0, green 80, blue 10
const bytes = (writer: ReturnType<typeof pixelWriter>): string => {
  const data = Buffer.alloc(writer.bytes);
  writer.write(data, 0, orange);
  return data.toString('hex');
};
const high: PixelFormat = {
  ...serverFormat,
  red: { max: 255, shift: 24 },
  green: { max: 255, shift: 16 },
  blue: { max: 255, shift: 8 },
};
const sixteen: PixelFormat = {
  bytes: 2,
  depth: 16,
  bigEndian: false,
  red: { max: 31, shift: 11 },
  green: { max: 63, shift: 5 },
  blue: { max: 31, shift: 0 },
};

describe('pixel formats', () => {
  it('survive the way over the wire', () => {
    for (const format of [serverFormat, high, sixteen])
      expect(readPixelFormat(writePixelFormat(format))).toEqual(format);
  });

  it('put every channel where the client wants it', () => {
    expect(bytes(pixelWriter(serverFormat))).toBe('1080f000');
    expect(bytes(pixelWriter({ ...serverFormat, bigEndian: true }))).toBe('00f08010');
    expect(bytes(pixelWriter(high))).toBe('001080f0');
    expect(bytes(pixelWriter(sixteen))).toBe('02ec');
    expect(bytes(pixelWriter({ ...sixteen, bigEndian: true }))).toBe('ec02');
  });

  it('leave out the empty byte where an encoding says so', () => {
    expect(bytes(tightPixelWriter(serverFormat))).toBe('f08010');
    expect(bytes(tightPixelWriter(sixteen))).toBe('02ec');
    expect(bytes(compressedPixelWriter(serverFormat))).toBe('1080f0');
    expect(bytes(compressedPixelWriter({ ...serverFormat, bigEndian: true }))).toBe('f08010');
    expect(bytes(compressedPixelWriter(high))).toBe('1080f0');
    expect(bytes(compressedPixelWriter({ ...high, bigEndian: true }))).toBe('f08010');
  });
});
