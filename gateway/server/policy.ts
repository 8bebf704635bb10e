import type { ErrorName } from '#contract/errors/catalogue.ts';
import type { Failure } from '#contract/errors/hanare-error.ts';
import type { GrantClaims } from '#contract/wire/grant.ts';
import type { DeviceRow } from '../store/device-records.ts';
import type { DeskRow, UserRow } from '../store/directory.ts';
import { failure } from './rules.ts';

/*
 * What may this device and this user do: pure decisions on facts that the caller looked up. Each returns the reason of
 * a refusal, or undefined when it is allowed.
 */

/** What identity's door says of a certificate, as far as it matters here. */
export type Door = Readonly<
  { device: Pick<DeviceRow, 'id' | 'user'>; mode: 'normal' | 'eraseOnly' } | { refusal: ErrorName }
>;

/** May a device with a good certificate do more than hear that it must erase itself? */
export function mayWork(door: Door): ErrorName | undefined {
  if ('refusal' in door) return door.refusal;
  return door.mode === 'normal' ? undefined : 'deviceRevoked';
}

/** May the device's user sign in? */
export function maySignIn(user: Pick<UserRow, 'status'> | undefined): ErrorName | undefined {
  return user?.status === 'active' ? undefined : 'signInRefused';
}

/** May the user have a session on a desk, as far as the gateway's own books say? What the rules say comes in between. */
export function mayOpen(facts: {
  desk: DeskRow | undefined;
  assigned: boolean;
  /** What the policy has against it, see rules.ts. */
  rules: () => Failure | undefined;
  /** Whether another device has a live session on it. */
  taken: boolean;
  draining: boolean;
  /** Sessions that this control connection holds already, and how many it may hold. */
  held: number;
  limit: number;
}): Failure | undefined {
  // An unknown desk and another's desk look the same from outside, and nothing else is said of either.
  if (facts.desk === undefined || !facts.assigned) return failure('deskNotAssigned');
  const broken = facts.rules();
  if (broken !== undefined) return broken;
  if (facts.taken) return failure('deskInUse');
  return facts.draining || facts.held >= facts.limit ? failure('gatewayBusy') : undefined;
}

export type UseFacts = Readonly<{
  claims: GrantClaims;
  /** The connection's certificate, and what the store says of it now. */
  fingerprint: string;
  door: Door;
  user: Pick<UserRow, 'status'> | undefined;
  /** What the CONNECT line names. */
  target: { desk: string; protocol: string };
  desk: Pick<DeskRow, 'protocol'> | undefined;
  assigned: boolean;
  /** The session of the grant's sid, if it lives in this gateway. */
  session:
    | { device: string; fingerprint: string; user: string; desk: string; state: 'reserved' | 'granted' | 'open' }
    | undefined;
}>;

export type UseProblem =
  | 'certificate'
  | 'device'
  | 'subject'
  | 'destination'
  | 'protocol'
  | 'assignment'
  | 'session'
  | 'network'
  | 'used';

/**
 * May this connection use this (already verified) grant? Session id is never authority: certificate, device, user and
 * assignment are looked at again. `used` is added by the caller, whose INSERT decides it.
 */
export function mayUse(facts: UseFacts): { refusal: ErrorName; problem: UseProblem } | undefined {
  const { claims, door, session, target } = facts;
  const no = (problem: UseProblem, refusal: ErrorName = 'grantRefused') => ({ refusal, problem });
  if (claims.cnf['x5t#S256'] !== facts.fingerprint) return no('certificate');
  const stopped = mayWork(door);
  if ('refusal' in door || stopped !== undefined) return no('device', stopped);
  const { device } = door;
  if (claims.sub !== device.user || maySignIn(facts.user)) return no('subject');
  if (claims.dst !== target.desk) return no('destination');
  if (facts.desk === undefined || !facts.assigned) return no('assignment', 'deskNotAssigned');
  if (facts.desk.protocol !== target.protocol) return no('protocol');
  const live =
    session !== undefined &&
    session.device === device.id &&
    session.fingerprint === facts.fingerprint &&
    session.user === claims.sub &&
    session.desk === claims.dst;
  if (!live) return no('session');
  return session.state === 'granted' ? undefined : no('used');
}
