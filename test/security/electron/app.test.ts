import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LaunchedApp, launchApp } from '#build/host/launch.ts';
import { isKept } from '#main/guard/residue/known-files.ts';
import { walk } from '#main/guard/residue/walk.ts';

/*
 * What the built app keeps shut, tried from inside its own page, as somebody would who has got a foot in there. It runs in
 * Electron where that is, and in the stand-in elsewhere; docs/electron-checklist.md says what only Electron can show.
 */
let app: LaunchedApp;
let userData: string;
const run = <T>(script: string) => app.page.evaluate(script) as Promise<T>;
/** What a promise of the page’s comes to. */
const outcome = (call: string) =>
  run<string>(`Promise.race([
    Promise.resolve().then(() => ${call}).then(() => 'given', (error) => error.name ?? error.type),
    new Promise((resolve) => setTimeout(resolve, 3000, 'waits')),
  ])`);
const pages = () => app.page.context().pages().length;

beforeAll(async () => {
  userData = mkdtempSync(join(tmpdir(), 'hanare-shut-'));
  app = await launchApp({ userData, headless: true });
  await app.page.waitForFunction(() => 'hanare' in globalThis);
});
afterAll(async () => {
  await app?.close();
  rmSync(userData, { recursive: true, force: true });
});

describe('the window’s page', () => {
  it('prints blank paper', async () => {
    const shown = () => run<string>('getComputedStyle(document.documentElement).display');
    expect(await shown()).toBe('block');
    await app.page.emulateMedia({ media: 'print' });
    expect(await shown()).toBe('none');
    await app.page.emulateMedia({ media: null });
    expect(await shown()).toBe('block');
  });

  it.each(['https://example.invalid/', 'file:///etc/hostname', '/other.html'])('does not go to %s', async (url) => {
    const before = app.page.url();
    await run(`void (location.href = '${url}')`);
    await sleep(300);
    expect(app.page.url()).toBe(before);
    expect(await run('typeof hanare')).toBe('object');
  });

  it('opens no window', async () => {
    await run('void open(location.href)');
    for (let tries = 0; tries < 100 && pages() > 1; tries += 1) await sleep(50);
    expect(pages()).toBe(1);
  });

  it('takes no file that is dropped on it, and lets nothing be dragged out', async () => {
    const before = app.page.url();
    const session = await app.page.context().newCDPSession(app.page);
    const data = { items: [], files: [join(userData, 'preferences.json')], dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await session.send('Input.dispatchDragEvent', { type, x: 300, y: 300, data });
    }
    await session.detach();
    await sleep(300);
    expect(app.page.url()).toBe(before);
    const stopped = await run(
      `['dragstart', 'dragover', 'drop'].map((name) => !document.body.dispatchEvent(new DragEvent(name, { bubbles: true, cancelable: true })))`,
    );
    expect(stopped).toEqual([true, true, true]);
  });

  it.each(['camera', 'microphone', 'geolocation', 'clipboard-read', 'clipboard-write', 'notifications'])(
    'has no permission: %s',
    async (name) => {
      expect(await run(`navigator.permissions.query({ name: '${name}' }).then(({ state }) => state)`)).toBe('denied');
    },
  );

  it.each([
    ['a camera', 'navigator.mediaDevices.getUserMedia({ video: true })'],
    ['the clipboard', 'navigator.clipboard.readText()'],
    ['a USB device', 'navigator.usb.requestDevice({ filters: [] })'],
    ['a HID device', 'navigator.hid.requestDevice({ filters: [] })'],
    ['a serial port', 'navigator.serial.requestPort()'],
  ])('is not given %s', async (_, call) => {
    expect(await outcome(call)).toMatch(/^(NotAllowedError|NotFoundError|SecurityError|TypeError|AbortError)$/);
  });

  it.each([
    ['a request', `fetch('https://example.invalid/')`],
    ['a request to this machine', `fetch('http://127.0.0.1:1/')`],
    [
      'a worker',
      `new Promise((resolve, reject) => { const w = new Worker('data:text/javascript,1'); w.onerror = reject; })`,
    ],
  ])('reaches nobody by %s', async (_, call) => {
    expect(await outcome(call)).toMatch(/^(TypeError|SecurityError|error)$/);
  });

  it('downloads nothing', async () => {
    await run(`(() => {
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob(['x']));
      link.download = 'hanare-left.txt';
      link.click();
    })()`);
    await sleep(500);
    expect((await walk(userData)).found.filter(({ name }) => name.includes('hanare-left'))).toEqual([]);
  });

  it('gets the keys that open tools or print elsewhere, and nothing opens', async () => {
    await run(`window.keys = [], addEventListener('keydown', ({ code }) => keys.push(code))`);
    for (const keys of ['F12', 'Control+Shift+KeyI', 'Control+KeyP', 'Control+KeyS'])
      await app.page.keyboard.press(keys);
    expect(await run('keys.filter((code) => !/^(Control|Shift)/.test(code))')).toEqual(['F12', 'KeyI', 'KeyP', 'KeyS']);
    expect(pages()).toBe(1);
  });

  it('has left nothing in the data folder that the app is not known to keep', async () => {
    const { found, complete } = await walk(userData);
    expect(complete).toBe(true);
    expect(found.length).toBeGreaterThan(0);
    expect(found.map(({ name }) => name).filter((name) => !isKept(name))).toEqual([]);
  });
});
