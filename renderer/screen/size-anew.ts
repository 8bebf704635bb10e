import type { DeskClient } from './desk-client.ts';

type Size = Readonly<{ width: number; height: number }>;

/** After the last wish: a person still drags the window's edge, or the desk has not said yet that it takes sizes. */
const settleMs = 2_000;

/**
 * What is done about a desk that has not taken the last wish. One that takes sizes during a session is asked once more; one
 * that does not, but has taken the size of its beginning, is connected to anew. Of a desk with a size of its own nothing is
 * wished again.
 */
export class SizeAnew {
  readonly #after: (ms: number, run: () => void) => () => void;
  readonly #anew: () => void;
  #desk: DeskClient | undefined;
  #asked: Size | undefined;
  #wish: Size | undefined;
  #took = false;
  #shown = false;
  #visible = true;
  #size: Size | undefined;
  /** The wish that was told twice. */
  #repeated: Size | undefined;
  #cancel: () => void = () => {};

  constructor(after: (ms: number, run: () => void) => () => void, anew: () => void) {
    this.#after = after;
    this.#anew = anew;
  }

  /** A connection begins. */
  begins(desk: DeskClient): void {
    this.#desk = desk;
    this.#asked = undefined;
    this.#took = false;
    this.#shown = false;
    this.#size = undefined;
    this.#repeated = undefined;
    this.#cancel();
  }

  wished(size: Size): void {
    this.#asked ??= size;
    this.#wish = size;
    this.#later();
  }

  /** @param size that the desk has */
  opened(size: Size): void {
    this.#took = this.#asked !== undefined && isSame(size, this.#asked);
    this.resized(size);
  }

  /** @param size that the desk has now. One that takes another by itself would do so on its next connection too. */
  resized(size: Size): void {
    this.#size = size;
    if (this.#asked !== undefined && !isSame(size, this.#asked)) this.#took = false;
    this.#later();
  }

  /** It has shown something: until then main knows of no session that could be opened anew. */
  shown(): void {
    this.#shown = true;
    this.#later();
  }

  /** While nobody sees the picture its size does not matter, and no first picture would come. */
  seen(visible: boolean): void {
    this.#visible = visible;
    this.#later();
  }

  stop(): void {
    this.#cancel();
    this.#desk = undefined;
  }

  #later(): void {
    this.#cancel();
    const [wish, size] = [this.#wish, this.#size];
    const idle = !this.#shown || !this.#visible;
    if (idle || wish === undefined || size === undefined || isSame(wish, size)) return;
    this.#cancel = this.#after(settleMs, () => {
      if (this.#desk?.resizes === false && this.#took) this.#anew();
      else if (this.#desk?.resizes === true && this.#repeated !== wish) {
        this.#repeated = wish;
        this.#desk.repeatSize?.();
      }
    });
  }
}

/** A desk's width is even (MS-RDPBCGR 2.2.1.3.2 lets it be any, MS-RDPEDISP does not). */
function isSame(one: Size, other: Size): boolean {
  return (one.width & ~1) === (other.width & ~1) && one.height === other.height;
}
