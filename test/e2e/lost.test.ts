import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { LaunchedApp } from '#build/host/launch.ts';
import { catalogue, type ErrorName } from '#contract/errors/catalogue.ts';
import { createWorld, sessionState, type World, waitForPhase } from './support/world.ts';
import { startXDesk, type XDesk } from './support/x-desk.ts';

let world: World;
let app: LaunchedApp;
let replacement: XDesk | undefined;

beforeAll(async () => {
  world = await createWorld();
  app = await world.open();
});
afterAll(async () => {
  await replacement?.stop();
  await world?.stop();
});

/** The same app throughout: each test also shows that the one before left it able to connect again. */
beforeEach(async () => {
  const state = await sessionState(app);
  const name = state.phase === 'ended' ? 'もう一度接続' : '接続する';
  await app.page.getByRole('button', { name }).click();
  await waitForPhase(app, 'connected');
});

async function expectEnd(reason: ErrorName): Promise<void> {
  const state = await waitForPhase(app, 'ended', 15_000);
  expect(state.phase === 'ended' && state.failure?.reason).toBe(reason);
  await app.page.getByText(catalogue[reason].title.ja).first().waitFor();
}

test('an administrator who ends the session is named as the reason', async () => {
  const sessions = (await world.office.command('session', 'list')) as { sid: string }[];
  expect(sessions).toHaveLength(1);
  await world.office.command('session', 'end', sessions[0]!.sid);
  await expectEnd('sessionEndedByOffice');
});

test('a killed gateway shows as a lost connection, and a new one is used', async () => {
  world.office.gateway().kill('SIGKILL');
  await expectEnd('connectionLost');
  await world.office.serve();
});

test('a frozen gateway shows as a lost connection within 15 seconds of silence', async () => {
  const frozen = world.office.gateway();
  frozen.kill('SIGSTOP');
  try {
    const state = await waitForPhase(app, 'ended', 20_000);
    expect(state.phase === 'ended' && state.failure?.reason).toBe('connectionLost');
  } finally {
    frozen.kill('SIGCONT');
  }
});

test("a crash of the screen's page shows as such", async () => {
  const frame = app.page.frames().find((each) => each !== app.page.mainFrame());
  await frame!.goto('chrome://crash').catch(() => undefined);
  await expectEnd('screenCrashed');
});

test('a desk that dies shows as closed, and is there again when it is back', async () => {
  const { port } = world.desk;
  world.desk.server.kill('SIGKILL');
  await expectEnd('deskClosed');
  replacement = await startXDesk({ port });
});

test('a desk that is still down when connecting is named', async () => {
  await app.page.getByRole('button', { name: '切断' }).click();
  await waitForPhase(app, 'ended');
  await replacement!.stop();
  await app.page.getByRole('button', { name: 'もう一度接続' }).click();
  await expectEnd('deskDown');
});
