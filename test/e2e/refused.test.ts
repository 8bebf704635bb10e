import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startOffice } from '#build/demo/office.ts';
import type { LaunchedApp } from '#build/host/launch.ts';
import type { DeviceFile } from '#contract/device/device-file.ts';
import { catalogue, type ErrorName } from '#contract/errors/catalogue.ts';
import { freePort } from './support/ports.ts';
import { createWorld, type World, waitForPhase } from './support/world.ts';

let world: World;

beforeEach(async () => {
  world = await createWorld();
});
afterEach(async () => world?.stop());

/** The title as a sentence, the code as it is read out, and what to do next: all on the screen. */
async function expectRefusal(app: LaunchedApp, reason: ErrorName): Promise<void> {
  await app.page.getByText(catalogue[reason].title.ja).first().waitFor();
  const words = ((await app.page.locator('body').textContent()) ?? '').replace(/\s/g, '');
  expect(words).toContain(catalogue[reason].code);
  expect(words).toContain(catalogue[reason].user.ja.replace(/\s/g, ''));
  expect(words).not.toMatch(/[{}]|undefined/);
}

async function connectAndExpect(reason: ErrorName): Promise<LaunchedApp> {
  const app = await world.open();
  await app.page.getByRole('button', { name: '接続する' }).click();
  const state = await waitForPhase(app, 'ended');
  expect(state.phase === 'ended' && state.failure?.reason).toBe(reason);
  await expectRefusal(app, reason);
  return app;
}

test('a laptop without a certificate is refused', async () => {
  await world.changeDevice((file) => ({ ...file, certificate: null, privateKey: null }));
  await connectAndExpect('deviceCertificateMissing');
});

test('a laptop with a certificate of another CA is refused', async () => {
  const elsewhere = await startOffice({ folder: join(world.folder, 'elsewhere'), site: 'Elsewhere' });
  try {
    await elsewhere.command('user', 'add', 'hanako', '--name', 'Hanako');
    const out = join(world.folder, 'other.json');
    await elsewhere.issueDevice({ user: 'hanako', label: 'Other', out });
    const other = JSON.parse(await readFile(out, 'utf8')) as DeviceFile;
    await world.changeDevice((file) => ({ ...file, certificate: other.certificate, privateKey: other.privateKey }));
  } finally {
    await elsewhere.stop();
  }
  await connectAndExpect('deviceCertificateRefused');
});

test("asking for another user's desk is refused", async () => {
  await world.office.command('user', 'add', 'taro', '--name', 'Taro');
  await world.office.command('desk', 'unassign', 'pc-1', 'hanako');
  await world.office.command('desk', 'assign', 'pc-1', 'taro');
  await world.changeDevice((file) => ({ ...file, desk: { id: 'pc-1', name: 'PC 1', protocol: 'vnc' } }));
  await connectAndExpect('deskNotAssigned');
});

test('a gateway of another CA is not trusted', async () => {
  const out = join(world.folder, 'ca.pem');
  const run = promisify(execFile);
  await run('openssl', [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    '/dev/null',
    '-subj',
    '/CN=Other',
    '-days',
    '2',
    '-out',
    out,
  ]);
  const ca = await readFile(out, 'utf8');
  await world.changeDevice((file) => ({ ...file, site: { ...file.site, ca } }));
  await connectAndExpect('gatewayNotOurs');
});

test('a gateway that is not there is named, and a second try works once it is', async () => {
  const port = await freePort();
  await world.changeDevice((file) => ({ ...file, gateway: { ...file.gateway, port } }));
  const app = await connectAndExpect('gatewayRefused');
  await world.changeDevice((file) => ({ ...file, gateway: { ...file.gateway, port: world.office.port } }));
  await app.page.getByRole('button', { name: 'もう一度接続' }).click();
  await waitForPhase(app, 'connected');
});

test('a laptop that was never registered says so', async () => {
  await rm(join(world.laptop, 'device.json'));
  const app = await world.open();
  await expectRefusal(app, 'notEnrolled');
});
