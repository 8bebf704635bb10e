import type { Damage } from './core/damage.ts';
import type { Picture } from './core/picture.ts';

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
  readonly #picture: () => Picture | undefined;
  readonly #effects: PresenterEffects;
  #image: ImageData | undefined;

  constructor(canvas: OffscreenCanvas, picture: () => Picture | undefined, effects: PresenterEffects) {
    this.#canvas = canvas;
    this.#picture = picture;
    this.#effects = effects;
    const context = canvas.getContext('2d', { alpha: false, desynchronized: false });
    if (context === null) throw new Error('no 2d context');
    this.#context = context;
  }

  /** The desk has another size; its picture comes with the next frame. */
  resize(width: number, height: number): void {
    this.#canvas.width = width;
    this.#canvas.height = height;
  }

  show(damage: Damage): void {
    const picture = this.#picture();
    if (picture === undefined || damage.empty) return;
    const start = performance.now();
    const image = this.#imageOf(picture);
    for (const { x, y, w, h } of damage.take()) this.#context.putImageData(image, 0, 0, x, y, w, h);
    this.#effects.presented(performance.now() - start);
  }

  /** Pictures mostly stay where they are, and so does what the canvas wants of them. */
  #imageOf({ pixels, width, height }: Picture): ImageData {
    const { data, width: w, height: h } = this.#image ?? {};
    const same = data?.buffer === pixels.buffer && data.byteOffset === pixels.byteOffset && w === width && h === height;
    if (!same || this.#image === undefined) this.#image = new ImageData(pixels, width, height);
    return this.#image;
  }
}
