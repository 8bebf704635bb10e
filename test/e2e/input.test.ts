import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LaunchedApp } from '#build/host/launch.ts';
import { jisKeys } from './support/jis-keys.ts';
import { screenBox } from './support/picture.ts';
import { createWorld, until, type World, waitForPhase } from './support/world.ts';

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
  await until('a terminal', async () => (await world.desk.run('xwininfo', '-root', '-tree')).includes('cat >'));
  const box = await screenBox(app.page);
  await app.page.mouse.click(box.x + 100, box.y + 100);
  await app.page.keyboard.type('kon-nichiwa 123 /home', { delay: 10 });
  await app.page.keyboard.press('Enter');
  await until('the typed line', async () => (await readFile(file, 'utf8').catch(() => '')).includes('\n'));
  expect(await readFile(file, 'utf8')).toBe('kon-nichiwa 123 /home\n');
  terminal.kill();
});

test('every key of a 109-key Japanese keyboard arrives as its own key, down and up', async () => {
  const seen = await watchKeys();
  const client = await app.page.context().newCDPSession(app.page);
  for (const key of jisKeys) {
    const event = { code: key.code, key: key.key, windowsVirtualKeyCode: key.virtualKey, location: key.location ?? 0 };
    await client.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...event });
    await client.send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
  }
  const expected = jisKeys.flatMap(({ keycode }) => [`down ${keycode}`, `up ${keycode}`]);
  await until(`${expected.length} key events, not ${seen.length}`, () => seen.length >= expected.length).catch(
    () => undefined,
  );
  expect(seen).toEqual(expected);
});

test('clicks and the wheel arrive at the right place', async () => {
  const seen: string[] = [];
  const viewer = world.desk.start('xev', '-geometry', '400x300+200+100', '-event', 'button');
  createInterface({ input: viewer.stdout! }).on('line', (line) => {
    const place = /root:\((\d+),(\d+)\)/.exec(line);
    if (place) seen.push(`${place[1]},${place[2]}`);
    const button = /button (\d)/.exec(line);
    if (button) seen.push(`button ${button[1]}`);
  });
  await until('a viewer of events', async () =>
    (await world.desk.run('xwininfo', '-root', '-tree')).includes('Event Tester'),
  );
  const box = await screenBox(app.page);
  await app.page.mouse.move(box.x + 330, box.y + 222);
  await app.page.mouse.click(box.x + 333, box.y + 222, { button: 'right' });
  await app.page.mouse.wheel(0, 120);
  await until('the wheel', () => seen.includes('button 5'));
  expect(seen.slice(0, 4)).toEqual(['333,222', 'button 3', '333,222', 'button 3']);
  viewer.kill();
});

/** @returns a list that grows by `down N` and `up N` as an X client with the keyboard's focus sees keys. */
async function watchKeys(): Promise<string[]> {
  const seen: string[] = [];
  const viewer = world.desk.start('xev', '-geometry', '600x400+0+0', '-event', 'keyboard');
  let kind = '';
  createInterface({ input: viewer.stdout! }).on('line', (line) => {
    if (line.startsWith('KeyPress')) kind = 'down';
    if (line.startsWith('KeyRelease')) kind = 'up';
    const code = /keycode (\d+)/.exec(line);
    if (code) seen.push(`${kind} ${code[1]}`);
  });
  await until('a viewer of keys', async () =>
    (await world.desk.run('xwininfo', '-root', '-tree')).includes('Event Tester'),
  );
  const box = await screenBox(app.page);
  await app.page.mouse.click(box.x + 300, box.y + 200);
  return seen;
}
