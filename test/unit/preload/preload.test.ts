import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Bridge } from '#contract/ipc/bridge.ts';
import { calls, eventNames } from '#contract/ipc/table.ts';

const fake = await vi.hoisted(async () => (await import('#test/fakes/fake-electron.ts')).createFakeElectron());
vi.mock('electron', () => fake.module);

const page = { postMessage: vi.fn(), location: { origin: 'hanare://ui' } };
vi.stubGlobal('window', page);

const figures = { width: 1, height: 1, frames: 1, fps: 1, bytes: 1, firstPictureMs: 1, decodeMs: 1, presentMs: 1 };
const login = { user: 'OFFICE\\yamada', password: 'x' };
const otp = { kind: 'totp', code: '123456' } as const;
const enrolRun = { accepted: 'a'.repeat(64), pin: '274951', imported: false };
const { invoke } = fake.module.ipcRenderer;
// By a variable: preload is type-checked in a project of its own, with the DOM.
const entry = fileURLToPath(new URL('../../../preload/index.ts', import.meta.url));
let bridge: Bridge;

beforeAll(async () => {
  await import(/* @vite-ignore */ entry);
  bridge = fake.exposed.get('hanare') as Bridge;
});
beforeEach(() => {
  invoke.mockReset().mockResolvedValue({ ok: true, value: undefined });
  page.postMessage.mockReset();
});
afterAll(() => vi.unstubAllGlobals());

/** Each verb of the bridge, and what it must ask main. */
const verbs: readonly (readonly [string, (bridge: Bridge) => Promise<unknown>, readonly unknown[]])[] = [
  ['app.info', (b) => b.app.info(), []],
  ['app.quit', (b) => b.app.quit(), []],
  ['device.status', (b) => b.device.status(), []],
  ['device.unlock', (b) => b.device.unlock('274951'), ['274951']],
  ['device.lock', (b) => b.device.lock(), []],
  ['device.lift', (b) => b.device.lift('ABCD-EFGH'), ['ABCD-EFGH']],
  ['device.changePin', (b) => b.device.changePin('274951', '831604'), ['274951', '831604']],
  ['enrol.inspect', (b) => b.enrol.inspect({ typed: 'x', office: null }), [{ typed: 'x', office: null }]],
  ['enrol.import', (b) => b.enrol.import('password'), ['password']],
  ['enrol.run', (b) => b.enrol.run(enrolRun), [enrolRun]],
  ['preferences.get', (b) => b.preferences.get(), []],
  ['preferences.set', (b) => b.preferences.set({ language: 'ja', theme: 'dark' }), [{ language: 'ja', theme: 'dark' }]],
  ['rules.get', (b) => b.rules.get(), []],
  ['rules.check', (b) => b.rules.check(), []],
  ['session.state', (b) => b.session.state(), []],
  ['session.connect', (b) => b.session.connect('desk-1'), ['desk-1']],
  ['session.disconnect', (b) => b.session.disconnect(), []],
  ['session.answerOtp', (b) => b.session.answerOtp(otp), [otp]],
  ['session.extend', (b) => b.session.extend('274951', otp), ['274951', otp]],
  ['session.login', (b) => b.session.login(login), [login]],
  ['session.answerDesk', (b) => b.session.answerDesk(new Uint8Array(16), 'x'), [new Uint8Array(16), 'x']],
  ['session.report', (b) => b.session.report({ type: 'figures', figures }), [{ type: 'figures', figures }]],
  ['window.setFullScreen', (b) => b.window.setFullScreen(true), [true]],
  ['window.displays', (b) => b.window.displays(), []],
  ['window.setAllDisplays', (b) => b.window.setAllDisplays(true), [true]],
];

describe('the bridge', () => {
  it('is all that the page gets', () => {
    expect([...fake.exposed.keys()]).toEqual(['hanare']);
    expect(Object.keys(bridge).sort()).toEqual(['app', 'device', 'enrol', 'preferences', 'rules', 'session', 'window']);
  });

  it('has verbs only, none of which sends whatever it is given', () => {
    for (const domain of Object.values(bridge)) {
      for (const [name, verb] of Object.entries(domain)) {
        expect(typeof verb).toBe('function');
        expect(name).not.toMatch(/^(send|invoke|on|call|listen)$/);
      }
    }
  });

  it('has a verb for every call of the table', () => {
    expect(verbs.map(([name]) => name).sort()).toEqual(Object.keys(calls).sort());
  });

  it.each(verbs)('asks main for %s with the arguments given', async (name, verb, args) => {
    await verb(bridge);
    expect(invoke).toHaveBeenCalledExactlyOnceWith(name, ...args);
  });

  it('asks with arguments that main takes when the desk is left open', async () => {
    await bridge.session.connect();
    const [name, ...args] = invoke.mock.calls[0]!;
    expect(name).toBe('session.connect');
    expect(args).toEqual([undefined]);
  });
});

describe('the outcome of a call', () => {
  it('is the value when main says that it went well', async () => {
    invoke.mockResolvedValue({ ok: true, value: { language: 'ja', theme: 'dark' } });
    expect(await bridge.preferences.get()).toEqual({ language: 'ja', theme: 'dark' });
  });

  it('is an error with the failure’s JSON when main says that it did not', async () => {
    const failure = { reason: 'sessionAlreadyOpen', details: { since: 5 } };
    invoke.mockResolvedValue({ ok: false, failure });
    const error = await bridge.session.connect().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Error);
    expect(JSON.parse((error as Error).message)).toEqual(failure);
  });
});

describe('a subscription', () => {
  const subscriptions: readonly (readonly [string, (listener: (value: unknown) => void) => () => void, unknown])[] = [
    ['session.changed', (listener) => bridge.session.onChange(listener), { phase: 'idle' }],
    ['device.changed', (listener) => bridge.device.onChange(listener), { state: 'notEnrolled', site: null }],
    ['rules.changed', (listener) => bridge.rules.onChange(listener), { version: 4, checking: true }],
    ['enrol.step', (listener) => bridge.enrol.onStep(listener), 'key'],
    ['window.fullScreenChanged', (listener) => bridge.window.onFullScreen(listener), true],
    ['window.displaysChanged', (listener) => bridge.window.onDisplays(listener), { count: 2, span: null }],
  ];

  it.each(subscriptions)(
    'hears the values of %s, never Electron’s event, until it is ended',
    (name, subscribe, value) => {
      const before = fake.renderer.listenerCount(name);
      const heard = vi.fn();
      const stop = subscribe(heard);
      fake.renderer.emit(name, { sender: 'electron' }, value);
      expect(heard.mock.calls).toEqual([[value]]);
      stop();
      stop();
      fake.renderer.emit(name, {}, value);
      expect(heard).toHaveBeenCalledOnce();
      expect(fake.renderer.listenerCount(name)).toBe(before);
    },
  );

  it('ends alone when another of the same event goes on', () => {
    const [first, second] = [vi.fn(), vi.fn()];
    const stopFirst = bridge.session.onChange(first);
    const stopSecond = bridge.session.onChange(second);
    stopFirst();
    fake.renderer.emit('session.changed', {}, { phase: 'idle' });
    expect(first).not.toHaveBeenCalled();
    expect(second).toHaveBeenCalledOnce();
    stopSecond();
  });

  it('exists for every event that the table has, the screen’s port aside', () => {
    expect(
      subscriptions
        .map(([name]) => name)
        .concat('screen.port')
        .sort(),
    ).toEqual([...eventNames].sort());
  });
});

describe('the screen’s port', () => {
  it('is posted to the page’s own window and origin, with the port, when main hands it over', () => {
    const desk = { id: 'd', name: '総務課', protocol: 'rdp' };
    const to = { desk, user: { id: 'u', name: '山田' }, rdp: { selectedProtocol: 8 } };
    const port = { name: 'port' };
    fake.renderer.emit('screen.port', { ports: [port] }, to);
    expect(page.postMessage).toHaveBeenCalledExactlyOnceWith({ hanare: 'screen.port', ...to }, 'hanare://ui', [port]);
  });
});
