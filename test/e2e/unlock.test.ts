import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { messages, unlockInWindow } from '#build/demo/window.ts';
import type { LaunchedApp } from '#build/host/launch.ts';
import { catalogue, type ErrorName } from '#contract/errors/catalogue.ts';
import { showCode } from '#contract/identity/code.ts';
import { pinLimits } from '#contract/identity/pin.ts';
import { bridgeOf } from '#test/fakes/app-bridge.ts';
import { keychainOf } from './support/keychain.ts';
import type { Laptop } from './support/laptop.ts';
import { until } from './support/page.ts';
import { shoot } from './support/shots.ts';
import { createWorld, type World } from './support/world.ts';

const words = messages.ja;
const wrongPin = '593 rakuda 18';
let world: World;
let laptop: Laptop;
let app: LaunchedApp | undefined;
let device: string;
/** The vault as enrolment left it. */
let vault: Buffer;
const vaultFile = () => join(laptop.folder, 'vault.json');

beforeAll(async () => {
  world = await createWorld();
  laptop = world.laptop;
  const first = await laptop.open();
  const status = await bridgeOf(first).status();
  device = status.state === 'open' ? status.device.id : '';
  await first.close();
});
afterAll(async () => world?.stop());

beforeEach(async () => {
  vault = await readFile(vaultFile());
});
/** Whatever a test did to it: with its own vault and keyring back, the laptop opens with the PIN. Nothing was lost. */
afterEach(async () => {
  await app?.close();
  await writeFile(vaultFile(), vault);
  await laptop.keyring.unlock();
  app = await laptop.start();
  try {
    expect(await bridgeOf(app).unlock(laptop.pin)).toMatchObject({ state: 'open', device: { id: device } });
  } finally {
    await app.close();
  }
});

test('a wrong PIN says how many tries are left; from the third on there is a pause, and the right one opens', async () => {
  app = await laptop.start();
  const { page } = app;
  for (const left of [pinLimits.lockAt - 1, pinLimits.lockAt - 2, pinLimits.lockAt - 3]) {
    await unlockInWindow(page, 'ja', wrongPin);
    await page.getByText(catalogue.pinWrong.title.ja).waitFor();
    await until(`${left} left`, async () => {
      const status = await bridgeOf(app!).status();
      return status.state === 'locked' && status.tries.left === left;
    });
  }
  await page.getByText(words['wait.why']).first().waitFor();
  expect(await page.getByRole('button', { name: words['unlock.submit'], exact: true }).isDisabled()).toBe(true);
  await shoot(page, 'unlock-pause');
  // Past the window, main keeps the pause too; and a try within it is not counted.
  await expect(bridgeOf(app).unlock(laptop.pin)).rejects.toThrow('pinDelayed');
  // The button waits until the pause is over.
  await unlockInWindow(page, 'ja', laptop.pin);
  await page.getByRole('button', { name: words['ready.connect'] }).waitFor();
});

test('the tenth wrong PIN locks the laptop, also across a restart, until IT answers its challenge', async () => {
  // Nine wrong ones take minutes of pauses: here they are written where the counter is.
  const keychain = keychainOf(laptop.keyring);
  const entry = JSON.parse((await keychain.read())!) as Record<string, unknown>;
  await keychain.write(JSON.stringify({ ...entry, failures: pinLimits.lockAt - 1, notBefore: 0 }));
  app = await laptop.start();
  await unlockInWindow(app.page, 'ja', wrongPin);
  await app.page.getByText(catalogue.pinLocked.title.ja).waitFor();
  await shoot(app.page, 'unlock-locked');
  await app.close();

  app = await laptop.start();
  await app.page.getByText(catalogue.pinLocked.title.ja).waitFor();
  await expect(bridgeOf(app).unlock(laptop.pin)).rejects.toThrow('pinLocked');
  const status = await bridgeOf(app).status();
  if (status.state !== 'pinLocked') throw new Error(`it is ${status.state}`);
  const answered = await world.office.command('device', 'unlock', device, '--challenge', showCode(status.challenge));
  const { answer } = answered as { answer: string };
  await app.page.getByLabel(words['lift.code'], { exact: true }).fill(showCode(answer));
  await app.page.getByRole('button', { name: words['lift.submit'], exact: true }).click();
  await app.page.getByText(words['unlock.title']).waitFor();
  await unlockInWindow(app.page, 'ja', laptop.pin);
  await app.page.getByRole('button', { name: words['ready.connect'] }).waitFor();
});

test('a locked keyring is named, and once it is open the PIN is asked for', async () => {
  await laptop.keyring.lock();
  app = await laptop.start();
  await expectFailed('keychainLocked');
  await laptop.keyring.unlock();
  await app.page.getByRole('button', { name: words['unusable.again'] }).click();
  await app.page.getByText(words['unlock.title']).waitFor();
});

test('a desktop without a keyring is named', async () => {
  app = await laptop.start({ env: { DBUS_SESSION_BUS_ADDRESS: `unix:path=${join(world.folder, 'no-bus')}` } });
  await expectFailed('keychainMissing');
});

test('a keyring that has lost the laptop’s entry is named', async () => {
  const other = await world.addLaptop('empty');
  app = await laptop.start({ env: other.keyring.env });
  await expectFailed('vaultKeyMissing');
});

test.each([
  ['cut in half', () => vault.subarray(0, vault.length / 2)],
  ['empty', () => Buffer.alloc(0)],
])('a vault that is %s is named as damaged and left as it is', async (_, damage) => {
  const damaged = damage();
  await writeFile(vaultFile(), damaged);
  app = await laptop.start();
  await expectFailed('vaultDamaged');
  expect(await readFile(vaultFile())).toEqual(damaged);
});

test('a vault of a newer version is named and left as it is', async () => {
  const newer = JSON.stringify({ ...(JSON.parse(String(vault)) as object), version: 99 });
  await writeFile(vaultFile(), newer);
  app = await laptop.start();
  await expectFailed('vaultNewer');
  expect(await readFile(vaultFile(), 'utf8')).toBe(newer);
});

test('a vault from another laptop is named and left as it is', async () => {
  const other = await world.addLaptop('other');
  await (await other.open()).close();
  const theirs = await readFile(join(other.folder, 'vault.json'));
  await writeFile(vaultFile(), theirs);
  app = await laptop.start();
  await expectFailed('vaultOtherDevice');
  expect(await readFile(vaultFile())).toEqual(theirs);
});

async function expectFailed(reason: ErrorName): Promise<void> {
  const { page } = app!;
  expect(await bridgeOf(app!).status()).toMatchObject({ state: 'failed', failure: { reason } });
  await page.getByText(catalogue[reason].title.ja).first().waitFor();
  const text = ((await page.locator('body').textContent()) ?? '').replace(/\s/g, '');
  expect(text).toContain(catalogue[reason].code);
  expect(text).toContain(catalogue[reason].user.ja.replace(/\s/g, ''));
  await shoot(page, `failed-${reason}`);
}
