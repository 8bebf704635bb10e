import { defaultPolicy, type Policy } from '#contract/policy/policy.ts';
import type { SessionDevice } from '#main/desk/session.ts';
import type { GuardRules } from '#main/guard/guard.ts';

type Credentials = Awaited<ReturnType<SessionDevice['credentials']>>;
type News = Parameters<SessionDevice['signedIn']>[0];

/** Of the right form; certificate and key are no real ones. */
export const fakeCredentials: Credentials = {
  gateway: { host: 'gateway.example.invalid', port: 8443 },
  ca: '-----BEGIN CERTIFICATE-----\nca\n-----END CERTIFICATE-----\n',
  certificate: '-----BEGIN CERTIFICATE-----\nleaf\n-----END CERTIFICATE-----\n',
  privateKey: '-----BEGIN PRIVATE KEY-----\nnone\n-----END PRIVATE KEY-----\n',
  older: null,
  device: { id: 'lt-0001', label: 'LT-0001' },
  deskId: 'desk-0123',
  desk: { id: 'desk-0123', name: '総務課 0123', protocol: 'vnc' },
  method: 'embedded',
};

/**
 * The part of main/identity that tunnel and session use, played: every call is recorded, and does what the test says
 * instead. @param instead.due whether a renewal is due. @param instead.policy what every sign-in brings.
 */
export function createFakeDevice(
  instead: Partial<SessionDevice> & Readonly<{ due?: boolean; policy?: Partial<Policy> }> = {},
) {
  const { due = false, policy, ...methods } = instead;
  const calls: string[] = [];
  const news: News[] = [];
  const note =
    <A extends unknown[], R>(name: string, work: (...args: A) => R) =>
    (...args: A): R => {
      calls.push(name);
      return work(...args);
    };
  const nothing = async (): Promise<void> => undefined;
  return {
    calls,
    /** What came with the sign-ins. */
    news,
    signedIn: note('signedIn', async (brought: News): Promise<GuardRules> => {
      news.push(brought);
      await methods.signedIn?.(brought);
      return { policy: { ...defaultPolicy, ...policy }, origins: {} };
    }),
    policyChanged: note(
      'policyChanged',
      methods.policyChanged ?? (async () => ({ policy: { ...defaultPolicy, ...policy }, origins: {} })),
    ),
    pinUntil: methods.pinUntil ?? (() => null),
    renewalDue: () => due,
    beginRenewal: note('beginRenewal', methods.beginRenewal ?? (async () => '-----BEGIN CERTIFICATE REQUEST-----\n')),
    finishRenewal: note('finishRenewal', methods.finishRenewal ?? nothing),
    confirmRenewal: note('confirmRenewal', methods.confirmRenewal ?? nothing),
    dropRenewal: note('dropRenewal', methods.dropRenewal ?? nothing),
    erase: note('erase', methods.erase ?? nothing),
    credentials: note('credentials', methods.credentials ?? (async () => fakeCredentials)),
    otp: note('otp', methods.otp ?? (async () => '123456')),
    checkPin: note('checkPin', methods.checkPin ?? nothing),
    lock: note('lock', methods.lock ?? nothing),
  };
}
