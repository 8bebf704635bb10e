import type { ErrorName } from '#contract/errors/catalogue.ts';
import type { Failure } from '#contract/errors/hanare-error.ts';
import type { Address, EnrolAnswer, EnrolRequest } from '#contract/wire/enrol.ts';
import type { Machine, Otp, OtpMethod } from '#contract/wire/messages.ts';
import type { Audit } from '../audit/audit.ts';
import type { Actor } from '../audit/line.ts';
import type { Caller } from '../server/tls.ts';
import type { SiteSecrets } from '../site/site.ts';
import type { DeviceRow } from '../store/device-records.ts';
import type { Store } from '../store/store.ts';

export type { Actor } from '../audit/line.ts';

/** `final`: no other try on this connection. */
export type Refused = Readonly<{ ok: false; failure: Failure; final: boolean }>;
export type SignedIn = Readonly<{
  ok: true;
  /** When the person must sign in anew, ms since 1970. */
  until: number;
  /** Compact JWS (contract/policy). */
  policy: Promise<string>;
  /** Until when the laptop is lent, ms since 1970. */
  lease: number | null;
}>;

export type IdentityParts = Readonly<{
  store: Store;
  site: SiteSecrets;
  audit: Audit;
  /** The gateway's clock, ms since 1970. */
  now: () => number;
}>;

/**
 * Devices' lives, enrolment and sign-in: every decision about who may come in, each in one transaction with its line of
 * the audit log. All times are milliseconds since 1970 by the gateway's clock.
 *
 * The office's calls throw DirectoryError: `unknown` user or device, `exists`, or `refused` where the device's state
 * does not allow it; nothing was changed then.
 */
export type Identity = Readonly<{
  /**
   * @param o.id made up when it is not given. @param o.hours how long the code may be used.
   * @returns the bare code (contract/identity/code.ts): shown once, kept only as a hash.
   */
  createDevice: (o: {
    id?: string;
    user: string;
    label: string;
    lease: number | null;
    hours: number;
    actor: Actor;
  }) => { device: DeviceRow; code: string; expires: number };
  /** Another code for a device that exists; an older code of it stops working. A retired device gets none. */
  newCode: (id: string, o: { hours: number; actor: Actor }) => { code: string; expires: number };
  /**
   * Brings a suspended device back, and answers a locked laptop's challenge. A revoked or retired one gets neither.
   * @param o.challenge as the person read it out; null for none. @returns the bare answer.
   */
  unlockDevice: (
    id: string,
    o: { challenge: string | null; actor: Actor },
  ) => { answer: string | null; status: DeviceRow['status'] };
  /**
   * Revoked and retired devices are to erase themselves, and their outstanding codes stop working, also one that a revoked
   * device was given since. @returns false when it was so already.
   */
  setDeviceStatus: (id: string, status: 'suspended' | 'revoked' | 'retired', actor: Actor) => boolean;
  setLease: (id: string, lease: number | null, actor: Actor) => void;
  setMethod: (user: string, method: OtpMethod, actor: Actor) => void;
  /** @returns whether there were failures or a lock to forget. */
  unlockUser: (user: string, actor: Actor) => boolean;
  /** A new secret for the person's phone, shown this once. Only for method `prompted`. */
  resetOtp: (user: string, actor: Actor) => { uri: string; secret: string };
  /** Ten new codes, bare; those given before stop working. */
  emergencyCodes: (user: string, actor: Actor) => string[];

  /**
   * @param from.address the peer's IP address, for the limit on wrong codes. @param from.gateway where it will connect to.
   * @throws {HanareError} enrolCode…, enrolTooManyTries, certificateUnsuitable, leaseOver, signInRefused.
   */
  enrol: (request: EnrolRequest, from: { address: string; gateway: Address }) => Promise<EnrolAnswer>;
  /** Who is behind a good certificate. `eraseOnly`: it is told to erase itself and nothing else. */
  door: (fingerprint: string) => { device: DeviceRow; mode: 'normal' | 'eraseOnly' } | { refusal: ErrorName };
  /** Confirms a new certificate and records what the laptop says of itself. A refusal is final. */
  hello: (
    caller: Caller,
    hello: { client: { version: string; platform: string }; machine: Machine },
  ) => { refusal: Failure } | { method: OtpMethod };
  signIn: (caller: Caller, otp: Otp) => SignedIn | Refused;
  extend: (caller: Caller, otp: Otp) => Readonly<{ ok: true; until: number }> | Refused;
  /** @returns the certificate, PEM. @throws {HanareError} deviceRevoked, deviceSuspended, certificateUnsuitable. */
  renew: (caller: Caller, csr: string) => Promise<string>;
  /** Writes down that two machines came up with one registration at once. */
  cloneSeen: (caller: Caller, first: Machine, second: Machine) => void;
  /** The device confirmed that it erased itself; its certificates and secrets are of no use from here on. */
  erased: (device: string) => void;
}>;
