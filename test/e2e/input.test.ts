import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endProcess } from '#build/demo/office.ts';
import type { LaunchedApp } from '#build/host/launch.ts';
import { jisKeys } from './support/jis-keys.ts';
import { until, waitForPhase } from './support/page.ts';
import { screenBox } from './support/picture.ts';
import { createWorld, type World } from './support/world.ts';

let world: World;
let app: LaunchedApp;

beforeAll(async () => {
  world = await createWorld();
  app = await world.open();
  await app.page.getByRole('button', { name: '接続する' }).click();
  await waitForPhase(app, 'connected');
});
afterAll(async () => world?.stop());

test('what is typed in the app appears in a terminal on the desk', async () => {
  const file = join(world.folder, 'typed.txt');
  const terminal = world.desk.start('xterm', '-geometry', '80x24+0+0', '-e', `cat > ${file}`);
  await until('a terminal', async () => (await world.desk.run('xwininfo', '-root', '-tree')).includes('XTerm'));
  const box = await screenBox(app.page);
  await app.page.mouse.click(box.x + 100, box.y + 100);
  await app.page.keyboard.type('kon-nichiwa 123 /home', { delay: 10 });
  await app.page.keyboard.press('Enter');
  await until('the typed line', async () => (await readFile(file, 'utf8').catch(() => '')).includes('\n'));
  expect(await readFile(file, 'utf8')).toBe('kon-nichiwa 123 /home\n');
  await endProcess(terminal);
});

test('every key of a 109-key Japanese keyboard arrives as its own key, down and up', async () => {
  // The lock keys last: a synthetic press does not turn the laptop's own lock on, and the app keeps both sides alike.
  const keys = jisKeys.toSorted((a, b) => Number(a.code.endsWith('Lock')) - Number(b.code.endsWith('Lock')));
  expect(keys).toHaveLength(109);
  const client = await world.desk.client();
  const box = await screenBox(app.page);
  await app.page.mouse.click(box.x + 300, box.y + 200);
  await client.heard((events) => events.some(({ type, down }) => type === 'button' && !down));
  client.events.length = 0;
  const cdp = await app.page.context().newCDPSession(app.page);
  for (const key of keys) {
    const event = { code: key.code, key: key.key, windowsVirtualKeyCode: key.virtualKey, location: key.location ?? 0 };
    await cdp.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...event });
    await cdp.send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
  }
  const expected = keys.flatMap(({ code, keycode }) => [`${code} ${keycode} down`, `${code} ${keycode} up`]);
  await until('all keys', () => client.events.length >= expected.length, 5_000).catch(() => undefined);
  const seen = client.events.map((event, index) => {
    const name = keys[Math.floor(index / 2)]?.code ?? 'too many';
    return `${name} ${event.code} ${event.down ? 'down' : 'up'}`;
  });
  expect(seen).toEqual(expected);
});

test('clicks and the wheel arrive at the right place', async () => {
  const client = await world.desk.client();
  const box = await screenBox(app.page);
  client.events.length = 0;
  await app.page.mouse.move(box.x + 330, box.y + 222);
  await app.page.mouse.click(box.x + 333, box.y + 222, { button: 'right' });
  await app.page.mouse.wheel(0, 120);
  await until('the wheel', () => client.events.some(({ code }) => code === 5));
  expect(client.events.slice(0, 2)).toEqual([
    { type: 'button', code: 3, down: true, x: 333, y: 222 },
    { type: 'button', code: 3, down: false, x: 333, y: 222 },
  ]);
});
