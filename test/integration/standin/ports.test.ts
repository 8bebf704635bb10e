import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Example, startExample, until } from './example.ts';

let app: Example;
beforeAll(async () => {
  app = await startExample();
});
afterAll(() => app.end());

type Result = { order: unknown[]; bytes: number; buffers: number; wrongOrder: number; exact: boolean; hash: string };

/** Opens a port to the worker in the frame of the other origin and moves the blocks there and back. */
async function move(chunks: number, size: number) {
  const from = app.log().length;
  const before = await app.run<number>('results.length');
  const hash = await app.run<string>(`example.invoke('port', { chunks: ${chunks}, size: ${size} })`);
  await until(() => app.run<boolean>(`results.length >= ${before + 2}`), 'the worker reports');
  const result = await app.run<Result>(`results[${before}]`);
  return { from, hash, result };
}

describe('a message port from main to a worker in a frame of another origin', () => {
  it('keeps order and every byte of 10 MB, both ways', async () => {
    const { from, hash, result } = await move(160, 65_536);
    expect(result).toMatchObject({ bytes: 10_486_237, buffers: 3, wrongOrder: 0, exact: true, blocks: 160, hash });
    expect(result.order).toEqual([
      'first',
      'last',
      await app.run('document.getElementById("screen").src.slice(0, -11)'),
    ]);
    expect(await app.told('port heard', from)).toEqual([10_486_237, hash]);
  });

  it('keeps messages in order when they are many and small', async () => {
    const { hash, result } = await move(5000, 8);
    expect(result).toMatchObject({ blocks: 5000, wrongOrder: 0, hash });
  });

  it('tells main when the worker that holds it ends', async () => {
    const { from } = await move(1, 8);
    await app.page.frames()[1]!.evaluate('stopWorker()');
    await app.told('port closed', from);
  });

  it('tells main when the page gave up a port of its own', async () => {
    const from = app.log().length;
    expect(await app.run('example.giveMainAPort().then(([first, second]) => [first, ...second])')).toEqual([
      'hello',
      5,
      6,
    ]);
    await app.told('page port closed', from);
  });

  it('tells main when the page is loaded anew', async () => {
    await app.page.reload();
    const { from } = await move(1, 8);
    await app.page.reload();
    await app.told('port closed', from);
  });

  // Last, because Playwright takes a page for crashed when one of its frames is, and speaks to it no more.
  it('tells main when the process of the frame crashes, and the window lives on', async () => {
    const { from } = await move(1, 8);
    const browser = await app.page.context().browser()!.newBrowserCDPSession();
    const session = await app.page.context().newCDPSession(app.page.frames()[1]!);
    void session.send('Page.crash').catch(() => {});
    await app.told('port closed', from);
    const { targetInfos } = await browser.send('Target.getTargets');
    expect(targetInfos.map(({ type, title }) => [type, title])).toContainEqual(['page', 'Example']);
    expect(app.log().slice(from).join()).not.toContain('render-process-gone');
  });
});
