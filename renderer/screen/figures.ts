import type { ScreenFigures } from '#contract/ipc/state.ts';

/** Counts for the quality meter and the bench. Times in ms of one clock. */
export class Figures {
  readonly #now: () => number;
  #width = 0;
  #height = 0;
  #frames = 0;
  #bytes = 0;
  #decodeMs = 0;
  #presentMs = 0;
  #firstByteAt: number | undefined;
  #firstPictureMs = 0;
  #lastAt: number;
  #lastFrames = 0;

  constructor(now: () => number) {
    this.#now = now;
    this.#lastAt = now();
  }

  size(width: number, height: number): void {
    this.#width = width;
    this.#height = height;
  }

  /** @param ms spent on them at once; pictures decoded in the background are not in it */
  received(bytes: number, ms: number): void {
    this.#firstByteAt ??= this.#now() - ms;
    this.#bytes += bytes;
    this.#decodeMs += ms;
  }

  /** @returns whether it was the first. */
  presented(ms: number): boolean {
    this.#frames++;
    this.#presentMs += ms;
    if (this.#frames > 1) return false;
    const now = this.#now();
    this.#firstPictureMs = Math.max(0.1, now - (this.#firstByteAt ?? now));
    return true;
  }

  /** Figures up to now; `fps` counts since the last call. */
  read(): ScreenFigures {
    const now = this.#now();
    const seconds = (now - this.#lastAt) / 1000;
    const fps = seconds > 0 ? (this.#frames - this.#lastFrames) / seconds : 0;
    this.#lastAt = now;
    this.#lastFrames = this.#frames;
    const mean = (total: number) => (this.#frames === 0 ? 0 : round(total / this.#frames));
    return {
      width: this.#width,
      height: this.#height,
      frames: this.#frames,
      fps: round(fps),
      bytes: this.#bytes,
      firstPictureMs: round(this.#firstPictureMs),
      decodeMs: mean(this.#decodeMs),
      presentMs: mean(this.#presentMs),
    };
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
