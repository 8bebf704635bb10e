export type PointerEffects = Readonly<{ pointer(x: number, y: number, buttons: number): void }>;
export type Timer = Readonly<{ now(): number; after(ms: number, run: () => void): () => void }>;

/** Moves go out at most this often (ms); what is pressed and let go always goes out at once and in order. */
const moveInterval = 8;

/** RFB's buttons: 0 left, 1 middle, 2 right, 3 up, 4 down, 5 left, 6 right, 7 back, 8 forward. */
const buttonBits = [0, 2, 1, 7, 8];

/** @param buttons MouseEvent.buttons */
export function rfbButtons(buttons: number): number {
  return buttonBits.reduce((bits, rfb, dom) => ((buttons >> dom) & 1 ? bits | (1 << rfb) : bits), 0);
}

/** The pointer as the desk is told of it: positions in desk pixels. */
export class Pointer {
  readonly #effects: PointerEffects;
  readonly #timer: Timer;
  #x = 0;
  #y = 0;
  #buttons = 0;
  #sentAt = Number.NEGATIVE_INFINITY;
  #cancel: (() => void) | undefined;
  readonly #wheel = { x: 0, y: 0 };

  constructor(effects: PointerEffects, timer: Timer) {
    this.#effects = effects;
    this.#timer = timer;
  }

  /** @param domButtons MouseEvent.buttons */
  at(x: number, y: number, domButtons: number): void {
    const buttons = rfbButtons(domButtons);
    const moved = x !== this.#x || y !== this.#y;
    if (!moved && buttons === this.#buttons) return;
    this.#x = x;
    this.#y = y;
    if (buttons === this.#buttons) {
      this.#sendSoon();
      return;
    }
    this.#buttons = buttons;
    this.#send(buttons);
  }

  /** @param dx,dy notches, or parts of one: collected until they make a whole one */
  wheel(dx: number, dy: number): void {
    this.#turn('y', dy, 3, 4);
    this.#turn('x', dx, 5, 6);
  }

  releaseAll(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#buttons === 0) return;
    this.#buttons = 0;
    this.#send(0);
  }

  #turn(axis: 'x' | 'y', notches: number, back: number, forth: number): void {
    // What was collected the other way is no debt of the new direction.
    if (this.#wheel[axis] * notches < 0) this.#wheel[axis] = 0;
    this.#wheel[axis] += notches;
    const whole = Math.trunc(this.#wheel[axis]);
    if (whole === 0) return;
    this.#wheel[axis] -= whole;
    const button = 1 << (whole < 0 ? back : forth);
    for (let i = Math.min(Math.abs(whole), 10); i > 0; i--) {
      this.#send(this.#buttons | button);
      this.#send(this.#buttons);
    }
  }

  #sendSoon(): void {
    if (this.#cancel !== undefined) return;
    const wait = this.#sentAt + moveInterval - this.#timer.now();
    if (wait <= 0) this.#send(this.#buttons);
    else this.#cancel = this.#timer.after(wait, () => this.#send(this.#buttons));
  }

  #send(buttons: number): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#sentAt = this.#timer.now();
    this.#effects.pointer(this.#x, this.#y, buttons);
  }
}

/** What is used of a WheelEvent. `wheelDelta` is Chromium's: 120 for each notch of a real wheel. */
export type WheelInput = Readonly<{
  deltaX: number;
  deltaY: number;
  deltaMode: number;
  wheelDeltaX?: number;
  wheelDeltaY?: number;
}>;

const pixelsPerNotch = 100;
const linesPerNotch = 3;

export function wheelNotches(input: WheelInput): { x: number; y: number } {
  const one = (delta: number, wheelDelta: number | undefined): number => {
    if (delta === 0) return 0;
    if (wheelDelta !== undefined && wheelDelta !== 0 && wheelDelta % 120 === 0) return -wheelDelta / 120;
    if (input.deltaMode === 1) return delta / linesPerNotch;
    return input.deltaMode === 2 ? Math.sign(delta) * 5 : delta / pixelsPerNotch;
  };
  return { x: one(input.deltaX, input.wheelDeltaX), y: one(input.deltaY, input.wheelDeltaY) };
}
