import { createCanvas, ImageData } from '@napi-rs/canvas';
import { type Rect, rect } from '../state/geometry.ts';
import { createDeflater, type Deflater } from './deflater.ts';
import { cutIntoPieces, indexed, type Picture, type Piece } from './pieces.ts';
import {
  compressedPixelWriter,
  type PixelFormat,
  type PixelWriter,
  pixelWriter,
  tightPixelWriter,
} from './pixel-format.ts';

export const encodings = { raw: 0, copyRect: 1, tight: 7, zrle: 16 } as const;
export type PixelEncoding = 'raw' | 'tight' | 'zrle';

type EncoderOptions = Readonly<{
  encoding: PixelEncoding;
  format: PixelFormat;
  /** 0 to 9 when the client allows JPEG. */
  quality: number | undefined;
  lossless: readonly Rect[];
}>;

/** A rectangle on its way: its pixels are already taken, its bytes follow. */
type EncodedRect = Promise<Buffer>;

export type Encoder = Readonly<{
  /** Takes the pixels of `area` now. The promises must be written out in the given order: the streams depend on it. */
  encode: (picture: Picture, area: Rect, options: EncoderOptions) => readonly EncodedRect[];
  close: () => void;
}>;

const maxTightWidth = 2048;
/** Pixels of one rectangle: bounds what is held while it is being compressed. */
const maxPixels = 256 * 1024;
const jpegQuality: readonly number[] = [20, 30, 40, 50, 60, 70, 78, 85, 90, 95];

/** @param level zlib effort, 1 to 9. */
export function createEncoder(level: number): Encoder {
  const streams = new Map<string, Deflater>();
  const stream = (name: string): Deflater => {
    const have = streams.get(name) ?? createDeflater(level);
    streams.set(name, have);
    return have;
  };

  const tight = async (area: Rect, control: number, head: Buffer, data: Buffer): EncodedRect => {
    // Up to 11 bytes go uncompressed, without a length (rfbproto, "Tight Encoding").
    if (data.length < 12) return Buffer.concat([rectHeader(area, encodings.tight), Buffer.from([control]), head, data]);
    const packed = await stream(`tight${(control >> 4) & 3}`).deflate(data);
    return Buffer.concat([
      rectHeader(area, encodings.tight),
      Buffer.from([control]),
      head,
      compactLength(packed.length),
      packed,
    ]);
  };

  const tightPiece = (picture: Picture, { area, kind }: Piece, options: EncoderOptions): EncodedRect => {
    const writer = tightPixelWriter(options.format);
    if (kind === 'solid') {
      const data = Buffer.alloc(1 + writer.bytes);
      data[0] = 0x80;
      writer.write(data, 1, picture.pixels[area.y * picture.width + area.x]!);
      return Promise.resolve(Buffer.concat([rectHeader(area, encodings.tight), data]));
    }
    if (kind === 'photo') return jpeg(picture, area, options.quality ?? 6);
    const few = kind === 'few' ? indexed(picture, area) : undefined;
    if (!few) return tight(area, 0x00, Buffer.alloc(0), allPixels(picture, area, writer));
    const palette = Buffer.alloc(2 + few.palette.length * writer.bytes);
    palette[0] = 1;
    palette[1] = few.palette.length - 1;
    for (const [at, pixel] of few.palette.entries()) writer.write(palette, 2 + at * writer.bytes, pixel);
    return few.palette.length === 2
      ? tight(area, 0x50, palette, packBits(few.indices, area))
      : tight(area, 0x60, palette, Buffer.from(few.indices));
  };

  const zrle = async (picture: Picture, area: Rect, format: PixelFormat): EncodedRect => {
    const data = zrleTiles(picture, area, compressedPixelWriter(format));
    const packed = await stream('zrle').deflate(data);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(packed.length);
    return Buffer.concat([rectHeader(area, encodings.zrle), length, packed]);
  };

  return {
    encode: (picture, area, options) => {
      switch (options.encoding) {
        case 'raw':
          return split(area, picture.width).map(async (part) =>
            Buffer.concat([rectHeader(part, encodings.raw), allPixels(picture, part, pixelWriter(options.format))]),
          );
        case 'zrle':
          return split(area, picture.width).map((part) => zrle(picture, part, options.format));
        case 'tight': {
          const photos = options.quality !== undefined && options.format.bytes > 1;
          return cutIntoPieces(picture, area, { photos, lossless: options.lossless })
            .flatMap((piece) => split(piece.area, maxTightWidth).map((part) => ({ ...piece, area: part })))
            .map((piece) => tightPiece(picture, piece, options));
        }
      }
    },
    close: () => {
      for (const one of streams.values()) one.close();
    },
  };
}

/** RFC 6143 §7.6.1: where the rectangle lies and how its pixels are written. */
export function rectHeader(area: Rect, encoding: number): Buffer {
  const data = Buffer.alloc(12);
  data.writeUInt16BE(area.x, 0);
  data.writeUInt16BE(area.y, 2);
  data.writeUInt16BE(area.width, 4);
  data.writeUInt16BE(area.height, 6);
  data.writeInt32BE(encoding, 8);
  return data;
}

function split(area: Rect, maxWidth: number): readonly Rect[] {
  const parts: Rect[] = [];
  const width = Math.min(area.width, maxWidth);
  const height = Math.max(1, Math.min(area.height, Math.floor(maxPixels / width)));
  for (let y = 0; y < area.height; y += height) {
    for (let x = 0; x < area.width; x += width) {
      parts.push(rect(area.x + x, area.y + y, Math.min(width, area.width - x), Math.min(height, area.height - y)));
    }
  }
  return parts;
}

function allPixels({ pixels, width }: Picture, area: Rect, writer: PixelWriter): Buffer {
  const data = Buffer.alloc(area.width * area.height * writer.bytes);
  let to = 0;
  for (let y = area.y; y < area.y + area.height; y++) {
    for (let x = area.x; x < area.x + area.width; x++) {
      writer.write(data, to, pixels[y * width + x]!);
      to += writer.bytes;
    }
  }
  return data;
}

/** One bit a pixel, the first pixel in the highest bit, each row begun anew. */
function packBits(indices: Uint8Array, { width, height }: Rect): Buffer {
  const bytes = Math.ceil(width / 8);
  const data = Buffer.alloc(bytes * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (indices[y * width + x]) data[y * bytes + (x >> 3)]! |= 0x80 >> (x & 7);
    }
  }
  return data;
}

/** Seven bits a byte, low ones first; the third byte carries eight (rfbproto, "Tight Encoding"). */
function compactLength(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  if (length < 0x4000) return Buffer.from([(length & 0x7f) | 0x80, length >> 7]);
  return Buffer.from([(length & 0x7f) | 0x80, ((length >> 7) & 0x7f) | 0x80, length >> 14]);
}

async function jpeg({ pixels, width }: Picture, area: Rect, quality: number): EncodedRect {
  const image = new ImageData(area.width, area.height);
  const words = new Uint32Array(image.data.buffer, image.data.byteOffset, area.width * area.height);
  for (let y = 0; y < area.height; y++) {
    const from = (area.y + y) * width + area.x;
    words.set(pixels.subarray(from, from + area.width), y * area.width);
  }
  const canvas = createCanvas(area.width, area.height);
  canvas.getContext('2d').putImageData(image, 0, 0);
  const data = await canvas.encode('jpeg', jpegQuality[quality] ?? 75);
  return Buffer.concat([rectHeader(area, encodings.tight), Buffer.from([0x90]), compactLength(data.length), data]);
}

/** ZRLE (RFC 6143 §7.7.6) with the subencodings raw, solid and packed palette; runs are left to zlib. */
function zrleTiles(picture: Picture, area: Rect, writer: PixelWriter): Buffer {
  const parts: Buffer[] = [];
  for (let y = area.y; y < area.y + area.height; y += 64) {
    for (let x = area.x; x < area.x + area.width; x += 64) {
      const part = rect(x, y, Math.min(64, area.x + area.width - x), Math.min(64, area.y + area.height - y));
      parts.push(zrleTile(picture, part, writer));
    }
  }
  return Buffer.concat(parts);
}

function zrleTile(picture: Picture, part: Rect, writer: PixelWriter): Buffer {
  const few = indexed(picture, part);
  if (!few || few.palette.length > 16) return Buffer.concat([Buffer.from([0]), allPixels(picture, part, writer)]);
  const head = Buffer.alloc(1 + few.palette.length * writer.bytes);
  head[0] = few.palette.length;
  for (const [at, pixel] of few.palette.entries()) writer.write(head, 1 + at * writer.bytes, pixel);
  if (few.palette.length === 1) return head;
  const bits = few.palette.length === 2 ? 1 : few.palette.length <= 4 ? 2 : 4;
  const rowBytes = Math.ceil((part.width * bits) / 8);
  const data = Buffer.alloc(rowBytes * part.height);
  for (let y = 0; y < part.height; y++) {
    for (let x = 0; x < part.width; x++) {
      const shift = 8 - bits - ((x * bits) & 7);
      data[y * rowBytes + ((x * bits) >> 3)]! |= few.indices[y * part.width + x]! << shift;
    }
  }
  return Buffer.concat([head, data]);
}
