import { chmod, mkdir, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { ErrorName } from '#contract/errors/catalogue.ts';
import { enrolledLaptop, failureOf, failuresOf, goodPin, type Laptop } from '#test/fakes/laptop.ts';
import { createRegistration } from '#test/fakes/registration.ts';

/** Everything that could write to the vault, tried on a laptop that cannot use it. */
async function expectUntouched(laptop: Laptop, reason: ErrorName): Promise<void> {
  const { answer, privateKey } = await createRegistration();
  const [vault, entry, writes] = [await laptop.vault(), laptop.keychain.text(), laptop.keychain.writes.length];
  const identity = laptop.start();
  expect(await identity.status()).toMatchObject({ state: 'failed', failure: { reason } });
  for (const failure of await failuresOf([
    identity.unlock(goodPin),
    identity.checkPin(goodPin),
    identity.changePin(goodPin, '593027'),
    identity.lift('00000000'),
    identity.credentials(),
    identity.adopt(answer, privateKey, goodPin),
  ])) {
    expect(failure).toMatchObject({ reason });
  }
  expect(await laptop.vault()).toEqual(vault);
  expect(laptop.keychain.text()).toBe(entry);
  expect(laptop.keychain.writes).toHaveLength(writes);
}

describe('a vault that cannot be used', () => {
  it.each([
    ['half of it is left', (vault: Buffer) => vault.subarray(0, vault.length / 2)],
    ['nothing of it is left', () => Buffer.alloc(0)],
    ['a bit of its salt has flipped', (vault: Buffer) => vault.toString().replace(/"salt":"./, '"salt":"/')],
    ['a bit of its content has flipped', (vault: Buffer) => vault.toString().replace(/"data":"./, '"data":"/')],
  ])('is said to be damaged, costs no try and is kept as it is when %s', async (_, damage) => {
    const { laptop } = await enrolledLaptop();
    await laptop.overwrite(damage(await laptop.vault()));
    await expectUntouched(laptop, 'vaultDamaged');
  });

  it('is said to be newer and kept', async () => {
    const { laptop } = await enrolledLaptop();
    await laptop.overwrite((await laptop.vault()).toString().replace('"version":1', '"version":2'));
    await expectUntouched(laptop, 'vaultNewer');
  });

  it('is said to be another laptop’s and kept', async () => {
    const [{ laptop }, other] = [await enrolledLaptop(), await enrolledLaptop()];
    await laptop.overwrite(await other.laptop.vault());
    await expectUntouched(laptop, 'vaultOtherDevice');
  });

  it('is said to have lost its key when the keychain has no entry', async () => {
    const { laptop } = await enrolledLaptop();
    laptop.keychain.put(null);
    await expectUntouched(laptop, 'vaultKeyMissing');
  });

  it.each([
    ['vaultDamaged', 'no JSON'],
    ['vaultDamaged', '{"v":1}'],
    ['vaultNewer', '{"v":2,"key":"later"}'],
  ] as const)('is said to be %s when the keychain holds %s', async (reason, entry) => {
    const { laptop } = await enrolledLaptop();
    laptop.keychain.put(entry);
    await expectUntouched(laptop, reason);
  });

  it.each(['keychainLocked', 'keychainMissing'] as const)('is there again when %s is over', async (reason) => {
    const { laptop } = await enrolledLaptop();
    laptop.keychain.fail(reason);
    await expectUntouched(laptop, reason);
    laptop.keychain.fail(null);
    expect(await laptop.start().unlock(goodPin)).toMatchObject({ state: 'open' });
  });

  it('is damaged, not absent, when its place cannot be read', async () => {
    const { laptop } = await enrolledLaptop();
    await rm(laptop.path);
    await mkdir(laptop.path);
    expect(await laptop.start().status()).toMatchObject({ failure: { reason: 'vaultDamaged' } });
  });

  it('is kept when it was damaged while it was open here', async () => {
    const { laptop, registration, identity } = await enrolledLaptop();
    const news = { policy: await registration.sign(), lease: null, user: registration.answer.user, desks: [] };
    await laptop.overwrite('damaged');
    expect(await failureOf(identity.signedIn(news))).toMatchObject({ reason: 'vaultDamaged' });
    expect(String(await laptop.vault())).toBe('damaged');
    await rm(laptop.path);
    // Somebody has erased the laptop meanwhile: it must not come back.
    expect(await failureOf(identity.signedIn(news))).toMatchObject({ reason: 'notEnrolled' });
    expect(await readdir(laptop.folder)).toEqual([]);
  });
});

describe('the vault’s place', () => {
  it('is read by its owner only, and no temporary file stays', async () => {
    const { laptop } = await enrolledLaptop();
    expect((await stat(laptop.path)).mode & 0o777).toBe(0o600);
    expect(await readdir(laptop.folder)).toEqual(['vault.json']);
  });

  it('is written over what a broken attempt has left, following no link', async () => {
    const { laptop, identity } = await enrolledLaptop();
    await writeFile(`${laptop.folder}/elsewhere`, 'not ours');
    await symlink(`${laptop.folder}/elsewhere`, `${laptop.path}.new`);
    await identity.changePin(goodPin, '593027');
    expect(await laptop.start().unlock('593027')).toMatchObject({ state: 'open' });
    expect((await readdir(laptop.folder)).sort()).toEqual(['elsewhere', 'vault.json']);
  });

  it.skipIf(process.getuid?.() === 0)('says read-only and keeps the old state when the folder is closed', async () => {
    const { laptop, identity } = await enrolledLaptop();
    await chmod(laptop.folder, 0o500);
    expect(await failureOf(identity.changePin(goodPin, '593027'))).toMatchObject({ reason: 'diskReadOnly' });
    await chmod(laptop.folder, 0o700);
    expect(await laptop.start().unlock(goodPin)).toMatchObject({ state: 'open' });
  });
});
