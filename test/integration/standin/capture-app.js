// An app that is nothing but a window and the watch over its protection, for capture.test.ts.
import { app, BrowserWindow, protocol } from 'electron';
import { watchCapture } from '../../../main/guard/capture/capture.ts';
import { captureTarget } from '../../../main/shell/capture-probe.ts';

const say = (what, ...values) => console.log(`[main] ${what} ${JSON.stringify(values)}`);
const log = {};
for (const level of ['debug', 'info', 'warn', 'error']) log[level] = (message) => say(level, message);

protocol.registerSchemesAsPrivileged([{ scheme: 'example', privileges: { standard: true, secure: true } }]);
await app.whenReady();
protocol.handle('example', () => new Response('<title>x</title>', { headers: { 'content-type': 'text/html' } }));
const window = new BrowserWindow({ width: 600, height: 400 });
watchCapture({
  ...captureTarget(window),
  onChange: (state) => say('state', state),
  log,
  timing: { settleMs: 20, mostSettleMs: 100, everyMs: 3_600_000, everyOpenMs: 3_600_000 },
});
// The page says what to do with its window.
window.webContents.on('console-message', ({ message }) => {
  const verbs = {
    hide: () => window.hide(),
    show: () => window.show(),
    widen: () => window.setSize(window.getSize()[0] + 20, 400),
    protected: () => say('protected', window.isContentProtected()),
  };
  verbs[message]?.();
});
await window.loadURL('example://ui/');
