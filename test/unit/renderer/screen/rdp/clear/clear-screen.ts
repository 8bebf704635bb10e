import { buildWasm } from '#build/bundle/wasm.ts';
import { ClearCodec } from '#renderer/screen/rdp/clear/clear-codec.ts';
import { rdpCodecFactory } from '#renderer/screen/rdp/codec.ts';
import { Writer } from '#renderer/screen/rdp/writer.ts';

/** Encodes ClearCodec as MS-RDPEGFX 2.2.4.1 says, for what decodes it to be held against. */
const factory = rdpCodecFactory(await buildWasm('rdp'));
const guard = 0x5a5a5a5a;

/** A picture with a border of guard bytes, and ClearCodec over what is inside. */
export class Screen {
  readonly codec = factory(64 << 20);
  readonly clear = new ClearCodec(this.codec);
  readonly width: number;
  readonly height: number;
  readonly #at: number;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.#at = this.codec.memory.allocate((width + 2) * (height + 2) * 4);
    this.codec.memory.bytes.fill(0x5a, this.#at, this.#at + (width + 2) * (height + 2) * 4);
  }
  get #words(): Uint32Array {
    return new Uint32Array(this.codec.memory.bytes.buffer, this.#at, (this.width + 2) * (this.height + 2));
  }
  decode(bytes: Uint8Array): this {
    const stride = (this.width + 2) * 4;
    const target = { at: this.#at, width: this.width + 2, height: this.height + 2, stride };
    this.clear.decode(bytes, target, { x: 1, y: 1, w: this.width, h: this.height });
    return this;
  }
  /** 0xRRGGBB, or -1 where nothing was drawn. */
  pixels(): number[] {
    const out: number[] = [];
    for (let y = 1; y <= this.height; y++) {
      for (const word of this.#words.subarray(y * (this.width + 2) + 1, (y + 1) * (this.width + 2) - 1)) {
        out.push(word === guard ? -1 : ((word & 255) << 16) | (word & 0xff00) | ((word >> 16) & 255));
      }
    }
    return out;
  }
  borderIntact(): boolean {
    const [w, h] = [this.width + 2, this.height + 2];
    return this.#words.every((word, i) => {
      const [x, y] = [i % w, Math.floor(i / w)];
      return (x > 0 && x < w - 1 && y > 0 && y < h - 1) || word === guard;
    });
  }
}

export const bgr = (to: Writer, colour: number) =>
  to
    .u8(colour)
    .u8(colour >> 8)
    .u8(colour >> 16);
export function factor(to: Writer, count: number): Writer {
  if (count < 0xff) return to.u8(count);
  to.u8(0xff);
  return count < 0xffff ? to.u16(count) : to.u16(0xffff).u32(count);
}
export function stream(
  layers: { residual?: Writer; bands?: Writer; areas?: Writer },
  { flags = 0, glyph }: { flags?: number; glyph?: number } = {},
): Uint8Array {
  const out = new Writer().u8(flags | (glyph === undefined ? 0 : 1)).u8(0);
  if (glyph !== undefined) out.u16(glyph);
  const { residual, bands, areas } = layers;
  out
    .u32(residual?.length ?? 0)
    .u32(bands?.length ?? 0)
    .u32(areas?.length ?? 0);
  for (const part of [residual, bands, areas]) if (part !== undefined) out.raw(part.done());
  return out.done();
}
export function residual(pixels: readonly number[]): Writer {
  const out = new Writer();
  for (let i = 0; i < pixels.length; ) {
    let next = i + 1;
    while (pixels[next] === pixels[i]) next++;
    factor(bgr(out, pixels[i]!), next - i);
    i = next;
  }
  return out;
}
export const band = (x: number, x2: number, y: number, y2: number, background: number) =>
  bgr(new Writer().u16(x).u16(x2).u16(y).u16(y2), background);
export const missed = (to: Writer, on: number, colours: readonly number[]) => {
  to.u16(((on + colours.length) << 8) | on);
  for (const colour of colours) bgr(to, colour);
  return to;
};
export const area = (x: number, y: number, w: number, h: number, id: number, data: Uint8Array) =>
  new Writer().u16(x).u16(y).u16(w).u16(h).u32(data.length).u8(id).raw(data);
