import * as v from 'valibot';
import type { EvidenceKind } from '#contract/evidence/evidence.ts';
import { pathReportSchema } from '#contract/evidence/path.ts';
import { postureReportSchema } from '#contract/evidence/posture.ts';
import type { Store } from '../store/store.ts';
import type { PastSession } from './simulate.ts';

/** A laptop reports when it signs in and opens its desk at once; what is older was said for an earlier session. */
const ownReportMs = 120_000;
/** SQLite takes a negative limit as none. */
const unlimited = -1;

type Report = Readonly<{ received: number; report: string }>;
type Source = Pick<Store, 'sessions' | 'desks' | 'evidence'>;

/**
 * What is recorded of the sessions that were granted since a moment and came to be, oldest first.
 * @param since ms since 1970.
 */
export function pastSessions(store: Source, since: number): PastSession[] {
  const classes = new Map(store.desks().map((desk) => [desk.id, desk.class]));
  const reportsOf = new Map<string, Map<EvidenceKind, Report[]>>();
  const reports = (device: string, kind: EvidenceKind): readonly Report[] => {
    const known =
      reportsOf.get(device) ?? Map.groupBy(store.evidence(device, unlimited).toReversed(), (row) => row.kind);
    reportsOf.set(device, known);
    return known.get(kind) ?? [];
  };
  return store
    .sessions({ all: true, limit: unlimited })
    .filter(({ granted, opened }) => granted >= since && opened !== null)
    .toReversed()
    .map(({ user, device, desk, granted, ended, source }) => {
      const read = <T>(kind: EvidenceKind, schema: v.GenericSchema<unknown, T>): T | undefined => {
        const text = reportOf(reports(device, kind), granted, source !== null)?.report;
        return text === undefined ? undefined : parse(schema, text);
      };
      const [posture, path] = [read('posture', postureReportSchema), read('path', pathReportSchema)];
      return { user, device, deskClass: classes.get(desk) ?? null, granted, ended, source, posture, path };
    });
}

/**
 * The report that held when a session was granted. A row stands for every equal report up to `received`, so that the one
 * that held is often found under a later time.
 * @param recorded whether reports were kept by then at all; if not, a later one says nothing of that time.
 */
function reportOf(rows: readonly Report[], granted: number, recorded: boolean): Report | undefined {
  const before = rows.findLast(({ received }) => received <= granted);
  if (before !== undefined && granted - before.received <= ownReportMs) return before;
  const after = recorded ? rows.find(({ received }) => received > granted) : undefined;
  return after ?? before;
}

/** Of an older version, or damaged: not known. */
function parse<T>(schema: v.GenericSchema<unknown, T>, text: string): T | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const result = v.safeParse(schema, value);
  return result.success ? result.output : undefined;
}
