import type { DeskState } from './desk-state.ts';
import { contains, type Point } from './geometry.ts';
import {
  type AppId,
  bodyOf,
  clockArea,
  type IconId,
  iconCell,
  icons,
  imeArea,
  searchField,
  startButton,
  startItems,
  startMenu,
  taskBar,
  taskButtons,
  titleBar,
  trayArea,
  type WindowButton,
  windowButton,
  windowButtons,
} from './layout.ts';
import { frameOf, visible } from './windows.ts';
import { ribbonHeight, rulerHeight, statusHeight } from './writer-view.ts';

/** What lies under the pointer. */
export type Target =
  | Readonly<{ type: 'desktop' }>
  | Readonly<{ type: 'icon'; icon: IconId }>
  | Readonly<{ type: 'start' | 'search' | 'ime' | 'tray' | 'clock' | 'taskBar' | 'startMenu' }>
  | Readonly<{ type: 'task' | 'startItem' | 'title' | 'body'; app: AppId }>
  | Readonly<{ type: 'windowButton'; app: AppId; button: WindowButton }>;

/** A name for a target: equal for the same thing. */
export function targetKey(target: Target): string {
  return Object.values(target).join(':');
}

/** Applications with a button in the task bar: the pinned ones, then whatever else is open. */
export function shownInTaskBar(state: DeskState): readonly AppId[] {
  const pinned: readonly AppId[] = ['writer', 'sheet', 'chat', 'mail'];
  const order: readonly AppId[] = ['records', 'residents'];
  return [...pinned, ...order.filter((app) => state.windows.some((window) => window.app === app))];
}

export function hit(state: DeskState, point: Point): Target {
  const { size } = state;
  if (contains(taskBar(size), point)) return hitTaskBar(state, point);
  if (state.startOpen && contains(startMenu(size), point)) {
    for (const [app, area] of startItems(size)) if (contains(area, point)) return { type: 'startItem', app };
    return { type: 'startMenu' };
  }
  for (const window of visible(state.windows).toReversed()) {
    const frame = frameOf(window, size);
    if (!contains(frame, point)) continue;
    const button = windowButtons.find((name) => contains(windowButton(frame, name), point));
    if (button) return { type: 'windowButton', app: window.app, button };
    return { type: contains(titleBar(frame), point) ? 'title' : 'body', app: window.app };
  }
  const icon = icons.find((_, at) => contains(iconCell(at), point));
  return icon ? { type: 'icon', icon } : { type: 'desktop' };
}

function hitTaskBar(state: DeskState, point: Point): Target {
  const { size } = state;
  if (contains(startButton(size), point)) return { type: 'start' };
  if (contains(searchField(size), point)) return { type: 'search' };
  for (const [app, area] of taskButtons(size, shownInTaskBar(state))) {
    if (contains(area, point)) return { type: 'task', app };
  }
  if (contains(imeArea(size), point)) return { type: 'ime' };
  if (contains(trayArea(size), point)) return { type: 'tray' };
  if (contains(clockArea(size), point)) return { type: 'clock' };
  return { type: 'taskBar' };
}

const cursorShapes = ['arrow', 'text', 'hand', 'move', 'cell'] as const;
export type CursorShape = (typeof cursorShapes)[number];

export function cursorShape(state: DeskState): CursorShape {
  if (state.drag) return 'move';
  const target = state.hover;
  if (target.type === 'search') return 'text';
  if (target.type === 'startItem') return 'hand';
  if (target.type !== 'body') return 'arrow';
  const window = state.windows.find((one) => one.app === target.app);
  if (!window) return 'arrow';
  const body = bodyOf(frameOf(window, state.size));
  const y = state.pointer.y - body.y;
  switch (target.app) {
    case 'writer':
      return y > ribbonHeight + rulerHeight && y < body.height - statusHeight ? 'text' : 'arrow';
    case 'chat':
      return y > body.height - chatInputHeight ? 'text' : 'arrow';
    case 'sheet':
      return 'cell';
    default:
      return 'arrow';
  }
}

export const chatInputHeight = 58;
