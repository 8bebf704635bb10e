import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { type Keyring, startKeyring } from '#build/host/keyring.ts';

/** A real keyring for all tests of the file; the process and those it starts use it. */
export function ownKeyring(): () => Keyring {
  let folder: string;
  let keyring: Keyring;
  const before = process.env.DBUS_SESSION_BUS_ADDRESS;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hanare-id-'));
    keyring = await startKeyring(folder);
    Object.assign(process.env, keyring.env);
  });
  afterAll(async () => {
    await keyring.stop();
    if (before === undefined) delete process.env.DBUS_SESSION_BUS_ADDRESS;
    else process.env.DBUS_SESSION_BUS_ADDRESS = before;
    await rm(folder, { recursive: true, force: true });
  });
  return () => keyring;
}
