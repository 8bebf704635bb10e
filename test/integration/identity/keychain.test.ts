import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { hanareEntries } from '#build/host/secret-service.ts';
import { openKeychain } from '#main/identity/keychain.ts';
import { createLaptop, failureOf, failuresOf, goodPin, wrongPin } from '#test/fakes/laptop.ts';
import { createRegistration } from '#test/fakes/registration.ts';
import { temporaryFolder } from '#test/fakes/temporary-folder.ts';
import { ownKeyring } from './own-keyring.ts';

const keyring = ownKeyring();
const keychain = openKeychain();
afterEach(async () => {
  await keyring().unlock();
  await keychain.remove();
});

async function enrolled() {
  const laptop = await createLaptop({ keychain });
  const { answer, privateKey } = await createRegistration();
  await laptop.start().adopt(answer, privateKey, goodPin);
  return { laptop, privateKey };
}

describe('the keychain on a real keyring', () => {
  it('keeps one entry, gives it back and removes it', async () => {
    expect(await keychain.read()).toBeNull();
    await keychain.write('first');
    await keychain.write('second');
    expect(await openKeychain().read()).toBe('second');
    expect(await hanareEntries(keyring().env)).toHaveLength(1);
    await keychain.remove();
    await keychain.remove();
    expect(await keychain.read()).toBeNull();
    expect(await hanareEntries(keyring().env)).toEqual([]);
  });

  it('says locked, never absent, while the keyring is locked', async () => {
    await keychain.write('kept');
    await keyring().lock();
    for (const failure of await failuresOf([keychain.read(), keychain.write('other'), keychain.remove()])) {
      expect(failure).toMatchObject({ reason: 'keychainLocked' });
    }
    await keyring().unlock();
    expect(await keychain.read()).toBe('kept');
  });

  it.each([
    ['there is no session bus', undefined],
    ['its socket is dead', 'unix:path=/nonexistent/bus'],
    ['its address is none', 'nowhere'],
  ])('says missing, never absent, when %s', async (_, address) => {
    expect(await seenWith(address)).toEqual(allMissing);
  });

  it('says missing, never absent, when the bus has no keyring', async () => {
    const bus = await emptyBus(await temporaryFolder());
    try {
      expect(await seenWith(bus.address)).toEqual(allMissing);
    } finally {
      await bus.stop();
    }
  });
});

describe('a laptop with a real keyring', () => {
  it('is enrolled, restarted and opened', async () => {
    const { laptop, privateKey } = await enrolled();
    const identity = laptop.start();
    expect(await failureOf(identity.unlock(wrongPin))).toEqual({ reason: 'pinWrong', details: { left: 9 } });
    expect(await laptop.start().status()).toMatchObject({ state: 'locked', tries: { left: 9 } });
    await identity.unlock(goodPin);
    expect((await identity.credentials()).privateKey).toBe(privateKey);
  });

  it('says that the keyring is locked, and has lost nothing once it is open', async () => {
    const { laptop, privateKey } = await enrolled();
    const before = await laptop.vault();
    await keyring().lock();
    const identity = laptop.start();
    expect(await identity.status()).toEqual({ state: 'failed', failure: { reason: 'keychainLocked', details: {} } });
    const { answer, privateKey: other } = await createRegistration();
    for (const failure of await failuresOf([
      identity.unlock(goodPin),
      identity.credentials(),
      identity.adopt(answer, other, goodPin),
    ])) {
      expect(failure).toMatchObject({ reason: 'keychainLocked' });
    }
    await keyring().unlock();
    expect(await laptop.vault()).toEqual(before);
    expect(await identity.unlock(goodPin)).toMatchObject({ state: 'open' });
    expect((await identity.credentials()).privateKey).toBe(privateKey);
  });

  it('says that the keyring is missing, and has lost nothing once it is back', async () => {
    const { laptop } = await enrolled();
    const seen = await seenWith('unix:path=/nonexistent/bus', laptop.folder);
    expect(seen).toMatchObject({ status: { state: 'failed', failure: { reason: 'keychainMissing' } } });
    const identity = laptop.start();
    expect(await identity.unlock(goodPin)).toMatchObject({ state: 'open' });
  });

  it('works on with an open vault while the keyring is locked', async () => {
    const { laptop } = await enrolled();
    const identity = laptop.start();
    await identity.unlock(goodPin);
    await keyring().lock();
    expect(await identity.status()).toMatchObject({ state: 'open' });
    expect(await identity.otp()).toMatch(/^\d{6}$/);
    expect(await failureOf(identity.checkPin(goodPin))).toMatchObject({ reason: 'keychainLocked' });
  });

  it('leaves no entry behind when it is erased', async () => {
    const { laptop } = await enrolled();
    await laptop.start().erase();
    expect(await hanareEntries(keyring().env)).toEqual([]);
    expect(await laptop.start().status()).toMatchObject({ state: 'notEnrolled' });
  });
});

const missing = { reason: 'keychainMissing', details: {} };
const allMissing = { read: missing, write: missing, remove: missing, status: { state: 'failed', failure: missing } };

/** What a process of its own sees: libdbus keeps the first address of a process. */
async function seenWith(address: string | undefined, folder = '/nonexistent'): Promise<unknown> {
  const { DBUS_SESSION_BUS_ADDRESS: _, ...env } = process.env;
  if (address !== undefined) env.DBUS_SESSION_BUS_ADDRESS = address;
  const program = fileURLToPath(new URL('keychain-process.ts', import.meta.url));
  const child = fork(program, [folder], { execArgv: [], env });
  const [[seen]] = await Promise.all([once(child, 'message'), once(child, 'close')]);
  return seen;
}

const busProgram = 'dbus-daemon';

/** A session bus on which nobody offers secrets. */
async function emptyBus(folder: string): Promise<{ address: string; stop(): Promise<void> }> {
  const config = join(folder, 'bus.conf');
  await writeFile(
    config,
    `<busconfig><type>session</type><listen>unix:path=${folder}/bus</listen><auth>EXTERNAL</auth>
     <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`,
  );
  const bus: ChildProcess = spawn(busProgram, [`--config-file=${config}`, '--nofork', '--print-address=1']);
  await once(bus.stdout!, 'data');
  const ended = once(bus, 'close');
  return {
    address: `unix:path=${folder}/bus`,
    stop: async () => {
      bus.kill();
      await ended;
    },
  };
}
