import type { Language } from '#contract/errors/entry.ts';
import { createCompositor } from './draw/compositor.ts';
import { cursorImage } from './draw/cursors.ts';
import { ensureJapaneseFont } from './draw/fonts.ts';
import { losslessAreas, scene } from './draw/scene.ts';
import { writerMeasure } from './draw/writer.ts';
import { type Copy, createFramebuffer, type Framebuffer } from './rfb/framebuffer.ts';
import type { CursorImage } from './rfb/pseudo.ts';
import {
  advance,
  type DeskEnvironment,
  type DeskState,
  firstState,
  resize,
  untilNextChange,
} from './state/desk-state.ts';
import { intersect, isEmpty, type Rect, rect, type Size, translate } from './state/geometry.ts';
import { type CursorShape, cursorShape } from './state/hit.ts';
import { type KeyInput, key } from './state/keyboard.ts';
import { workArea } from './state/layout.ts';
import { type PointerInput, pointer } from './state/pointer.ts';
import { find, frameOf } from './state/windows.ts';

/** Time from outside, so that tests need not wait. `after` returns a function that calls the timer off. */
export type Clock = Readonly<{ now: () => number; after: (ms: number, run: () => void) => () => void }>;

export const systemClock: Clock = {
  now: Date.now,
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** Who looks on. */
type Watcher = Readonly<{
  damage: (areas: readonly Rect[], copy: Copy | undefined) => void;
  cursorChanged: () => void;
}>;

export type Desk = Readonly<{
  framebuffer: Framebuffer;
  state: () => DeskState;
  cursor: () => CursorImage;
  lossless: () => readonly Rect[];
  pointer: (input: PointerInput) => void;
  key: (input: KeyInput) => void;
  /** @returns false outside the bounds that the desk can lay out. */
  resize: (size: Size) => boolean;
  watch: (watcher: Watcher) => () => void;
  frames: () => number;
}>;

const smallest: Size = { width: 800, height: 600 };
const largest: Size = { width: 3840, height: 2160 };

export const fits = ({ width, height }: Size): boolean =>
  width >= smallest.width && height >= smallest.height && width <= largest.width && height <= largest.height;

/** 30 pictures a second at most; the first after a pause comes at once. */
const frameMs = 33;

/** Runs the state, the drawing and the clock. While nobody looks on, nothing runs. */
export function createDesk(options: Readonly<{ language: Language; size: Size; clock: Clock }>): Desk {
  const { clock } = options;
  ensureJapaneseFont();
  const environment: DeskEnvironment = { measure: writerMeasure };
  const compositor = createCompositor();
  const framebuffer = createFramebuffer();
  const watchers = new Set<Watcher>();
  let state = firstState({ ...options, now: clock.now() });
  let shown = state;
  let shape: CursorShape = 'arrow';
  let paintedAt = Number.NEGATIVE_INFINITY;
  let frames = 0;
  let callOff: (() => void) | undefined;

  const paint = (): void => {
    const now = clock.now();
    state = advance(state, now);
    const painted = compositor.render(scene(state, environment), state.size);
    const copy = moved(shown, state);
    const areas = painted.length > 0 ? framebuffer.update(compositor.canvas(), painted, copy) : [];
    shown = state;
    paintedAt = now;
    if (areas.length > 0 || copy) {
      frames++;
      for (const watcher of watchers) watcher.damage(areas, copy);
    }
    const nextShape = cursorShape(state);
    if (nextShape !== shape) {
      shape = nextShape;
      for (const watcher of watchers) watcher.cursorChanged();
    }
  };

  const schedule = (ms: number): void => {
    callOff?.();
    callOff = undefined;
    if (watchers.size === 0) return;
    callOff = clock.after(ms, () => {
      callOff = undefined;
      paint();
      schedule(untilNextChange(state));
    });
  };

  /** Something was done: show it as soon as the pace allows, and never later than the next change of itself. */
  const soon = (): void => {
    const wait = paintedAt + frameMs - clock.now();
    if (wait <= 0) paint();
    schedule(wait > 0 ? wait : untilNextChange(state));
  };

  const change = (next: DeskState): void => {
    if (next === state) return;
    state = next;
    soon();
  };

  paint();
  return {
    framebuffer,
    state: () => state,
    cursor: () => cursorImage(shape),
    lossless: () => losslessAreas(shown),
    pointer: (input) => change(pointer({ ...state, now: clock.now() }, input, environment)),
    key: (input) => change(key({ ...state, now: clock.now() }, input, environment)),
    resize: (size) => {
      if (!fits(size)) return false;
      state = resize(state, size);
      paint();
      schedule(untilNextChange(state));
      return true;
    },
    watch: (watcher) => {
      if (watchers.size === 0) {
        watchers.add(watcher);
        soon();
      }
      watchers.add(watcher);
      return () => {
        watchers.delete(watcher);
        if (watchers.size === 0) schedule(0);
      };
    },
    frames: () => frames,
  };
}

/**
 * The window that was dragged since the last picture, as far as it was and is on the screen: a client can move that part
 * by itself. Its corners and what else is not quite equal come out of the comparison of the pictures.
 */
function moved(before: DeskState, after: DeskState): Copy | undefined {
  if (!before.drag || after.drag?.app !== before.drag.app || before.startOpen) return undefined;
  const from = find(before.windows, before.drag.app);
  const to = find(after.windows, before.drag.app);
  if (!from || !to || from.maximised || to.maximised) return undefined;
  const old = frameOf(from, before.size);
  const now = frameOf(to, after.size);
  const by = { x: now.x - old.x, y: now.y - old.y };
  if (by.x === 0 && by.y === 0) return undefined;
  const area = workArea(after.size);
  const part = intersect(intersect(old, area), translate(intersect(now, area), { x: -by.x, y: -by.y }));
  return isEmpty(part)
    ? undefined
    : { from: rect(part.x, part.y, part.width, part.height), to: { x: part.x + by.x, y: part.y + by.y } };
}
