import type { KeyObject } from 'node:crypto';
import type { ErrorDetails } from '#contract/errors/hanare-error.ts';
import type { Evidence, LaptopEvent } from '#contract/evidence/evidence.ts';
import { leakOf } from '#contract/evidence/path.ts';
import type { PostureReport, PostureVerdict } from '#contract/evidence/posture.ts';
import { isClean } from '#contract/evidence/residue.ts';
import type { Policy } from '#contract/policy/policy.ts';
import type { Audit } from '../audit/audit.ts';
import type { AuditEntry } from '../audit/line.ts';
import { deviceActor } from '../identity/context.ts';
import { createRateLimit } from '../server/limits.ts';
import type { Store } from '../store/store.ts';
import { createHourly } from './hourly.ts';
import { postureRefusal, shownVerdicts, weighPosture } from './posture.ts';
import { type EvidenceProblem, verifyEvidence } from './verify.ts';

/** Over which connection something was said, and about which session. */
type Speaker = Readonly<{
  device: string;
  user: string;
  /** Public key of the connection's certificate, and the connection's challenge. */
  key: KeyObject;
  nonce: string;
  sid: string | null;
}>;

type Details = NonNullable<AuditEntry['details']>;
type Kept = Readonly<{ evidence: Evidence; verdicts: readonly PostureVerdict[] }>;
type Refused = Readonly<{ problem: EvidenceProblem | 'session' | 'early' | 'rate' }>;

export type Testimony = Readonly<{
  /**
   * Verifies a statement and writes it down, in the store and, within limits, in the audit log; one that is not believed leaves a line
   * there. @param from.early before the sign-in, when only a residue receipt is taken. @param from.policy what to weigh
   * a posture report with.
   */
  take: (jws: string, from: Speaker & Readonly<{ early: boolean; policy: () => Policy }>) => Kept | Refused;
  /** What the policy makes now of a report that was taken before. */
  weigh: (device: string, report: PostureReport, policy: Policy) => PostureVerdict[];
  /** Writes down what a laptop tells unsigned. */
  tell: (event: LaptopEvent, details: ErrorDetails, from: Pick<Speaker, 'device' | 'user' | 'sid'>) => void;
  /**
   * An RDP desk has shown a certificate: the first one is kept as its pin, another one only written down.
   * @returns whether it is another one.
   */
  pin: (desk: string, sha256: string, from: Pick<Speaker, 'device' | 'user' | 'sid'>) => boolean;
}>;

export const testimonyLimits = {
  /** Of one device and kind. */
  keep: 500,
  /** Lines of the audit log that one device may cause: for what it testifies, tells, and is not believed. */
  linesPerHour: 120,
  eventsPerHour: 60,
  refusedPerHour: 20,
  /** Statements of one device: as often as the strictest policy asks for, and a stock of receipts at once. */
  burst: 40,
  perSecond: 0.5,
} as const;

/** @param parts.monotonic milliseconds, for the limits an hour. @param parts.now milliseconds since 1970. */
export function createTestimony(parts: {
  store: Store;
  audit: Audit;
  now: () => number;
  monotonic: () => number;
}): Testimony {
  const { store, audit, now, monotonic } = parts;
  const mayWrite = createHourly(testimonyLimits.linesPerHour, monotonic);
  const mayTell = createHourly(testimonyLimits.eventsPerHour, monotonic);
  const mayRefuse = createHourly(testimonyLimits.refusedPerHour, monotonic);
  const rates = new Map<string, () => boolean>();
  const inRate = (device: string): boolean => {
    const allow = rates.get(device) ?? createRateLimit(testimonyLimits.burst, testimonyLimits.perSecond, monotonic);
    rates.set(device, allow);
    return allow();
  };
  const note = ({ device, user }: Pick<Speaker, 'device' | 'user'>, action: string, details: Details): void =>
    audit.append({ actor: deviceActor(device), action, device, user, details });

  const refuse = (from: Speaker, problem: Refused['problem']): Refused => {
    const may = mayRefuse(from.device);
    if (may !== 'no') note(from, 'evidence.refused', { problem, ...(may === 'last' && { more: 'not written down' }) });
    return { problem };
  };

  const weigh: Testimony['weigh'] = (device, report, policy) =>
    weighPosture(store, device, report, policy, now(), false);

  const write = (jws: string, evidence: Evidence, from: Speaker, policy: () => Policy): PostureVerdict[] => {
    const { device } = from;
    const { kind } = evidence;
    const sid = kind === 'residue' ? evidence.report.sid : from.sid;
    const verdicts = kind === 'posture' ? weighPosture(store, device, evidence.report, policy(), now(), true) : [];
    const row = { received: now(), report: JSON.stringify(evidence.report), verdicts: JSON.stringify(verdicts), jws };
    const last = kind === 'posture' ? store.lastEvidence(device, kind) : undefined;
    if (last?.report === row.report && last.verdicts === row.verdicts && last.sid === sid) {
      store.renewEvidence(last.id, row);
      return verdicts;
    }
    store.addEvidence({ device, sid, kind, ...row }, testimonyLimits.keep);
    const may = mayWrite(device);
    if (may === 'yes') note(from, `evidence.${kind}`, { sid: sid ?? undefined, ...summaryOf(evidence, verdicts) });
    else if (may === 'last') note(from, 'evidence.notWritten', { most: testimonyLimits.linesPerHour });
    return verdicts;
  };

  return {
    take: (jws, from) => {
      if (!inRate(from.device)) return refuse(from, 'rate');
      const checked = verifyEvidence(jws, { ...from, now: now() });
      if ('problem' in checked) return refuse(from, checked.problem);
      const { evidence } = checked;
      if (evidence.kind === 'residue') {
        const session = store.session(evidence.report.sid);
        if (session !== undefined && session.device !== from.device) return refuse(from, 'session');
        // Its answer was lost on the way: said once more, written down once.
        if (store.hasEvidence(from.device, 'residue', jws)) return { evidence, verdicts: [] };
      } else if (from.early) return refuse(from, 'early');
      return { evidence, verdicts: store.transaction(() => write(jws, evidence, from, from.policy)) };
    },
    weigh,
    tell: (event, details, from) => {
      const may = mayTell(from.device);
      if (may === 'yes') note(from, `laptop.${event}`, { ...details, sid: from.sid ?? undefined });
      else if (may === 'last') note(from, 'laptop.eventsNotWritten', { most: testimonyLimits.eventsPerHour });
    },
    pin: (id, sha256, { device, user, sid }) =>
      store.transaction(() => {
        const desk = store.desk(id);
        if (desk?.protocol !== 'rdp' || desk.certificate === sha256) return false;
        const first = desk.certificate === null;
        if (first) store.setDesk(id, { certificate: sha256 });
        else if (mayTell(device) === 'no') return true;
        const action = first ? 'desk.certificatePinned' : 'desk.certificateChanged';
        const known = first ? {} : { known: desk.certificate };
        const details = { sha256, ...known, sid };
        audit.append({ actor: deviceActor(device), action, device, user, desk: id, details });
        return !first;
      }),
  };
}

/** What the log says of it: the verdict, and as much as a person needs to ask on. */
function summaryOf({ kind, report }: Evidence, verdicts: readonly PostureVerdict[]): Details {
  switch (kind) {
    case 'posture':
      return {
        verdict: postureRefusal(verdicts) ?? 'ok',
        os: report.os,
        client: report.client,
        items: shownVerdicts(verdicts),
      };
    case 'path': {
      const leaks = report.results.filter(({ outcome }) => outcome === 'leaks');
      return {
        verdict: leakOf(report) ?? 'closed',
        leaks: leaks.map(({ probe, detail }) => `${probe} ${detail ?? ''}`.trim()),
      };
    }
    case 'residue': {
      const { files, bytes, found, unread } = report;
      const left = found.filter(({ removed }) => !removed).length;
      const names = found.slice(0, 10).map(({ place, what }) => `${place}: ${what}`);
      const verdict = isClean(report) ? 'clean' : 'unclean';
      return { verdict, files, bytes, found: found.length, left, names, unread };
    }
    default:
      return kind satisfies never;
  }
}
