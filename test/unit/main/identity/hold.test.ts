import { describe, expect, it } from 'vitest';
import type { DeviceStatus } from '#contract/ipc/state.ts';
import type { DeviceIdentity } from '#main/identity/identity.ts';
import { answerTo, dayMs, enrolledLaptop, failureOf, goodPin } from '#test/fakes/laptop.ts';

const holdOf = (status: DeviceStatus) => (status.state === 'open' ? status.hold : undefined);
const reasonOf = async (identity: DeviceIdentity) => holdOf(await identity.status())?.reason;

describe('a laptop locks itself', () => {
  it('when the lease is over, not before', async () => {
    const { laptop, identity } = await enrolledLaptop({ lease: Date.now() + 10 * dayMs });
    laptop.pass(9 * dayMs);
    expect(holdOf(await identity.status())).toBeNull();
    expect((await identity.credentials()).deskId).toBe('pc-101');
    laptop.pass(1.1 * dayMs);
    expect(await reasonOf(identity)).toBe('leaseOver');
    expect(await failureOf(identity.credentials())).toEqual({ reason: 'leaseOver', details: {} });
  });

  it('when it has not reached the office for as long as the policy says', async () => {
    const { laptop, identity } = await enrolledLaptop();
    laptop.pass(30 * dayMs);
    expect(holdOf(await identity.status())).toBeNull();
    laptop.pass(1);
    expect(await reasonOf(identity)).toBe('offlineTooLong');
    expect(await failureOf(identity.credentials())).toEqual({ reason: 'offlineTooLong', details: {} });
  });

  it('when its clock was set back by more than a day before the last contact', async () => {
    const { laptop, identity } = await enrolledLaptop();
    laptop.pass(-dayMs);
    expect(holdOf(await identity.status())).toBeNull();
    laptop.pass(-1);
    expect(await reasonOf(identity)).toBe('offlineTooLong');
  });

  it('not while it signs in every now and then', async () => {
    const { laptop, registration, identity } = await enrolledLaptop();
    for (let times = 0; times < 3; times += 1) {
      laptop.pass(29 * dayMs);
      expect(holdOf(await identity.status())).toBeNull();
      const { sign, answer } = registration;
      await identity.signedIn({ policy: await sign(), lease: null, user: answer.user, desks: [] });
    }
  });

  it('by the days of the newest policy', async () => {
    const { laptop, registration, identity } = await enrolledLaptop();
    const { sign, answer } = registration;
    const policy = await sign({ version: 2, offlineDays: 2 });
    await identity.signedIn({ policy, lease: null, user: answer.user, desks: [] });
    laptop.pass(2.1 * dayMs);
    expect(await reasonOf(identity)).toBe('offlineTooLong');
  });

  it('also over a restart, with the same challenge', async () => {
    const { laptop, identity } = await enrolledLaptop();
    laptop.pass(31 * dayMs);
    const challenge = holdOf(await identity.status())?.challenge;
    expect(challenge).toHaveLength(8);
    expect(holdOf(await laptop.start().unlock(goodPin))).toEqual({ reason: 'offlineTooLong', challenge });
  });

  it('and says that the keychain is away when it cannot keep the challenge', async () => {
    const { laptop, identity } = await enrolledLaptop();
    laptop.pass(31 * dayMs);
    laptop.keychain.fail('keychainLocked');
    expect(await identity.status()).toMatchObject({ state: 'failed', failure: { reason: 'keychainLocked' } });
    laptop.keychain.fail(null);
    expect(await reasonOf(identity)).toBe('offlineTooLong');
  });
});

describe('IT lets it go on', () => {
  async function held(change: Parameters<typeof enrolledLaptop>[0], ms: number) {
    const world = await enrolledLaptop(change);
    world.laptop.pass(ms);
    const lift = async (identity = world.identity) =>
      identity.lift(answerTo(holdOf(await identity.status())!.challenge, world.registration));
    return { ...world, lift };
  }

  it('after the lease, so that the gateway can decide', async () => {
    const { laptop, identity, lift } = await held({ lease: Date.now() + dayMs }, 2 * dayMs);
    expect(holdOf(await lift())).toBeNull();
    expect((await identity.credentials()).deskId).toBe('pc-101');
    expect(holdOf(await laptop.start().unlock(goodPin))).toBeNull();
  });

  it('for as many days again as it may be offline', async () => {
    const { laptop, identity, lift } = await held({}, 40 * dayMs);
    expect(holdOf(await lift())).toBeNull();
    laptop.pass(30 * dayMs);
    expect(holdOf(await identity.status())).toBeNull();
    laptop.pass(1);
    expect(await reasonOf(identity)).toBe('offlineTooLong');
  });

  it('when the clock was set back', async () => {
    const { lift } = await held({}, -5 * dayMs);
    expect(holdOf(await lift())).toBeNull();
  });

  it('until the next sign-in: a lift does not last beyond it', async () => {
    const { laptop, registration, identity, lift } = await held({}, 40 * dayMs);
    await lift();
    laptop.pass(20 * dayMs);
    const { sign, answer } = registration;
    const lease = laptop.now() - 25 * dayMs;
    await identity.signedIn({ policy: await sign(), lease, user: answer.user, desks: [] });
    // The lease ended before that lift; the gateway has seen the laptop since, and this lease is what it said.
    expect(await reasonOf(identity)).toBe('leaseOver');
  });

  it('not by a wrong answer', async () => {
    const { registration, identity } = await held({}, 40 * dayMs);
    await identity.status();
    expect(await failureOf(identity.lift(answerTo('00000000', registration)))).toMatchObject({
      reason: 'unlockCodeWrong',
    });
    expect(await reasonOf(identity)).toBe('offlineTooLong');
  });
});
