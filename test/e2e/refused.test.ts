import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { endProcess, startOffice } from '#build/demo/office.ts';
import { messages } from '#build/demo/window.ts';
import type { LaunchedApp } from '#build/host/launch.ts';
import type { ErrorName } from '#contract/errors/catalogue.ts';
import { bridgeOf } from '#test/fakes/app-bridge.ts';
import { waitForPhase } from './support/page.ts';
import { expectEnd } from './support/refusal.ts';
import { createWorld, type World } from './support/world.ts';

const words = messages.ja;
let world: World;
let app: LaunchedApp;

beforeEach(async () => {
  world = await createWorld();
  app = await world.open();
});
afterEach(async () => world?.stop());

async function connectAndExpect(reason: ErrorName): Promise<void> {
  await app.page.getByRole('button', { name: words['ready.connect'] }).click();
  await expectEnd(app, reason);
}

async function deviceId(): Promise<string> {
  const status = await bridgeOf(app).status();
  return status.state === 'open' ? status.device.id : '';
}

test('a suspended laptop is refused, keeps what it has, and connects once it is let in again', async () => {
  const id = await deviceId();
  await world.office.command('device', 'suspend', id);
  await connectAndExpect('deviceSuspended');
  expect(await bridgeOf(app).status()).toMatchObject({ state: 'open' });
  await world.office.command('device', 'unlock', id);
  await app.page.getByRole('button', { name: words['ended.back'] }).click();
  await app.page.getByRole('button', { name: words['ready.connect'] }).click();
  await waitForPhase(app, 'connected');
});

test('a laptop that was revoked while it was away erases itself when it comes, and says so', async () => {
  await world.office.command('device', 'revoke', await deviceId(), '--yes');
  await connectAndExpect('deviceErased');
  expect(await bridgeOf(app).status()).toMatchObject({ state: 'notEnrolled' });
});

test("asking for a desk that was taken away and is another user's now is refused", async () => {
  await world.office.command('user', 'add', 'taro', '--name', 'Taro');
  await world.office.command('desk', 'unassign', 'pc-1', 'hanako');
  await world.office.command('desk', 'assign', 'pc-1', 'taro');
  await connectAndExpect('deskNotAssigned');
});

test('a client older than the office allows is refused with the version that is needed', async () => {
  await world.office.stop();
  await world.office.configure((config) => ({ ...config, policy: { version: 2, minimumVersion: '99.0.0' } }));
  await world.office.serve();
  await connectAndExpect('clientTooOld');
  await app.page.getByText('99.0.0').first().waitFor();
});

test('a gateway of another CA is not trusted', async () => {
  const { port } = world.office;
  await world.office.stop();
  const folder = join(world.folder, 'elsewhere');
  const elsewhere = await startOffice({ folder, site: 'Elsewhere', port });
  try {
    await connectAndExpect('gatewayNotOurs');
  } finally {
    await elsewhere.stop();
  }
});

test('a gateway that is not there is named, and a second try works once it is', async () => {
  await endProcess(world.office.gateway());
  await connectAndExpect('gatewayRefused');
  await world.office.serve();
  await app.page.getByRole('button', { name: words['ended.retry'] }).click();
  await waitForPhase(app, 'connected');
});

test('a laptop that was never registered asks for a code, and for the office where nobody has said which', async () => {
  await app.close();
  const other = await world.addLaptop('other');
  await rm(join(other.folder, 'site.json'));
  app = await other.start();
  await app.page.getByLabel(words['enrol.code'], { exact: true }).waitFor();
  await app.page.getByLabel(words['enrol.office'], { exact: true }).waitFor();
});
