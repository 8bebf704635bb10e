import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apps } from '#build/demo/desk/state/layout.ts';
import {
  close,
  find,
  focused,
  frameOf,
  minimise,
  moveTo,
  open,
  raise,
  relayout,
  taskButtonPressed,
  toggleMaximised,
  type Windows,
} from '#build/demo/desk/state/windows.ts';

const size = { width: 1366, height: 768 };
const three = (): Windows => open(open(open([], 'sheet', size), 'chat', size), 'writer', size);
const order = (windows: Windows): string[] => windows.map((window) => window.app);

describe('window manager', () => {
  it('gives the keyboard to the window opened last', () => {
    expect(order(three())).toEqual(['sheet', 'chat', 'writer']);
    expect(focused(three())).toBe('writer');
  });

  it('raises without changing the others', () => {
    expect(order(raise(three(), 'sheet'))).toEqual(['chat', 'writer', 'sheet']);
    const windows = three();
    expect(raise(windows, 'writer')).toBe(windows);
  });

  it('passes the keyboard on when the top is minimised or closed', () => {
    expect(focused(minimise(three(), 'writer'))).toBe('chat');
    expect(focused(close(three(), 'writer'))).toBe('chat');
    expect(focused(minimise(minimise(minimise(three(), 'writer'), 'chat'), 'sheet'))).toBeUndefined();
  });

  it('brings a minimised window back where it was', () => {
    const moved = moveTo(three(), 'writer', { x: 300, y: 100 }, size);
    const back = taskButtonPressed(minimise(moved, 'writer'), 'writer', size);
    expect(find(back, 'writer')).toEqual(find(moved, 'writer'));
    expect(focused(back)).toBe('writer');
  });

  it('minimises, raises or opens by the task bar as the window stands', () => {
    expect(find(taskButtonPressed(three(), 'writer', size), 'writer')?.minimised).toBe(true);
    expect(focused(taskButtonPressed(three(), 'sheet', size))).toBe('sheet');
    expect(focused(taskButtonPressed(three(), 'mail', size))).toBe('mail');
  });

  it('fills the work area when maximised and comes back', () => {
    const windows = toggleMaximised(three(), 'writer');
    expect(frameOf(find(windows, 'writer')!, size)).toEqual({ x: 0, y: 0, width: 1366, height: 720 });
    expect(toggleMaximised(windows, 'writer')).toEqual(three());
  });

  it('keeps every title bar within reach, wherever it is dragged and whatever size the screen takes', () => {
    const coordinate = fc.integer({ min: -5000, max: 5000 });
    fc.assert(
      fc.property(
        fc.constantFrom(...apps),
        coordinate,
        coordinate,
        fc.record({ width: fc.integer({ min: 800, max: 3840 }), height: fc.integer({ min: 600, max: 2160 }) }),
        (app, x, y, next) => {
          const moved = moveTo(open(three(), app, size), app, { x, y }, size);
          for (const [windows, screen] of [[moved, size] as const, [relayout(moved, size, next), next] as const]) {
            const { home } = find(windows, app)!;
            expect(home.y).toBeGreaterThanOrEqual(0);
            expect(home.y).toBeLessThanOrEqual(screen.height - 48 - 36);
            expect(home.x + home.width).toBeGreaterThanOrEqual(120);
            expect(home.x).toBeLessThanOrEqual(screen.width - 120);
          }
        },
      ),
    );
  });

  it('lays out again by default what nobody moved', () => {
    const next = { width: 1920, height: 1080 };
    const fresh = open(open(open([], 'sheet', next), 'chat', next), 'writer', next);
    expect(relayout(three(), size, next)).toEqual(fresh);
  });
});
