import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { onTestFinished } from 'vitest';
import { type Audit, openAudit } from '#gateway/audit/audit.ts';
import type { AuditEntry } from '#gateway/audit/line.ts';
import { type AuditHeadRecords, auditHeadSql, createAuditHeadRecords } from '#gateway/store/audit-head.ts';
import { temporaryFolder } from '#test/fakes/temporary-folder.ts';

export const entry = (index: number): AuditEntry => ({
  actor: { kind: 'admin', name: '山田' },
  action: 'device.created',
  device: `device-${index}`,
  ...(index % 2 === 0 ? { user: 'sato' } : {}),
  ...(index % 3 === 0 ? { details: { lease: null, macs: ['00:00:5e:00:53:01'], z: 1, a: { b: true } } } : {}),
});

export type Log = Readonly<{ path: string; db: DatabaseSync; store: AuditHeadRecords; audit: Audit }>;

/** A log in a folder of its own, its head in a real database beside it. */
export async function newLog(lines = 0): Promise<Log> {
  const folder = await temporaryFolder();
  const path = join(folder, 'audit.jsonl');
  const db = new DatabaseSync(join(folder, 'store.sqlite'), { timeout: 3000 });
  onTestFinished(() => db.close());
  db.exec(auditHeadSql);
  const store = createAuditHeadRecords(db);
  const audit = openAudit({ path, store, now: () => Date.UTC(2026, 10, 22) });
  for (let index = 1; index <= lines; index++) audit.append(entry(index));
  return { path, db, store, audit };
}
