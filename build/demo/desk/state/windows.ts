import { intersect, isEmpty, type Point, type Rect, rect, type Size } from './geometry.ts';
import { type AppId, defaultRect, titleHeight, workArea } from './layout.ts';

/**
 * The window manager: a list from the lowest window to the topmost. One window per application. No drawing, no events:
 * every function takes the list and returns the next one.
 */
export type DeskWindow = Readonly<{
  app: AppId;
  /** Where it stands when neither minimised nor maximised. */
  home: Rect;
  minimised: boolean;
  maximised: boolean;
}>;
export type Windows = readonly DeskWindow[];

export const frameOf = (window: DeskWindow, size: Size): Rect => (window.maximised ? workArea(size) : window.home);

export const visible = (windows: Windows): Windows => windows.filter((window) => !window.minimised);

/** The topmost visible window has the keyboard. */
export const focused = (windows: Windows): AppId | undefined => visible(windows).at(-1)?.app;

export const find = (windows: Windows, app: AppId): DeskWindow | undefined =>
  windows.find((window) => window.app === app);

export function open(windows: Windows, app: AppId, size: Size): Windows {
  const have = find(windows, app) ?? { app, home: defaultRect(app, size), minimised: false, maximised: false };
  return [...without(windows, app), { ...have, minimised: false }];
}

export function raise(windows: Windows, app: AppId): Windows {
  const window = find(windows, app);
  return window === undefined || windows.at(-1) === window ? windows : [...without(windows, app), window];
}

export const close = (windows: Windows, app: AppId): Windows => without(windows, app);

/** A minimised window goes to the bottom, so that the next one gets the keyboard. */
export function minimise(windows: Windows, app: AppId): Windows {
  const window = find(windows, app);
  return window === undefined ? windows : [{ ...window, minimised: true }, ...without(windows, app)];
}

export const toggleMaximised = (windows: Windows, app: AppId): Windows =>
  change(windows, app, (window) => ({ ...window, maximised: !window.maximised }));

/** What a press of the task bar's button does: open, bring back, raise or minimise. */
export function taskButtonPressed(windows: Windows, app: AppId, size: Size): Windows {
  const window = find(windows, app);
  if (window === undefined || window.minimised) return open(windows, app, size);
  return focused(windows) === app ? minimise(windows, app) : raise(windows, app);
}

/** Moves a window; its title bar never leaves the reach of the pointer. */
export function moveTo(windows: Windows, app: AppId, to: Point, size: Size): Windows {
  return change(windows, app, (window) => ({
    ...window,
    maximised: false,
    home: keepReachable(rect(to.x, to.y, window.home.width, window.home.height), size),
  }));
}

/** After the screen took another size: windows that do not fit any more shrink and move in. */
export function relayout(windows: Windows, before: Size, size: Size): Windows {
  return windows.map((window) => {
    const unmoved = isEmpty(intersect(window.home, workArea(before))) || sameAsDefault(window, before);
    if (unmoved) return { ...window, home: defaultRect(window.app, size) };
    const area = workArea(size);
    const width = Math.min(window.home.width, area.width);
    const height = Math.min(window.home.height, area.height);
    return { ...window, home: keepReachable(rect(window.home.x, window.home.y, width, height), size) };
  });
}

function keepReachable(frame: Rect, size: Size): Rect {
  const area = workArea(size);
  const grip = 120;
  return rect(
    Math.max(grip - frame.width, Math.min(frame.x, area.width - grip)),
    Math.max(0, Math.min(frame.y, area.height - titleHeight)),
    frame.width,
    frame.height,
  );
}

function sameAsDefault(window: DeskWindow, size: Size): boolean {
  const home = defaultRect(window.app, size);
  return home.x === window.home.x && home.y === window.home.y;
}

const without = (windows: Windows, app: AppId): Windows => windows.filter((window) => window.app !== app);

const change = (windows: Windows, app: AppId, to: (window: DeskWindow) => DeskWindow): Windows =>
  windows.map((window) => (window.app === app ? to(window) : window));
