import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commandLine } from '#build/host/launch.ts';
import { catalogue } from '#contract/errors/catalogue.ts';
import { bridgeOf } from '#test/fakes/app-bridge.ts';
import { keychainOf } from './support/keychain.ts';
import { createWorld, type World } from './support/world.ts';

let world: World;
let device: string;
const vaultFile = () => join(world.laptop.folder, 'vault.json');

beforeAll(async () => {
  world = await createWorld();
  const app = await world.open();
  const status = await bridgeOf(app).status();
  device = status.state === 'open' ? status.device.id : '';
  await app.close();
  expect(await readFile(join(world.laptop.folder, 'logs/hanare.log'), 'utf8')).toContain(device);
});
afterAll(async () => world?.stop());

/** Runs the built app with `--erase --yes`, as IT does on a laptop that came back. */
async function erase(): Promise<{ code: number; output: string }> {
  const { command, args } = commandLine({ userData: world.laptop.folder, args: ['--erase', '--yes'] });
  const env = { ...process.env, ...world.laptop.keyring.env, HANARE_STANDIN_HEADLESS: '1' };
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return { code, output };
}

test('a locked keyring is said with its code, and what can be erased is', async () => {
  await world.laptop.keyring.lock();
  const { code, output } = await erase();
  await world.laptop.keyring.unlock();
  expect(code).toBe(1);
  expect(output).toContain(catalogue.keychainLocked.code);
  expect(existsSync(vaultFile())).toBe(false);
  expect(await keychainOf(world.laptop.keyring).read()).not.toBeNull();
});

test('done again with the keyring open it takes the rest, and a third time it finds nothing to do', async () => {
  expect(await erase()).toMatchObject({ code: 0 });
  expect(await keychainOf(world.laptop.keyring).read()).toBeNull();
  expect(await erase()).toMatchObject({ code: 0 });
});

test('no name of a person or of the laptop is left in its log', async () => {
  const log = await readFile(join(world.laptop.folder, 'logs/hanare.log'), 'utf8');
  expect(log).toContain('erased');
  for (const name of [device, 'hanako', 'Hanako', 'E2E laptop']) expect(log).not.toContain(name);
});

test('the laptop asks for a code afterwards', async () => {
  const app = await world.start();
  expect(await bridgeOf(app).status()).toMatchObject({ state: 'notEnrolled' });
});
