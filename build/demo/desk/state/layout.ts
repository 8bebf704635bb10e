import { type Rect, rect, type Size } from './geometry.ts';

/** Where everything stands. Pure arithmetic on the screen's size, shared by hit testing and drawing. */
export const apps = ['writer', 'sheet', 'chat', 'mail', 'records', 'residents'] as const;
export type AppId = (typeof apps)[number];

/** The desktop's icons from top to bottom; the bin opens nothing. */
export const icons = ['mail', 'records', 'residents', 'sheet', 'bin'] as const;
export type IconId = (typeof icons)[number];

const taskBarHeight = 48;
export const titleHeight = 36;
const windowButtonWidth = 46;
const taskButton = 44;

export const taskBar = (size: Size): Rect => rect(0, size.height - taskBarHeight, size.width, taskBarHeight);
/** What windows may cover when maximised. */
export const workArea = (size: Size): Rect => rect(0, 0, size.width, size.height - taskBarHeight);

export const startButton = (size: Size): Rect => rect(8, size.height - taskBarHeight + 4, taskButton, 40);

/** Narrow screens have no search field. */
export function searchField(size: Size): Rect {
  const width = size.width >= 1200 ? 220 : 0;
  return rect(60, size.height - taskBarHeight + 7, width, 34);
}

export function taskButtons(size: Size, shown: readonly AppId[]): ReadonlyMap<AppId, Rect> {
  const search = searchField(size);
  const from = search.width > 0 ? search.x + search.width + 12 : 60;
  return new Map(
    shown.map((app, at) => [app, rect(from + at * (taskButton + 4), size.height - taskBarHeight + 4, taskButton, 40)]),
  );
}

export const clockArea = (size: Size): Rect => rect(size.width - 128, size.height - taskBarHeight + 4, 122, 40);
export const trayArea = (size: Size): Rect => rect(size.width - 202, size.height - taskBarHeight + 4, 72, 40);
export const imeArea = (size: Size): Rect => rect(size.width - 240, size.height - taskBarHeight + 4, 36, 40);

export const iconCell = (at: number): Rect => rect(12, 14 + at * 100, 92, 94);

const startSize = { width: 500, height: 500 };
export function startMenu(size: Size): Rect {
  const height = Math.min(startSize.height, size.height - taskBarHeight - 20);
  return rect(10, size.height - taskBarHeight - 10 - height, startSize.width, height);
}

export function startItems(size: Size): ReadonlyMap<AppId, Rect> {
  const menu = startMenu(size);
  return new Map(
    apps.map((app, at) => [app, rect(menu.x + 24 + (at % 4) * 114, menu.y + 108 + Math.floor(at / 4) * 96, 108, 90)]),
  );
}

export const windowButtons = ['minimise', 'maximise', 'close'] as const;
export type WindowButton = (typeof windowButtons)[number];

export function windowButton(window: Rect, button: WindowButton): Rect {
  const fromRight = windowButtons.length - windowButtons.indexOf(button);
  return rect(window.x + window.width - fromRight * windowButtonWidth, window.y, windowButtonWidth, titleHeight);
}

export const titleBar = (window: Rect): Rect => rect(window.x, window.y, window.width, titleHeight);
export const bodyOf = (window: Rect): Rect =>
  rect(window.x, window.y + titleHeight, window.width, Math.max(0, window.height - titleHeight));

/** Where a window opens. Three side by side with some overlap, as on a desk in use. */
export function defaultRect(app: AppId, size: Size): Rect {
  const area = workArea(size);
  const share = (of: number, part: number, least: number, most: number): number =>
    Math.min(of, Math.max(least, Math.min(most, Math.round(of * part))));
  const place = (x: number, y: number, width: number, height: number): Rect =>
    rect(Math.max(0, Math.min(x, area.width - width)), Math.max(0, Math.min(y, area.height - height)), width, height);
  switch (app) {
    case 'writer':
      return place(124, 24, share(area.width, 0.47, 560, 900), share(area.height, 0.93, 420, 930));
    case 'sheet': {
      const width = share(area.width, 0.435, 540, 800);
      return place(area.width - width - 24, 48, width, share(area.height, 0.53, 400, 500));
    }
    case 'chat': {
      const width = share(area.width, 0.3, 380, 470);
      const height = share(area.height, 0.44, 330, 420);
      return place(area.width - width - 64, area.height - height - 28, width, height);
    }
    case 'mail':
    case 'records':
    case 'residents': {
      const at = apps.indexOf(app) - 3;
      return place(
        Math.round((area.width - 460) / 2) + at * 32,
        Math.round((area.height - 260) / 2) + at * 32,
        460,
        260,
      );
    }
  }
}
