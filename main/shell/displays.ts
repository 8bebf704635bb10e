import type { BrowserWindow, Rectangle, Screen } from 'electron';
import type { Displays, Monitor } from '#contract/ipc/state.ts';

export type WindowDisplays = Readonly<{
  displays(): Displays;
  /** Lays the window over all displays, or puts it back where it was. */
  setAll(on: boolean): void;
  /** Leaves all displays for one; what comes of it shows in the window's own events. */
  setFullScreen(on: boolean): void;
  stop(): void;
}>;

const changes = ['display-added', 'display-removed', 'display-metrics-changed'] as const;

/**
 * The window over all displays at once. No system has full screen for that, so the page is laid over the rectangle round all
 * displays, the window's frame beyond their edges, above the taskbar. Only where all have one scale: a window has one too,
 * and on displays of another the desk would be blurred.
 */
export function watchDisplays(
  window: BrowserWindow,
  screen: Screen,
  onChange: (displays: Displays) => void,
): WindowDisplays {
  let span: readonly Monitor[] | null = null;
  let before: Readonly<{ bounds: Rectangle; maximized: boolean }> | null = null;
  const count = () => {
    const all = screen.getAllDisplays();
    return all.every(({ scaleFactor }) => scaleFactor === all[0]?.scaleFactor) ? Math.max(1, all.length) : 1;
  };
  const displays = (): Displays => ({ count: count(), span });
  const changed = () => {
    if (!window.isDestroyed()) onChange(displays());
  };

  function lay(): void {
    if (window.isDestroyed() || span !== null || count() < 2) return;
    const all = screen.getAllDisplays().map(({ id, bounds }) => ({ id, ...bounds }));
    const [left, top] = [Math.min(...all.map(({ x }) => x)), Math.min(...all.map(({ y }) => y))];
    const right = Math.max(...all.map(({ x, width }) => x + width));
    const bottom = Math.max(...all.map(({ y, height }) => y + height));
    const { id: primary } = screen.getPrimaryDisplay();
    span = all.map(({ id, x, y, width, height }) => ({
      x: x - left,
      y: y - top,
      width,
      height,
      primary: id === primary,
    }));
    const maximized = window.isMaximized();
    if (maximized) window.unmaximize();
    before = { bounds: window.getBounds(), maximized };
    window.setContentBounds({ x: left, y: top, width: right - left, height: bottom - top });
    // The only level that lies above Windows' taskbar.
    window.setAlwaysOnTop(true, 'screen-saver');
    changed();
  }

  function putBack(): void {
    if (span === null || window.isDestroyed()) return;
    span = null;
    window.setAlwaysOnTop(false);
    if (before !== null) {
      window.setBounds(onSomeDisplay(before.bounds, screen));
      if (before.maximized) window.maximize();
    }
    before = null;
    changed();
  }

  /** Whatever has changed, the window would no longer fit. */
  const onDisplays = () => {
    if (span === null) changed();
    else putBack();
  };
  // What a person switches to must not stay behind the window.
  const onBlur = () => {
    if (span !== null) window.setAlwaysOnTop(false);
  };
  const onFocus = () => {
    if (span !== null) window.setAlwaysOnTop(true, 'screen-saver');
  };
  window.on('blur', onBlur);
  window.on('focus', onFocus);
  const emitter = screen as unknown as NodeJS.EventEmitter;
  for (const event of changes) emitter.on(event, onDisplays);

  return {
    displays,
    setAll(on) {
      if (!on) putBack();
      else if (window.isFullScreen()) {
        // Only a window that is not full screen can be given a place.
        window.once('leave-full-screen', lay);
        window.setFullScreen(false);
      } else lay();
    },
    setFullScreen(on) {
      putBack();
      window.setFullScreen(on);
    },
    stop() {
      for (const event of changes) emitter.off(event, onDisplays);
      if (window.isDestroyed()) return;
      window.off('blur', onBlur);
      window.off('focus', onFocus);
    },
  };
}

/** The same place, or the primary display where the one it was on is gone. */
function onSomeDisplay(bounds: Rectangle, screen: Screen): Rectangle {
  const { x, y, width, height } = bounds;
  const meets = (area: Rectangle) =>
    x < area.x + area.width && area.x < x + width && y < area.y + area.height && area.y < y + height;
  if (screen.getAllDisplays().some((display) => meets(display.workArea))) return bounds;
  const { workArea } = screen.getPrimaryDisplay();
  return { ...workArea, width: Math.min(width, workArea.width), height: Math.min(height, workArea.height) };
}
