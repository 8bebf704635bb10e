/**
 * DEVELOPMENT ONLY: a stand-in for the `electron` module, for machines where Electron's binary cannot be had. It runs the
 * built, unmodified main and preload in plain Node and opens the pages in Chromium. It must never be part of a release:
 * build/standin is outside everything that is packaged, and docs/verification.md lists what only real Electron can show.
 *
 * What it cannot show, beside what throws: Electron's own sandbox flags, fuses and asar; permission prompts and request
 * handlers (Chromium is told the check handler's answers beforehand, see permissions.ts); window.open giving null (the new
 * page is ended before it loads, see targets.ts); navigation to about:blank and blob: (navigation.ts); hidden windows
 * (browser-window.ts); content protection and what other programs see (capture.ts); the machine's clipboard (clipboard.ts);
 * before-input-event, certificate-error, login, unresponsive, context-menu, will-attach-webview and the choosers of devices,
 * which may be listened to and never come; Electron's speed.
 *
 * Environment: HANARE_STANDIN_HEADLESS=1, HANARE_CHROMIUM, HANARE_STANDIN_CHROMIUM_ARGS (JSON list),
 * HANARE_STANDIN_CHROMIUM_LOG=1 (Chromium's own output), HANARE_STANDIN_CONTROL_FILE (see build/host/launch.ts),
 * HANARE_STANDIN_IDLE_FILE (see power-monitor.ts), HANARE_STANDIN_CAPTURE (capture.ts), HANARE_STANDIN_CLIPBOARD_FILE (clipboard.ts).
 *
 * What is not exported below, or is `absent`, throws "the Electron stand-in has no …" when it is used.
 */
import { app } from './app.ts';
import { BrowserWindow } from './browser-window.ts';
import { createDesktopCapturer } from './capture.ts';
import { clipboard } from './clipboard.ts';
import { ipcMain } from './ipc-main.ts';
import { absent } from './loud.ts';
import { MessageChannelMain } from './message-port.ts';
import { screen } from './screen.ts';
import { protocol, session } from './session.ts';
import { dialog, Menu, nativeTheme, powerMonitor, powerSaveBlocker, shell } from './system.ts';

console.error('Electron stand-in (development only)');
const desktopCapturer = createDesktopCapturer(() => BrowserWindow.getAllWindows());

export {
  app,
  BrowserWindow,
  clipboard,
  desktopCapturer,
  dialog,
  ipcMain,
  Menu,
  MessageChannelMain,
  nativeTheme,
  powerMonitor,
  powerSaveBlocker,
  protocol,
  screen,
  session,
  shell,
};

export const autoUpdater = absent('autoUpdater');
export const BaseWindow = absent('BaseWindow');
export const BrowserView = absent('BrowserView');
export const contentTracing = absent('contentTracing');
export const crashReporter = absent('crashReporter');
export const globalShortcut = absent('globalShortcut');
export const ImageView = absent('ImageView');
export const inAppPurchase = absent('inAppPurchase');
export const MenuItem = absent('MenuItem');
export const nativeImage = absent('nativeImage');
export const net = absent('net');
export const netLog = absent('netLog');
export const Notification = absent('Notification');
export const pushNotifications = absent('pushNotifications');
export const safeStorage = absent('safeStorage');
export const ShareMenu = absent('ShareMenu');
export const sharedTexture = absent('sharedTexture');
export const systemPreferences = absent('systemPreferences');
export const TouchBar = absent('TouchBar');
export const Tray = absent('Tray');
export const utilityProcess = absent('utilityProcess');
export const View = absent('View');
export const webContents = absent('webContents');
export const WebContentsView = absent('WebContentsView');
export const webFrameMain = absent('webFrameMain');
