import type { Codec } from './codec/codec.ts';
import type { Damage } from './rfb/damage.ts';
import { Damage as DamageList } from './rfb/damage.ts';

export type PresenterEffects = Readonly<{
  /** @param ms how long it took to hand the pixels over */
  presented(ms: number): void;
}>;

/**
 * A worker's animation frames come late when the processor is busy, and whole updates would be decoded and never shown: an
 * update is presented at once unless the last one was less than this ago. About half a frame at 60 Hz. Milliseconds.
 */
const leastGapMs = 8;

/** Puts what changed on the canvas: at once after a pause, otherwise with the next animation frame. */
export class Presenter {
  readonly #canvas: OffscreenCanvas;
  readonly #context: OffscreenCanvasRenderingContext2D;
  readonly #codec: Codec;
  readonly #effects: PresenterEffects;
  readonly #damage = new DamageList();
  #image: ImageData | undefined;
  #scheduled = false;
  #lastStart = Number.NEGATIVE_INFINITY;

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
    this.#damage.take();
    this.#canvas.width = width;
    this.#canvas.height = height;
    this.#image = new ImageData(framebuffer.subarray(0, width * height * 4), width, height);
  }

  show(damage: Damage): void {
    this.#damage.addAll(damage);
    damage.take();
    if (this.#damage.empty) return;
    if (performance.now() - this.#lastStart >= leastGapMs) {
      this.#present();
    } else if (!this.#scheduled) {
      this.#scheduled = true;
      requestAnimationFrame(() => {
        this.#scheduled = false;
        this.#present();
      });
    }
  }

  #present(): void {
    if (this.#image === undefined || this.#damage.empty) return;
    const start = performance.now();
    this.#lastStart = start;
    for (const { x, y, w, h } of this.#damage.take()) this.#context.putImageData(this.#image, 0, 0, x, y, w, h);
    this.#effects.presented(performance.now() - start);
  }
}
