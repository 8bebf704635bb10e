import { EventEmitter } from 'node:events';
import type { BrowserWindow, Rectangle, Screen } from 'electron';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Displays } from '#contract/ipc/state.ts';
import { type WindowDisplays, watchDisplays } from '#main/shell/displays.ts';

type Display = { id: number; bounds: Rectangle; workArea: Rectangle; scaleFactor: number };
const display = (id: number, bounds: Rectangle) => ({ id, bounds, workArea: bounds, scaleFactor: 1 });
const left = display(2, { x: -1280, y: 56, width: 1280, height: 1024 });
const main = display(1, { x: 0, y: 0, width: 1920, height: 1080 });
const own = { x: 30, y: 40, width: 1366, height: 768 };

class FakeWindow extends EventEmitter {
  full = false;
  destroyed = false;
  readonly done: unknown[] = [];
  isDestroyed = () => this.destroyed;
  isFullScreen = () => this.full;
  own: Rectangle = own;
  maximized = false;
  isMaximized = () => this.maximized;
  unmaximize = () => void this.done.push('unmaximize');
  maximize = () => void this.done.push('maximize');
  getBounds = () => this.own;
  setBounds = (bounds: Rectangle) => void this.done.push(['bounds', bounds]);
  setContentBounds = (bounds: Rectangle) => void this.done.push(['content', bounds]);
  setAlwaysOnTop = (...args: unknown[]) => void this.done.push(['top', ...args]);
  setFullScreen(on: boolean) {
    this.full = on;
    this.done.push(['full', on]);
  }
}

let window: FakeWindow;
let screen: EventEmitter & { all: Display[] };
let displays: WindowDisplays;
let changed: ReturnType<typeof vi.fn<(displays: Displays) => void>>;
beforeEach(() => {
  window = new FakeWindow();
  screen = Object.assign(new EventEmitter(), {
    all: [main, left] as Display[],
    getAllDisplays: () => screen.all,
    getPrimaryDisplay: () => main,
  });
  changed = vi.fn();
  displays = watchDisplays(window as unknown as BrowserWindow, screen as unknown as Screen, changed);
});
const over = ['content', { x: -1280, y: 0, width: 3200, height: 1080 }];
const span = [
  { x: 1280, y: 0, width: 1920, height: 1080, primary: true },
  { x: 0, y: 56, width: 1280, height: 1024, primary: false },
];

describe('the window over all displays', () => {
  it('covers the rectangle round them, above the taskbar, and says where each lies', () => {
    displays.setAll(true);
    expect(window.done).toEqual([over, ['top', true, 'screen-saver']]);
    expect(changed).toHaveBeenCalledExactlyOnceWith({ count: 2, span });
    displays.setAll(true);
    expect(window.done).toHaveLength(2);
  });

  it('goes back to where it was', () => {
    displays.setAll(true);
    displays.setAll(false);
    expect(window.done.slice(2)).toEqual([
      ['top', false],
      ['bounds', own],
    ]);
    expect(changed).toHaveBeenLastCalledWith({ count: 2, span: null });
  });

  it('leaves full screen first, and all displays for full screen', () => {
    window.full = true;
    displays.setAll(true);
    expect(window.done).toEqual([['full', false]]);
    window.emit('leave-full-screen');
    expect(window.done[1]).toEqual(over);
    displays.setFullScreen(true);
    expect(window.done.slice(3)).toEqual([
      ['top', false],
      ['bounds', own],
      ['full', true],
    ]);
  });

  it.each([
    ['unplugged', 'display-removed', [main]],
    ['moved or scaled', 'display-metrics-changed', [main, left]],
  ] as const)('goes back when a display is %s', (_, event, now) => {
    displays.setAll(true);
    screen.all = [...now];
    screen.emit(event);
    expect(window.done.at(-1)).toEqual(['bounds', own]);
    expect(changed).toHaveBeenLastCalledWith({ count: now.length, span: null });
  });

  it('goes to the main display when the one it was on is gone, and is as large as before at most', () => {
    window.own = { x: -1200, y: 100, width: 1366, height: 2000 };
    displays.setAll(true);
    screen.all = [main];
    screen.emit('display-removed');
    // Its right edge still shows.
    expect(window.done.at(-1)).toEqual(['bounds', window.own]);
    screen.all = [main, left];
    window.own = { x: -1200, y: 100, width: 800, height: 2000 };
    displays.setAll(true);
    screen.all = [main];
    screen.emit('display-removed');
    expect(window.done.at(-1)).toEqual(['bounds', { x: 0, y: 0, width: 800, height: 1080 }]);
  });

  it('was maximized and is again', () => {
    window.maximized = true;
    displays.setAll(true);
    displays.setAll(false);
    expect(window.done[0]).toBe('unmaximize');
    expect(window.done.at(-1)).toBe('maximize');
  });

  it('lets what the person switches to come before it, and lies above again when they come back', () => {
    window.emit('blur');
    displays.setAll(true);
    window.emit('blur');
    window.emit('focus');
    expect(window.done.slice(2)).toEqual([
      ['top', false],
      ['top', true, 'screen-saver'],
    ]);
    displays.stop();
    window.emit('blur');
    expect(window.done).toHaveLength(4);
  });

  it('is not to be had with one display, nor with two of different scale', () => {
    for (const all of [[main], [main, { ...left, scaleFactor: 1.5 }]]) {
      screen.all = all;
      expect(displays.displays()).toEqual({ count: 1, span: null });
      displays.setAll(true);
    }
    expect(window.done).toEqual([]);
  });

  it('is offered as soon as a second display is there', () => {
    screen.all = [main];
    screen.emit('display-removed');
    screen.all = [main, left];
    screen.emit('display-added');
    expect(changed.mock.calls.map(([{ count }]) => count)).toEqual([1, 2]);
    displays.stop();
    screen.emit('display-added');
    window.destroyed = true;
    expect(changed).toHaveBeenCalledTimes(2);
  });
});
