import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { buildWasm } from '#build/bundle/wasm.ts';
import type { ScreenOptions } from '#renderer/screen/api.ts';
import { codecFactory } from '#renderer/screen/codec/codec.ts';
import type { CursorShape } from '#renderer/screen/core/cursor-shape.ts';
import type { ScreenEnd } from '#renderer/screen/core/screen-end.ts';
import { RfbClient } from '#renderer/screen/rfb/client.ts';
import type { JpegDecoder } from '#renderer/screen/rfb/updates.ts';

const newCodec = codecFactory(await buildWasm());

/** Stands in for the browser's decoder. */
const canvasJpeg: JpegDecoder = async (data, codec, rect) => {
  const image = await loadImage(Buffer.from(data));
  const context = createCanvas(rect.w, rect.h).getContext('2d');
  context.drawImage(image, 0, 0);
  const { data: pixels } = context.getImageData(0, 0, rect.w, rect.h);
  for (let row = 0; row < rect.h; row++) {
    codec.framebuffer.set(
      pixels.subarray(row * rect.w * 4, (row + 1) * rect.w * 4),
      ((rect.y + row) * codec.width + rect.x) * 4,
    );
  }
};

/** The protocol core on a real socket, with what it said kept for the test. */
export class DeskSession {
  readonly codec = newCodec();
  readonly client: RfbClient;
  readonly socket: Socket;
  readonly cursors: CursorShape[] = [];
  readonly sizes: string[] = [];
  readonly locks: number[] = [];
  challenge: Uint8Array | undefined;
  end: ScreenEnd | undefined;
  frames = 0;
  received = 0;
  consumed = 0;
  #waiting: (() => void)[] = [];

  /** @param pieces cuts what the socket brings into pieces of at most so many bytes */
  constructor(port: number, vnc: Partial<NonNullable<ScreenOptions['vnc']>> = {}, pieces = Number.POSITIVE_INFINITY) {
    this.socket = connect(port, '127.0.0.1');
    const wake = () => {
      for (const resolve of this.#waiting.splice(0)) resolve();
    };
    this.client = new RfbClient(
      this.codec,
      { quality: 'lossless', compression: 2, ...vnc },
      {
        send: (bytes) => this.socket.write(bytes),
        consumed: (bytes) => {
          this.consumed += bytes;
        },
        challenge: (bytes) => {
          this.challenge = bytes;
          wake();
        },
        opened: (name, width, height) => {
          this.sizes.push(`${name} ${width}x${height}`);
          wake();
        },
        resized: (width, height) => {
          this.sizes.push(`${width}x${height}`);
          wake();
        },
        frame: (damage) => {
          damage.take();
          this.frames++;
          wake();
        },
        cursor: (shape) => {
          this.cursors.push(shape);
          wake();
        },
        locks: (bits) => {
          this.locks.push(bits);
          wake();
        },
        ended: (end) => {
          this.end = end;
          wake();
        },
      },
      canvasJpeg,
    );
    this.socket.on('data', (data: Buffer) => {
      this.received += data.length;
      for (let at = 0; at < data.length; at += pieces) this.client.push(data.subarray(at, at + pieces));
    });
  }

  /** Waits until `test` holds; it is tried again after everything that the desk says. */
  async until(test: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await test())) {
      if (this.end !== undefined) throw this.end;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  picture(): Uint8Array {
    return new Uint8Array(this.codec.framebuffer.slice(0, this.codec.width * this.codec.height * 4));
  }

  async close(): Promise<void> {
    this.client.close();
    if (this.socket.closed) return;
    const closed = once(this.socket, 'close');
    this.socket.destroy();
    await closed;
  }
}
