import { createHmac } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Failure, toFailure } from '#contract/errors/hanare-error.ts';
import { makeCode } from '#contract/identity/code.ts';
import type { DeviceStatus } from '#contract/ipc/state.ts';
import { createLogger } from '#contract/log/logger.ts';
import { createIdentity, type DeviceIdentity, type IdentityParts } from '#main/identity/identity.ts';
import { createFakeKeychain } from './fake-keychain.ts';
import { createRegistration, type Registration } from './registration.ts';
import { temporaryFolder } from './temporary-folder.ts';

export const goodPin = '274951';
export const wrongPin = '888123';
export const dayMs = 86_400_000;
/** scrypt at its cheapest, so that hundreds of tries are a matter of seconds. */
export const cheapN = 2 ** 10;

/** One laptop under test: folder, keychain and clock stay while its program is started anew. */
export async function createLaptop(options: Partial<IdentityParts> = {}) {
  const folder = options.folder ?? (await temporaryFolder());
  const keychain = createFakeKeychain();
  const lines: string[] = [];
  const changes: DeviceStatus[] = [];
  let now = Date.now();
  const start = (): DeviceIdentity =>
    createIdentity({
      keychain,
      siteFile: join(folder, 'site.json'),
      baselineFile: join(folder, 'baseline.jws'),
      now: () => now,
      log: createLogger({ sink: (line) => lines.push(line), now: () => now, context: 'test', level: 'debug' }),
      onChange: (status) => changes.push(status),
      kdfN: cheapN,
      ...options,
      folder,
    });
  const path = join(folder, 'vault.json');
  return {
    folder,
    path,
    keychain,
    lines,
    changes,
    start,
    now: () => now,
    /** Moves the clock, ms. */
    pass: (ms: number) => {
      now += ms;
    },
    vault: () => readFile(path),
    overwrite: (bytes: string | Uint8Array) => writeFile(path, bytes),
    /** The entry of the keychain, parsed. */
    entry: () => JSON.parse(keychain.text() ?? 'null') as Record<string, unknown>,
  };
}
export type Laptop = Awaited<ReturnType<typeof createLaptop>>;

/** A laptop with a registration under `goodPin`, its vault open. */
export async function enrolledLaptop(change: Parameters<typeof createRegistration>[0] = {}) {
  const laptop = await createLaptop();
  const registration = await createRegistration({ now: laptop.now(), ...change });
  const identity = laptop.start();
  await identity.adopt(registration.answer, registration.privateKey, goodPin);
  return { laptop, registration, identity };
}

/** What IT reads out for a challenge. */
export function answerTo(challenge: string, { answer }: Registration): string {
  const hmac = createHmac('sha256', Buffer.from(answer.unlockKey, 'base64url'));
  return makeCode('unlock', hmac.update(`hanare-unlock-1 ${challenge}`).digest());
}

/** @returns null when it did not fail. */
export const failureOf = (work: Promise<unknown>): Promise<Failure | null> => work.then(() => null, toFailure);

/** All of them at once, so that none rejects before anybody listens. */
export const failuresOf = (works: readonly Promise<unknown>[]): Promise<(Failure | null)[]> =>
  Promise.all(works.map(failureOf));
