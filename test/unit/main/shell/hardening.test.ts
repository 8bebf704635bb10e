import { EventEmitter } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { createLogger } from '#contract/log/logger.ts';

const fake = await vi.hoisted(async () => (await import('#test/fakes/fake-electron.ts')).createFakeElectron());
vi.mock('electron', () => fake.module);
const { clearSession, hardenContents, hardenSession } = await import('#main/shell/hardening.ts');

/** Emits an event and says whether it was stopped, and what its callback was given. */
function ask(emitter: EventEmitter, event: string, ...args: unknown[]) {
  const preventDefault = vi.fn();
  const answer = vi.fn();
  const [first, ...rest] = args;
  const fields = typeof first === 'object' ? first : {};
  emitter.emit(event, { ...fields, preventDefault }, ...rest, answer);
  return { stopped: preventDefault.mock.calls.length === 1, answers: answer.mock.calls };
}

function createPage() {
  const page = Object.assign(new EventEmitter(), {
    setWindowOpenHandler: vi.fn((_handler: () => unknown) => undefined),
    closeDevTools: vi.fn(),
    setIgnoreMenuShortcuts: vi.fn(),
    setWebRTCIPHandlingPolicy: vi.fn(),
    insertCSS: vi.fn(async (_css: string, _options: unknown) => ''),
    executeJavaScript: vi.fn(async (_code: string) => undefined),
  });
  const app = Object.assign(new EventEmitter(), { commandLine: { appendSwitch: vi.fn() } });
  hardenContents(app as never);
  app.emit('web-contents-created', {}, page);
  return { app, page };
}

describe('a page', () => {
  it('opens no window', () => {
    expect(createPage().page.setWindowOpenHandler.mock.calls[0]?.[0]()).toEqual({ action: 'deny' });
  });

  it.each(['will-navigate', 'will-redirect', 'will-attach-webview', 'context-menu'])('does not: %s', (event) => {
    expect(ask(createPage().page, event, { url: 'hanare://ui/index.html' }).stopped).toBe(true);
  });

  it.each([
    ['hanare://ui/index.html', false],
    ['hanare://screen/index.html', false],
    ['hanare://screen.example.invalid/', true],
    ['hanare://uix/', true],
    ['https://example.invalid/', true],
    ['file:///etc/passwd', true],
    ['about:blank', true],
    ['data:text/html,x', true],
  ])('has its frames go only to the app’s own pages, as with %s', (url, stopped) => {
    expect(ask(createPage().page, 'will-frame-navigate', { url }).stopped).toBe(stopped);
  });

  it('has developer tools closed as soon as they are open', () => {
    const { page } = createPage();
    page.emit('devtools-opened');
    expect(page.closeDevTools).toHaveBeenCalledOnce();
  });

  it('keeps menu shortcuts from acting and loses no key to them', () => {
    const { page } = createPage();
    expect(page.setIgnoreMenuShortcuts).toHaveBeenCalledExactlyOnceWith(true);
    expect(page.listenerCount('before-input-event')).toBe(0);
  });

  it('gets no Bluetooth device', () => {
    const { stopped, answers } = ask(createPage().page, 'select-bluetooth-device', {}, [{ deviceId: 'x' }]);
    expect([stopped, answers]).toEqual([true, [['']]]);
  });

  it('makes no connection past the rules by WebRTC', () => {
    const { page } = createPage();
    expect(page.setWebRTCIPHandlingPolicy).toHaveBeenCalledExactlyOnceWith('disable_non_proxied_udp');
  });

  it('prints blank paper, and lets nothing be dragged out or dropped, each time it is loaded', () => {
    const { page } = createPage();
    page.emit('dom-ready');
    page.emit('dom-ready');
    expect(page.insertCSS).toHaveBeenCalledTimes(2);
    expect(page.insertCSS.mock.calls[0]?.[0]).toMatch(/@media print .*display: none !important/);
    expect(page.insertCSS.mock.calls[0]?.[1]).toEqual({ cssOrigin: 'user' });
    const target = new EventTarget();
    const script = page.executeJavaScript.mock.calls[0]![0];
    new Function('addEventListener', script)(target.addEventListener.bind(target));
    for (const name of ['dragstart', 'dragover', 'drop']) {
      expect(target.dispatchEvent(new Event(name, { cancelable: true })), name).toBe(false);
    }
  });

  it('may go while it is being prepared', async () => {
    const { page } = createPage();
    page.insertCSS.mockRejectedValueOnce(new Error('destroyed'));
    page.executeJavaScript.mockRejectedValueOnce(new Error('destroyed'));
    page.emit('dom-ready');
    await new Promise((resolve) => setImmediate(resolve));
    expect(page.insertCSS).toHaveBeenCalledOnce();
  });
});

describe('the app', () => {
  it('writes no dumps and no compiled shaders', () => {
    const { app } = createPage();
    const given = app.commandLine.appendSwitch.mock.calls.map(([name]) => name);
    expect(given).toEqual(['disable-breakpad', 'disable-crash-reporter', 'disable-gpu-shader-disk-cache']);
  });

  it('trusts no certificate, shows none, and signs in nowhere', () => {
    const { app } = createPage();
    const certificate = ask(app, 'certificate-error', {}, {}, 'https://x.invalid', 'ERR', {});
    expect([certificate.stopped, certificate.answers]).toEqual([true, [[false]]]);
    const client = ask(app, 'select-client-certificate', {}, {}, 'https://x.invalid', [{}]);
    expect([client.stopped, client.answers]).toEqual([true, [[]]]);
    const login = ask(app, 'login', {}, {}, {}, { isProxy: true });
    expect([login.stopped, login.answers]).toEqual([true, [[]]]);
  });
});

function createSession() {
  const names = ['PermissionRequestHandler', 'PermissionCheckHandler', 'DevicePermissionHandler'] as const;
  const more = ['DisplayMediaRequestHandler', 'USBProtectedClassesHandler', 'CertificateVerifyProc'] as const;
  const rest = ['SpellCheckerEnabled', 'SpellCheckerLanguages'] as const;
  type Setter = ReturnType<typeof vi.fn<(value: (...args: unknown[]) => unknown) => void>>;
  const setters = Object.fromEntries([...names, ...more, ...rest].map((name) => [`set${name}`, vi.fn()])) as Record<
    `set${(typeof names)[number] | (typeof more)[number] | (typeof rest)[number]}`,
    Setter
  >;
  const onBeforeRequest = vi.fn<(listener: (details: object, callback: (answer: object) => void) => void) => void>();
  const session = Object.assign(new EventEmitter(), { ...setters, webRequest: { onBeforeRequest } });
  hardenSession(session as never);
  const given = (name: keyof typeof setters) => session[name].mock.calls[0]![0];
  return { session, given, onBeforeRequest };
}

describe('the session of the pages', () => {
  it.each(['clipboard-read', 'media', 'display-capture', 'geolocation', 'notifications', 'fullscreen', 'openExternal'])(
    'gives no permission, asked or checked: %s',
    (permission) => {
      const { given } = createSession();
      const answered = vi.fn();
      given('setPermissionRequestHandler')({}, permission, answered);
      expect(answered).toHaveBeenCalledExactlyOnceWith(false);
      expect(given('setPermissionCheckHandler')({}, permission)).toBe(false);
    },
  );

  it('gives no picture of a screen', () => {
    const answered = vi.fn();
    createSession().given('setDisplayMediaRequestHandler')({}, answered);
    expect(answered).toHaveBeenCalledExactlyOnceWith(null);
  });

  it('gives no device', () => {
    const { session, given } = createSession();
    expect(given('setDevicePermissionHandler')({ deviceType: 'hid' })).toBe(false);
    expect(given('setUSBProtectedClassesHandler')({ protectedClasses: [] })).toContain('mass-storage');
    expect(ask(session, 'select-usb-device', {}, {})).toEqual({ stopped: true, answers: [[]] });
    expect(ask(session, 'select-hid-device', {}, {})).toEqual({ stopped: true, answers: [[]] });
    expect(ask(session, 'select-serial-port', {}, [{ portId: 'x' }], {})).toEqual({ stopped: true, answers: [['']] });
  });

  it('trusts no server', () => {
    const answered = vi.fn();
    createSession().given('setCertificateVerifyProc')({ hostname: 'x.invalid' }, answered);
    expect(answered).toHaveBeenCalledExactlyOnceWith(-2);
  });

  it.each([
    ['hanare://ui/index.html', false],
    ['hanare://screen/assets/worker.js', false],
    ['data:image/png;base64,AA', false],
    ['blob:hanare://screen/1', false],
    ['https://example.invalid/', true],
    ['wss://example.invalid/', true],
    ['http://127.0.0.1/', true],
    ['file:///etc/passwd', true],
    ['hanare://other/', true],
  ])('asks for nothing but the app’s own, as with %s', (url, cancel) => {
    const answered = vi.fn();
    createSession().onBeforeRequest.mock.calls[0]![0]({ url }, answered);
    expect(answered).toHaveBeenCalledExactlyOnceWith({ cancel });
  });

  it('has no spell checker and fetches no dictionary', () => {
    const { given } = createSession();
    expect([given('setSpellCheckerEnabled'), given('setSpellCheckerLanguages')]).toEqual([false, []]);
  });

  it('downloads nothing', () => {
    expect(ask(createSession().session, 'will-download', {}, {}).stopped).toBe(true);
  });
});

describe('what the pages have kept', () => {
  const names = ['StorageData', 'Cache', 'CodeCaches', 'SharedDictionaryCache', 'AuthCache', 'HostResolverCache'];
  const create = () =>
    Object.fromEntries(names.map((name) => [`clear${name}`, vi.fn(async (_options?: unknown) => undefined)]));
  const logged = () => {
    const lines: string[] = [];
    return { lines, log: createLogger({ sink: (line) => lines.push(line), now: () => 0, context: 'test' }) };
  };

  it('is forgotten', async () => {
    const [session, { log, lines }] = [create(), logged()];
    await clearSession(session as never, log);
    expect(Object.values(session).map((clear) => clear.mock.calls.length)).toEqual(names.map(() => 1));
    expect(lines).toEqual([]);
  });

  it('is forgotten as far as possible, when a part cannot be', async () => {
    const [session, { log, lines }] = [create(), logged()];
    session.clearStorageData!.mockRejectedValueOnce(new Error('busy'));
    await clearSession(session as never, log);
    expect(Object.values(session).map((clear) => clear.mock.calls.length)).toEqual(names.map(() => 1));
    expect(lines).toHaveLength(1);
  });
});
