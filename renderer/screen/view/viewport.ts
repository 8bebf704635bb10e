import type { ScaleMode } from '../api.ts';

export type Placement = Readonly<{
  /** CSS pixels: where the canvas goes and how large it is shown. */
  left: number;
  top: number;
  width: number;
  height: number;
  /** One desk pixel is one pixel of the display. */
  exact: boolean;
}>;

/** How far from the window's edge (CSS pixels) the pointer makes a larger desk scroll, and how fast at most. */
const edge = 32;
const scrollPerFrame = 24;

/**
 * So many pixels of the desk's right and lower edge may be out of sight before `fit` shrinks it: a window that is off by
 * one would otherwise blur every letter, and scaling costs more than all decoding.
 */
const cut = 2;

/** Where the desk's picture lies in the window. Positions are whole pixels of the display, so that 1:1 stays crisp. */
export class Viewport {
  #window = { width: 1, height: 1, ratio: 1 };
  #desk = { width: 1, height: 1 };
  #mode: ScaleMode = 'fit';
  /** Display pixels of the desk that lie left of and above the window. */
  #pan = { x: 0, y: 0 };

  /** @param ratio devicePixelRatio */
  setWindow(width: number, height: number, ratio: number): void {
    this.#window = { width: Math.max(1, width), height: Math.max(1, height), ratio };
  }
  setDesk(width: number, height: number): void {
    this.#desk = { width, height };
  }
  setMode(mode: ScaleMode): void {
    this.#mode = mode;
    this.#pan = { x: 0, y: 0 };
  }

  /** The window in pixels of the display: what a desk that matches it would have. */
  get displaySize(): { width: number; height: number } {
    const { width, height, ratio } = this.#window;
    return { width: Math.max(1, Math.floor(width * ratio)), height: Math.max(1, Math.floor(height * ratio)) };
  }

  get #scale(): number {
    if (this.#mode === 'actual') return 1;
    const display = this.displaySize;
    const spare = Math.min(display.width - this.#desk.width, display.height - this.#desk.height);
    if (spare >= -cut) return 1;
    return Math.min(display.width / this.#desk.width, display.height / this.#desk.height);
  }

  place(): Placement {
    const scale = this.#scale;
    const { ratio } = this.#window;
    const display = this.displaySize;
    const along = (desk: number, room: number, pan: number): [start: number, size: number] => {
      const size = scale === 1 ? desk : Math.max(1, Math.round(desk * scale));
      return [size <= room ? Math.floor((room - size) / 2) : 0 - Math.min(Math.max(pan, 0), size - room), size];
    };
    const [left, width] = along(this.#desk.width, display.width, this.#pan.x);
    const [top, height] = along(this.#desk.height, display.height, this.#pan.y);
    this.#pan = { x: Math.max(0, -left), y: Math.max(0, -top) };
    const css = { left: left / ratio, top: top / ratio, width: width / ratio, height: height / ratio };
    return { ...css, exact: scale === 1 };
  }

  /** @param x,y CSS pixels in the window. @returns desk pixels, inside the desk. */
  toDesk(x: number, y: number): { x: number; y: number } {
    const { left, top, width, height } = this.place();
    const one = (at: number, start: number, size: number, desk: number) =>
      Math.min(desk - 1, Math.max(0, Math.floor(((at - start) / size) * desk)));
    return { x: one(x, left, width, this.#desk.width), y: one(y, top, height, this.#desk.height) };
  }

  /** One frame's scrolling towards the edge that the pointer is near. @returns whether it moved. */
  scroll(x: number, y: number): boolean {
    if (this.#mode !== 'actual') return false;
    const before = this.place();
    const speed = (at: number, size: number) => {
      if (at < edge) return -Math.ceil((1 - Math.max(0, at) / edge) * scrollPerFrame);
      if (at > size - edge) return Math.ceil((1 - Math.max(0, size - at) / edge) * scrollPerFrame);
      return 0;
    };
    this.#pan = {
      x: this.#pan.x + speed(x, this.#window.width),
      y: this.#pan.y + speed(y, this.#window.height),
    };
    const after = this.place();
    return before.left !== after.left || before.top !== after.top;
  }
}
