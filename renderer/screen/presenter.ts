import type { Codec } from './codec/codec.ts';
import type { Damage } from './rfb/damage.ts';

export type PresenterEffects = Readonly<{
  /** @param ms how long it took to hand the pixels over */
  presented(ms: number): void;
}>;

/**
 * Puts what changed on the canvas, at the end of each update. Not with the next animation frame: a worker's come late when
 * the processor is busy, and whole updates would then be decoded and never shown.
 */
export class Presenter {
  readonly #canvas: OffscreenCanvas;
  readonly #context: OffscreenCanvasRenderingContext2D;
  readonly #codec: Codec;
  readonly #effects: PresenterEffects;
  #image: ImageData | undefined;

  constructor(canvas: OffscreenCanvas, codec: Codec, effects: PresenterEffects) {
    this.#canvas = canvas;
    this.#codec = codec;
    this.#effects = effects;
    const context = canvas.getContext('2d', { alpha: false, desynchronized: false });
    if (context === null) throw new Error('no 2d context');
    this.#context = context;
  }

  /** After the framebuffer became another one. */
  resize(): void {
    const { width, height, framebuffer } = this.#codec;
    this.#canvas.width = width;
    this.#canvas.height = height;
    this.#image = new ImageData(framebuffer.subarray(0, width * height * 4), width, height);
  }

  show(damage: Damage): void {
    if (this.#image === undefined || damage.empty) return;
    const start = performance.now();
    for (const { x, y, w, h } of damage.take()) this.#context.putImageData(this.#image, 0, 0, x, y, w, h);
    this.#effects.presented(performance.now() - start);
  }
}
