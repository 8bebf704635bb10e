import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { LaunchedApp } from '#build/host/launch.ts';
import { catalogue } from '#contract/errors/catalogue.ts';
import { sessionState, waitForPhase } from './support/page.ts';
import { createWorld, type World } from './support/world.ts';

let world: World;
let app: LaunchedApp;

beforeAll(async () => {
  world = await createWorld({ password: 'tana-429' });
  app = await world.open();
});
afterAll(async () => world?.stop());

beforeEach(async () => {
  const state = await sessionState(app);
  await app.page.getByRole('button', { name: state.phase === 'ended' ? 'もう一度接続' : '接続する' }).click();
  await app.page.getByRole('dialog').waitFor();
});

test("a wrong desk password is refused in the desk's name", async () => {
  await app.page.getByLabel('パスワード', { exact: true }).fill('wrong');
  await app.page.keyboard.press('Enter');
  await waitForPhase(app, 'ended');
  await app.page.getByText(catalogue.deskPasswordWrong.title.ja).waitFor();
});

test('the right desk password opens the screen and stays nowhere', async () => {
  await app.page.getByLabel('パスワード', { exact: true }).fill('tana-429');
  await app.page.getByRole('button', { name: '接続を続ける' }).click();
  await waitForPhase(app, 'connected');
  expect(await app.page.content()).not.toContain('tana-429');
  expect(app.log().join('\n')).not.toContain('tana-429');
});
