import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { enrolInWindow, messages, unlockInWindow } from '#build/demo/window.ts';
import { hanareEntries } from '#build/host/secret-service.ts';
import { catalogue } from '#contract/errors/catalogue.ts';
import { makeCode, showCode } from '#contract/identity/code.ts';
import type { SiteFile } from '#contract/wire/enrol.ts';
import { bridgeOf } from '#test/fakes/app-bridge.ts';
import type { Laptop } from './support/laptop.ts';
import { waitForPhase } from './support/page.ts';
import { shoot } from './support/shots.ts';
import { createWorld, type World } from './support/world.ts';

const words = messages.ja;
let world: World;
let device: { id: string; code: string };
let fingerprint: string;
/** A second laptop, which stays outside. */
let other: Laptop;

beforeAll(async () => {
  world = await createWorld();
  device = await world.newDevice();
  other = await world.addLaptop('other');
  const site = await readFile(join(world.laptop.folder, 'site.json'), 'utf8');
  fingerprint = (JSON.parse(site) as SiteFile).fingerprint;
});
afterAll(async () => world?.stop());

const shown = async () => (await world.office.command('device', 'show', device.id)) as { device: { status: string } };

test('a laptop enrols in its window with a code, and IT sees it in use', async () => {
  const app = await world.start();
  await app.page.getByText(words['enrol.title']).waitFor();
  const { pin } = world.laptop;
  const at = (moment: string) => shoot(app.page, `enrol-${moment}`);
  expect((await shown()).device.status).toBe('new');
  await enrolInWindow(app.page, { language: 'ja', code: showCode(device.code), pin, fingerprint, at });
  expect(await bridgeOf(app).status()).toMatchObject({ state: 'open', device: { id: device.id } });
  expect((await shown()).device.status).toBe('active');
  expect((await stat(join(world.laptop.folder, 'vault.json'))).mode & 0o777).toBe(0o600);
  expect(await hanareEntries(world.laptop.keyring.env)).toHaveLength(1);
  await app.close();
});

test('after a restart it asks for the PIN, and then connects to the desk', async () => {
  const app = await world.start();
  await app.page.getByText(words['unlock.title']).waitFor();
  await shoot(app.page, 'unlock');
  expect(await bridgeOf(app).status()).toMatchObject({ state: 'locked', label: 'E2E laptop' });
  await unlockInWindow(app.page, 'ja', world.laptop.pin);
  await app.page.getByRole('button', { name: words['ready.connect'] }).click();
  await waitForPhase(app, 'connected');
  await shoot(app.page, 'connected');
  await app.close();
});

test('a code that was used already is refused in plain words', async () => {
  await expectRefusal(device.code, 'enrolCodeUsed');
});

test('a code whose time is over is refused in plain words', async () => {
  const late = await world.newDevice();
  const store = new DatabaseSync(join(world.office.data, 'store.sqlite'));
  store.prepare('UPDATE enrolment_codes SET expires = ? WHERE device = ?').run(Date.now() - 60_000, late.id);
  store.close();
  await expectRefusal(late.code, 'enrolCodeExpired');
});

test('a code that fits but that nobody was given is refused in plain words', async () => {
  await expectRefusal(makeCode('enrolment', randomBytes(15)), 'enrolCodeWrong');
});

test('a code with one symbol changed is refused in plain words, before any office is asked', async () => {
  const fresh = await world.newDevice();
  const app = await other.start();
  const field = app.page.getByRole('textbox', { name: words['enrol.code'], exact: true });
  const symbol = fresh.code[6] === '7' ? '8' : '7';
  await field.fill(showCode(fresh.code.slice(0, 6) + symbol + fresh.code.slice(7)));
  await app.page.getByText(words['code.wrong']).waitFor();
  await shoot(app.page, 'refused-mistyped');
  await app.page.getByRole('button', { name: words['enrol.submit'], exact: true }).click();
  // It stays where it is: nothing is looked for.
  await app.page.getByText(words['code.wrong']).waitFor();
  expect(await app.page.getByText(words['office.title']).count()).toBe(0);
  expect(await bridgeOf(app).status()).toMatchObject({ state: 'notEnrolled' });
  await app.close();
});

/** On the laptop that stays outside: the title, the code that is read out, and what to do; nothing is kept. */
async function expectRefusal(code: string, reason: keyof typeof catalogue): Promise<void> {
  const app = await other.start();
  const { pin } = other;
  const work = enrolInWindow(app.page, { language: 'ja', code: showCode(code), pin, fingerprint });
  await expect(work).rejects.toThrow(catalogue[reason].title.ja);
  const text = ((await app.page.locator('body').textContent()) ?? '').replace(/\s/g, '');
  expect(text).toContain(catalogue[reason].code);
  expect(text).toContain(catalogue[reason].user.ja.replace(/\s/g, ''));
  await shoot(app.page, `refused-${reason}`);
  expect(await bridgeOf(app).status()).toMatchObject({ state: 'notEnrolled' });
  await expect(stat(join(other.folder, 'vault.json'))).rejects.toMatchObject({ code: 'ENOENT' });
  expect(await hanareEntries(other.keyring.env)).toEqual([]);
  await app.close();
}
