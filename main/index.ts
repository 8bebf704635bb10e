import { join } from 'node:path';
import { app, type BrowserWindow, Menu, session as sessions } from 'electron';
import { createLogger } from '#contract/log/logger.ts';
import { createSession } from './desk/session.ts';
import { createLogFile } from './diagnostics/log-file.ts';
import { loadDeviceFile } from './identity/device-file.ts';
import { deviceStatus } from './identity/device-status.ts';
import { hardenContents, hardenSession } from './shell/hardening.ts';
import { hostName } from './shell/host-name.ts';
import { registerCalls, sendEvent } from './shell/ipc.ts';
import { createPreferences } from './shell/preferences.ts';
import { presentationSwitches } from './shell/presentation.ts';
import { registerScheme, screenOrigin, serveScheme } from './shell/scheme.ts';
import { handOverScreenPort } from './shell/screen-port.ts';
import { createWindow, keepWindow } from './shell/window.ts';
import { openTunnel } from './tunnel/tunnel.ts';

app.enableSandbox();
for (const name of presentationSwitches) app.commandLine.appendSwitch(name);
registerScheme();

const userData = app.getPath('userData');
const log = createLogger({ sink: createLogFile(join(userData, 'logs/hanare.log')), now: Date.now, context: 'main' });
const device = () => loadDeviceFile(join(userData, 'device.json'));
let window: BrowserWindow | undefined;
const contents = () => window?.webContents;

const session = createSession({
  device,
  openTunnel,
  identity: { version: app.getVersion(), platform: process.platform },
  handOverPort: (to) => handOverScreenPort(contents(), to),
  onState: (state) => sendEvent(contents(), 'session.changed', state),
  now: () => performance.now(),
  wallNow: Date.now,
  log: log.with('session'),
});

function start(): void {
  const preferences = createPreferences(join(userData, 'preferences.json'), app.getLocale());
  // In memory: without "persist:" nothing of the pages reaches the disk.
  const partition = sessions.fromPartition('hanare');
  hardenSession(partition);
  serveScheme(partition, join(import.meta.dirname, '..'));
  Menu.setApplicationMenu(null);
  registerCalls(
    {
      'app.info': () => ({ version: app.getVersion(), screenUrl: `${screenOrigin}/index.html`, host: hostName() }),
      'app.quit': () => app.quit(),
      'device.status': () => deviceStatus(device),
      'preferences.get': preferences.get,
      'preferences.set': preferences.set,
      'session.state': session.state,
      'session.connect': (desk) => session.connect(desk ?? null),
      'session.disconnect': session.disconnect,
      'session.answerDesk': session.answerDesk,
      'session.report': session.report,
      'window.setFullScreen': (on) => window?.setFullScreen(on),
    },
    contents,
    log.with('ipc'),
  );
  window = createWindow({
    session: partition,
    preload: join(import.meta.dirname, '../preload/index.cjs'),
    title: 'Hanare',
  });
  keepWindow(window, {
    fullScreen: (on) => sendEvent(contents(), 'window.fullScreenChanged', on),
    crashed: () => session.fail({ reason: 'screenCrashed', details: {} }),
    log: log.with('window'),
  });
}

if (app.requestSingleInstanceLock()) {
  hardenContents(app);
  app.on('second-instance', () => window?.focus());
  app.on('window-all-closed', () => app.quit());
  app.on('will-quit', () => session.disconnect());
  app.whenReady().then(start, (error: unknown) => {
    log.error('start failed', { error });
    app.exit(1);
  });
} else {
  app.quit();
}
