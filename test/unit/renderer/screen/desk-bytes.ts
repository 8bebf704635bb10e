import { constants, createDeflate, type Deflate, type ZlibOptions } from 'node:zlib';

/** What a desk says, written out for tests: the bytes of RFC 6143, independent of the code under test. */
export const u8 = (...values: readonly number[]): Buffer => Buffer.from(values.map((value) => value & 255));
export const u16 = (...values: readonly number[]): Buffer =>
  Buffer.concat(values.map((value) => u8(value >> 8, value)));
export const u32 = (...values: readonly number[]): Buffer =>
  Buffer.concat(values.map((value) => u16(value >>> 16, value)));
export const text = (value: string): Buffer => Buffer.concat([u32(Buffer.byteLength(value)), Buffer.from(value)]);

export const version = (minor = 8): Buffer => Buffer.from(`RFB 003.00${minor}\n`);
const noSecurity = (): Buffer => Buffer.concat([u8(1, 1), u32(0)]);

export function serverInit(width: number, height: number, name = 'desk'): Buffer {
  const format = Buffer.concat([u8(32, 24, 0, 1), u16(255, 255, 255), u8(16, 8, 0, 0, 0, 0)]);
  return Buffer.concat([u16(width, height), format, text(name)]);
}

/** Everything up to the first message, RFB 3.8 without a password. */
export const opening = (width: number, height: number): Buffer =>
  Buffer.concat([version(), noSecurity(), serverInit(width, height)]);

export type RectBytes = Buffer;

export function update(...rects: readonly RectBytes[]): Buffer {
  return Buffer.concat([u8(0, 0), u16(rects.length), ...rects]);
}

export function rect(x: number, y: number, w: number, h: number, encoding: number, ...body: readonly Buffer[]): Buffer {
  return Buffer.concat([u16(x, y, w, h), u32(encoding), ...body]);
}

/** Length of Tight: one to three bytes. */
export function compact(length: number): Buffer {
  if (length < 128) return u8(length);
  if (length < 16384) return u8((length & 127) | 128, length >> 7);
  return u8((length & 127) | 128, ((length >> 7) & 127) | 128, length >> 14);
}

/** A JPEG that has a size and nothing else: enough for what the core looks at. */
export function jpegOf(width: number, height: number): Buffer {
  return Buffer.concat([
    u8(0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2),
    u8(0xff, 0xc0, 0, 11, 8),
    u16(height, width),
    u8(1, 1, 0x11, 0, 0xff, 0xd9),
  ]);
}

/** A zlib stream that goes on from rectangle to rectangle. */
export class Deflater {
  readonly #deflate: Deflate;
  #out: Buffer[] = [];

  constructor(options: ZlibOptions = {}) {
    this.#deflate = createDeflate(options);
    this.#deflate.on('data', (data: Buffer) => this.#out.push(data));
  }

  /** @returns all that comes out for `data`. */
  async take(data: Uint8Array, flush: number = constants.Z_SYNC_FLUSH): Promise<Buffer> {
    await new Promise<void>((resolve) => {
      this.#deflate.write(data);
      this.#deflate.flush(flush, resolve);
    });
    const out = Buffer.concat(this.#out);
    this.#out = [];
    return out;
  }
}

export const deflated = async (data: Uint8Array): Promise<Buffer> => await new Deflater().take(data);
