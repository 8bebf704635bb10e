import { buildWasm } from '#build/bundle/wasm.ts';
import { codecFactory } from '#renderer/screen/codec/codec.ts';
import type { CursorShape } from '#renderer/screen/core/cursor-shape.ts';
import type { Rect } from '#renderer/screen/core/damage.ts';
import type { ScreenEnd } from '#renderer/screen/core/screen-end.ts';
import { RfbClient } from '#renderer/screen/rfb/client.ts';
import type { JpegDecoder } from '#renderer/screen/rfb/updates.ts';

export const newCodec = codecFactory(await buildWasm());

type Options = Readonly<{
  decodeJpeg?: JpegDecoder;
  vnc?: ConstructorParameters<typeof RfbClient>[1];
}>;

/** The protocol core with what it said kept; bytes go in by `feed`. */
export class Harness {
  readonly codec = newCodec();
  readonly client: RfbClient;
  readonly sent: Buffer[] = [];
  readonly events: string[] = [];
  readonly cursors: CursorShape[] = [];
  readonly damage: Rect[][] = [];
  challenge: Uint8Array | undefined;
  end: ScreenEnd | undefined;
  consumed = 0;

  constructor({ decodeJpeg, vnc }: Options = {}) {
    this.client = new RfbClient(
      this.codec,
      vnc ?? { quality: 6, compression: 2 },
      {
        send: (bytes) => this.sent.push(Buffer.from(bytes)),
        consumed: (bytes) => {
          this.consumed += bytes;
        },
        challenge: (bytes) => {
          this.challenge = bytes;
        },
        opened: (name, width, height) => this.events.push(`opened ${name} ${width}x${height}`),
        resized: (width, height) => this.events.push(`resized ${width}x${height}`),
        frame: (damage) => this.damage.push(damage.take()),
        cursor: (shape) => this.cursors.push(shape),
        locks: (bits) => this.events.push(`locks ${bits}`),
        ended: (end) => {
          this.end = end;
        },
      },
      decodeJpeg ?? (() => Promise.resolve()),
    );
  }

  /** @param piece how many bytes come at a time */
  feed(bytes: Uint8Array, piece = Number.POSITIVE_INFINITY): this {
    for (let at = 0; at < bytes.length; at += piece) this.client.push(Uint8Array.from(bytes.subarray(at, at + piece)));
    return this;
  }

  /** Pixels as 0xRRGGBB, row by row; -1 where nothing was painted. */
  pixels(): number[] {
    const { framebuffer, width, height } = this.codec;
    return Array.from({ length: width * height }, (_, i) =>
      framebuffer[i * 4 + 3] === 255
        ? (framebuffer[i * 4]! << 16) | (framebuffer[i * 4 + 1]! << 8) | framebuffer[i * 4 + 2]!
        : -1,
    );
  }

  get problem(): unknown {
    return this.end?.failure.details.problem;
  }

  /** What was said after the opening, without the three messages that follow it. */
  get said(): string[] {
    return this.sent.slice(6).map((bytes) => bytes.toString('hex'));
  }
}
