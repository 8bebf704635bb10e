import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { messages } from '#build/demo/window.ts';
import type { LaunchedApp } from '#build/host/launch.ts';
import { catalogue } from '#contract/errors/catalogue.ts';
import type { Bridge } from '#contract/ipc/bridge.ts';
import { sessionState, until, waitForPhase } from './support/page.ts';
import { shoot } from './support/shots.ts';
import { createWorld, type World } from './support/world.ts';

/*
 * The window's protection against being copied, lost and found again during a session. Whether a system protects a window
 * is the stand-in's pretence here; what the app makes of it is the app's own.
 */
const words = messages.ja;
let world: World;
let app: LaunchedApp;
let picture: string;

beforeAll(async () => {
  world = await createWorld({ policy: { capture: 'pause' } });
  picture = join(world.folder, 'capture');
  await writeFile(picture, 'black');
  app = await world.open({ env: { HANARE_STANDIN_CAPTURE: picture } });
  await app.page.getByRole('button', { name: words['ready.connect'] }).click();
  await waitForPhase(app, 'connected');
});
afterAll(async () => world?.stop());

const paused = async () => {
  const state = await sessionState(app);
  return state.phase === 'connected' ? (state.pause?.reason ?? null) : state.phase;
};
/** What may undo the protection, and so makes the app look again. */
const fullScreen = (on: boolean) =>
  app.page.evaluate((to) => (globalThis as unknown as { hanare: Bridge }).hanare.window.setFullScreen(to), on);

test('a protected window shows the desk', async () => {
  await until('the picture', async () => (await paused()) === null);
});

test('a window that can be copied hides it, says why, and shows it again when it is protected', async () => {
  await writeFile(picture, 'visible');
  await fullScreen(true);
  await until('the pause', async () => (await paused()) === 'captureUnprotected');
  await app.page.getByText(catalogue.captureUnprotected.title.ja).first().waitFor();
  await shoot(app.page, 'capture-paused');
  await writeFile(picture, 'black');
  await until('the picture', async () => (await paused()) === null);
  const { entries } = (await world.office.command('audit', 'list')) as { entries: { action: string }[] };
  const seen = entries.map(({ action }) => action).filter((action) => action.startsWith('laptop.'));
  expect(seen).toEqual(['laptop.paused', 'laptop.resumed']);
});
