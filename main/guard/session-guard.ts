import { type Failure, HanareError } from '#contract/errors/hanare-error.ts';
import { type Evidence, type LaptopEvent, maxEvidence } from '#contract/evidence/evidence.ts';
import { leakOf } from '#contract/evidence/path.ts';
import { type PostureVerdict, postureErrors } from '#contract/evidence/posture.ts';
import { isClean, type ResidueReport } from '#contract/evidence/residue.ts';
import type { Receipt } from '#contract/ipc/state.ts';
import type { Address } from '#contract/wire/enrol.ts';
import type { Credentials } from '../tunnel/dial.ts';
import type { Findings, GuardParts, GuardRules } from './guard.ts';
import { signEvidence } from './sign.ts';
import { usbVerdict } from './usb/usb.ts';

const dayMs = 86_400_000;
/** How long a receipt that could not be delivered is kept. */
const receiptDays = 30;
/** The newest come first: what is behind them may be of a key that the office knows no more. */
const receiptsAtOnce = 8;

/** The signed-in connection, as the guard uses it. */
export type GuardLine = Readonly<{
  /** What the connection shows of itself: its certificate's key signs. */
  credentials: Credentials;
  nonce: string;
  testify(id: number, jws: string): void;
  tell(event: LaptopEvent, details: Failure['details']): void;
}>;

/** What a session must bear: why its picture is hidden, and what is only said. */
export type Burden = Readonly<{ pause: Failure | null; notices: readonly Failure[] }>;

export type SessionGuard = Readonly<{
  /**
   * Looks at all that must hold, testifies to it, and lets the session open or not.
   * @throws HanareError of the first rule that refuses: a leak, USB storage.
   */
  admit(rules: GuardRules, line: GuardLine): Promise<void>;
  rulesChanged(rules: GuardRules): void;
  /** The office has written testimony down. */
  kept(id: number, verdicts: readonly PostureVerdict[]): void;
  /** The desk is open: from now on the session could leave something. */
  opened(sid: string): void;
  burden(): Burden;
  /** Something that is watched may have changed. */
  look(): void;
  /** The system was looked at outside the rhythm: testify to it now. */
  recheck(): void;
  /** Stops watching. */
  stop(): void;
  /**
   * Looks for what the session has left, signs what it found, and brings it to the office.
   * @param told is called when the scan is done, and again when the office has it. Null: no desk was opened.
   */
  receipt(told: (receipt: Receipt) => void): Promise<void>;
}>;

type Parts = Omit<GuardParts, 'gateway'> &
  Readonly<{
    findings: Findings;
    /** The rules page has news. */
    tell(): void;
    device: string;
    gateway: Address;
    on: { changed(): void; ends(failure: Failure): void };
  }>;

/**
 * Watches over one session. What the laptop sees itself (leaks, USB storage, capture) it acts on itself; the state of its
 * system it reports, and the office decides.
 */
export function createSessionGuard(parts: Parts): SessionGuard {
  const { findings, log, now } = parts;
  const abort = new AbortController();
  let rules: GuardRules = parts.rules();
  let line: GuardLine | undefined;
  let verdicts: readonly PostureVerdict[] = [];
  let left: { sid: string; since: number; markers: readonly string[]; clipboard: Promise<string | null> } | undefined;
  let timer: NodeJS.Timeout | undefined;
  let paused: Failure | null = null;
  let known = new Map<string, string>();
  let nextId = 1;
  /** Testimony on its way: what to do when it has arrived. */
  const waiting = new Map<number, (verdicts: readonly PostureVerdict[]) => void>();
  // Begun with the wish to connect, so that they cost no time later.
  const path = rules.policy.closedPath === 'ignore' ? undefined : lookAtPath();
  const posture = lookAtSystem();
  path?.catch(() => undefined);
  posture.catch(() => undefined);

  async function lookAtPath() {
    const report = await parts.path(parts.gateway, abort.signal);
    findings.path = { at: now(), what: report };
    parts.tell();
    return report;
  }

  async function lookAtSystem() {
    const report = await parts.posture();
    findings.posture = { at: now(), report, verdicts: [] };
    parts.tell();
    return report;
  }

  function testify(evidence: Evidence, kept?: (verdicts: readonly PostureVerdict[]) => void): void {
    if (!line) return;
    const { nonce, credentials } = line;
    send(signEvidence(evidence, { device: parts.device, privateKey: keyOf(credentials), nonce, now: now() }), kept);
  }

  function send(jws: string, kept: (verdicts: readonly PostureVerdict[]) => void = () => undefined): void {
    const id = nextId++;
    waiting.set(id, kept);
    line?.testify(id, jws);
  }

  /** A stock of them is brought over several sign-ins; one that the office will not take must not be offered for ever. */
  function sendReceipts(): void {
    const [old, fresh] = [[], []] as [number[], { id: number; jws: string }[]];
    for (const { id, jws, at } of parts.receipts.pending()) {
      if (now() - at > receiptDays * dayMs) old.push(id);
      else fresh.push({ id, jws });
    }
    if (old.length > 0) log.warn('receipts that the office never took were dropped', { dropped: old.length });
    void parts.receipts.delivered(old);
    for (const { jws, id } of fresh.slice(-receiptsAtOnce)) send(jws, () => parts.receipts.delivered([id]));
  }

  function judged(next: readonly PostureVerdict[]): void {
    verdicts = next;
    if (findings.posture) findings.posture = { ...findings.posture, verdicts: next };
    parts.tell();
    parts.on.changed();
  }

  function reportSystem(): void {
    if (findings.posture) testify({ kind: 'posture', report: findings.posture.report }, judged);
  }

  /** The next look at the system; a rhythm, not a schedule, so that a slow look never meets the next. */
  function later(): void {
    clearTimeout(timer);
    if (abort.signal.aborted) return;
    timer = setTimeout(() => {
      lookAtSystem()
        .then(reportSystem)
        .catch((error: unknown) => log.warn('the laptop could not be looked at', { error }))
        .finally(later);
    }, rules.policy.postureSeconds * 1000);
  }

  function burden(): Burden {
    const usb = usbVerdict(parts.usb().devices(), rules.policy.usb);
    const capture = parts.capture(rules.policy.capture);
    const leak = rules.policy.closedPath === 'warn' && findings.path ? leakOf(findings.path.what) : undefined;
    const bad = verdicts.filter(({ level }) => level === 'warn' || level === 'grace');
    const notices = [
      usb.notice,
      capture.notice,
      leak === undefined ? null : { reason: leak, details: {} },
      ...bad.map(({ item }) => ({ reason: postureErrors[item], details: {} })),
    ].filter((notice) => notice !== null);
    return { pause: usb.pause ?? capture.pause, notices };
  }

  /** Compares with what was seen before, and tells the office and the session what is new. */
  function look(): void {
    if (!line || abort.signal.aborted) return;
    const devices = new Map(
      parts
        .usb()
        .devices()
        .map(({ id, name }) => [id, name]),
    );
    for (const [id, device] of devices) if (!known.has(id)) line.tell('usbInserted', { device });
    for (const [id, device] of known) if (!devices.has(id)) line.tell('usbRemoved', { device });
    known = devices;
    const { pause } = burden();
    if ((pause === null) !== (paused === null)) {
      line.tell(pause ? 'paused' : 'resumed', { reason: (pause ?? paused)!.reason });
    }
    paused = pause;
    const { end } = usbVerdict(parts.usb().devices(), rules.policy.usb);
    if (end) parts.on.ends(end);
    else parts.on.changed();
  }

  return {
    async admit(next, to) {
      rules = next;
      line = to;
      const [report, system] = await Promise.all([
        rules.policy.closedPath === 'ignore' ? null : (path ?? lookAtPath()),
        posture,
        parts.usb().ready,
      ]);
      if (abort.signal.aborted) throw new HanareError('connectionLost');
      testify({ kind: 'posture', report: system }, judged);
      if (report) testify({ kind: 'path', report });
      // After what the session depends on: the office takes only so much at once.
      sendReceipts();
      const leak = report === null ? undefined : leakOf(report);
      if (leak !== undefined) log.warn('the path is not closed', { leak });
      if (leak !== undefined && rules.policy.closedPath === 'refuse') throw new HanareError(leak);
      const { end } = usbVerdict(parts.usb().devices(), rules.policy.usb);
      look();
      if (end) throw new HanareError(end.reason, end.details);
      later();
    },
    rulesChanged(next) {
      rules = next;
      parts.tell();
      if (line) later();
      look();
    },
    kept(id, next) {
      const act = waiting.get(id);
      waiting.delete(id);
      act?.(next);
    },
    opened(sid) {
      // Words that belong to this session alone, and so must be found nowhere.
      const markers = [sid, ...(line ? [line.nonce] : [])];
      // A desk that is opened anew is the same person's work: what its first opening left is looked for all the same.
      left = left
        ? { ...left, sid, markers: [...left.markers, sid] }
        : { sid, markers, since: now(), clipboard: parts.clipboard().catch(() => null) };
    },
    burden,
    look,
    recheck: reportSystem,
    stop() {
      abort.abort(new HanareError('connectionLost'));
      clearTimeout(timer);
    },
    async receipt(told) {
      if (!left || !line) return;
      const { credentials } = line;
      const at = now();
      const report = await parts.residue({ ...left, clipboard: await left.clipboard });
      const signed = { device: parts.device, privateKey: keyOf(credentials), nonce: null, now: at };
      const full = signEvidence({ kind: 'residue', report }, signed);
      // The office ends a connection that brings a longer one, and so would every sign-in end.
      const jws =
        full.length <= maxEvidence ? full : signEvidence({ kind: 'residue', report: shortened(report) }, signed);
      const id = await parts.receipts.add({ jws, at });
      const receipt: Receipt = { ...report, at, clean: isClean(report), kept: 'laptop' };
      log.info('looked for remains', { files: report.files, found: report.found.length, clean: receipt.clean });
      told(receipt);
      const kept = await parts.deliver(credentials, parts.receipts.pending().slice(-receiptsAtOnce));
      await parts.receipts.delivered(kept);
      if (kept.includes(id)) told({ ...receipt, kept: 'office' });
    },
  };
}

/** Fifty names of eighty Japanese letters are too much; all are still counted. */
function shortened(report: ResidueReport): ResidueReport {
  return { ...report, found: report.found.map((one) => ({ ...one, what: [...one.what].slice(0, 16).join('') })) };
}

function keyOf({ privateKey }: Credentials): string {
  // The gateway lets nobody in without one.
  if (privateKey === null) throw new HanareError('deviceFileDamaged');
  return privateKey;
}
