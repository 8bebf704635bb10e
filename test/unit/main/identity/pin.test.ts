import { rename, rm } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { DeviceStatus } from '#contract/ipc/state.ts';
import type { DeviceIdentity } from '#main/identity/identity.ts';
import { answerTo, enrolledLaptop, failureOf, goodPin, type Laptop, wrongPin } from '#test/fakes/laptop.ts';

/** Waits out each delay, as a patient thief would. */
async function tryWrong(identity: DeviceIdentity, laptop: Laptop, times: number): Promise<void> {
  for (let done = 0; done < times; done += 1) {
    laptop.pass(15 * 60_000);
    await failureOf(identity.unlock(wrongPin));
  }
}
const challengeOf = (status: DeviceStatus) => (status.state === 'pinLocked' ? status.challenge : '');

describe('the counter of wrong PINs', () => {
  it('opens with the PIN, also after a restart', async () => {
    const { laptop } = await enrolledLaptop();
    expect(await laptop.start().unlock(goodPin)).toMatchObject({ state: 'open', user: { id: 'sato' } });
  });

  it('takes full-width digits for the same digits', async () => {
    const { laptop } = await enrolledLaptop();
    expect(await laptop.start().unlock('２７４９５１')).toMatchObject({ state: 'open' });
  });

  it('says how many tries are left, and starts anew after the right PIN', async () => {
    const { laptop } = await enrolledLaptop();
    const identity = laptop.start();
    expect(await failureOf(identity.unlock(wrongPin))).toEqual({ reason: 'pinWrong', details: { left: 9 } });
    expect(await failureOf(identity.unlock(wrongPin))).toEqual({ reason: 'pinWrong', details: { left: 8 } });
    expect(await identity.status()).toMatchObject({ state: 'locked', tries: { left: 8, waitUntil: null } });
    await identity.unlock(goodPin);
    expect(await identity.lock()).toMatchObject({ state: 'locked', tries: { left: 10, waitUntil: null } });
  });

  it('delays from the third wrong PIN on, and counts no try within the delay', async () => {
    const { laptop } = await enrolledLaptop();
    const identity = laptop.start();
    await failureOf(identity.unlock(wrongPin));
    await failureOf(identity.unlock(wrongPin));
    expect(await failureOf(identity.unlock(wrongPin))).toEqual({ reason: 'pinWrong', details: { left: 7 } });
    expect(await identity.status()).toMatchObject({ tries: { left: 7, waitUntil: laptop.now() + 5_000 } });
    laptop.pass(3_200);
    expect(await failureOf(identity.unlock(goodPin))).toEqual({ reason: 'pinDelayed', details: { seconds: 2 } });
    laptop.pass(1_800);
    expect(await failureOf(identity.unlock(wrongPin))).toEqual({ reason: 'pinWrong', details: { left: 6 } });
    expect(await identity.status()).toMatchObject({ tries: { left: 6, waitUntil: laptop.now() + 10_000 } });
    laptop.pass(10_000);
    expect(await identity.unlock(goodPin)).toMatchObject({ state: 'open' });
  });

  it('keeps the delay over a restart', async () => {
    const { laptop } = await enrolledLaptop();
    await tryWrong(laptop.start(), laptop, 3);
    expect(await failureOf(laptop.start().unlock(goodPin))).toEqual({ reason: 'pinDelayed', details: { seconds: 5 } });
  });

  it('never delays longer than the rule when the clock was set back', async () => {
    const { laptop } = await enrolledLaptop();
    const identity = laptop.start();
    await tryWrong(identity, laptop, 3);
    laptop.pass(-365 * 86_400_000);
    expect(await failureOf(identity.unlock(goodPin))).toEqual({ reason: 'pinDelayed', details: { seconds: 5 } });
    laptop.pass(5_000);
    // The registration is in this clock's future, so it opens held; the PIN itself is taken.
    expect(await identity.unlock(goodPin)).toMatchObject({ state: 'open' });
  });

  it('locks at the tenth, even for the right PIN and over a restart', async () => {
    const { laptop } = await enrolledLaptop();
    const identity = laptop.start();
    await tryWrong(identity, laptop, 9);
    laptop.pass(15 * 60_000);
    expect(await failureOf(identity.unlock(wrongPin))).toEqual({ reason: 'pinLocked', details: {} });
    expect(laptop.changes.at(-1)).toMatchObject({ state: 'pinLocked', label: 'LT-0417' });
    laptop.pass(365 * 86_400_000);
    expect(await failureOf(laptop.start().unlock(goodPin))).toMatchObject({ reason: 'pinLocked' });
    expect(await failureOf(laptop.start().credentials())).toMatchObject({ reason: 'pinLocked' });
    // Credential Manager takes 1,280 UTF-16 units; this is as long as the entry gets, but for a lift's date.
    expect(laptop.keychain.text()!.length).toBeLessThan(400);
  });

  it('opens at the tenth try when that one is right', async () => {
    const { laptop } = await enrolledLaptop();
    const identity = laptop.start();
    await tryWrong(identity, laptop, 9);
    laptop.pass(15 * 60_000);
    expect(await identity.unlock(goodPin)).toMatchObject({ state: 'open', hold: null });
    expect(laptop.entry()).toMatchObject({ failures: 0, challenge: null });
  });

  it('counts a try that was never finished', async () => {
    const { laptop } = await enrolledLaptop();
    const before = laptop.keychain.writes.length;
    await failureOf(laptop.start().unlock(goodPin));
    // As it stood when the PIN was about to be tried; a process ended there leaves just this.
    laptop.keychain.put(laptop.keychain.writes[before]!);
    expect(await laptop.start().status()).toMatchObject({ state: 'locked', tries: { left: 9 } });
  });

  it('tries no PIN that it cannot count', async () => {
    const { laptop } = await enrolledLaptop();
    const identity = laptop.start();
    laptop.keychain.fail('keychainLocked');
    expect(await failureOf(identity.unlock(goodPin))).toMatchObject({ reason: 'keychainLocked' });
    expect(await identity.status()).toEqual({ state: 'failed', failure: { reason: 'keychainLocked', details: {} } });
    laptop.keychain.fail(null);
    expect(await identity.status()).toMatchObject({ state: 'locked', tries: { left: 10 } });
  });

  it('counts tries that come at once one by one', async () => {
    const { laptop } = await enrolledLaptop();
    const identity = laptop.start();
    const results = await Promise.all(Array.from({ length: 50 }, () => failureOf(identity.unlock(wrongPin))));
    expect(results.filter((failure) => failure?.reason === 'pinWrong')).toHaveLength(3);
    expect(results.filter((failure) => failure?.reason === 'pinDelayed')).toHaveLength(47);
  });

  it('is not reset by deleting the vault’s file and putting it back', async () => {
    const { laptop } = await enrolledLaptop();
    await tryWrong(laptop.start(), laptop, 9);
    await rename(laptop.path, `${laptop.path}.copy`);
    expect(await laptop.start().status()).toMatchObject({ state: 'notEnrolled' });
    await rename(`${laptop.path}.copy`, laptop.path);
    expect(await laptop.start().status()).toMatchObject({ state: 'locked', tries: { left: 1 } });
  });

  it('cannot be reset by deleting the keychain’s entry without losing the vault', async () => {
    const { laptop } = await enrolledLaptop();
    await tryWrong(laptop.start(), laptop, 9);
    const vault = await laptop.vault();
    laptop.keychain.put(null);
    expect(await failureOf(laptop.start().unlock(goodPin))).toMatchObject({ reason: 'vaultKeyMissing' });
    expect(await laptop.vault()).toEqual(vault);
  });

  it('counts checkPin as unlock, and locks an open laptop at the tenth', async () => {
    const { laptop, identity } = await enrolledLaptop();
    await identity.checkPin(goodPin);
    expect(await identity.status()).toMatchObject({ state: 'open' });
    for (let tries = 0; tries < 10; tries += 1) {
      laptop.pass(15 * 60_000);
      await failureOf(identity.checkPin(wrongPin));
    }
    expect(await identity.status()).toMatchObject({ state: 'pinLocked' });
    expect(await failureOf(identity.otp())).toMatchObject({ reason: 'deviceLocked' });
  });

  it('opens nothing by checkPin', async () => {
    const { laptop } = await enrolledLaptop();
    const identity = laptop.start();
    await identity.checkPin(goodPin);
    expect(await identity.status()).toMatchObject({ state: 'locked', tries: { left: 10 } });
  });
});

describe('lifting by IT', () => {
  async function pinLocked() {
    const { laptop, registration } = await enrolledLaptop();
    const identity = laptop.start();
    await tryWrong(identity, laptop, 10);
    return { laptop, registration, identity, challenge: challengeOf(await identity.status()) };
  }

  it('lifts with the answer to the challenge, which stays the same over a restart', async () => {
    const { laptop, registration, challenge } = await pinLocked();
    const identity = laptop.start();
    expect(challengeOf(await identity.status())).toBe(challenge);
    const answer = answerTo(challenge, registration).toLowerCase();
    expect(await identity.lift(`${answer.slice(0, 4)}-${answer.slice(4)}`)).toMatchObject({
      state: 'locked',
      tries: { left: 10, waitUntil: null },
    });
    expect(await identity.unlock(goodPin)).toMatchObject({ state: 'open' });
  });

  it('takes an answer once', async () => {
    const { laptop, registration, identity, challenge } = await pinLocked();
    await identity.lift(answerTo(challenge, registration));
    expect(await failureOf(identity.lift(answerTo(challenge, registration)))).toMatchObject({
      reason: 'unlockCodeWrong',
    });
    await tryWrong(identity, laptop, 10);
    expect(challengeOf(await identity.status())).not.toBe(challenge);
  });

  it('keeps the challenge for four wrong answers and makes a new one after the fifth', async () => {
    const { registration, identity, challenge } = await pinLocked();
    const wrong = answerTo('00000000', registration);
    for (let misses = 1; misses <= 4; misses += 1) {
      expect(await failureOf(identity.lift(wrong))).toMatchObject({ reason: 'unlockCodeWrong' });
      expect(challengeOf(await identity.status())).toBe(challenge);
    }
    await failureOf(identity.lift(wrong));
    const next = challengeOf(await identity.status());
    expect(next).not.toBe(challenge);
    expect(await failureOf(identity.lift(answerTo(challenge, registration)))).not.toBeNull();
    expect(await identity.lift(answerTo(next, registration))).toMatchObject({ state: 'locked' });
  });

  it('does not count what is no code at all', async () => {
    const { identity, challenge } = await pinLocked();
    for (let tries = 0; tries < 10; tries += 1) {
      expect(await failureOf(identity.lift('1234'))).toMatchObject({ reason: 'unlockCodeWrong' });
    }
    expect(challengeOf(await identity.status())).toBe(challenge);
  });

  it('refuses any code where nothing is locked or nothing is registered', async () => {
    const { laptop, registration, identity } = await enrolledLaptop();
    const code = answerTo('00000000', registration);
    expect(await failureOf(identity.lift(code))).toMatchObject({ reason: 'unlockCodeWrong' });
    await rm(laptop.path);
    expect(await failureOf(laptop.start().lift(code))).toMatchObject({ reason: 'notEnrolled' });
  });

  it('makes the challenge anew when the process ended before it was written', async () => {
    const { laptop, registration } = await pinLocked();
    laptop.keychain.put(JSON.stringify({ ...laptop.entry(), challenge: null }));
    const identity = laptop.start();
    const challenge = challengeOf(await identity.status());
    expect(challenge).toHaveLength(8);
    expect(await identity.lift(answerTo(challenge, registration))).toMatchObject({ state: 'locked' });
  });
});
