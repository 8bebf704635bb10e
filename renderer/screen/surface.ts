import type { Monitor } from '#contract/ipc/state.ts';
import type { KeyChord, ScaleMode, ScreenOptions } from './api.ts';
import type { CursorShape } from './core/cursor-shape.ts';
import { Keyboard } from './input/keyboard.ts';
import { Pointer, wheelNotches } from './input/pointer.ts';
import { cursorCss } from './view/cursor-css.ts';
import { deskMonitors } from './view/monitors.ts';
import { Viewport } from './view/viewport.ts';
import type { ToWorker } from './worker-messages.ts';

export type SurfaceEffects = Readonly<{ tell(message: ToWorker): void; leave(): void; hide(): void }>;

/** A window being dragged larger must not make the desk change its size at every step. */
const resizeDelay = 250;

/** The canvas as the person meets it: place and scale, keyboard, pointer, pointer shape. */
export class Surface {
  readonly #canvas: HTMLCanvasElement;
  readonly #options: ScreenOptions;
  readonly #effects: SurfaceEffects;
  readonly #viewport = new Viewport();
  readonly #keyboard: Keyboard;
  readonly #pointer: Pointer;
  readonly #gone = new AbortController();
  #cursor: CursorShape | undefined;
  #resizing: ReturnType<typeof setTimeout> | undefined;
  #near: { x: number; y: number } | undefined;
  #scrolling = false;
  #covered = false;
  #monitors: readonly Monitor[] | null = null;

  constructor(canvas: HTMLCanvasElement, options: ScreenOptions, effects: SurfaceEffects) {
    this.#canvas = canvas;
    this.#options = options;
    this.#effects = effects;
    this.#viewport.setMode(options.scale);
    this.#keyboard = new Keyboard({
      key: (down, keysym, scancode) => effects.tell({ type: 'key', down, keysym, scancode }),
      locks: (bits) => effects.tell({ type: 'locks', bits }),
      leave: effects.leave,
      hide: () => {
        this.cover(true);
        effects.hide();
      },
    });
    this.#pointer = new Pointer(
      { pointer: (x, y, buttons) => effects.tell({ type: 'pointer', x, y, buttons }) },
      {
        now: () => performance.now(),
        after: (ms, run) => {
          const timer = setTimeout(run, ms);
          return () => clearTimeout(timer);
        },
      },
    );
  }

  open(): void {
    this.#measure();
    this.#askSize();
    this.#listen();
    this.focus();
  }

  close(): void {
    this.releaseAll();
    this.#gone.abort();
    clearTimeout(this.#resizing);
    this.#near = undefined;
    this.#canvas.style.cursor = 'default';
  }

  setDesk(width: number, height: number): void {
    this.#viewport.setDesk(width, height);
    this.#canvas.classList.add('open');
    this.#place();
  }

  setScale(mode: ScaleMode): void {
    this.#viewport.setMode(mode);
    this.#place();
  }

  /** They and the window's own size arrive in either order, so both wait for the same moment. */
  setMonitors(monitors: readonly Monitor[] | null): void {
    this.#monitors = monitors;
    this.#askSizeSoon();
  }

  setCursor(shape: CursorShape): void {
    this.#cursor = shape;
    this.#canvas.style.cursor = cursorCss(shape, window.devicePixelRatio, paint);
  }

  setDeskLights(bits: number): void {
    this.#keyboard.setDeskLights(bits);
  }

  chord(name: KeyChord): void {
    if (!this.#covered) this.#keyboard.chord(name);
  }

  focus(): void {
    window.focus();
    this.#canvas.focus({ preventScroll: true });
  }

  /**
   * Takes the picture away, and the keyboard and the pointer with it, or gives them back. What is typed meanwhile is for
   * nobody, so none of it may wait for later.
   */
  cover(on: boolean): void {
    if (this.#covered === on) return;
    this.#covered = on;
    if (on) this.releaseAll();
    this.#canvas.classList.toggle('covered', on);
    this.#tellVisible();
  }

  releaseAll(): void {
    this.#keyboard.releaseAll();
    this.#pointer.releaseAll();
  }

  #measure(): void {
    this.#viewport.setWindow(window.innerWidth, window.innerHeight, window.devicePixelRatio);
  }

  #askSize(): void {
    if (this.#options.resize !== 'match') return;
    const scalePercent = Math.round(window.devicePixelRatio * 100);
    const { displaySize } = this.#viewport;
    const monitors = deskMonitors(this.#monitors, displaySize, window.devicePixelRatio);
    this.#effects.tell({ type: 'size', ...displaySize, scalePercent, monitors });
  }

  #askSizeSoon(): void {
    clearTimeout(this.#resizing);
    this.#resizing = setTimeout(() => this.#askSize(), resizeDelay);
  }

  #place(): void {
    const { left, top, width, height, exact } = this.#viewport.place();
    const { style, classList } = this.#canvas;
    style.left = `${left}px`;
    style.top = `${top}px`;
    style.width = `${width}px`;
    style.height = `${height}px`;
    classList.toggle('exact', exact);
  }

  #resized(): void {
    this.#measure();
    this.#place();
    if (this.#cursor !== undefined) this.setCursor(this.#cursor);
    this.#askSizeSoon();
  }

  #listen(): void {
    const { signal } = this.#gone;
    const on = <K extends keyof WindowEventMap>(name: K, run: (event: WindowEventMap[K]) => void) =>
      window.addEventListener(name, run, { signal, passive: false, capture: true });
    const swallow = (event: Event) => event.preventDefault();

    on('resize', () => this.#resized());
    on('blur', () => this.releaseAll());
    on('pagehide', () => this.releaseAll());
    document.addEventListener(
      'visibilitychange',
      () => {
        if (document.visibilityState !== 'visible') this.releaseAll();
        this.#tellVisible();
      },
      { signal },
    );

    on('keydown', (event) => {
      event.preventDefault();
      event.stopPropagation();
      if (!this.#covered) this.#keyboard.down(event);
    });
    on('keyup', (event) => {
      event.preventDefault();
      event.stopPropagation();
      if (!this.#covered) this.#keyboard.up(event);
    });

    on('pointerdown', (event) => {
      event.preventDefault();
      this.focus();
      if (event.isPrimary) this.#canvas.setPointerCapture(event.pointerId);
      this.#point(event);
    });
    on('pointermove', (event) => this.#point(event));
    on('pointerup', (event) => this.#point(event));
    on('pointercancel', () => this.#pointer.releaseAll());
    on('pointerout', () => {
      this.#near = undefined;
    });
    on('wheel', (event) => {
      event.preventDefault();
      if (this.#covered) return;
      const { x, y } = wheelNotches(event as WheelEvent & { wheelDeltaX?: number; wheelDeltaY?: number });
      this.#pointer.wheel(x, y);
    });
    // Back and forward buttons would leave the page, a drag or a menu would cover the picture.
    for (const name of ['mousedown', 'mouseup', 'auxclick', 'contextmenu', 'dragstart', 'drop'] as const) {
      on(name, swallow);
    }
  }

  #tellVisible(): void {
    const visible = !this.#covered && document.visibilityState === 'visible';
    this.#effects.tell({ type: 'visible', visible });
  }

  #point(event: PointerEvent): void {
    if (!event.isPrimary || this.#covered) return;
    const { x, y } = this.#viewport.toDesk(event.clientX, event.clientY);
    this.#pointer.at(x, y, event.buttons);
    this.#near = { x: event.clientX, y: event.clientY };
    if (!this.#scrolling) this.#scroll();
  }

  /** Where the desk is larger than the window: on towards the edge for as long as the pointer stays there. */
  #scroll(): void {
    this.#scrolling = this.#near !== undefined && this.#viewport.scroll(this.#near.x, this.#near.y);
    if (!this.#scrolling) return;
    this.#place();
    requestAnimationFrame(() => this.#scroll());
  }
}

function paint(shape: CursorShape, width: number, height: number): string {
  const full = document.createElement('canvas');
  full.width = shape.width;
  full.height = shape.height;
  full.getContext('2d')?.putImageData(new ImageData(shape.rgba, shape.width, shape.height), 0, 0);
  if (width === shape.width && height === shape.height) return full.toDataURL('image/png');
  const small = document.createElement('canvas');
  small.width = width;
  small.height = height;
  small.getContext('2d')?.drawImage(full, 0, 0, width, height);
  return small.toDataURL('image/png');
}
