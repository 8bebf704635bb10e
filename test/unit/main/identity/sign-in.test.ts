import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { defaultPolicy, type Policy } from '#contract/policy/policy.ts';
import { newPrivateKey } from '#gateway/pki/issue.ts';
import type { DeviceIdentity } from '#main/identity/identity.ts';
import { dayMs, enrolledLaptop, failureOf, goodPin } from '#test/fakes/laptop.ts';
import type { Registration } from '#test/fakes/registration.ts';

const desk = { id: 'pc-202', name: 'PC-202', protocol: 'vnc' } as const;

async function newsOf({ sign, answer }: Registration, policy: Partial<Policy> = {}, lease: number | null = null) {
  return { policy: await sign(policy), lease, user: answer.user, desks: [desk] };
}
const version = (identity: DeviceIdentity) => identity.policy().version;

describe('what a sign-in brings', () => {
  it('is kept over a restart', async () => {
    const { laptop, registration, identity } = await enrolledLaptop();
    laptop.pass(3 * dayMs);
    const lease = laptop.now() + 90 * dayMs;
    const news = {
      ...(await newsOf(registration, { version: 4, pinMinimum: 9 }, lease)),
      user: { id: 'sato', name: '鈴木' },
    };
    expect(await identity.signedIn(news)).toEqual({
      policy: { ...defaultPolicy, version: 4, pinMinimum: 9 },
      origins: {},
      baseline: 'none',
    });
    const restarted = laptop.start();
    expect(await restarted.status()).toMatchObject({ state: 'locked', pinMinimum: 9 });
    expect(await restarted.unlock(goodPin)).toMatchObject({
      user: { name: '鈴木' },
      desk,
      lease,
      lastContact: laptop.now(),
      pinMinimum: 9,
    });
    expect(version(restarted)).toBe(4);
    expect((await restarted.credentials()).deskId).toBe('pc-202');
  });

  it('tells the window', async () => {
    const { laptop, registration, identity } = await enrolledLaptop();
    await identity.signedIn(await newsOf(registration, {}, laptop.now() + dayMs));
    expect(laptop.changes.at(-1)).toMatchObject({ state: 'open', desk, lease: laptop.now() + dayMs });
  });

  it('may be the same policy again', async () => {
    const { registration, identity } = await enrolledLaptop();
    await identity.signedIn(await newsOf(registration, { version: 4 }));
    expect(await identity.signedIn(await newsOf(registration, { version: 4 }))).toMatchObject({
      policy: { version: 4 },
    });
  });

  it('needs an open vault', async () => {
    const { registration, identity } = await enrolledLaptop();
    await identity.lock();
    const failure = await failureOf(identity.signedIn(await newsOf(registration)));
    expect(failure).toMatchObject({ reason: 'deviceLocked' });
  });
});

describe('a policy is refused and nothing is stored when', () => {
  async function expectRefused(make: (registration: Registration) => Promise<string> | string) {
    const { laptop, registration, identity } = await enrolledLaptop();
    await identity.signedIn(await newsOf(registration, { version: 4 }));
    const before = await laptop.vault();
    const news = { ...(await newsOf(registration)), policy: await make(registration) };
    expect(await failureOf(identity.signedIn(news))).toEqual({ reason: 'policyRejected', details: {} });
    expect(version(identity)).toBe(4);
    expect(await laptop.vault()).toEqual(before);
    expect(laptop.lines.join('\n')).not.toContain(news.policy || 'eyJ');
  }

  it('another key has signed it', () => expectRefused(({ sign }) => sign({ version: 5 }, { key: newPrivateKey() })));

  it('it is another laptop’s', () => expectRefused(({ sign }) => sign({ version: 5 }, { device: 'lt-0001' })));

  it('it is older than the last one', () => expectRefused(({ sign }) => sign({ version: 3 })));

  it('its values are out of bounds', () => expectRefused(({ sign }) => sign({ version: 5, pinMinimum: 1 })));

  it('a letter of it was changed', () =>
    expectRefused(async ({ sign }) => {
      const [head, body, signature] = (await sign({ version: 5 })).split('.');
      return [head, body!.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')), signature].join('.');
    }));

  it('it is not signed', () =>
    expectRefused(async ({ sign }) => {
      const [, body] = (await sign({ version: 5 })).split('.');
      return `${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.`;
    }));

  it('it is signed with the public key as a shared secret', () =>
    expectRefused(({ answer }) =>
      new SignJWT({ policy: { ...defaultPolicy, version: 5 } })
        .setProtectedHeader({ alg: 'HS256' })
        .setIssuer('mori')
        .setSubject('lt-0417')
        .setIssuedAt()
        .sign(Buffer.from(answer.policyKey)),
    ));

  it('it is no token', () => expectRefused(() => 'policy'));
});
