import type { WebContents } from 'electron';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { HanareError } from '#contract/errors/hanare-error.ts';
import { type CallName, calls } from '#contract/ipc/table.ts';
import { createLogger } from '#contract/log/logger.ts';

const fake = await vi.hoisted(async () => (await import('#test/fakes/fake-electron.ts')).createFakeElectron());
vi.mock('electron', () => fake.module);
const { registerCalls, sendEvent } = await import('#main/shell/ipc.ts');

const names = Object.keys(calls) as CallName[];
const figures = { width: 1, height: 1, frames: 1, fps: 1, bytes: 1, firstPictureMs: 1, decodeMs: 1, presentMs: 1 };
const goodArgs: Readonly<Partial<Record<CallName, readonly unknown[]>>> = {
  'preferences.set': [{ language: 'ja', theme: 'light' }],
  'device.unlock': ['274951'],
  'device.lift': ['ABCD-EFGH'],
  'device.changePin': ['274951', '831604'],
  'enrol.inspect': [{ typed: 'ABCD', office: null }],
  'enrol.import': ['password'],
  'enrol.run': [{ accepted: 'a'.repeat(64), pin: '274951', imported: false }],
  'session.connect': ['desk-0123'],
  'session.answerOtp': [{ kind: 'totp', code: '123456' }],
  'session.extend': ['274951', null],
  'session.login': [{ user: 'OFFICE\\yamada', password: 'x' }],
  'session.answerDesk': [new Uint8Array(16), 'secret'],
  'session.report': [{ type: 'figures', figures }],
  'window.setFullScreen': [true],
  'window.setAllDisplays': [true],
};

const mainFrame = { url: 'hanare://ui/index.html' };
const contents = { mainFrame, isDestroyed: () => false, send: vi.fn() };
const fromWindow = { sender: contents, senderFrame: mainFrame };

let lines: string[] = [];
let called: { name: string; args: unknown[] }[] = [];
let answer: (name: string) => unknown = (name) => `answer to ${name}`;

function register(window: () => unknown = () => contents): void {
  fake.handlers.clear();
  const handlers = Object.fromEntries(
    names.map((name) => [
      name,
      (...args: unknown[]) => {
        called.push({ name, args });
        return answer(name);
      },
    ]),
  );
  const log = createLogger({ sink: (line) => lines.push(line), now: () => 0, context: 'ipc' });
  registerCalls(handlers as never, window as () => WebContents | undefined, log);
}
const call = (name: CallName, event: unknown, args: readonly unknown[] = goodArgs[name] ?? []) =>
  fake.handlers.get(name)!(event, ...args);

beforeEach(() => {
  lines = [];
  called = [];
  answer = (name) => `answer to ${name}`;
  register();
});

describe('a call from the window', () => {
  it.each(names)('reaches its handler with its arguments, and is answered, when it is %s', async (name) => {
    expect(await call(name, fromWindow)).toEqual({ ok: true, value: `answer to ${name}` });
    expect(called).toEqual([{ name, args: goodArgs[name] ?? [] }]);
    expect(lines).toEqual([]);
  });

  it('waits for the answer when that takes time', async () => {
    answer = async () => 'later';
    expect(await call('app.info', fromWindow)).toEqual({ ok: true, value: 'later' });
  });

  it('carries an expected failure back, unlogged, when the handler throws one', async () => {
    answer = () => {
      throw new HanareError('sessionAlreadyOpen', { since: 5 });
    };
    expect(await call('session.connect', fromWindow)).toEqual({
      ok: false,
      failure: { reason: 'sessionAlreadyOpen', details: { since: 5 } },
    });
    expect(lines).toEqual([]);
  });

  it('says only that something went wrong, and logs what, when the handler throws anything else', async () => {
    answer = () => Promise.reject(new TypeError('/home/yamada'));
    expect(await call('app.info', fromWindow)).toEqual({ ok: false, failure: { reason: 'internal', details: {} } });
    expect(lines.join()).toContain('/home/yamada');
  });
});

describe('a call from elsewhere', () => {
  const frame = (url: string) => ({ url });
  const own = (url: string) => ({ ...contents, mainFrame: frame(url) });
  const asWindow = (url: string) => {
    const window = own(url);
    return { window, event: { sender: window, senderFrame: window.mainFrame } };
  };

  it.each(names)('is refused before its handler or its arguments are looked at when it is %s', async (name) => {
    const events = [
      { sender: { ...contents }, senderFrame: mainFrame },
      { sender: contents, senderFrame: frame('hanare://ui/index.html') },
      { sender: contents, senderFrame: frame('hanare://screen/index.html') },
      { sender: contents, senderFrame: null },
    ];
    for (const event of events) {
      expect(await call(name, event)).toEqual({
        ok: false,
        failure: { reason: 'badRequest', details: { call: name } },
      });
    }
    expect(called).toEqual([]);
    expect(lines).toHaveLength(events.length);
  });

  it.each([
    'https://ui/index.html',
    'hanare://screen/index.html',
    'hanare://ui.example.invalid/index.html',
    'hanare://uix/index.html',
    'hanare://ui',
    'about:blank',
    'data:text/html,x',
    'file:///etc/passwd',
    '',
  ])('is refused when the window itself shows %j', async (url) => {
    const { window, event } = asWindow(url);
    register(() => window);
    expect(await call('app.info', event)).toMatchObject({ ok: false, failure: { reason: 'badRequest' } });
    expect(called).toEqual([]);
  });

  it('is refused when there is no window', async () => {
    register(() => undefined);
    expect(await call('app.info', fromWindow)).toMatchObject({ ok: false, failure: { reason: 'badRequest' } });
  });
});

describe('arguments that are wrong', () => {
  const bad: Readonly<Partial<Record<CallName, readonly unknown[]>>> = {
    'preferences.set': [{ language: 'ja' }],
    'device.unlock': [274951],
    'device.lift': [null],
    'device.changePin': ['274951'],
    'enrol.inspect': [{ typed: 'ABCD' }],
    'enrol.import': [{ file: '/etc/passwd' }],
    'enrol.run': [{ accepted: 'yes', pin: '274951', imported: false }],
    'session.connect': [{ host: '192.0.2.1' }],
    'session.answerOtp': ['123456'],
    'session.extend': ['274951', '123456'],
    'session.login': [{ user: '', password: 'x' }],
    'session.answerDesk': [new Uint8Array(8), 'secret'],
    'session.report': [{ type: 'ended', reason: 'nonsense', details: {} }],
    'window.setFullScreen': ['yes'],
    'window.setAllDisplays': [2],
  };
  it.each(names)('never reach the handler when the call is %s', async (name) => {
    for (const args of [bad[name] ?? ['too many'], [...(goodArgs[name] ?? []), 'one more'], [Symbol.iterator]]) {
      expect(await call(name, fromWindow, args)).toEqual({
        ok: false,
        failure: { reason: 'badRequest', details: { call: name } },
      });
    }
    expect(called).toEqual([]);
    expect(lines.length).toBe(3);
  });

  it('are not quoted in the log', async () => {
    await call('session.answerDesk', fromWindow, [new Uint8Array(8), 'hunter2']);
    await call('device.unlock', fromWindow, ['274951', 'again']);
    expect(lines.join()).not.toContain('hunter2');
    expect(lines.join()).not.toContain('274951');
  });
});

describe('registration', () => {
  it('covers the table, each call once', () => {
    expect([...fake.handlers.keys()].sort()).toEqual([...names].sort());
  });
});

describe('an event', () => {
  it('goes to the window when there is one', () => {
    sendEvent(contents as never, 'window.fullScreenChanged', true);
    expect(contents.send).toHaveBeenCalledExactlyOnceWith('window.fullScreenChanged', true);
  });

  it('is dropped when the window is gone', () => {
    const gone = { isDestroyed: () => true, send: vi.fn() };
    sendEvent(gone as never, 'window.fullScreenChanged', true);
    sendEvent(undefined, 'window.fullScreenChanged', true);
    expect(gone.send).not.toHaveBeenCalled();
  });
});
