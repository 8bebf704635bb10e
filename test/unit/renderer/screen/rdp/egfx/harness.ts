import type { Rect } from '#renderer/screen/core/damage.ts';
import { RdpCodec } from '#renderer/screen/rdp/codec.ts';
import type { GfxDecoders } from '#renderer/screen/rdp/egfx/decoders.ts';
import { Gfx, type GfxOptions } from '#renderer/screen/rdp/egfx/rdpgfx.ts';
import type { Pixels } from '#renderer/screen/rdp/memory.ts';
import { Writer } from '#renderer/screen/rdp/writer.ts';

type Namespace = { WebAssembly: { Memory: new (limits: { initial: number }) => unknown } };

/** The arena alone: nothing here is decoded by WebAssembly. */
function newCodec(budget = 64 * 1024 * 1024): RdpCodec {
  const { Memory } = (globalThis as unknown as Namespace).WebAssembly;
  const wasm = { memory: new Memory({ initial: 16 }), arenaAt: () => 0x100000 };
  return new RdpCodec(wasm as unknown as ConstructorParameters<typeof RdpCodec>[0], budget);
}

/** RDPGFX_HEADER and what follows it. */
export function pdu(command: number, body: (writer: Writer) => Writer = (writer) => writer): Uint8Array {
  const bytes = body(new Writer()).done();
  return new Writer()
    .u16(command)
    .u16(0)
    .u32(8 + bytes.length)
    .raw(bytes)
    .done();
}

/** One message of one segment that is not compressed. */
export function message(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat([Buffer.from([0xe0, 0x04]), ...parts]));
}

type Box = readonly [left: number, top: number, right: number, bottom: number];
const u16s = (...values: readonly number[]) => new Uint8Array(Uint16Array.from(values).buffer);
const box = (writer: Writer, rect: Box) => writer.raw(u16s(...rect));
const points = (writer: Writer, all: readonly (readonly [number, number])[]) => {
  writer.u16(all.length);
  for (const [x, y] of all) writer.raw(u16s(x, y));
  return writer;
};

/** What the desk says. */
export const say = {
  confirm: (version = 0x00080105, flags = 0x12) => pdu(0x13, (w) => w.u32(version).u32(4).u32(flags)),
  reset: (width: number, height: number, monitors = 1) =>
    pdu(0x0e, (w) => w.u32(width).u32(height).u32(monitors).zeros(320)),
  create: (id: number, width: number, height: number, format = 0x20) =>
    pdu(0x09, (w) => w.u16(id).u16(width).u16(height).u8(format)),
  remove: (id: number) => pdu(0x0a, (w) => w.u16(id)),
  map: (id: number, x = 0, y = 0) => pdu(0x0f, (w) => w.u16(id).u16(0).u32(x).u32(y)),
  scaled: (id: number, width: number, height: number) =>
    pdu(0x17, (w) => w.u16(id).u16(0).u32(0).u32(0).u32(width).u32(height)),
  start: (frame = 1) => pdu(0x0b, (w) => w.u32(0).u32(frame)),
  end: (frame = 1) => pdu(0x0c, (w) => w.u32(frame)),
  /** @param colour 0xRRGGBB */
  fill: (id: number, colour: number, ...boxes: readonly Box[]) =>
    pdu(0x04, (w) => boxes.reduce(box, w.u16(id).u32(colour).u16(boxes.length))),
  copy: (from: number, to: number, rect: Box, ...to2: readonly (readonly [number, number])[]) =>
    pdu(0x05, (w) => points(box(w.u16(from).u16(to), rect), to2)),
  cache: (id: number, slot: number, rect: Box) => pdu(0x06, (w) => box(w.u16(id).zeros(8).u16(slot), rect)),
  paste: (slot: number, id: number, ...to: readonly (readonly [number, number])[]) =>
    pdu(0x07, (w) => points(w.u16(slot).u16(id), to)),
  evict: (slot: number) => pdu(0x08, (w) => w.u16(slot)),
  imported: (...slots: readonly number[]) =>
    pdu(0x11, (w) => slots.reduce((to, slot) => to.u16(slot), w.u16(slots.length))),
  wire: (id: number, codec: number, rect: Box, data: ArrayLike<number>, format = 0x20) =>
    pdu(0x01, (w) => box(w.u16(id).u16(codec).u8(format), rect).u32(data.length).raw(data)),
  progressive: (id: number, context: number, data: ArrayLike<number>, codec = 9) =>
    pdu(0x02, (w) => w.u16(id).u16(codec).u32(context).u8(0x20).u32(data.length).raw(data)),
  forget: (id: number, context: number) => pdu(0x03, (w) => w.u16(id).u32(context)),
};

type Options = Readonly<{ decoders?: GfxDecoders; options?: Partial<GfxOptions>; budget?: number }>;

/** The pipeline with what it said kept. */
export class Harness {
  readonly codec: RdpCodec;
  readonly gfx: Gfx;
  readonly sent: string[] = [];
  /** Sizes, frames, acknowledgements and calls of decoders, in order. */
  readonly events: string[] = [];
  readonly damage: Rect[][] = [];
  readonly failures: unknown[] = [];
  framebuffer: Pixels | undefined;
  consumed = 0;

  constructor({ decoders, options, budget }: Options = {}) {
    this.codec = newCodec(budget);
    this.gfx = new Gfx(
      this.codec,
      decoders ?? this.recorders(),
      {
        send: (bytes) => {
          const hex = Buffer.from(bytes).toString('hex');
          this.sent.push(hex);
          if (hex.startsWith('0d00')) this.events.push(`acknowledged ${Buffer.from(bytes).readUInt32LE(12)}`);
        },
        resized: (width, height) => this.events.push(`resized ${width}x${height}`),
        frame: (damage, framebuffer) => {
          this.framebuffer = framebuffer;
          this.damage.push(damage.take());
          this.events.push('frame');
        },
        consumed: (bytes) => {
          this.consumed += bytes;
        },
        failed: (error) => this.failures.push(error),
      },
      { capabilities: { avc420: true, avc444: false }, ...options },
    );
    this.gfx.open();
  }

  /** Decoders that draw nothing and say what they were given. */
  recorders(): GfxDecoders {
    const record =
      (name: string) =>
      (bytes: Uint8Array, _: Pixels, { x, y, w, h }: Rect, surface: number) => {
        this.events.push(`${name} ${bytes.length} ${x},${y} ${w}x${h} on ${surface}`);
        return undefined;
      };
    return {
      planar: record('planar'),
      clear: record('clear'),
      remotefx: record('remotefx'),
      avc420: record('avc420'),
      avc444: record('avc444'),
      avc444v2: record('avc444v2'),
      progressive: (bytes, { width, height }, surface, context) => {
        this.events.push(`progressive ${bytes.length} on ${surface} ${width}x${height} context ${context}`);
        return undefined;
      },
      contextDeleted: (surface, context) => this.events.push(`context ${context} of ${surface} deleted`),
      surfaceDeleted: (surface) => this.events.push(`surface ${surface} deleted`),
    };
  }

  say(...pdus: readonly Uint8Array[]): this {
    this.gfx.push(message(...pdus));
    return this;
  }

  /** Pixels of the framebuffer as 0xRRGGBB, row by row; -1 where alpha is not 255. */
  pixels(): number[][] {
    const { at, width, height, stride } = this.framebuffer!;
    const bytes = this.codec.memory.bytes;
    return Array.from({ length: height }, (_, y) =>
      Array.from({ length: width }, (_unused, x) => {
        const from = at + y * stride + x * 4;
        return bytes[from + 3] === 255 ? (bytes[from]! << 16) | (bytes[from + 1]! << 8) | bytes[from + 2]! : -1;
      }),
    );
  }
}
