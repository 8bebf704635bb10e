import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { LaunchedApp } from '#build/host/launch.ts';
import { hanareEntries } from '#build/host/secret-service.ts';
import { catalogue, type ErrorName } from '#contract/errors/catalogue.ts';
import type { Bridge } from '#contract/ipc/bridge.ts';
import type { SessionState } from '#contract/ipc/state.ts';
import { bridgeOf } from '#test/fakes/app-bridge.ts';
import { sessionState, until, waitForPhase } from './support/page.ts';
import { shoot } from './support/shots.ts';
import { createWorld, type World } from './support/world.ts';
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
  const state = await waitForPhase(app, 'ended');
  expect(state.phase === 'ended' && state.failure?.reason).toBe(reason);
  await app.page.getByText(catalogue[reason].title.ja).first().waitFor();
}

test('an administrator who ends the session is named as the reason', async () => {
  const { sessions } = (await world.office.command('session', 'list')) as { sessions: { sid: string }[] };
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

test('a desk that dies shows as closed, and is there again when it is back', async () => {
  const { port } = world.desk;
  await world.desk.kill();
  await expectEnd('deskClosed');
  replacement = await startXDesk({ port });
});

test('a desk that is still down when connecting is named, and connects once it is up', async () => {
  await app.page.getByRole('button', { name: '切断' }).click();
  await waitForPhase(app, 'ended');
  await replacement!.stop();
  await app.page.getByRole('button', { name: 'もう一度接続' }).click();
  await expectEnd('deskDown');
  replacement = await startXDesk({ port: world.desk.port });
});

test("a crash of the screen's process shows as such, and the next session has a new one", async () => {
  await killScreenProcess(app);
  app = { ...app, page: await app.freshPage() };
  await expectEnd('screenCrashed');
});

test("a crash of the window's own page brings it back with the reason, ready to connect", async () => {
  const state = await killWindowProcess(app.page);
  expect(state.phase === 'ended' && state.failure?.reason).toBe('screenCrashed');
});

test('a laptop that is revoked while connected is cut off, erases itself, and is told to IT as erased', async () => {
  const status = await bridgeOf(app).status();
  const id = status.state === 'open' ? status.device.id : '';
  const ended = whenEnded(app);
  await world.office.command('device', 'revoke', id, '--yes');
  const endedAt = await ended;
  await expectEnd('deviceErased');
  await shoot(app.page, 'revoked');
  // When the office's word was written down, and when the window showed the end: one clock for both.
  const line = (await auditLines()).find(({ action, device }) => action === 'device.revoked' && device === id);
  console.log(`revoke: the session ended ${endedAt - Date.parse(line!.time)} ms after the decision`);
  expect(await readdir(world.laptop.folder)).not.toContain('vault.json');
  expect(await hanareEntries(world.laptop.keyring.env)).toEqual([]);
  expect(await bridgeOf(app).status()).toMatchObject({ state: 'notEnrolled' });
  await until('the erasure at the office', async () => {
    const { device } = (await world.office.command('device', 'show', id)) as { device: { erase: string } };
    return device.erase === 'done';
  });
  expect((await auditLines()).map(({ action }) => action)).toContain('device.erased');
});

/** When the window heard of the session's end, ms since 1970. */
async function whenEnded({ page }: LaunchedApp): Promise<number> {
  return await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const { session } = (globalThis as unknown as { hanare: Bridge }).hanare;
        session.onChange(({ phase }) => {
          if (phase === 'ended') resolve(Date.now());
        });
      }),
  );
}

async function auditLines(): Promise<{ time: string; action: string; device?: string }[]> {
  const text = await readFile(join(world.office.data, 'audit.jsonl'), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** Ends the process of the remote screen alone, as a decoder's fault would. */
async function killScreenProcess(launched: LaunchedApp): Promise<void> {
  const frame = launched.page.frames().find((each) => each !== launched.page.mainFrame());
  const session = await launched.page.context().newCDPSession(frame!);
  // No answer comes from a page that crashes.
  const noticed = launched.page.waitForEvent('crash');
  void session.send('Page.crash').catch(() => undefined);
  await noticed;
}

/** Ends the process of the window's page. @returns the state once the page is back and the session has ended. */
async function killWindowProcess(page: Page): Promise<SessionState> {
  const session = await page.context().newCDPSession(page);
  const noticed = page.waitForEvent('crash');
  void session.send('Page.crash').catch(() => undefined);
  await noticed;
  let state: SessionState | undefined;
  await until('the window again', async () => {
    const fresh = await app.freshPage().catch(() => undefined);
    if (!fresh) return false;
    const back = { ...app, page: fresh };
    state = await sessionState(back).catch(() => undefined);
    if (state?.phase !== 'ended') return false;
    app = back;
    await back.page.getByText(catalogue.screenCrashed.title.ja).first().waitFor();
    return true;
  });
  return state!;
}
