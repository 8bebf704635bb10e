import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Example, startExample, until } from './example.ts';

let app: Example;
beforeAll(async () => {
  app = await startExample({ size: { width: 1000, height: 700 } });
});
afterAll(() => app.end());

describe('a window of the stand-in', () => {
  it('has the asked size and comes from the stand-in', async () => {
    expect(app.host).toBe('stand-in');
    expect(app.log()).toContain('Electron stand-in (development only)');
    expect(await app.run('[innerWidth, innerHeight, isSecureContext]')).toEqual([1000, 700, true]);
    expect(await app.told('ready-to-show')).toEqual(['4.5.6', 'standin-example']);
  });

  it('keeps the two origins in two processes', async () => {
    const browser = await app.page.context().browser()!.newBrowserCDPSession();
    const { targetInfos } = await browser.send('Target.getTargets');
    const frames = targetInfos.filter(({ type }) => type === 'iframe').map(({ url }) => new URL(url).hostname);
    // A frame that shares its parent's process is no target of its own.
    expect(frames).toEqual(['screen.localhost']);
    expect(
      await app.page
        .frames()[1]!
        .evaluate('(() => { try { return parent.document.title } catch (e) { return e.name } })()'),
    ).toBe('SecurityError');
  });

  it('takes keys, the mouse and screenshots', async () => {
    await app.run(
      `window.seen = [], addEventListener('keydown', (e) => seen.push(e.code)), addEventListener('mousedown', (e) => seen.push(e.clientX))`,
    );
    await app.page.mouse.click(500, 500);
    await app.page.keyboard.press('KeyA');
    expect(await app.run('seen')).toEqual([500, 'KeyA']);
    expect((await app.page.screenshot()).subarray(1, 4).toString()).toBe('PNG');
  });

  it('does not navigate where main says no', async () => {
    const before = app.page.url();
    const from = app.log().length;
    await app.run(`void (location.href = 'https://example.com/secret')`);
    expect(await app.told('will-frame-navigate', from)).toEqual(['https://example.com/secret', true]);
    const inFrame = app.log().length;
    await app.page.frames()[1]!.evaluate(`void (location.href = '/forbidden.html')`);
    expect(await app.told('will-frame-navigate', inFrame)).toEqual(['example://screen/forbidden.html', false]);
    const other = app.log().length;
    await app.run(`void (location.href = '/other.html')`);
    expect(await app.told('will-navigate', other)).toEqual(['example://ui/other.html']);
    expect(app.page.url()).toBe(before);
    expect(app.log().join()).not.toMatch(/request \["[^"]*(other|forbidden)/);
    expect(await app.page.frames()[1]!.evaluate('document.body.innerText')).toBe('screen');
  });

  it('opens no further window', async () => {
    const from = app.log().length;
    await app.run(`void open('example://ui/index.html?popup'.replace('example://ui', location.origin))`);
    await app.told('window.open', from);
    await until(() => app.page.context().pages().length === 1, 'one page');
  });

  it('denies permissions but for those the check allows', async () => {
    const state = (name: string) =>
      app.run(`navigator.permissions.query({ name: '${name}' }).then(({ state }) => state)`);
    expect(await state('geolocation')).toBe('denied');
    expect(await state('camera')).toBe('denied');
    expect(await state('clipboard-read')).toBe('denied');
    expect(await state('clipboard-write')).toBe('granted');
    expect(await app.run('Notification.permission')).toBe('denied');
  });

  it('reaches no network', async () => {
    expect(await app.run(`fetch('https://example.com/').then(() => 'reached', (error) => error.name)`)).toBe(
      'TypeError',
    );
  });

  it('refuses downloads and asks main', async () => {
    const from = app.log().length;
    await app.run(
      `(() => { const a = document.createElement('a'); a.href = URL.createObjectURL(new Blob(['x'])); a.download = 'x.txt'; a.click() })()`,
    );
    expect(await app.told('will-download', from)).toEqual(['x.txt']);
  });

  it('goes to full screen and back', async () => {
    expect(await app.run(`example.invoke('fullScreen', true)`)).toBe(true);
    expect(await app.run(`example.invoke('fullScreen', false)`)).toBe(false);
    await until(() => app.run<boolean>('innerWidth === 1000'), 'the old size');
  });

  it('tells main of a crash and shows the page again', async () => {
    const from = app.log().length;
    void app.run(`example.invoke('crash')`).catch(() => {});
    expect(await app.told('render-process-gone', from)).toEqual(['crashed']);
    await app.told('did-finish-load', from);
  });
});
