import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { enrolInWindow, messages, unlockInWindow } from '#build/demo/window.ts';
import type { LaunchedApp } from '#build/host/launch.ts';
import { showCode } from '#contract/identity/code.ts';
import { readSecrets } from './support/laptop-secrets.ts';
import { waitForPhase } from './support/page.ts';
import {
  filesUnder,
  type Haystack,
  keyForms,
  type Needle,
  otpForms,
  processesUnder,
  search,
  textForms,
} from './support/secret-search.ts';
import { createWorld, type World } from './support/world.ts';

const mainEntry = fileURLToPath(new URL('../fixtures/e2e/tapped-main.js', import.meta.url));
const out = fileURLToPath(new URL('../../out/', import.meta.url));
const words = messages.ja;
let world: World;
let tap: string;
const hay: Haystack[] = [];
let needles: Needle[];

beforeAll(async () => {
  world = await createWorld();
  tap = join(world.folder, 'tap.jsonl');
});
afterAll(async () => world?.stop());

/** All that a secret could have got into by now. */
async function look(app: LaunchedApp | null, moment: string): Promise<void> {
  hay.push(...(await filesUnder(world.laptop.folder, `${moment}, laptop`)));
  hay.push(...(await filesUnder(join(world.folder, 'laptop', 'keyring'), `${moment}, keyring`)));
  hay.push({ name: `${moment}, gateway's log`, bytes: Buffer.from(world.office.log().join('\n')) });
  hay.push({ name: `${moment}, messages to the page`, bytes: await readFile(tap) });
  if (app === null) return;
  hay.push({ name: `${moment}, app's output`, bytes: Buffer.from(app.log().join('\n')) });
  hay.push({ name: `${moment}, the page`, bytes: Buffer.from(await app.page.content()) });
  hay.push(...(await processesUnder(app.pid, moment)));
}

test('a full run goes through: enrolment, restart, a wrong PIN, the right one, a session', async () => {
  const options = { mainEntry, env: { HANARE_TEST_TAP: tap } };
  const { pin } = world.laptop;
  const { code } = await world.newDevice();
  const first = await world.start(options);
  const site = await readFile(join(world.laptop.folder, 'site.json'), 'utf8');
  const { fingerprint } = JSON.parse(site) as { fingerprint: string };
  const at = (moment: string) => look(first, `enrolment (${moment})`);
  await enrolInWindow(first.page, { language: 'ja', code: showCode(code), pin, fingerprint, at });
  await first.close();

  const app = await world.start(options);
  await unlockInWindow(app.page, 'ja', `${pin}!`);
  await app.page.getByRole('alert').filter({ hasText: /./ }).waitFor();
  await look(app, 'after a wrong PIN');
  await unlockInWindow(app.page, 'ja', pin);
  await app.page.getByRole('button', { name: words['ready.connect'] }).click();
  await waitForPhase(app, 'connected');
  await look(app, 'connected');
  await app.page.getByRole('button', { name: words['bar.disconnect'] }).click();
  await waitForPhase(app, 'ended');
  await look(app, 'disconnected');
  await app.close();
  await look(null, 'closed');
  hay.push(...(await filesUnder(out, 'the built app')), ...(await filesUnder(world.office.data, "gateway's folder")));

  const { privateKey, otp } = await readSecrets(world.laptop);
  needles = [...textForms('PIN', pin), ...keyForms(privateKey), ...otpForms(otp)];
});

test('no file, log, environment, command line or message to the page has held private key, OTP secret or PIN', () => {
  expect(search(hay, needles)).toEqual([]);
  console.log(`searched: ${hay.length} places, ${sum(hay)} bytes, for ${needles.length} forms of 3 secrets: 0 found`);
});

test('the search finds each of these when it is there, in every kind of place', () => {
  for (const kind of [
    /laptop, logs/,
    /laptop, vault\.json/,
    /keyring/,
    /gateway's log/,
    /gateway's folder, store/,
    /messages/,
    /environ/,
    /the page/,
  ]) {
    const place = hay.find(({ name }) => kind.test(name));
    expect(place, String(kind)).toBeDefined();
    for (const needle of needles) {
      const middle = Math.floor(place!.bytes.length / 2);
      const bytes = Buffer.concat([place!.bytes.subarray(0, middle), needle.bytes, place!.bytes.subarray(middle)]);
      expect(search([{ name: 'planted', bytes }], needles)).toContain(`planted: ${needle.name}`);
    }
  }
});

test('what was looked at is what the run made: the tap heard calls and events, and every place held something', () => {
  const lines = String(hay.findLast(({ name }) => name.includes('messages'))!.bytes)
    .trim()
    .split('\n');
  const heard = new Set(lines.map((line) => (JSON.parse(line) as { channel: string }).channel));
  for (const channel of ['enrol.run', 'enrol.step', 'device.unlock', 'device.changed', 'session.changed'])
    expect(heard, channel).toContain(channel);
  const environment = hay.find(({ name }) => /connected, process \d+ environ/.test(name));
  expect(String(environment?.bytes)).toContain('DBUS_SESSION_BUS_ADDRESS');
});

function sum(all: readonly Haystack[]): number {
  return all.reduce((total, { bytes }) => total + bytes.length, 0);
}
