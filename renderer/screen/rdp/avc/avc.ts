import type { Rect } from '../../core/damage.ts';
import { protocolProblem, ScreenEnd } from '../../core/screen-end.ts';
import type { RdpCodec } from '../codec.ts';
import type { Pixels } from '../memory.ts';
import { H264, type H264Options, type VideoPorts } from './h264.ts';
import { type AvcPart, clipped, readAvc420, readAvc444 } from './stream.ts';
import { View } from './view.ts';

export type AvcEffects = Readonly<{
  /** The stream of a surface cannot go on: only its first access unit has what a new decoder needs. */
  lost(surfaceId: number): void;
}>;

/** A surface's stream; both views of YUV444 come through its one decoder, in order (MS-RDPEGFX 2.2.4.5). */
type Stream = {
  readonly h264: H264;
  readonly main: View;
  auxiliary: View | undefined;
  /** Whether there is luma for chroma to be combined with. */
  filled: boolean;
  deleted: boolean;
  readonly width: number;
  readonly height: number;
};

type Work = (stream: Stream) => Promise<readonly Rect[]>;

const defaults: H264Options = { gpu: false, patienceMs: 10_000 };

/** H.264 in RDP (MS-RDPEGFX 3.3.8.3) by the browser's decoder. Pictures are decoded one after the other, in the order asked for. */
export class Avc {
  readonly #codec: RdpCodec;
  readonly #ports: VideoPorts;
  readonly #effects: AvcEffects;
  readonly #options: H264Options;
  readonly #streams = new Map<number, Stream>();
  #last: Promise<void> = Promise.resolve();
  #closed = false;

  /** @param options `gpu`: whether the decoder may use one */
  constructor(codec: RdpCodec, ports: VideoPorts, effects: AvcEffects, options: Partial<H264Options> = {}) {
    this.#codec = codec;
    this.#ports = ports;
    this.#effects = effects;
    this.#options = { ...defaults, ...options };
  }

  /**
   * Draws the regions that the stream names, which are in the surface's coordinates, as far as they lie in `rect`, which the
   * caller has checked. The bytes are not needed after the call.
   * @returns by promise what was drawn: nothing when the surface is gone by then. @throws ScreenEnd by promise
   */
  decode420(
    surfaceId: number,
    bytes: Uint8Array,
    target: Pixels,
    rect: Rect = whole(target),
  ): Promise<readonly Rect[]> {
    const copy = bytes.slice();
    return this.#inTurn(surfaceId, target, (stream) => this.#luma(stream, readAvc420(copy), target, rect));
  }

  /** The same with all of the chroma. @param v2 RFX_AVC444V2_BITMAP_STREAM */
  decode444(
    surfaceId: number,
    bytes: Uint8Array,
    target: Pixels,
    v2: boolean,
    rect: Rect = whole(target),
  ): Promise<readonly Rect[]> {
    const copy = bytes.slice();
    return this.#inTurn(surfaceId, target, async (stream) => {
      const { luma, chroma } = readAvc444(copy);
      const drawn: Rect[] = [];
      if (luma !== undefined) drawn.push(...(await this.#luma(stream, luma, target, rect)));
      if (chroma !== undefined && !stream.deleted)
        drawn.push(...(await this.#chroma(stream, chroma, target, rect, v2)));
      return drawn;
    });
  }

  /** The surface's memory may be given away right after. */
  deleteSurface(surfaceId: number): void {
    const stream = this.#streams.get(surfaceId);
    if (stream === undefined) return;
    this.#streams.delete(surfaceId);
    stream.deleted = true;
    stream.h264.close();
    // A copy into the views may still be under way.
    this.#last = this.#last.then(() => {
      stream.main.free();
      stream.auxiliary?.free();
    });
  }

  close(): void {
    this.#closed = true;
    for (const id of [...this.#streams.keys()]) this.deleteSurface(id);
  }

  #inTurn(surfaceId: number, target: Pixels, work: Work): Promise<readonly Rect[]> {
    const done = this.#last.then(async () => {
      if (this.#closed) return [];
      let stream: Stream | undefined;
      try {
        stream = this.#stream(surfaceId, target);
        return await work(stream);
      } catch (cause) {
        if (stream?.deleted === true) return [];
        this.#effects.lost(surfaceId);
        throw cause instanceof ScreenEnd ? cause : protocolProblem('H.264', { cause });
      }
    });
    this.#last = done.then(
      () => {},
      () => {},
    );
    return done;
  }

  #stream(surfaceId: number, { width, height }: Pixels): Stream {
    const known = this.#streams.get(surfaceId);
    if (known !== undefined) {
      if (known.width !== width || known.height !== height) throw protocolProblem('size for H.264');
      return known;
    }
    const main = new View(this.#codec, width, height);
    const h264 = new H264(this.#ports, this.#options);
    const stream = { h264, main, auxiliary: undefined, filled: false, deleted: false, width, height };
    this.#streams.set(surfaceId, stream);
    return stream;
  }

  /** @returns whether the view is filled and the surface still there */
  async #decode(stream: Stream, data: Uint8Array, view: View): Promise<boolean> {
    const picture = await stream.h264.decode(data);
    try {
      if (stream.deleted) return false;
      await view.fill(picture, stream.width, stream.height);
      return !stream.deleted;
    } finally {
      picture.close();
    }
  }

  /** MS-RDPEGFX 3.3.8.3.2: regions of luma are drawn from the main view alone. */
  async #luma(stream: Stream, { rects, data }: AvcPart, target: Pixels, rect: Rect): Promise<readonly Rect[]> {
    const regions = clipped(rects, rect);
    const { main } = stream;
    if (!(await this.#decode(stream, data, main))) return [];
    stream.filled = true;
    const { at, uOffset, vOffset, yStride, cStride } = main;
    for (const { x, y, w, h } of regions) {
      const [to, stride] = [target.at, target.stride];
      this.#codec.wasm.yuv420Paint(at, at + uOffset, at + vOffset, yStride, cStride, to, stride, x, y, x + w, y + h);
    }
    return regions;
  }

  /** Regions of chroma are drawn from both views, the main one as it last came. */
  async #chroma(
    stream: Stream,
    { rects, data }: AvcPart,
    target: Pixels,
    rect: Rect,
    v2: boolean,
  ): Promise<readonly Rect[]> {
    const regions = clipped(rects, rect);
    const { main } = stream;
    stream.auxiliary ??= new View(this.#codec, stream.width, stream.height);
    const { auxiliary } = stream;
    if (!(await this.#decode(stream, data, auxiliary))) return [];
    // Chroma alone is no colour yet; the decoder has needed it all the same.
    if (!stream.filled) return [];
    for (const { x, y, w, h } of regions) {
      this.#codec.wasm.yuv444Paint(
        main.at,
        auxiliary.at,
        main.yStride,
        main.cStride,
        main.uOffset,
        main.vOffset,
        main.width,
        v2 ? 1 : 0,
        target.at,
        target.stride,
        x,
        y,
        x + w,
        y + h,
      );
    }
    return regions;
  }
}

function whole({ width, height }: Pixels): Rect {
  return { x: 0, y: 0, w: width, h: height };
}
