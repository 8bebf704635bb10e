import type { DatabaseSync } from 'node:sqlite';
import type { EvidenceKind } from '#contract/evidence/evidence.ts';
import type { PostureItem } from '#contract/evidence/posture.ts';
import { row, rows } from './rows.ts';

type EvidenceRow = Readonly<{
  id: number;
  device: string;
  /** The session that it is about; null for what was said before one. */
  sid: string | null;
  kind: EvidenceKind;
  received: number;
  /** JSON of the report and of the verdicts on it, as contract/evidence has them. */
  report: string;
  verdicts: string;
  /** As it was signed. */
  jws: string;
}>;

/** What laptops testified, and since when something is not as it should be. Times in milliseconds since 1970. */
export type EvidenceRecords = Readonly<{
  /** @param keep how many of this device and kind stay, the newest. */
  addEvidence: (evidence: Omit<EvidenceRow, 'id'>, keep: number) => void;
  /** The same was said anew: the row stands for the latest time. */
  renewEvidence: (id: number, evidence: Pick<EvidenceRow, 'received' | 'verdicts' | 'jws'>) => void;
  lastEvidence: (device: string, kind: EvidenceKind) => EvidenceRow | undefined;
  /** Whether this very statement is there already. */
  hasEvidence: (device: string, kind: EvidenceKind, jws: string) => boolean;
  /** Newest first. */
  evidence: (device: string, limit: number) => EvidenceRow[];
  badSince: (device: string) => Map<PostureItem, number>;
  /** The earliest moment stays. */
  setBad: (device: string, item: PostureItem, since: number) => void;
  clearBad: (device: string, item: PostureItem) => void;
}>;

/** None of it changes what others may do, so the server need not look at anything anew. */
export function createEvidenceRecords(db: DatabaseSync): EvidenceRecords {
  const q = {
    add: db.prepare(
      'INSERT INTO evidence (device, sid, kind, received, report, verdicts, jws) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ),
    // By id, not by time: a clock that was set back must not make the newest the first to go.
    trim: db.prepare(
      `DELETE FROM evidence WHERE device = ?1 AND kind = ?2 AND id <=
         (SELECT id FROM evidence WHERE device = ?1 AND kind = ?2 ORDER BY id DESC LIMIT 1 OFFSET ?3)`,
    ),
    renew: db.prepare('UPDATE evidence SET received = ?2, verdicts = ?3, jws = ?4 WHERE id = ?1'),
    last: db.prepare('SELECT * FROM evidence WHERE device = ? AND kind = ? ORDER BY id DESC LIMIT 1'),
    same: db.prepare('SELECT 1 FROM evidence WHERE device = ? AND kind = ? AND jws = ?'),
    of: db.prepare('SELECT * FROM evidence WHERE device = ? ORDER BY id DESC LIMIT ?'),
    bad: db.prepare('SELECT item, since FROM posture_bad WHERE device = ?'),
    setBad: db.prepare(
      `INSERT INTO posture_bad (device, item, since) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET since = min(since, excluded.since)`,
    ),
    clearBad: db.prepare('DELETE FROM posture_bad WHERE device = ? AND item = ?'),
  };
  return {
    addEvidence: ({ device, sid, kind, received, report, verdicts, jws }, keep) => {
      q.add.run(device, sid, kind, received, report, verdicts, jws);
      q.trim.run(device, kind, keep);
    },
    renewEvidence: (id, { received, verdicts, jws }) => void q.renew.run(id, received, verdicts, jws),
    lastEvidence: (device, kind) => row<EvidenceRow>(q.last.get(device, kind)),
    hasEvidence: (device, kind, jws) => q.same.get(device, kind, jws) !== undefined,
    evidence: (device, limit) => rows<EvidenceRow>(q.of.all(device, limit)),
    badSince: (device) =>
      new Map(rows<{ item: PostureItem; since: number }>(q.bad.all(device)).map(({ item, since }) => [item, since])),
    setBad: (device, item, since) => void q.setBad.run(device, item, since),
    clearBad: (device, item) => void q.clearBad.run(device, item),
  };
}
