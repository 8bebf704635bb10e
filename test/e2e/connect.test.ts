import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LaunchedApp } from '#build/host/launch.ts';
import { stages } from '#contract/ipc/state.ts';
import { until, waitForPhase } from './support/page.ts';
import { screenBox, screenshot } from './support/picture.ts';
import { createWorld, type World } from './support/world.ts';

let world: World;
let app: LaunchedApp;

beforeAll(async () => {
  // A watermark lies over the picture, whose pixels are compared here.
  world = await createWorld({ policy: { watermark: false } });
  app = await world.open();
  console.log(`host: ${app.host}`);
});
afterAll(async () => world?.stop());

test('the ready screen names the desk and connects when Enter is pressed', async () => {
  await app.page.getByText('PC 1').first().waitFor();
  await app.page.keyboard.press('Enter');
  const state = await waitForPhase(app, 'connected');
  expect(state.phase === 'connected' && Object.keys(state.times)).toEqual([...stages]);
  await app.page.getByText('いま操作しているのは庁内のパソコンです。').first().waitFor();
});

test('the desk takes the size of the window', async () => {
  const box = await screenBox(app.page);
  const wanted = `${Math.floor(box.width)}x${Math.floor(box.height)}`;
  await until(`desk at ${wanted}`, async () => (await world.desk.run('xdpyinfo')).includes(`dimensions:    ${wanted}`));
});

test('a picture of few colours arrives with every pixel exact', async () => {
  const box = await screenBox(app.page);
  const [width, height] = [Math.floor(box.width), Math.floor(box.height)];
  const known = knownPicture(width, height);
  await (await world.desk.client()).draw(0, 0, width, height, known);
  const colourAt = (x: number, y: number) => {
    const offset = (y * width + x) * 4;
    return `#${Buffer.from(known.subarray(offset, offset + 3)).toString('hex')}`;
  };
  const differing = async () => {
    const seen = await screenshot(app.page);
    let count = 0;
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1)
        if (seen.at(Math.round(box.x) + x, Math.round(box.y) + y) !== colourAt(x, y)) count += 1;
    }
    return count;
  };
  let left = -1;
  await until('the known picture', async () => {
    left = await differing();
    return left === 0;
  }).catch(() => undefined);
  expect(left).toBe(0);
});

test('the window cannot reach out, and the screen has no bridge', async () => {
  const reach = await app.page.evaluate(async () => {
    const tried = await fetch('https://example.com/').then(
      () => 'reached',
      () => 'blocked',
    );
    window.open('about:blank');
    return { tried, node: typeof (globalThis as { require?: unknown }).require };
  });
  expect(reach).toEqual({ tried: 'blocked', node: 'undefined' });
  // The stand-in can only close what Chromium has opened.
  await until('no second window', () => app.page.context().pages().length === 1);
  const frame = app.page.frames().find((each) => each !== app.page.mainFrame());
  const inside = await frame!.evaluate(async () => {
    const tried = await fetch(location.href).then(
      () => 'reached',
      () => 'blocked',
    );
    let parent = 'seen';
    try {
      void window.parent.document.title;
    } catch {
      parent = 'hidden';
    }
    return { tried, parent, bridge: 'hanare' in window };
  });
  expect(inside).toEqual({ tried: 'blocked', parent: 'hidden', bridge: false });
});

test('the person disconnects, sees that nothing is left, and connects again', async () => {
  await app.page.getByRole('button', { name: '切断' }).click();
  await app.page.getByText('この接続の情報は、この端末に何も残っていません。').waitFor();
  await app.page.getByRole('button', { name: 'もう一度接続' }).click();
  await waitForPhase(app, 'connected');
});

/** Flat areas, one-pixel lines and a fine check: what an office screen is made of, and lossless in every encoding. */
function knownPicture(width: number, height: number): Uint8Array {
  const picture = new Uint8Array(width * height * 4);
  const colour = (x: number, y: number): number => {
    if (x > 40 && x < 300 && y > 40 && y < 200) return 0x123456;
    if (x === 301 || y === 333) return 0xfedcba;
    if (x > 400 && (x ^ y) & 1) return 0x00ff00;
    return y % 16 < 8 ? 0xf8f8fb : 0x00118f;
  };
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const value = colour(x, y);
      picture.set([value >> 16, (value >> 8) & 255, value & 255], (y * width + x) * 4);
    }
  }
  return picture;
}
