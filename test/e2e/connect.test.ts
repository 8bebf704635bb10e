import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LaunchedApp } from '#build/host/launch.ts';
import { stages } from '#contract/ipc/state.ts';
import { readPicture, screenBox, screenshot } from './support/picture.ts';
import { createWorld, until, type World, waitForPhase } from './support/world.ts';

let world: World;
let app: LaunchedApp;

beforeAll(async () => {
  world = await createWorld();
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
  const file = join(world.folder, 'known.png');
  // Stripes, blocks and text: what an office screen is made of, and lossless in every encoding a server may choose.
  await world.desk.run(
    'convert',
    '-size',
    `${width}x${height}`,
    'pattern:checkerboard',
    '+dither',
    '-colors',
    '4',
    '-fill',
    '#123456',
    '-draw',
    'rectangle 40,40 300,200',
    '-fill',
    '#fedcba',
    '-draw',
    'rectangle 301,40 302,500',
    '-fill',
    '#00ff00',
    '-draw',
    'point 7,9',
    `PNG24:${file}`,
  );
  await world.desk.run('display', '-window', 'root', file);
  const known = await readPicture(await readFile(file));
  const differing = async () => {
    const seen = await screenshot(app.page);
    let count = 0;
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1)
        if (seen.at(Math.round(box.x) + x, Math.round(box.y) + y) !== known.at(x, y)) count += 1;
    }
    return count;
  };
  let left = -1;
  await until('the known picture', async () => {
    left = await differing();
    return left === 0;
  }).catch(async (error: unknown) => {
    await writeFile(join(world.folder, 'seen.png'), await app.page.screenshot());
    throw new Error(`${(error as Error).message}: ${left} pixels differ`);
  });
  expect(left).toBe(0);
});

test('the window cannot reach out, and the screen has no bridge', async () => {
  const reach = await app.page.evaluate(async () => {
    const tried = await fetch('https://example.com/').then(
      () => 'reached',
      () => 'blocked',
    );
    return {
      tried,
      opened: window.open('about:blank') === null,
      node: typeof (globalThis as { require?: unknown }).require,
    };
  });
  expect(reach).toEqual({ tried: 'blocked', opened: true, node: 'undefined' });
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
  await app.page.getByText('この端末には何も残っていません。').waitFor();
  await app.page.getByRole('button', { name: 'もう一度接続' }).click();
  await waitForPhase(app, 'connected');
});
