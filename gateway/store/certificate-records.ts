import type { DatabaseSync } from 'node:sqlite';
import type { Machine } from '#contract/wire/messages.ts';
import { row, rows } from './rows.ts';

export type CertificateRow = Readonly<{
  /** Base64url SHA-256 of the certificate's DER. */
  fingerprint: string;
  device: string;
  /** `new` until its first hello on the main port. */
  state: 'new' | 'active' | 'revoked';
  /** Hexadecimal, as X509Certificate shows it; empty for one of the first version's store. */
  serial: string;
  /** `imported`: of a site's own CA. */
  origin: 'issued' | 'imported';
  /** Period of validity and when it came here, ms since 1970. */
  from: number;
  until: number;
  created: number;
}>;

/**
 * What one enrolment gave, kept beside its certificate until that is used: a laptop that works must not lose its
 * secrets because another enrolment was begun.
 */
type Pending = Readonly<{
  /** Hash of the code that bought it. */
  code: string;
  machine: Machine;
  /** Sealed. No secret for one-time passwords where the person's phone makes them. */
  otpSecret: Uint8Array | null;
  unlockKey: Uint8Array;
}>;

/** Certificates of devices. */
export type CertificateRecords = Readonly<{
  /** Adds it, or makes one that the same device had new again. @param pending null for a renewal. */
  putCertificate: (certificate: Omit<CertificateRow, 'state'>, pending: Pending | null) => void;
  certificate: (fingerprint: string) => CertificateRow | undefined;
  /** Newest first. */
  certificates: (device: string) => CertificateRow[];
  /** Sealed; of the device's newest enrolment that has not been used yet. */
  pendingUnlockKey: (device: string) => Uint8Array | undefined;
  /** Makes a new certificate active. @returns what waited with it, which is forgotten here; undefined for a renewal's. */
  activateCertificate: (fingerprint: string) => Pending | undefined;
  /** @param except stays as it is. @returns how many were revoked. */
  revokeCertificates: (device: string, except?: string) => number;
  /** Revokes what the same code (null: renewals) gave before and nobody used. */
  revokeUnused: (device: string, code: string | null, except: string) => number;
}>;

const columns = 'fingerprint, device, state, serial, origin, valid_from AS "from", valid_until AS until, created';
const forget = 'code = NULL, machine = NULL, otp_secret = NULL, unlock_key = NULL';

/** @param touch called after a change that the server must look at. */
export function createCertificateRecords(db: DatabaseSync, touch: () => void): CertificateRecords {
  const q = {
    put: db.prepare(
      `INSERT INTO device_certificates (fingerprint, device, serial, origin, valid_from, valid_until, created, code,
         machine, otp_secret, unlock_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (fingerprint) DO UPDATE SET state = 'new', created = excluded.created, code = excluded.code,
         machine = excluded.machine, otp_secret = excluded.otp_secret, unlock_key = excluded.unlock_key
       WHERE device = excluded.device`,
    ),
    one: db.prepare(`SELECT ${columns} FROM device_certificates WHERE fingerprint = ?`),
    of: db.prepare(`SELECT ${columns} FROM device_certificates WHERE device = ? ORDER BY created DESC, fingerprint`),
    pendingUnlock: db.prepare(
      `SELECT unlock_key AS sealed FROM device_certificates
       WHERE device = ? AND state = 'new' AND unlock_key IS NOT NULL ORDER BY created DESC, rowid DESC LIMIT 1`,
    ),
    pending: db.prepare(
      `SELECT code, machine, otp_secret AS otpSecret, unlock_key AS unlockKey FROM device_certificates
       WHERE fingerprint = ? AND code IS NOT NULL`,
    ),
    activate: db.prepare(`UPDATE device_certificates SET state = 'active', ${forget} WHERE fingerprint = ?`),
    revoke: db.prepare(
      `UPDATE device_certificates SET state = 'revoked', ${forget}
       WHERE device = ? AND fingerprint <> ? AND state <> 'revoked'`,
    ),
    revokeUnused: db.prepare(
      `UPDATE device_certificates SET state = 'revoked', ${forget}
       WHERE device = ? AND code IS ? AND fingerprint <> ? AND state = 'new'`,
    ),
  };
  return {
    putCertificate: ({ fingerprint, device, serial, origin, from, until, created }, pending) => {
      const machine = pending && JSON.stringify(pending.machine);
      const secrets = [pending?.otpSecret ?? null, pending?.unlockKey ?? null] as const;
      const code = pending?.code ?? null;
      q.put.run(fingerprint, device, serial, origin, from, until, created, code, machine, ...secrets);
    },
    certificate: (fingerprint) => row<CertificateRow>(q.one.get(fingerprint)),
    certificates: (device) => rows<CertificateRow>(q.of.all(device)),
    pendingUnlockKey: (device) => row<{ sealed: Uint8Array }>(q.pendingUnlock.get(device))?.sealed,
    activateCertificate: (fingerprint) => {
      const found = row<Omit<Pending, 'machine'> & { machine: string }>(q.pending.get(fingerprint));
      q.activate.run(fingerprint);
      return found && { ...found, machine: JSON.parse(found.machine) as Machine };
    },
    revokeCertificates: (device, except = '') => {
      const count = Number(q.revoke.run(device, except).changes);
      if (count > 0) touch();
      return count;
    },
    revokeUnused: (device, code, except) => Number(q.revokeUnused.run(device, code, except).changes),
  };
}
