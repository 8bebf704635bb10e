import type { Failure } from '#contract/errors/hanare-error.ts';
import type { OtpMethod } from '#contract/wire/messages.ts';
import type { Actor, AuditEntry } from '../audit/line.ts';
import type { Policies } from '../policy/policies.ts';
import type { Caller } from '../server/tls.ts';
import type { CertificateRow } from '../store/certificate-records.ts';
import type { DeviceRow } from '../store/device-records.ts';
import { DirectoryError, type UserRow } from '../store/directory.ts';
import type { OtpOwner } from '../store/otp-records.ts';
import type { Store } from '../store/store.ts';
import type { IdentityParts } from './identity.ts';
import type { OtpAlgorithm } from './otp.ts';
import type { Seal } from './seal.ts';

/** What the parts of the facade share. */
export type Context = IdentityParts & Readonly<{ seal: Seal; policies: Policies }>;

/** Names under which secrets are sealed. */
export const sealNames = {
  otp: ({ kind, id }: OtpOwner) => `otp-${kind}:${id}`,
  unlock: (device: string) => `unlock:${device}`,
} as const;

export function deviceActor(device: string): Actor {
  return { kind: 'device', name: device };
}

/** A line of the log about one device. */
export function note(
  { audit }: Pick<Context, 'audit'>,
  actor: Actor,
  action: string,
  device: Pick<DeviceRow, 'id' | 'user'>,
  details?: AuditEntry['details'],
): void {
  audit.append({ actor, action, device: device.id, user: device.user, details });
}

/** @throws {DirectoryError} unknown. */
export function needDevice(store: Store, id: string): DeviceRow {
  const found = store.device(id);
  if (found === undefined) throw new DirectoryError('unknown', `There is no device "${id}".`);
  return found;
}

/** @throws {DirectoryError} unknown. */
export function needUser(store: Store, id: string): UserRow {
  const found = store.user(id);
  if (found === undefined) throw new DirectoryError('unknown', `There is no user "${id}".`);
  return found;
}

export type Standing = Readonly<{ device: DeviceRow; user: UserRow; certificate: CertificateRow }>;

/** Looks a caller up again: what let it in at the door may have changed since. */
export function standingOf(store: Store, caller: Caller): Standing | { failure: Failure } {
  const certificate = store.certificate(caller.fingerprint);
  const device = store.device(caller.device);
  if (certificate === undefined || certificate.state === 'revoked' || certificate.device !== caller.device) {
    return failed('deviceRevoked');
  }
  if (device?.status === 'suspended') return failed('deviceSuspended', { device: device.id });
  if (device?.status !== 'new' && device?.status !== 'active') return failed('deviceRevoked');
  const user = store.user(device.user);
  if (user?.status !== 'active' || caller.user !== user.id) return failed('signInRefused');
  return { device, user, certificate };
}

export function failed(reason: Failure['reason'], details: Failure['details'] = {}): { failure: Failure } {
  return { failure: { reason, details } };
}

/** @param lease the last moment that counts, ms since 1970; null for no end. */
export function isOver(lease: number | null, now: number): boolean {
  return lease !== null && lease < now;
}

/**
 * Whose one-time passwords count. A laptop that was given no secret (its user's phone had one then) cannot make any, so
 * its person is asked, whatever the method is by now.
 */
export function methodOf(store: Store, { device, user }: Pick<Standing, 'device' | 'user'>): OtpMethod {
  const owner: OtpOwner = { kind: 'device', id: device.id };
  return user.method === 'embedded' && store.otpSecret(owner) !== undefined ? 'embedded' : 'prompted';
}

export function otpOwner(method: OtpMethod, { device, user }: Pick<Standing, 'device' | 'user'>): OtpOwner {
  return method === 'embedded' ? { kind: 'device', id: device.id } : { kind: 'user', id: user.id };
}

export const otpAlgorithms: Readonly<Record<OtpMethod, OtpAlgorithm>> = { embedded: 'sha256', prompted: 'sha1' };
