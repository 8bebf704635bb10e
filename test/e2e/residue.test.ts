import { execFile } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { mkdir, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { messages } from '#build/demo/window.ts';
import type { LaunchedApp } from '#build/host/launch.ts';
import { until, waitForPhase } from './support/page.ts';
import { screenBox, screenshot } from './support/picture.ts';
import { filesUnder, type Haystack, type Needle, search, textForms } from './support/secret-search.ts';
import { createWorld, type World } from './support/world.ts';

/*
 * Nothing of a session is in any file that the app could have written: a picture that is nowhere else is shown and a word
 * that is nowhere else is typed, then every such file is searched, however the session ended.
 */
const run = promisify(execFile);
const words = messages.ja;
let world: World;
/** Where the app may write: its data, its home, the system's temporary folder. */
let area: string;
let searched = { places: 0, bytes: 0 };

beforeAll(async () => {
  // What is searched for is read off the screen first, so nothing may lie over it.
  world = await createWorld({ policy: { watermark: false } });
  area = join(world.folder, 'area');
});
afterAll(async () => world?.stop());

type Canary = Readonly<{ typed: string; needles: readonly Needle[] }>;

/** A picture of 16 colours in an order that is nowhere else, and a word. */
async function plant(app: LaunchedApp): Promise<Canary> {
  const box = await screenBox(app.page);
  const [width, height] = [Math.floor(box.width), Math.floor(box.height)];
  const palette = Array.from({ length: 16 }, () => randomBytes(3));
  const pixels = Buffer.alloc(width * height * 4, 255);
  for (let at = 0; at < width * height; at += 1) palette[randomInt(16)]!.copy(pixels, at * 4);
  const client = await world.desk.client();
  await client.draw(0, 0, width, height, pixels);
  const row = 200 * width + 300;
  const wanted = `#${pixels.subarray(row * 4, row * 4 + 3).toString('hex')}`;
  const at = { x: Math.round(box.x) + 300, y: Math.round(box.y) + 200 };
  await until('the canary on the screen', async () => (await screenshot(app.page)).at(at.x, at.y) === wanted);
  const typed = Array.from({ length: 24 }, () => 'abcdefghijkmnpqrstuvwxyz'[randomInt(24)]).join('');
  client.events.length = 0;
  await app.page.mouse.click(box.x + 400, box.y + 300);
  await app.page.keyboard.type(typed);
  await until(
    'the typed word at the desk',
    () => client.events.filter(({ type, down }) => type === 'key' && down).length >= 24,
  );
  return { typed, needles: [...textForms('typed word', typed), ...pictureForms(pixels, row)] };
}

/** 24 pixels in the orders in which they may lie in memory, each way with and without a fourth byte. */
function pictureForms(rgba: Buffer, from: number): Needle[] {
  const orders = { RGBX: [0, 1, 2, 3], BGRX: [2, 1, 0, 3], RGB: [0, 1, 2], BGR: [2, 1, 0] };
  const pixel = (index: number) => [...rgba.subarray((from + index) * 4, (from + index) * 4 + 4)];
  return Object.entries(orders).map(([name, order]) => ({
    name: `picture, ${name}`,
    bytes: Buffer.from(Array.from({ length: 24 }, (_, index) => order.map((part) => pixel(index)[part]!)).flat()),
  }));
}

async function start(): Promise<LaunchedApp> {
  await mkdir(join(area, 'tmp'), { recursive: true });
  const env = { HOME: join(area, 'home'), TMPDIR: join(area, 'tmp'), XDG_CACHE_HOME: join(area, 'cache') };
  await mkdir(env.HOME, { recursive: true });
  const app = await world.open({ env });
  await app.page.getByRole('button', { name: words['ready.connect'] }).click();
  await waitForPhase(app, 'connected');
  return app;
}

/** All that the app could have written, as it is now. */
async function places(moment: string): Promise<Haystack[]> {
  const found = [
    ...(await filesUnder(world.laptop.folder, `${moment}, data`)),
    ...(await filesUnder(area, `${moment}, home and temporary`)),
    ...(await filesUnder('/dev/shm', `${moment}, shared memory`)),
    ...(await coreDumps(moment)),
  ];
  searched = {
    places: searched.places + found.length,
    bytes: found.reduce((sum, { bytes }) => sum + bytes.length, searched.bytes),
  };
  return found;
}

async function coreDumps(moment: string): Promise<Haystack[]> {
  const pattern = (await readFile('/proc/sys/kernel/core_pattern', 'utf8')).trim();
  const folder = pattern.startsWith('/') ? join(pattern, '..') : process.cwd();
  const names = (await readdir(folder).catch(() => [])).filter((name) => /^core(\.|$)/.test(name));
  return Promise.all(
    names.map(async (name) => ({ name: `${moment}, core dump`, bytes: await readFile(join(folder, name)) })),
  );
}

/** Chromium's processes that show pages, below the app. */
async function rendererPids(pid: number): Promise<number[]> {
  const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const parent = async (each: number): Promise<number> =>
    Number(/^PPid:\t(\d+)$/m.exec(await readFile(`/proc/${each}/status`, 'utf8').catch(() => ''))?.[1] ?? 0);
  const ours = async (each: number): Promise<boolean> => each === pid || (each > 1 && (await ours(await parent(each))));
  const pids: number[] = [];
  for (const each of all) {
    const line = await readFile(`/proc/${each}/cmdline`, 'utf8').catch(() => '');
    if (line.includes('--type=renderer') && (await ours(each))) pids.push(each);
  }
  return pids;
}

test('while it runs, which is what a power cut leaves, and after it ended in order', async () => {
  const app = await start();
  const { needles } = await plant(app);
  // What a disk would hold when the power went now: a copy, so that nothing moves while it is searched.
  const cut = join(world.folder, 'cut');
  await mkdir(cut);
  for (const folder of [area, world.laptop.folder]) await run('cp', ['-a', '--', folder, cut]);
  expect(search([...(await places('running')), ...(await filesUnder(world.folder, 'power cut'))], needles)).toEqual([]);
  await app.page.getByRole('button', { name: words['bar.disconnect'] }).click();
  await waitForPhase(app, 'ended');
  expect(search(await places('ended'), needles)).toEqual([]);
  await app.close();
  expect(search(await places('closed'), needles)).toEqual([]);
});

test('after main was killed', async () => {
  const app = await start();
  const { needles } = await plant(app);
  app.kill('SIGKILL');
  await app.exited;
  expect(search(await places('main killed'), needles)).toEqual([]);
});

test('after the pages were killed', async () => {
  const app = await start();
  const { needles } = await plant(app);
  const pids = await rendererPids(app.pid);
  expect(pids.length).toBeGreaterThan(0);
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  await until('the pages are gone', async () => {
    const left = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/exe`).catch(() => null)));
    return left.every((exe) => exe === null);
  });
  expect(search(await places('pages killed'), needles)).toEqual([]);
  await app.close();
  expect(search(await places('pages killed, closed'), needles)).toEqual([]);
});

test('and the search finds each of them where it lies', async () => {
  const app = await start();
  const { needles } = await plant(app);
  for (const [index, { name, bytes }] of needles.entries()) {
    const path = join(area, 'tmp', `planted-${index}`);
    await writeFile(path, Buffer.concat([randomBytes(1000), bytes, randomBytes(1000)]));
    expect(search(await filesUnder(join(area, 'tmp'), 'planted'), needles).join(), name).toContain(name);
    await rm(path);
  }
  await app.close();
  console.log(`searched: ${searched.places} files, ${searched.bytes} bytes: 0 found`);
});
