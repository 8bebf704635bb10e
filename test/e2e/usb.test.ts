import { afterAll, beforeAll, expect, test } from 'vitest';
import { messages } from '#build/demo/window.ts';
import type { LaunchedApp } from '#build/host/launch.ts';
import { catalogue } from '#contract/errors/catalogue.ts';
import { startUmockdevBed } from '#test/fakes/umockdev.ts';
import { sessionState, until, waitForPhase } from './support/page.ts';
import { screenBox, screenshot } from './support/picture.ts';
import { shoot } from './support/shots.ts';
import { createWorld, type World } from './support/world.ts';

/* The built app under umockdev: USB devices that the system's own events tell of, plugged in during a session. */
const words = messages.ja;
const { title } = catalogue.usbStorageFound;
let world: World;
let bed: Awaited<ReturnType<typeof startUmockdevBed>>;
let app: LaunchedApp;

beforeAll(async () => {
  bed = await startUmockdevBed();
  world = await createWorld({ policy: { usb: 'pause', watermark: false } });
  app = await world.open({ env: bed.env });
  await app.page.getByRole('button', { name: words['ready.connect'] }).click();
  await waitForPhase(app, 'connected');
});
afterAll(async () => {
  await world?.stop();
  await bed?.stop();
});

const paused = async () => {
  const state = await sessionState(app);
  return state.phase === 'connected' && state.pause !== null;
};
const logged = async (): Promise<string[]> => {
  const { entries } = (await world.office.command('audit', 'list')) as { entries: { action: string }[] };
  return entries.map(({ action }) => action).filter((action) => action.startsWith('laptop.'));
};
/** Colours of the desk's picture, here and there. */
async function seen(): Promise<string[]> {
  const box = await screenBox(app.page);
  const picture = await screenshot(app.page);
  return [100, 300, 500].map((at) => picture.at(Math.round(box.x) + at, Math.round(box.y) + at));
}

test('a keyboard that is plugged in does nothing', async () => {
  await bed.plug('keyboard');
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(await paused()).toBe(false);
  expect(await logged()).toEqual([]);
});

test('a stick hides the picture until it is out, says why, and both are in the audit log', async () => {
  const box = await screenBox(app.page);
  const [width, height] = [Math.floor(box.width), Math.floor(box.height)];
  const blue = Buffer.alloc(width * height * 4, Buffer.from([0, 0, 255, 255]));
  await (await world.desk.client()).draw(0, 0, width, height, blue);
  await until('the desk’s blue', async () => (await seen()).every((colour) => /f[0-9a-f]$/.test(colour)));
  const before = await seen();

  const plugged = performance.now();
  await bed.plug('stick');
  await until('the pause', paused, 5_000);
  console.log(`plugged to paused: ${Math.round(performance.now() - plugged)} ms`);
  await app.page.getByText(title.ja).first().waitFor();
  expect(await seen()).not.toEqual(before);
  await shoot(app.page, 'usb-paused');
  // Drawn while it is hidden: it must not be seen before the stick is out.
  await (await world.desk.client()).draw(0, 0, width, height, Buffer.alloc(blue.length, Buffer.from([255, 0, 0, 255])));

  await bed.unplug('stick');
  await until('the picture again', async () => !(await paused()), 5_000);
  await until('the newest picture', async () => (await seen()).join() !== before.join());
  await until('the audit log', async () => (await logged()).length >= 4);
  expect(await logged()).toEqual(['laptop.usbInserted', 'laptop.paused', 'laptop.usbRemoved', 'laptop.resumed']);
  expect(await world.office.command('audit', 'verify')).toMatchObject({ problem: null });
});

test('where the office wants it, a stick ends the session', async () => {
  await world.office.command('policy', 'set', '--rule', 'usb=end', '--site');
  await until(
    'the new rule',
    async () => {
      const rules = await app.page.evaluate(() =>
        (
          globalThis as unknown as {
            hanare: { rules: { get(): Promise<{ rules: { name: string; value: unknown }[] }> } };
          }
        ).hanare.rules.get(),
      );
      return rules.rules.find(({ name }) => name === 'usb')?.value === 'end';
    },
    6_000,
  );
  await bed.plug('mtp');
  const state = await waitForPhase(app, 'ended');
  expect(state.phase === 'ended' && state.failure?.reason).toBe('usbStorageFound');
  await app.page.getByText(title.ja).first().waitFor();
});

test('and no new one opens while it is in', async () => {
  await app.page.getByRole('button', { name: 'もう一度接続' }).click();
  await until(
    'the refusal',
    async () => {
      const state = await sessionState(app);
      return state.phase === 'ended' && state.failure?.reason === 'usbStorageFound' && state.stage !== null;
    },
    60_000,
  );
  await bed.unplug('mtp');
});
