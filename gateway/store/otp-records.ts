import type { DatabaseSync } from 'node:sqlite';
import type { OtpMethod } from '#contract/wire/messages.ts';
import { row } from './rows.ts';

/** Whose secret it is: a device's own, or a person's on a phone. */
export type OtpOwner = Readonly<{ kind: 'device' | 'user'; id: string }>;
type OtpSecretRow = Readonly<{
  /** Sealed. */
  secret: Uint8Array;
  /** The last time step that was accepted; this one and those before are used up. */
  lastStep: number;
  /** Seconds, see DeviceRow. */
  drift: number | null;
}>;

/** What is held against a user's guesses. */
export type Guard = Readonly<{ failures: number; notBefore: number; lockedUntil: number | null }>;

/** One-time passwords: secrets, steps used, and failures by user. Times in milliseconds since 1970. */
export type OtpRecords = Readonly<{
  otpSecret: (owner: OtpOwner) => OtpSecretRow | undefined;
  /** Replaces a former one; its steps are none of the new one's. */
  setOtpSecret: (owner: OtpOwner, secret: Uint8Array, created: number) => void;
  removeOtpSecret: (owner: OtpOwner) => void;
  /**
   * INVARIANT: a step is spent once. Of any number of calls for one secret and step, exactly one returns true, and none
   * does for an earlier step.
   */
  spendStep: (owner: OtpOwner, step: number, drift: number) => boolean;
  setMethod: (user: string, method: OtpMethod) => void;
  setGuard: (user: string, guard: Guard) => void;
}>;

export function createOtpRecords(db: DatabaseSync): OtpRecords {
  const q = {
    get: db.prepare('SELECT secret, last_step AS lastStep, drift FROM otp_secrets WHERE kind = ? AND owner = ?'),
    set: db.prepare('INSERT OR REPLACE INTO otp_secrets (kind, owner, secret, created) VALUES (?, ?, ?, ?)'),
    remove: db.prepare('DELETE FROM otp_secrets WHERE kind = ? AND owner = ?'),
    spend: db.prepare(
      'UPDATE otp_secrets SET last_step = ?3, drift = ?4 WHERE kind = ?1 AND owner = ?2 AND last_step < ?3',
    ),
    method: db.prepare('UPDATE users SET method = ?2 WHERE id = ?1'),
    guard: db.prepare('UPDATE users SET failures = ?2, not_before = ?3, locked_until = ?4 WHERE id = ?1'),
  };
  return {
    otpSecret: ({ kind, id }) => row<OtpSecretRow>(q.get.get(kind, id)),
    setOtpSecret: ({ kind, id }, secret, created) => void q.set.run(kind, id, secret, created),
    removeOtpSecret: ({ kind, id }) => void q.remove.run(kind, id),
    spendStep: ({ kind, id }, step, drift) => q.spend.run(kind, id, step, drift).changes === 1,
    setMethod: (user, method) => void q.method.run(user, method),
    setGuard: (user, { failures, notBefore, lockedUntil }) => void q.guard.run(user, failures, notBefore, lockedUntil),
  };
}
