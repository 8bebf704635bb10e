import { protocolProblem } from '../../core/screen-end.ts';
import { inspect } from './stream.ts';

/** What is used of WebCodecs' VideoFrame. */
export type VideoPicture = Readonly<{
  format: string | null;
  codedWidth: number;
  codedHeight: number;
  visibleRect: Readonly<{ x: number; y: number }> | null;
  copyTo(
    to: Uint8Array<ArrayBuffer>,
    options: { rect: object; layout: { offset: number; stride: number }[] },
  ): Promise<unknown>;
  close(): void;
}>;

export type VideoConfig = Readonly<{
  codec: string;
  optimizeForLatency: true;
  hardwareAcceleration: 'prefer-software' | 'no-preference';
}>;

/** What is used of WebCodecs' VideoDecoder; a chunk is given as what makes one. */
export type VideoPort = Readonly<{
  configure(config: VideoConfig): void;
  decode(chunk: { type: 'key' | 'delta'; timestamp: number; data: Uint8Array }): void;
  close(): void;
}>;

export type VideoPorts = (output: (picture: VideoPicture) => void, error: (cause: unknown) => void) => VideoPort;

type Waiter = { resolve(picture: VideoPicture): void; reject(reason: unknown): void };

export type H264Options = Readonly<{ gpu: boolean; patienceMs: number }>;

/** One H.264 stream, one access unit at a time: desks send no picture that needs a later one. */
export class H264 {
  readonly #port: VideoPort;
  readonly #options: H264Options;
  #codec: string | undefined;
  #count = 0;
  #closed = false;
  #waiter: Waiter | undefined;

  constructor(ports: VideoPorts, options: H264Options) {
    this.#options = options;
    this.#port = ports(
      (picture) => this.#arrived(picture),
      (cause) => this.#failed(protocolProblem('H.264', { cause })),
    );
  }

  /** @returns the access unit's picture, to be closed. @throws ScreenEnd; the stream is lost then */
  async decode(data: Uint8Array): Promise<VideoPicture> {
    const { key, slices, codec } = inspect(data);
    if (this.#closed || this.#waiter !== undefined || !slices) throw protocolProblem('H.264');
    const picture = new Promise<VideoPicture>((resolve, reject) => {
      this.#waiter = { resolve, reject };
    });
    // A decoder that swallows an access unit would otherwise hold the session for ever.
    const timer = setTimeout(() => this.#failed(protocolProblem('H.264 took too long')), this.#options.patienceMs);
    try {
      this.#feed(data, key, codec);
      return await picture;
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.#failed(protocolProblem('H.264 closed'));
  }

  #feed(data: Uint8Array, key: boolean, codec: string | undefined): void {
    try {
      if (key && codec !== undefined && codec !== this.#codec) {
        this.#codec = codec;
        const hardwareAcceleration = this.#options.gpu ? 'no-preference' : 'prefer-software';
        this.#port.configure({ codec, optimizeForLatency: true, hardwareAcceleration });
      }
      if (this.#codec === undefined) throw protocolProblem('H.264 begins without its parameters');
      this.#port.decode({ type: key ? 'key' : 'delta', timestamp: this.#count++, data });
    } catch (cause) {
      this.#failed(protocolProblem('H.264', { cause }));
    }
  }

  #arrived(picture: VideoPicture): void {
    const waiter = this.#waiter;
    this.#waiter = undefined;
    if (waiter === undefined) picture.close();
    else waiter.resolve(picture);
  }

  #failed(reason: Error): void {
    const waiter = this.#waiter;
    this.#waiter = undefined;
    if (!this.#closed) {
      this.#closed = true;
      try {
        this.#port.close();
      } catch {
        // One that failed by itself is closed already.
      }
    }
    waiter?.reject(reason);
  }
}
