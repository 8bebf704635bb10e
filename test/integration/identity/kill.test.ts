import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { openKeychain } from '#main/identity/keychain.ts';
import { cheapN, createLaptop, failureOf, goodPin } from '#test/fakes/laptop.ts';
import { createRegistration } from '#test/fakes/registration.ts';
import { ownKeyring } from './own-keyring.ts';
import type { Order } from './store-process.ts';

ownKeyring();
const keychain = openKeychain();
afterEach(() => keychain.remove());

const program = fileURLToPath(new URL('store-process.ts', import.meta.url));
const newPin = '593027';
/** In the order in which they are reached. */
const fileSteps = ['created', 'written', 'synced', 'renamed', 'stored'];
const entrySteps = ['before the entry', 'within the entry', 'after the entry'];
const isThere = (step: string) => ['renamed', 'stored', 'never'].includes(step);

/** @returns the signal that ended it, or null when it ran through. */
async function run(order: Omit<Order, 'kdfN' | 'time'> & { time?: number }, talk?: (child: ChildProcess) => void) {
  const child = fork(program, { execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  const said: Buffer[] = [];
  child.stderr!.on('data', (piece: Buffer) => said.push(piece));
  talk?.(child);
  child.send({ time: 1, ...order, kdfN: cheapN } satisfies Order);
  const [code, signal] = await once(child, 'close');
  if (order.killAt === 'never') expect({ code, said: Buffer.concat(said).toString() }).toEqual({ code: 0, said: '' });
  else expect({ step: order.killAt, signal }).toEqual({ step: order.killAt, signal: 'SIGKILL' });
}

async function enrolled() {
  const laptop = await createLaptop({ keychain });
  const registration = await createRegistration();
  await laptop.start().adopt(registration.answer, registration.privateKey, goodPin);
  return { laptop, registration };
}

describe('a laptop whose process is killed', () => {
  it.each([...entrySteps, 'entry', ...fileSteps, 'never'])('enrolling (%s) is enrolled or is not', async (killAt) => {
    const laptop = await createLaptop({ keychain });
    const { answer, privateKey } = await createRegistration();
    await run({ folder: laptop.folder, killAt, work: { task: 'adopt', answer, privateKey, pin: goodPin } });
    const identity = laptop.start();
    if (isThere(killAt)) {
      expect(await identity.status()).toMatchObject({ state: 'locked', tries: { left: 10 } });
      expect(await identity.unlock(goodPin)).toMatchObject({ state: 'open', user: { id: 'sato' } });
      expect((await identity.credentials()).privateKey).toBe(privateKey);
    } else {
      expect(await identity.status()).toEqual({ state: 'notEnrolled', site: null });
      // The same code gives another answer; nothing of the broken attempt is in its way.
      const again = await createRegistration();
      expect(await identity.adopt(again.answer, again.privateKey, goodPin)).toMatchObject({ state: 'open' });
      expect(await readdir(laptop.folder)).toEqual(['vault.json']);
    }
  });

  it.each([...fileSteps, 'never'])('changing the PIN (%s) opens with the old one or the new one', async (killAt) => {
    const { laptop, registration } = await enrolled();
    await run({ folder: laptop.folder, killAt, work: { task: 'changePin', old: goodPin, next: newPin } });
    const [right, wrong] = isThere(killAt) ? [newPin, goodPin] : [goodPin, newPin];
    const identity = laptop.start();
    expect(await failureOf(identity.unlock(wrong))).toEqual({ reason: 'pinWrong', details: { left: 9 } });
    expect(await identity.unlock(right)).toMatchObject({ state: 'open' });
    expect((await identity.credentials()).privateKey).toBe(registration.privateKey);
  });

  it.each([
    ['before the entry', 1, 10],
    ['after the entry', 1, 9],
    ['before the entry', 2, 9],
    ['after the entry', 2, 10],
  ])('trying a PIN (%s, %d) has used up the try until it proved right', async (killAt, time, left) => {
    const { laptop } = await enrolled();
    const work = { task: 'changePin', old: goodPin, next: newPin } as const;
    await run({ folder: laptop.folder, killAt, time, work });
    expect(await laptop.start().status()).toMatchObject({ state: 'locked', tries: { left } });
    expect(await laptop.start().unlock(goodPin)).toMatchObject({ state: 'open' });
  });

  it.each([...fileSteps, 'never'])('renewing (%s) has the old pair, or the new one beside it', async (killAt) => {
    const { laptop, registration } = await enrolled();
    let certificate = '';
    await run({ folder: laptop.folder, killAt, work: { task: 'renew', pin: goodPin } }, (child) => {
      child.once('message', async (csr) => {
        certificate = await registration.certify(csr as string);
        child.send(certificate);
      });
    });
    const identity = laptop.start();
    await identity.unlock(goodPin);
    const { answer, privateKey } = registration;
    const old = { certificate: answer.certificate, privateKey };
    const expected = isThere(killAt) ? { certificate, older: old } : { ...old, older: null };
    expect(await identity.credentials()).toMatchObject(expected);
  });

  it.each(['entry removed', 'never'])(
    'erasing (%s) can no longer be opened, and is erased the next time',
    async (killAt) => {
      const { laptop } = await enrolled();
      await run({ folder: laptop.folder, killAt, work: { task: 'erase' } });
      const identity = laptop.start();
      expect(await failureOf(identity.unlock(goodPin))).toMatchObject({
        reason: killAt === 'never' ? 'notEnrolled' : 'vaultKeyMissing',
      });
      await identity.erase();
      expect(await identity.status()).toEqual({ state: 'notEnrolled', site: null });
    },
  );
});
