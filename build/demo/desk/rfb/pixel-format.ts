import { HanareError } from '#contract/errors/hanare-error.ts';

/** RFC 6143 §7.4. Shifts and maxima as the client gave them. */
export type PixelFormat = Readonly<{
  bytes: 1 | 2 | 4;
  depth: number;
  bigEndian: boolean;
  red: Channel;
  green: Channel;
  blue: Channel;
}>;
type Channel = Readonly<{ max: number; shift: number }>;

export const serverFormat: PixelFormat = {
  bytes: 4,
  depth: 24,
  bigEndian: false,
  red: { max: 255, shift: 16 },
  green: { max: 255, shift: 8 },
  blue: { max: 255, shift: 0 },
};

/** @param data the 16 bytes of a SetPixelFormat message. @throws screenProtocolError for a format that cannot be. */
export function readPixelFormat(data: Buffer): PixelFormat {
  const bits = data[0];
  const trueColour = data[3] !== 0;
  const bytes = bits === 8 ? 1 : bits === 16 ? 2 : bits === 32 ? 4 : undefined;
  if (bytes === undefined) throw new HanareError('screenProtocolError', { problem: 'pixel format: bits per pixel' });
  if (!trueColour) throw new HanareError('screenProtocolError', { problem: 'pixel format: colour map' });
  const channel = (max: number, shift: number): Channel => {
    const fits =
      max > 0 && max <= 255 && (max & (max + 1)) === 0 && shift < bytes * 8 && max * 2 ** shift < 2 ** (bytes * 8);
    if (!fits) throw new HanareError('screenProtocolError', { problem: 'pixel format: channel' });
    return { max, shift };
  };
  return {
    bytes,
    depth: data[1]!,
    bigEndian: data[2] !== 0,
    red: channel(data.readUInt16BE(4), data[10]!),
    green: channel(data.readUInt16BE(6), data[11]!),
    blue: channel(data.readUInt16BE(8), data[12]!),
  };
}

export function writePixelFormat(format: PixelFormat): Buffer {
  const data = Buffer.alloc(16);
  data[0] = format.bytes * 8;
  data[1] = format.depth;
  data[2] = format.bigEndian ? 1 : 0;
  data[3] = 1;
  for (const [at, channel] of [format.red, format.green, format.blue].entries()) {
    data.writeUInt16BE(channel.max, 4 + at * 2);
    data[10 + at] = channel.shift;
  }
  return data;
}

/** Writes pixels given as 0xAABBGGRR (the canvas's bytes R, G, B, A read as a little-endian word). */
export type PixelWriter = Readonly<{
  bytes: number;
  write: (into: Buffer, at: number, pixel: number) => void;
}>;

/** PIXEL of RFC 6143 §7.7. */
export function pixelWriter(format: PixelFormat): PixelWriter {
  const { bytes, bigEndian } = format;
  const red = scaled(format.red);
  const green = scaled(format.green);
  const blue = scaled(format.blue);
  const value = (pixel: number): number =>
    (red[pixel & 255]! | green[(pixel >>> 8) & 255]! | blue[(pixel >>> 16) & 255]!) >>> 0;
  if (bytes === 1) return { bytes, write: (into, at, pixel) => void into.writeUInt8(value(pixel), at) };
  if (bytes === 2) {
    return bigEndian
      ? { bytes, write: (into, at, pixel) => void into.writeUInt16BE(value(pixel), at) }
      : { bytes, write: (into, at, pixel) => void into.writeUInt16LE(value(pixel), at) };
  }
  const order = bigEndian ? [24, 16, 8, 0] : [0, 8, 16, 24];
  return {
    bytes,
    write: (into, at, pixel) => {
      const word = value(pixel);
      into[at] = word >>> order[0]!;
      into[at + 1] = word >>> order[1]!;
      into[at + 2] = word >>> order[2]!;
      into[at + 3] = word >>> order[3]!;
    },
  };
}

/** Whether three bytes of colour are all a pixel has: then compressed pixels leave the fourth out. */
const isPlain24 = (format: PixelFormat): boolean =>
  format.bytes === 4 && format.depth === 24 && [format.red, format.green, format.blue].every(({ max }) => max === 255);

/** TPIXEL of the Tight encoding (rfbproto, "Tight Encoding"): red, green, blue in this order when 24 bits deep. */
export function tightPixelWriter(format: PixelFormat): PixelWriter {
  if (!isPlain24(format)) return pixelWriter(format);
  return {
    bytes: 3,
    write: (into, at, pixel) => {
      into[at] = pixel;
      into[at + 1] = pixel >>> 8;
      into[at + 2] = pixel >>> 16;
    },
  };
}

/** CPIXEL of ZRLE (RFC 6143 §7.7.5): the three bytes of the pixel that carry colour, in the pixel's own order. */
export function compressedPixelWriter(format: PixelFormat): PixelWriter {
  const whole = pixelWriter(format);
  const shifts = [format.red.shift, format.green.shift, format.blue.shift];
  const low = shifts.every((shift) => shift + 8 <= 24);
  const high = shifts.every((shift) => shift >= 8);
  if (!isPlain24(format) || (!low && !high)) return whole;
  const skip = low === format.bigEndian ? 1 : 0;
  const scratch = Buffer.alloc(4);
  return {
    bytes: 3,
    write: (into, at, pixel) => {
      whole.write(scratch, 0, pixel);
      scratch.copy(into, at, skip, skip + 3);
    },
  };
}

function scaled({ max, shift }: Channel): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, level) => (Math.round((level * max) / 255) << shift) >>> 0);
}
