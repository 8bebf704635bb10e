import type { App, Session, WebContents } from 'electron';
import type { Logger } from '#contract/log/logger.ts';
import { screenOrigin, uiOrigin } from './scheme.ts';

/*
 * Everything that a page could ask of the system is refused; the app's own pages need none of it. docs/electron-checklist.md
 * says what of it stands for which of Electron's recommendations.
 */

/** No dumps and no reports (crashReporter is never started), and no compiled shaders on disk. Before the app is ready. */
const switches = ['disable-breakpad', 'disable-crash-reporter', 'disable-gpu-shader-disk-cache'] as const;

/** Chromium's network-stack error for a request that was refused (net::ERR_FAILED), as a certificate check answers it. */
const refused = -2;

const isOwn = (url: string): boolean => url.startsWith(`${uiOrigin}/`) || url.startsWith(`${screenOrigin}/`);
/** What a page has in its own memory; it reaches nobody. */
const isInner = (url: string): boolean => url.startsWith('data:') || url.startsWith('blob:');
const prevent = (event: { preventDefault(): void }): void => event.preventDefault();

/** Whatever a page or a device wants from this session. */
export function hardenSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, callback) => callback(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, callback) => callback(null));
  session.setUSBProtectedClassesHandler(() => [...usbClasses]);
  session.on('select-usb-device', (event, _details, callback) => {
    event.preventDefault();
    callback();
  });
  session.on('select-hid-device', (event, _details, callback) => {
    event.preventDefault();
    callback();
  });
  session.on('select-serial-port', (event, _ports, _contents, callback) => {
    event.preventDefault();
    callback('');
  });
  // The pages come from the app's package: nothing of theirs is fetched, so no server is ever to be trusted.
  session.setCertificateVerifyProc((_request, callback) => callback(refused));
  session.webRequest.onBeforeRequest(({ url }, callback) => callback({ cancel: !isOwn(url) && !isInner(url) }));
  session.setSpellCheckerEnabled(false);
  // Without a language no dictionary is ever fetched.
  session.setSpellCheckerLanguages([]);
  session.on('will-download', prevent);
}

const usbClasses = ['audio', 'audio-video', 'hid', 'mass-storage', 'smart-card', 'video', 'wireless'] as const;

/** Whatever the pages do, whichever page it is. Before the app is ready. */
export function hardenContents(app: App): void {
  for (const name of switches) app.commandLine.appendSwitch(name);
  app.on('certificate-error', (event, _contents, _url, _error, _certificate, callback) => {
    event.preventDefault();
    callback(false);
  });
  app.on('select-client-certificate', (event, _contents, _url, _list, callback) => {
    event.preventDefault();
    callback();
  });
  // Without a name and a password the request is given up.
  app.on('login', (event, _contents, _details, _info, callback) => {
    event.preventDefault();
    callback();
  });
  app.on('web-contents-created', (_event, contents) => hardenPage(contents));
}

function hardenPage(contents: WebContents): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.on('will-navigate', prevent);
  contents.on('will-redirect', prevent);
  contents.on('will-frame-navigate', (event) => {
    if (!isOwn(event.url)) event.preventDefault();
  });
  contents.on('will-attach-webview', prevent);
  contents.on('context-menu', prevent);
  contents.on('select-bluetooth-device', (event, _devices, callback) => {
    event.preventDefault();
    callback('');
  });
  contents.on('devtools-opened', () => contents.closeDevTools());
  // Not before-input-event, which would keep F12 and Ctrl+P from the desk as well: they are its keys, not ours.
  contents.setIgnoreMenuShortcuts(true);
  contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
  contents.on('dom-ready', () => {
    contents.insertCSS(unprintable, { cssOrigin: 'user' }).catch(() => undefined);
    contents.executeJavaScript(undraggable).catch(() => undefined);
  });
}

/** Whatever starts a print gets blank paper: a user's own style outweighs every page's. */
const unprintable = '@media print { html { display: none !important } }';

/**
 * Nothing is dragged out of the window's page or dropped on it. The screen's page does the same by itself; Electron runs
 * scripts of main's in the top frame only.
 */
const undraggable = `for (const name of ['dragstart', 'dragover', 'drop'])
  addEventListener(name, (event) => event.preventDefault(), true);`;

/** Forgets what the pages may have kept. Each of these is tried, whatever becomes of the others. */
export async function clearSession(session: Session, log: Logger): Promise<void> {
  const done = await Promise.allSettled([
    session.clearStorageData(),
    session.clearCache(),
    session.clearCodeCaches({}),
    session.clearSharedDictionaryCache(),
    session.clearAuthCache(),
    session.clearHostResolverCache(),
  ]);
  for (const result of done) {
    if (result.status === 'rejected') log.warn('a cache could not be emptied', { error: result.reason });
  }
}
