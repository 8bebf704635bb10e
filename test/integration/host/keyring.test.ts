import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AsyncEntry } from '@napi-rs/keyring';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Keyring, startKeyring } from '#build/host/keyring.ts';
import { canStoreSecrets, hanareEntries, removeHanareEntries } from '#build/host/secret-service.ts';
import { findLeaks, runMark } from '../../leaks.ts';

let folder: string;
let keyring: Keyring;
const before = { ...process.env };
// As test/run.ts marks a whole run: what is started meanwhile carries the mark too.
const mark = `keyring-${process.pid}`;

// One for all tests: a process reads the bus's address once and keeps to it (libdbus).
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hanare-keyring-'));
  Object.assign(process.env, runMark(mark));
  keyring = await startKeyring(folder);
  delete process.env.HANARE_TEST_RUN;
  Object.assign(process.env, before, keyring.env);
});
afterAll(async () => {
  await keyring?.stop();
  await rm(folder, { recursive: true, force: true });
});

const entry = () => new AsyncEntry('Hanare', 'device', { linux: { store: 'secret-service' } });

test('keeps an entry, names it, and gives it back', async () => {
  await entry().setPassword('kept');
  expect(await entry().getPassword()).toBe('kept');
  expect(await hanareEntries(keyring.env)).toHaveLength(1);
  await removeHanareEntries(keyring.env);
  expect(await hanareEntries(keyring.env)).toEqual([]);
});

test('gives nothing while it is locked, and everything once it is open again', async () => {
  await entry().setPassword('kept');
  await keyring.lock();
  expect(await canStoreSecrets(keyring.env)).toBe(false);
  await expect(entry().getPassword()).rejects.toThrow();
  await keyring.unlock();
  expect(await canStoreSecrets(keyring.env)).toBe(true);
  expect(await entry().getPassword()).toBe('kept');
});

test('puts everything into its folder, and no secret in the clear', async () => {
  await entry().setPassword('not-in-the-clear');
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((each) => each.isFile());
  expect(files.map(({ name }) => name)).toContain('login.keyring');
  for (const { parentPath, name } of files) {
    expect(await readFile(join(parentPath, name), 'latin1')).not.toContain('not-in-the-clear');
  }
});

test('leaves no process behind', async () => {
  await keyring.stop();
  expect(await findLeaks(mark)).toEqual([]);
  expect(await canStoreSecrets(keyring.env)).toBe(false);
});
