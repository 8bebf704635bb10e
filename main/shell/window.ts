import { BrowserWindow, type Session } from 'electron';
import type { Logger } from '#contract/log/logger.ts';
import { uiOrigin } from './scheme.ts';

/**
 * The one window. Sandbox and context isolation are Electron's defaults; they are written out because everything rests
 * on them. It is shown when its first frame is ready, so that no white flash comes before it.
 */
export function createWindow(options: { session: Session; preload: string; title: string }): BrowserWindow {
  const window = new BrowserWindow({
    width: 1366,
    height: 768,
    minWidth: 800,
    minHeight: 600,
    show: false,
    title: options.title,
    backgroundColor: '#ffffff',
    autoHideMenuBar: true,
    webPreferences: {
      preload: options.preload,
      session: options.session,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      nodeIntegrationInWorker: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      plugins: false,
      disableDialogs: true,
      // Compiled code of the pages stays in memory.
      v8CacheOptions: 'none',
      spellcheck: false,
      devTools: false,
      // The desk's picture must go on when the window is covered, or the desk would be thought to hang.
      backgroundThrottling: false,
    },
  });
  window.once('ready-to-show', () => window.show());
  return window;
}

/**
 * Loads the window's page and keeps it: a page whose process died is loaded anew, so that the person sees why and can
 * connect again without starting the app.
 */
export function keepWindow(
  window: BrowserWindow,
  on: { fullScreen(on: boolean): void; crashed(): void; log: Logger },
): void {
  const load = () => {
    window.loadURL(`${uiOrigin}/index.html`).catch((error: unknown) => on.log.error('page did not load', { error }));
  };
  window.on('enter-full-screen', () => on.fullScreen(true));
  window.on('leave-full-screen', () => on.fullScreen(false));
  window.webContents.on('render-process-gone', (_event, details) => {
    on.log.error('page process gone', { cause: details.reason });
    on.crashed();
    if (!window.isDestroyed()) load();
  });
  load();
}
