import { join } from 'node:path';
import {
  app,
  type BrowserWindow,
  dialog,
  Menu,
  powerMonitor,
  type Session,
  screen,
  session as sessions,
} from 'electron';
import { createLogger } from '#contract/log/logger.ts';
import { startIdleLock } from './desk/idle-lock.ts';
import { createSession } from './desk/session.ts';
import { createLogFile } from './diagnostics/log-file.ts';
import { createEnrolment } from './enrol/enrol.ts';
import { type CaptureWatch, captureVerdict, watchCapture } from './guard/capture/capture.ts';
import { createGuard } from './guard/guard.ts';
import { probePath } from './guard/path/path.ts';
import { readPosture } from './guard/posture/read-posture.ts';
import { crashFolders, forbidCoreDumps } from './guard/residue/core-dumps.ts';
import { createReceipts } from './guard/residue/receipts.ts';
import { scanResidue } from './guard/residue/residue.ts';
import { homeFolder, openSystem, systemFolder } from './guard/system.ts';
import { type UsbWatch, watchUsb } from './guard/usb/watch.ts';
import { eraseCommand } from './identity/erase-command.ts';
import { createIdentity } from './identity/identity.ts';
import { openKeychain } from './identity/keychain.ts';
import { readMachine } from './identity/machine.ts';
import { captureTarget } from './shell/capture-probe.ts';
import { createClipboardMark } from './shell/clipboard-mark.ts';
import { type WindowDisplays, watchDisplays } from './shell/displays.ts';
import { clearSession, hardenContents, hardenSession } from './shell/hardening.ts';
import { hostName, systemRoot } from './shell/host-name.ts';
import { registerCalls, sendEvent } from './shell/ipc.ts';
import { createKeepAwake } from './shell/keep-awake.ts';
import { openCertificateFile } from './shell/open-file.ts';
import { createPreferences } from './shell/preferences.ts';
import { presentationSwitches } from './shell/presentation.ts';
import { registerScheme, screenOrigin, serveScheme } from './shell/scheme.ts';
import { handOverScreenPort } from './shell/screen-port.ts';
import { createWindow, keepWindow } from './shell/window.ts';
import { deliverReceipts } from './tunnel/deliver.ts';
import { openTunnel } from './tunnel/tunnel.ts';

app.enableSandbox();
for (const name of presentationSwitches) app.commandLine.appendSwitch(name);
registerScheme();

const userData = app.getPath('userData');
const log = createLogger({ sink: createLogFile(join(userData, 'logs/hanare.log')), now: Date.now, context: 'main' });
const preferences = createPreferences(join(userData, 'preferences.json'), app.getLocale());
let window: BrowserWindow | undefined;
const contents = () => window?.webContents;
const idleSeconds = () => powerMonitor.getSystemIdleTime();
// Read once: what tells one machine from another does not change while it runs.
const machine = readMachine();
const self = async () => ({ version: app.getVersion(), platform: process.platform, machine: await machine });

const system = openSystem(systemRoot());

const identity = createIdentity({
  folder: userData,
  keychain: openKeychain(),
  siteFile: join(userData, 'site.json'),
  baselineFile: join(systemFolder(system), 'baseline.jws'),
  now: Date.now,
  log: log.with('identity'),
  onChange: (status) => sendEvent(contents(), 'device.changed', status),
});
const enrolment = createEnrolment({
  identity,
  self,
  openFile: () => openCertificateFile(window),
  onStep: (step) => sendEvent(contents(), 'enrol.step', step),
  log: log.with('enrol'),
});
/** From `start` on; before it nobody asks. */
let usb: UsbWatch;
let partition: Session | undefined;
let capture: CaptureWatch | undefined;
let displays: WindowDisplays | undefined;
const clipboard = createClipboardMark();
const guard = createGuard({
  usb: () => usb,
  // Until the window is there nothing is shown that could be copied.
  capture: (rule) => captureVerdict(capture?.state() ?? 'blocked', rule),
  posture: () =>
    readPosture(system, {
      client: app.getVersion(),
      home: homeFolder(),
      ownFolder: userData,
      now: Date.now,
    }),
  path: (gateway, signal) => probePath({ gateway, system, signal, log: log.with('path') }),
  clipboard: clipboard.now,
  residue: async ({ clipboard: before, ...of }) =>
    scanResidue({
      ...of,
      userData,
      temp: [app.getPath('temp')],
      crash: await crashFolders({ crashDumps: app.getPath('crashDumps'), cwd: process.cwd() }),
      clipboard: { before, ...clipboard },
      log: log.with('residue'),
    }),
  receipts: createReceipts({ file: join(userData, 'receipts.json'), log: log.with('receipts') }),
  deliver: async (credentials, receipts) =>
    deliverReceipts(credentials, receipts, { identity: await self(), log: log.with('receipts') }),
  rules: identity.rules,
  gateway: async () => (await identity.credentials()).gateway,
  now: Date.now,
  log: log.with('guard'),
  onRules: (view) => sendEvent(contents(), 'rules.changed', view),
});
const session = createSession({
  device: identity,
  guard,
  keepAwake: createKeepAwake().set,
  openTunnel,
  identity: self,
  handOverPort: (to) => handOverScreenPort(contents(), to),
  onState: (state) => {
    sendEvent(contents(), 'session.changed', state);
    // At the end itself; the receipt, which comes later and in two steps, is news of the same end.
    const over = state.phase === 'ended' && (state.receipt === 'pending' || state.receipt === null);
    if (over && partition) void clearSession(partition, log.with('window'));
  },
  idleSeconds,
  now: () => performance.now(),
  wallNow: Date.now,
  log: log.with('session'),
});

function start(): void {
  void forbidCoreDumps({ system, pid: process.pid, log: log.with('residue') });
  usb = watchUsb({ system, onChange: guard.changed, log: log.with('usb') });
  app.on('will-quit', () => {
    usb.stop();
    capture?.stop();
    displays?.stop();
  });
  // In memory: without "persist:" nothing of the pages reaches the disk.
  partition = sessions.fromPartition('hanare', { cache: false });
  hardenSession(partition);
  serveScheme(partition, join(import.meta.dirname, '..'));
  Menu.setApplicationMenu(null);
  registerCalls(
    {
      'app.info': () => ({ version: app.getVersion(), screenUrl: `${screenOrigin}/index.html`, host: hostName() }),
      'app.quit': () => app.quit(),
      'device.status': identity.status,
      'device.unlock': identity.unlock,
      'device.lock': () => {
        session.disconnect();
        return identity.lock();
      },
      'device.lift': identity.lift,
      'device.changePin': identity.changePin,
      'enrol.inspect': enrolment.inspect,
      'enrol.import': enrolment.import,
      'enrol.run': enrolment.run,
      'preferences.get': preferences.get,
      'preferences.set': preferences.set,
      'rules.get': guard.rules,
      'rules.check': guard.check,
      'session.state': session.state,
      'session.connect': (desk) => session.connect(desk ?? null),
      'session.disconnect': session.disconnect,
      'session.answerOtp': session.answerOtp,
      'session.extend': session.extend,
      'session.login': session.login,
      'session.answerDesk': session.answerDesk,
      'session.report': session.report,
      'window.setFullScreen': (on) => displays?.setFullScreen(on),
      'window.displays': () => displays?.displays() ?? { count: 1, span: null },
      'window.setAllDisplays': (on) => displays?.setAll(on),
    },
    contents,
    log.with('ipc'),
  );
  window = createWindow({
    session: partition,
    preload: join(import.meta.dirname, '../preload/index.cjs'),
    title: 'Hanare',
  });
  capture = watchCapture({ ...captureTarget(window), onChange: guard.changed, log: log.with('capture') });
  displays = watchDisplays(window, screen, (now) => sendEvent(contents(), 'window.displaysChanged', now));
  keepWindow(window, {
    fullScreen: (on) => sendEvent(contents(), 'window.fullScreenChanged', on),
    crashed: () => {
      // A dead page must not lie over every display.
      displays?.setAll(false);
      session.fail({ reason: 'screenCrashed', details: {} });
    },
    log: log.with('window'),
  });
  startIdleLock({
    policy: identity.policy,
    pinUntil: identity.pinUntil,
    now: Date.now,
    idleSeconds,
    inSession: () => ['connecting', 'connected'].includes(session.state().phase),
    lock: () => {
      session.disconnect();
      return identity.lock();
    },
    log: log.with('idle'),
  });
}

/** `--erase` is done instead of everything else; the app is not opened then. */
async function eraseOrStart(): Promise<void> {
  const code = await eraseCommand({
    argv: process.argv,
    dialog,
    erase: identity.erase,
    out: (line) => void process.stdout.write(`${line}\n`),
    language: (await preferences.get()).language,
  });
  if (code === null) start();
  else app.exit(code);
}

if (app.requestSingleInstanceLock()) {
  hardenContents(app);
  app.on('second-instance', () => window?.focus());
  app.on('window-all-closed', () => app.quit());
  app.on('will-quit', () => session.disconnect());
  app
    .whenReady()
    .then(eraseOrStart)
    .catch((error: unknown) => {
      log.error('start failed', { error });
      app.exit(1);
    });
} else if (process.argv.includes('--erase')) {
  // A running app would go on with what it has in memory, and could write it down again.
  process.stdout.write('Hanareを終了してから、もう一度実行してください。 / Quit Hanare first.\n');
  app.exit(1);
} else {
  app.quit();
}
