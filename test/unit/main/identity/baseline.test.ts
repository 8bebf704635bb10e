import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Policy, trialRules } from '#contract/policy/policy.ts';
import { newPrivateKey } from '#gateway/pki/issue.ts';
import { enrolledLaptop, failureOf, goodPin } from '#test/fakes/laptop.ts';

/** An enrolled laptop with a lenient policy, on which kitting has left `token`. */
async function kitted(
  token: (sign: Awaited<ReturnType<typeof enrolledLaptop>>['registration']['sign']) => Promise<string>,
) {
  const { laptop, registration, identity } = await enrolledLaptop();
  const news = (policy: Partial<Policy>) =>
    registration.sign(policy).then((signed) => ({
      ...{ policy: signed, lease: null, user: registration.answer.user, desks: [] },
    }));
  await writeFile(join(laptop.folder, 'baseline.jws'), await token(registration.sign));
  return { laptop, registration, identity, news };
}
const anyDevice = '*';

describe('a baseline that kitting left', () => {
  it('is a floor under what the office decides later', async () => {
    const t = await kitted((sign) => sign({ usb: 'end', idleSeconds: 600 }, { device: anyDevice }));
    const { policy, origins, baseline } = await t.identity.signedIn(await t.news({ ...trialRules, idleSeconds: 60 }));
    expect(policy).toMatchObject({ usb: 'end', idleSeconds: 60 });
    expect(origins).toMatchObject({ usb: 'kitting' });
    expect(baseline).toBe('verified');
    expect(t.identity.policy().usb).toBe('end');
  });

  it('holds after a restart and after a change during a session too', async () => {
    const t = await kitted((sign) => sign({ usb: 'end' }, { device: anyDevice }));
    const changed = await t.identity.policyChanged(await t.registration.sign({ ...trialRules, version: 2 }));
    expect(changed.policy).toMatchObject({ usb: 'end', version: 2 });
    const restarted = t.laptop.start();
    await restarted.unlock(goodPin);
    expect(restarted.rules()).toMatchObject({ policy: { usb: 'end', version: 2 }, baseline: 'verified' });
  });

  it.each([
    ['for one device only', (sign: never) => (sign as (p: object) => Promise<string>)({})],
    [
      'of another key',
      (sign: never) =>
        (sign as (p: object, by: object) => Promise<string>)({}, { device: anyDevice, key: newPrivateKey() }),
    ],
    ['that is no token', async () => 'baseline'],
    ['that is empty', async () => ''],
  ])('stops the laptop when it is one %s, but not its unlocking', async (_, token) => {
    const t = await kitted(token as never);
    const restarted = t.laptop.start();
    expect(await restarted.unlock(goodPin)).toMatchObject({ state: 'open' });
    expect(await failureOf(restarted.credentials())).toEqual({ reason: 'baselineRejected', details: {} });
    expect(restarted.rules().baseline).toBe('rejected');
  });

  it('that has gone bad since the PIN lets no sign-in through, and no change of rules', async () => {
    const t = await kitted((sign) => sign({ usb: 'end' }, { device: anyDevice }));
    await t.identity.signedIn(await t.news(trialRules));
    await writeFile(join(t.laptop.folder, 'baseline.jws'), 'no token');
    const loose = await t.registration.sign({ ...trialRules, version: 2 });
    expect(await failureOf(t.identity.policyChanged(loose))).toMatchObject({ reason: 'baselineRejected' });
    expect(await failureOf(t.identity.signedIn(await t.news(trialRules)))).toMatchObject({
      reason: 'baselineRejected',
    });
    expect(t.identity.policy().usb).toBe('end');
  });

  it('that cannot be read is not taken for none', async () => {
    const { laptop } = await enrolledLaptop();
    await mkdir(join(laptop.folder, 'baseline.jws'));
    const restarted = laptop.start();
    await restarted.unlock(goodPin);
    expect(await failureOf(restarted.credentials())).toMatchObject({ reason: 'baselineRejected' });
  });

  it('need not be there', async () => {
    const { identity } = await enrolledLaptop();
    expect(identity.rules()).toMatchObject({ baseline: 'none', policy: { usb: 'pause' } });
  });
});

describe('rules that change during a session', () => {
  it('are refused when they are older, or nobody’s', async () => {
    const { identity, registration } = await enrolledLaptop();
    await identity.policyChanged(await registration.sign({ version: 5, usb: 'warn' }));
    expect(await failureOf(identity.policyChanged(await registration.sign({ version: 4 })))).toMatchObject({
      reason: 'policyRejected',
    });
    expect(await failureOf(identity.policyChanged('a.b.c'))).toMatchObject({ reason: 'policyRejected' });
    expect(identity.policy()).toMatchObject({ version: 5, usb: 'warn' });
  });

  it('may lack what this app knows and name what it does not: the one is strict, the other passed over', async () => {
    const { identity, registration } = await enrolledLaptop();
    const { usb: _, ...older } = { version: 3, watermark: false } as Partial<Policy>;
    const signed = await registration.sign({ ...older, usb: undefined, audio: undefined, laterRule: true } as never);
    expect((await identity.policyChanged(signed)).policy).toMatchObject({
      ...{ version: 3, watermark: false, usb: 'pause', audio: false },
    });
    expect(identity.policy()).not.toHaveProperty('laterRule');
  });
});
