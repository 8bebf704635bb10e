import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type HanareError, toFailure } from '#contract/errors/hanare-error.ts';
import { replaceFile } from '#main/identity/replace-file.ts';
import { createLaptop, enrolledLaptop, failureOf, goodPin } from '#test/fakes/laptop.ts';
import { createRegistration } from '#test/fakes/registration.ts';
import { temporaryFolder } from '#test/fakes/temporary-folder.ts';

const root = process.getuid?.() === 0 && process.platform === 'linux';
const nothing = () => undefined;
const run = (command: string, ...args: string[]) => execFileSync(command, args);

/** A real file system of `size`, gone when the test is. */
async function smallDisk(size: string): Promise<string> {
  const folder = await temporaryFolder();
  run('mount', '-t', 'tmpfs', '-o', `size=${size},mode=700`, 'tmpfs', folder);
  onTestFinished(() => {
    run('umount', folder);
  });
  return folder;
}
const readOnly = (folder: string, on: boolean) => run('mount', '-o', `remount,${on ? 'ro' : 'rw'}`, folder);

/** Takes all that is left of a disk. */
async function fill(folder: string): Promise<void> {
  for (let size = 1024 * 1024; size >= 1; size = Math.floor(size / 2)) {
    await writeFile(join(folder, `filler-${size}`), Buffer.alloc(size, 1)).catch(nothing);
  }
}
const fillers = async (folder: string) => (await readdir(folder)).filter((name) => name.startsWith('filler'));
async function makeRoom(folder: string): Promise<void> {
  for (const name of await fillers(folder)) await rm(join(folder, name));
}
const vaults = async (folder: string) => (await readdir(folder)).filter((name) => name.startsWith('vault'));

describe('replacing a file', () => {
  it('puts the new one in its place, for its owner only', async () => {
    const path = join(await temporaryFolder(), 'deep', 'vault.json');
    await replaceFile(path, Buffer.from('first'), nothing);
    await replaceFile(path, Buffer.from('second'), nothing);
    expect(await readFile(path, 'utf8')).toBe('second');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('goes on after what an attempt that was cut off has left', async () => {
    const path = join(await temporaryFolder(), 'vault.json');
    await writeFile(`${path}.new`, 'half', { mode: 0o644 });
    await replaceFile(path, Buffer.from('whole'), nothing);
    expect(await readFile(path, 'utf8')).toBe('whole');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('syncs the content before it takes the old file’s place', async () => {
    const path = join(await temporaryFolder(), 'vault.json');
    await writeFile(path, 'old');
    const seen: string[] = [];
    await replaceFile(path, Buffer.from('new'), (step) => seen.push(step));
    expect(seen).toEqual(['created', 'written', 'synced', 'renamed', 'stored']);
  });

  it('says that storing failed when there can be no such folder', async () => {
    const file = join(await temporaryFolder(), 'file');
    await writeFile(file, '');
    expect(await failureOf(replaceFile(join(file, 'vault.json'), Buffer.from('new'), nothing))).toEqual({
      reason: 'storageFailed',
      details: {},
    });
  });

  it.skipIf(!root)('says that the disk is full and keeps the old file', async () => {
    const folder = await smallDisk('64k');
    const path = join(folder, 'vault.json');
    await replaceFile(path, Buffer.from('old'), nothing);
    await fill(folder);
    const thrown = await replaceFile(path, Buffer.alloc(8192, 1), nothing).catch((error: unknown) => error);
    expect(toFailure(thrown)).toEqual({ reason: 'diskFull', details: {} });
    expect(((thrown as HanareError).cause as NodeJS.ErrnoException).code).toBe('ENOSPC');
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await vaults(folder)).toEqual(['vault.json']);
  });
});

describe.skipIf(!root)('a laptop whose disk', () => {
  it('is full stays not enrolled, and enrols once there is room', async () => {
    const folder = await smallDisk('256k');
    const laptop = await createLaptop({ folder });
    const { answer, privateKey } = await createRegistration();
    await fill(folder);
    const identity = laptop.start();
    expect(await failureOf(identity.adopt(answer, privateKey, goodPin))).toMatchObject({ reason: 'diskFull' });
    expect(await identity.status()).toMatchObject({ state: 'notEnrolled' });
    expect(await vaults(folder)).toEqual([]);
    await makeRoom(folder);
    expect(await identity.adopt(answer, privateKey, goodPin)).toMatchObject({ state: 'open' });
  });

  it('is full or read-only keeps the old PIN and the old certificate', async () => {
    const folder = await smallDisk('256k');
    const laptop = await createLaptop({ folder });
    const { answer, privateKey, certify } = await createRegistration();
    const identity = laptop.start();
    await identity.adopt(answer, privateKey, goodPin);
    const before = await laptop.vault();
    const certificate = await certify(await identity.beginRenewal());
    await fill(folder);
    expect(await failureOf(identity.changePin(goodPin, '593027'))).toMatchObject({ reason: 'diskFull' });
    expect(await failureOf(identity.finishRenewal(certificate))).toMatchObject({ reason: 'diskFull' });
    readOnly(folder, true);
    expect(await failureOf(identity.changePin(goodPin, '593027'))).toMatchObject({ reason: 'diskReadOnly' });
    expect(await failureOf(identity.finishRenewal(certificate))).toMatchObject({ reason: 'diskReadOnly' });
    expect(await failureOf(identity.erase())).toMatchObject({ reason: 'diskReadOnly' });
    readOnly(folder, false);
    expect(await laptop.vault()).toEqual(before);
  });

  it('was full can finish the same renewal afterwards', async () => {
    const folder = await smallDisk('256k');
    const laptop = await createLaptop({ folder });
    const { answer, privateKey, certify } = await createRegistration();
    const identity = laptop.start();
    await identity.adopt(answer, privateKey, goodPin);
    const certificate = await certify(await identity.beginRenewal());
    await fill(folder);
    await failureOf(identity.finishRenewal(certificate));
    expect((await identity.credentials()).older).toBeNull();
    await makeRoom(folder);
    await identity.finishRenewal(certificate);
    expect((await identity.credentials()).certificate).toBe(certificate);
  });
});

it('keeps the vault of an enrolled laptop when no temporary file can be made', async () => {
  const { laptop, identity } = await enrolledLaptop();
  const before = await laptop.vault();
  // A folder in the temporary file's place, which a plain removal does not take away.
  await mkdir(`${laptop.path}.new`);
  expect(await failureOf(identity.changePin(goodPin, '593027'))).toMatchObject({ reason: 'storageFailed' });
  expect(await laptop.vault()).toEqual(before);
  expect(await laptop.start().unlock(goodPin)).toMatchObject({ state: 'open' });
});
