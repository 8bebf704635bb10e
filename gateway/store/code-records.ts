import type { DatabaseSync } from 'node:sqlite';
import { row, rows } from './rows.ts';

type EnrolmentCodeRow = Readonly<{
  /** Hexadecimal SHA-256; the code itself is nowhere. */
  hash: string;
  device: string;
  created: number;
  expires: number;
  /** When the certificate that it bought was first used. */
  used: number | null;
}>;

/** Enrolment codes of devices and emergency codes of users. Times in milliseconds since 1970. */
export type CodeRecords = Readonly<{
  addEnrolmentCode: (code: Omit<EnrolmentCodeRow, 'used'>) => void;
  enrolmentCode: (hash: string) => EnrolmentCodeRow | undefined;
  /** The codes of a device, newest first. */
  enrolmentCodes: (device: string) => EnrolmentCodeRow[];
  markEnrolmentCodeUsed: (hash: string, used: number) => void;
  /** Codes of a device that are neither used nor over end now. */
  endEnrolmentCodes: (device: string, now: number) => void;
  /** Forgets the user's old list. */
  replaceEmergencyCodes: (user: string, codes: readonly { salt: Uint8Array; hash: string }[], created: number) => void;
  /** Those not used yet. */
  emergencyCodes: (user: string) => { salt: Uint8Array; hash: string }[];
  markEmergencyCodeUsed: (user: string, hash: string, used: number) => void;
}>;

export function createCodeRecords(db: DatabaseSync): CodeRecords {
  const q = {
    add: db.prepare('INSERT INTO enrolment_codes (hash, device, created, expires) VALUES (?, ?, ?, ?)'),
    one: db.prepare('SELECT * FROM enrolment_codes WHERE hash = ?'),
    of: db.prepare('SELECT * FROM enrolment_codes WHERE device = ? ORDER BY created DESC, expires DESC'),
    use: db.prepare('UPDATE enrolment_codes SET used = ?2 WHERE hash = ?1 AND used IS NULL'),
    end: db.prepare('UPDATE enrolment_codes SET expires = ?2 WHERE device = ?1 AND used IS NULL AND expires > ?2'),
    clear: db.prepare('DELETE FROM emergency_codes WHERE user = ?'),
    addEmergency: db.prepare('INSERT INTO emergency_codes (user, hash, salt, created) VALUES (?, ?, ?, ?)'),
    emergency: db.prepare('SELECT salt, hash FROM emergency_codes WHERE user = ? AND used IS NULL'),
    useEmergency: db.prepare('UPDATE emergency_codes SET used = ?3 WHERE user = ?1 AND hash = ?2 AND used IS NULL'),
  };
  return {
    addEnrolmentCode: ({ hash, device, created, expires }) => void q.add.run(hash, device, created, expires),
    enrolmentCode: (hash) => row<EnrolmentCodeRow>(q.one.get(hash)),
    enrolmentCodes: (device) => rows<EnrolmentCodeRow>(q.of.all(device)),
    markEnrolmentCodeUsed: (hash, used) => void q.use.run(hash, used),
    endEnrolmentCodes: (device, now) => void q.end.run(device, now),
    replaceEmergencyCodes: (user, codes, created) => {
      q.clear.run(user);
      for (const { salt, hash } of codes) q.addEmergency.run(user, hash, salt, created);
    },
    emergencyCodes: (user) => rows<{ salt: Uint8Array; hash: string }>(q.emergency.all(user)),
    markEmergencyCodeUsed: (user, hash, used) => void q.useEmergency.run(user, hash, used),
  };
}
