import { describe, expect, it, vi } from 'vitest';
import { createLogger } from '#contract/log/logger.ts';

const fake = await vi.hoisted(async () => (await import('#test/fakes/fake-electron.ts')).createFakeElectron());
vi.mock('electron', () => fake.module);
const { createWindow, keepWindow } = await import('#main/shell/window.ts');
const { handOverScreenPort } = await import('#main/shell/screen-port.ts');
const { hostName } = await import('#main/shell/host-name.ts');

function keep() {
  const window = createWindow({ session: {} as never, preload: '/preload.cjs', title: 'Hanare' });
  const seen: unknown[] = [];
  const lines: string[] = [];
  keepWindow(window, {
    fullScreen: (on) => seen.push(on),
    crashed: () => seen.push('crashed'),
    log: createLogger({ sink: (line) => lines.push(line), now: () => 0, context: 'window' }),
  });
  return { window: fake.module.BrowserWindow.made.at(-1)!, seen, lines };
}

describe('the window', () => {
  it('is made with everything that keeps a page in its place', () => {
    const { window } = keep();
    expect(window.options.webPreferences).toMatchObject({
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
      v8CacheOptions: 'none',
      spellcheck: false,
      devTools: false,
      preload: '/preload.cjs',
    });
  });

  it('asks for none of Chromium’s unfinished features', () => {
    expect(keep().window.options.webPreferences).not.toHaveProperty('enableBlinkFeatures');
  });

  it('is shown when its first frame is ready and not before', () => {
    const { window } = keep();
    expect(window.options.show).toBe(false);
    expect(window.show).not.toHaveBeenCalled();
    window.emit('ready-to-show');
    expect(window.show).toHaveBeenCalledOnce();
  });

  it('loads the app’s own page', () => {
    expect(keep().window.loadURL.mock.calls).toEqual([['hanare://ui/index.html']]);
  });

  it('tells when it fills the screen and when it does not', () => {
    const { window, seen } = keep();
    window.emit('enter-full-screen');
    window.emit('leave-full-screen');
    expect(seen).toEqual([true, false]);
  });

  it('tells, and loads its page anew, when the page’s process is gone', () => {
    const { window, seen, lines } = keep();
    window.webContents.emit('render-process-gone', {}, { reason: 'oom' });
    expect(seen).toEqual(['crashed']);
    expect(window.loadURL).toHaveBeenCalledTimes(2);
    expect(lines.join()).toContain('oom');
  });

  it('loads nothing when it is itself gone', () => {
    const { window } = keep();
    window.destroyed = true;
    window.webContents.emit('render-process-gone', {}, { reason: 'killed' });
    expect(window.loadURL).toHaveBeenCalledOnce();
  });

  it('logs it, and goes on, when the page does not load', async () => {
    const { window, lines } = keep();
    window.loadURL.mockRejectedValueOnce(new Error('ERR_FAILED'));
    window.webContents.emit('render-process-gone', {}, { reason: 'crashed' });
    await vi.waitFor(() => expect(lines.join()).toContain('page did not load'));
  });
});

describe('the screen’s port', () => {
  const to = { desk: { id: 'd', name: 'd', protocol: 'vnc' }, user: { id: 'u', name: 'u' }, rdp: null } as const;

  it('goes to the window, and main keeps the other end', () => {
    const postMessage = vi.fn();
    const port = handOverScreenPort({ isDestroyed: () => false, postMessage } as never, to);
    expect(port).toEqual({ name: 'port1' });
    expect(postMessage).toHaveBeenCalledExactlyOnceWith('screen.port', to, [{ name: 'port2' }]);
  });

  it.each([
    ['there is no window', undefined],
    ['the window is gone', { isDestroyed: () => true }],
  ])('is refused when %s', (_, contents) => {
    expect(() => handOverScreenPort(contents as never, to)).toThrow(
      expect.objectContaining({ reason: 'screenCrashed' }),
    );
  });
});

describe('the host', () => {
  it('is the stand-in when there is no Electron', () => {
    expect(hostName()).toBe('stand-in');
  });
});
