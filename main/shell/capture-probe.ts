import { type BrowserWindow, desktopCapturer, screen } from 'electron';
import type { CaptureTarget, OwnPicture } from '../guard/capture/capture.ts';

/** Small, because the system draws a thumbnail of every window for it. */
const thumbnailSize = { width: 160, height: 90 };
/** Of 255: what scaling may make of black. */
const mostBlack = 8;

/**
 * Takes the window's own picture the way another program would. On Windows a protected window is there and black, or
 * (older Electron) not there at all; Linux protects no window, and Wayland shows none.
 */
export async function ownPicture(window: BrowserWindow): Promise<OwnPicture> {
  if (!isProtected(window)) return canProtect() ? 'visible' : 'unsupported';
  const sources = await desktopCapturer.getSources({ types: ['window', 'screen'], thumbnailSize });
  const own = windowOf(window.getMediaSourceId());
  const source = sources.find(({ id }) => windowOf(id) === own);
  if (source) return source.thumbnail.isEmpty() || isBlack(source.thumbnail.toBitmap()) ? 'black' : 'visible';
  // Pictures can be taken here, and ours is not among them: nobody else finds it there either.
  return sources.some(({ thumbnail }) => !thumbnail.isEmpty()) ? 'black' : 'unsupported';
}

/** Electron has the question for Windows and macOS only. */
const isProtected = (window: BrowserWindow) =>
  typeof window.isContentProtected === 'function' && window.isContentProtected();

const canProtect = () => process.platform === 'win32' || process.platform === 'darwin';

/** `window:123:1`, where the last part tells whose window it is to the process that asks. */
const windowOf = (mediaSourceId: string): string => mediaSourceId.split(':').slice(0, 2).join(':');

/** @param bitmap four bytes a pixel, the last of them alpha. */
function isBlack(bitmap: Uint8Array): boolean {
  for (let at = 0; at + 3 < bitmap.length; at += 4) {
    if (bitmap[at + 3] === 0) continue;
    if (bitmap[at]! > mostBlack || bitmap[at + 1]! > mostBlack || bitmap[at + 2]! > mostBlack) return false;
  }
  return true;
}

/** After each of these some version of Electron, Windows or a graphics driver has been seen to drop the protection. */
const windowEvents = [
  ...(['show', 'hide', 'restore', 'minimize', 'maximize', 'unmaximize', 'move', 'resize'] as const),
  ...(['enter-full-screen', 'leave-full-screen'] as const),
];
const screenEvents = ['display-metrics-changed', 'display-added', 'display-removed'] as const;

/** The window as main/guard/capture watches it. */
export function captureTarget(window: BrowserWindow): CaptureTarget {
  return {
    protect: () => {
      if (!window.isDestroyed()) window.setContentProtection(true);
    },
    shown: () => !window.isDestroyed() && window.isVisible() && !window.isMinimized(),
    probe: () => ownPicture(window),
    events: (listener) => {
      const onWindow = window as unknown as NodeJS.EventEmitter;
      const onScreen = screen as unknown as NodeJS.EventEmitter;
      for (const event of windowEvents) onWindow.on(event, listener);
      for (const event of screenEvents) onScreen.on(event, listener);
      return () => {
        for (const event of windowEvents) onWindow.off(event, listener);
        for (const event of screenEvents) onScreen.off(event, listener);
      };
    },
  };
}
