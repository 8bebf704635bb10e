import type { Rect } from '../core/damage.ts';
import { Avc } from './avc/avc.ts';
import type { VideoPorts } from './avc/h264.ts';
import { decodePlanar } from './bitmap/bitmap-codec.ts';
import { ClearCodec } from './clear/clear-codec.ts';
import type { RdpCodec } from './codec.ts';
import type { GfxDecoders } from './egfx/decoders.ts';
import type { Pixels } from './memory.ts';
import { ProgressiveContexts } from './rfx/progressive.ts';
import { RemoteFx } from './rfx/remote-fx.ts';
import { type CodecName, Tally } from './tally.ts';

/** The decoders of one session, as the graphics pipeline and classic graphics want them. */
export class Decoders {
  readonly #clear: ClearCodec;
  readonly #progressive: ProgressiveContexts;
  readonly #newAvc: (() => Avc) | undefined;
  #avc: Avc | undefined;
  readonly pipeline: GfxDecoders;
  readonly classic: Readonly<{
    remotefx(bytes: Uint8Array, target: Pixels, x: number, y: number): readonly Rect[];
    seen(codec: CodecName): void;
  }>;
  /** Of both. */
  readonly tally = new Tally();

  /** @param lost called when an H.264 stream cannot go on */
  constructor(codec: RdpCodec, video: VideoPorts | null, lost: () => void) {
    this.#clear = new ClearCodec(codec);
    this.#progressive = new ProgressiveContexts(codec);
    const pipelineRfx = new RemoteFx(codec);
    const classicRfx = new RemoteFx(codec);
    if (video !== null) this.#newAvc = () => new Avc(codec, video, { lost });
    const avc = () => {
      this.#avc ??= this.#newAvc?.();
      return this.#avc!;
    };
    const h264: GfxDecoders = {
      avc420: (bytes, target, rect, surface) => avc().decode420(surface, bytes, target, rect),
      avc444: (bytes, target, rect, surface) => avc().decode444(surface, bytes, target, false, rect),
      avc444v2: (bytes, target, rect, surface) => avc().decode444(surface, bytes, target, true, rect),
    };
    this.pipeline = {
      planar: (bytes, target, rect) => decodePlanar(codec, bytes, target, rect),
      clear: (bytes, target, rect) => {
        this.#clear.decode(bytes, target, rect);
        return undefined;
      },
      remotefx: (bytes, target, rect) => pipelineRfx.decode(bytes, target, rect.x, rect.y),
      progressive: (bytes, target, surface, context) => this.#progressive.decode(surface, context, bytes, target),
      ...(video === null ? {} : h264),
      seen: (codec) => this.tally.addPipeline(codec),
      contextDeleted: (surface, context) => this.#progressive.deleteContext(surface, context),
      surfaceDeleted: (surface) => {
        this.#progressive.deleteSurface(surface);
        this.#avc?.deleteSurface(surface);
      },
      reset: () => {
        this.#progressive.reset();
        this.#clear.reset();
        this.close();
      },
    };
    this.classic = {
      remotefx: (bytes, target, x, y) => classicRfx.decode(bytes, target, x, y),
      seen: (codec) => this.tally.add(codec),
    };
  }

  /** What is being decoded draws nothing any more. */
  close(): void {
    this.#avc?.close();
    this.#avc = undefined;
  }
}
