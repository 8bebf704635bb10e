import type { DeskEnvironment, DeskState } from './desk-state.ts';
import { contains, type Point, rect } from './geometry.ts';
import { hit, type Target, targetKey } from './hit.ts';
import { imeCommit } from './ime.ts';
import { settle } from './keyboard.ts';
import { type AppId, bodyOf, type IconId, workArea } from './layout.ts';
import { cellAt } from './sheet.ts';
import { setCaret } from './text-buffer.ts';
import { close, find, frameOf, minimise, moveTo, open, raise, taskButtonPressed, toggleMaximised } from './windows.ts';
import { caretAt, writerView } from './writer-view.ts';

/** RFC 6143 §7.5.5: bit 0 is the left button, bits 3 and 4 are one notch of the wheel up and down. */
const left = 1;
const wheelUp = 8;
const wheelDown = 16;
const wheelStep = 78;
const doubleClickMs = 500;

export type PointerInput = Readonly<{ x: number; y: number; buttons: number }>;

export function pointer(state: DeskState, input: PointerInput, environment: DeskEnvironment): DeskState {
  const at: Point = {
    x: Math.max(0, Math.min(input.x, state.size.width - 1)),
    y: Math.max(0, Math.min(input.y, state.size.height - 1)),
  };
  const pressed = input.buttons & ~state.buttons;
  const released = state.buttons & ~input.buttons;
  let next: DeskState = { ...state, pointer: at, buttons: input.buttons };
  if (next.drag && input.buttons & left) next = dragTo(next, at);
  next = { ...next, hover: next.drag ? next.hover : hit(next, at) };
  if (pressed & left) next = press(next, environment);
  if (released & left)
    next = { ...next, drag: undefined, selecting: false, hover: hit({ ...next, drag: undefined }, at) };
  if (pressed & wheelUp) next = wheel(next, -wheelStep, environment);
  if (pressed & wheelDown) next = wheel(next, wheelStep, environment);
  return sameHover(state, next);
}

/** Keeps the object of the former hover when it means the same, so that nothing is repainted for it. */
function sameHover(before: DeskState, after: DeskState): DeskState {
  return targetKey(before.hover) === targetKey(after.hover) ? { ...after, hover: before.hover } : after;
}

function press(state: DeskState, environment: DeskEnvironment): DeskState {
  const target = state.hover;
  const key = targetKey(target);
  const twice = state.lastClick.key === key && state.now - state.lastClick.at < doubleClickMs;
  const clicked: DeskState = {
    ...settle(state),
    lastClick: twice ? { key: '', at: 0 } : { key, at: state.now },
    selectedIcon: target.type === 'icon' ? target.icon : undefined,
    startOpen: target.type === 'start' ? !state.startOpen : state.startOpen && target.type === 'startMenu',
    caretSince: state.now,
  };
  const after = act(clicked, target, twice, environment);
  return { ...after, hover: after.drag ? after.hover : hit(after, after.pointer) };
}

function act(state: DeskState, target: Target, twice: boolean, environment: DeskEnvironment): DeskState {
  const { size, windows } = state;
  switch (target.type) {
    case 'task':
      return { ...state, windows: taskButtonPressed(windows, target.app, size) };
    case 'startItem':
      return { ...state, windows: open(windows, target.app, size) };
    case 'icon': {
      const app = appOfIcon(target.icon);
      return twice && app ? { ...state, windows: open(windows, app, size) } : state;
    }
    case 'windowButton':
      return pressButton(state, target.app, target.button);
    case 'title':
      return twice
        ? { ...state, windows: toggleMaximised(raise(windows, target.app), target.app) }
        : takeHold({ ...state, windows: raise(windows, target.app) }, target.app);
    case 'body':
      return pressBody({ ...state, windows: raise(windows, target.app) }, target.app, environment);
    case 'ime':
      return { ...state, ime: { ...imeCommit(state.ime).ime, on: !state.ime.on } };
    case 'desktop':
    case 'start':
    case 'search':
    case 'tray':
    case 'clock':
    case 'taskBar':
    case 'startMenu':
      return state;
  }
}

function pressButton(state: DeskState, app: AppId, button: 'minimise' | 'maximise' | 'close'): DeskState {
  const { windows } = state;
  switch (button) {
    case 'minimise':
      return { ...state, windows: minimise(windows, app) };
    case 'maximise':
      return { ...state, windows: toggleMaximised(raise(windows, app), app) };
    case 'close':
      return { ...state, windows: close(windows, app) };
  }
}

const appOfIcon = (icon: IconId): AppId | undefined => (icon === 'bin' ? undefined : icon);

function takeHold(state: DeskState, app: AppId): DeskState {
  const window = find(state.windows, app)!;
  const frame = frameOf(window, state.size);
  return { ...state, drag: { app, grip: { x: state.pointer.x - frame.x, y: state.pointer.y - frame.y } } };
}

function dragTo(state: DeskState, at: Point): DeskState {
  const { drag, size } = state;
  const window = drag && find(state.windows, drag.app);
  if (!drag || !window) return state;
  if (!window.maximised) {
    const to = { x: at.x - drag.grip.x, y: at.y - drag.grip.y };
    return { ...state, windows: moveTo(state.windows, drag.app, to, size) };
  }
  // A maximised window comes off only when really pulled, and then hangs under the pointer.
  if (at.y < drag.grip.y + 8) return state;
  const share = drag.grip.x / Math.max(1, workArea(size).width);
  const grip = { x: Math.round(window.home.width * share), y: drag.grip.y };
  return {
    ...state,
    drag: { app: drag.app, grip },
    windows: moveTo(state.windows, drag.app, { x: at.x - grip.x, y: at.y - grip.y }, size),
  };
}

function pressBody(state: DeskState, app: AppId, environment: DeskEnvironment): DeskState {
  const window = find(state.windows, app)!;
  const body = bodyOf(frameOf(window, state.size));
  const at = { x: state.pointer.x - body.x, y: state.pointer.y - body.y };
  if (app === 'sheet') {
    const cell = cellAt(body, at);
    return cell ? { ...state, sheet: { ...state.sheet, selected: cell } } : state;
  }
  if (app === 'writer') {
    const view = writerView(body, state.document.text, state.scroll, environment.measure);
    if (!contains(view.view, at)) return state;
    return {
      ...state,
      document: setCaret(state.document, caretAt(view, state.document.text, at, environment.measure)),
    };
  }
  const button = sampleButton(body);
  return button && isSample(app) && contains(button, at) ? { ...state, windows: close(state.windows, app) } : state;
}

const isSample = (app: AppId): boolean => app === 'mail' || app === 'records' || app === 'residents';

/** The one button of a sample window, in coordinates of its body. */
export const sampleButton = (body: Readonly<{ width: number; height: number }>) =>
  rect(body.width - 136, body.height - 60, 112, 40);

function wheel(state: DeskState, by: number, environment: DeskEnvironment): DeskState {
  const target = state.hover;
  const window = find(state.windows, 'writer');
  if (target.type !== 'body' || target.app !== 'writer' || !window) return state;
  const body = bodyOf(frameOf(window, state.size));
  const { maxScroll } = writerView(body, state.document.text, state.scroll, environment.measure);
  return { ...state, scroll: Math.max(0, Math.min(maxScroll, state.scroll + by)) };
}
