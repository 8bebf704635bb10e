import type { DeskEnvironment, DeskState } from '../state/desk-state.ts';
import type { Rect } from '../state/geometry.ts';
import { iconCell, icons, startMenu, taskBar } from '../state/layout.ts';
import { type DeskWindow, focused, frameOf, visible } from '../state/windows.ts';
import { text } from '../texts.ts';
import { appTitles } from './app-titles.ts';
import { chatNodes } from './chat.ts';
import { desktopIconNodes } from './desktop-icons.ts';
import { frameNode } from './frame.ts';
import { sampleNodes } from './sample.ts';
import type { SceneNode } from './scene-node.ts';
import { sheetNodes } from './sheet.ts';
import { startMenuNodes } from './start-menu.ts';
import { taskBarNodes } from './task-bar.ts';
import { wallpaperNode } from './wallpaper.ts';
import { writerNodes } from './writer.ts';

/** The whole picture from back to front. */
export function scene(state: DeskState, environment: DeskEnvironment): readonly SceneNode[] {
  return [
    wallpaperNode(state.size),
    ...desktopIconNodes(state),
    ...visible(state.windows).flatMap((window) => windowNodes(state, window, environment)),
    ...taskBarNodes(state),
    ...startMenuNodes(state),
  ];
}

function windowNodes(state: DeskState, window: DeskWindow, environment: DeskEnvironment): readonly SceneNode[] {
  const { app } = window;
  const hovered = state.hover.type === 'windowButton' && state.hover.app === app ? state.hover.button : undefined;
  const frame = frameNode({
    app,
    frame: frameOf(window, state.size),
    title: text(state.language, appTitles[app].title),
    active: focused(state.windows) === app,
    maximised: window.maximised,
    hover: hovered,
  });
  return [frame, ...content(state, window, environment)];
}

function content(state: DeskState, window: DeskWindow, environment: DeskEnvironment): readonly SceneNode[] {
  switch (window.app) {
    case 'writer':
      return writerNodes(state, window, environment.measure);
    case 'sheet':
      return sheetNodes(state, window);
    case 'chat':
      return chatNodes(state, window);
    case 'mail':
    case 'records':
    case 'residents':
      return sampleNodes(state, window);
  }
}

/** Where there is text or anything else that must arrive exactly: all but the bare wallpaper. */
export function losslessAreas(state: DeskState): readonly Rect[] {
  return [
    taskBar(state.size),
    ...icons.map((_, at) => iconCell(at)),
    ...visible(state.windows).map((window) => frameOf(window, state.size)),
    ...(state.startOpen ? [startMenu(state.size)] : []),
  ];
}
