import type { Failure } from '#contract/errors/hanare-error.ts';
import type { PathReport } from '#contract/evidence/path.ts';
import type { PostureReport } from '#contract/evidence/posture.ts';
import type { ResidueReport } from '#contract/evidence/residue.ts';
import type { RulesView } from '#contract/ipc/state.ts';
import type { Logger } from '#contract/log/logger.ts';
import type { Origins, Policy } from '#contract/policy/policy.ts';
import type { Address } from '#contract/wire/enrol.ts';
import type { Credentials } from '../tunnel/dial.ts';
import type { Receipts } from './residue/receipts.ts';
import { type Sightings, viewRules } from './rules-view.ts';
import { createSessionGuard, type SessionGuard } from './session-guard.ts';
import type { UsbStorage } from './usb/usb.ts';
import { usbVerdict } from './usb/usb.ts';

/** The rules as they stand; main/identity verifies and keeps them. */
export type GuardRules = Readonly<{ policy: Policy; origins: Origins }>;

/** What the guard looks at and through; the parts that meet the system. */
export type GuardParts = Readonly<{
  /** What is plugged in; watched from the app's start on. */
  usb(): Readonly<{ devices(): readonly UsbStorage[]; seen(): boolean; ready: Promise<void> }>;
  /** What the window's protection against being copied means under a rule. */
  capture(rule: Policy['capture']): Readonly<{ pause: Failure | null; notice: Failure | null }>;
  posture(): Promise<PostureReport>;
  path(gateway: Address, signal: AbortSignal): Promise<PathReport>;
  /** A mark of what is on the clipboard now, to be compared with a later one; null when it cannot be told. */
  clipboard(): Promise<string | null>;
  residue(session: {
    sid: string;
    since: number;
    markers: readonly string[];
    clipboard: string | null;
  }): Promise<ResidueReport>;
  receipts: Receipts;
  /** Brings receipts to the office. @returns the ids of those that it has written down. */
  deliver(credentials: Credentials, receipts: readonly { id: number; jws: string }[]): Promise<readonly number[]>;
  /** @throws deviceLocked */
  rules(): GuardRules & Readonly<{ baseline: RulesView['baseline']; lastContact: number }>;
  /** Where the office is; null while the laptop is locked. */
  gateway(): Promise<Address | null>;
  /** ms since 1970 */
  now(): number;
  log: Logger;
  onRules(view: RulesView): void;
}>;

export type Guard = Readonly<{
  /** Watches over one session, from the wish to connect to its receipt. */
  begin(session: {
    device: string;
    gateway: Address;
    on: { changed(): void; ends(failure: Failure): void };
  }): SessionGuard;
  /** @throws deviceLocked */
  rules(): RulesView;
  /** Looks at everything anew. */
  check(): Promise<void>;
  /** To be called when USB storage or the capture block has changed. */
  changed(): void;
}>;

/** What a look at the system has found, shared by the rules page and the session. */
export type Findings = {
  posture: RulesView['posture'];
  path: Sightings['path'];
};

export function createGuard(parts: GuardParts): Guard {
  const { now, log } = parts;
  const findings: Findings = { posture: null, path: null };
  let session: SessionGuard | undefined;
  let checking = false;

  function view(): RulesView {
    const { policy, origins, baseline, lastContact } = parts.rules();
    const usb = usbVerdict(parts.usb().devices(), policy.usb);
    const capture = parts.capture(policy.capture === 'ignore' ? 'warn' : policy.capture);
    const plugged = usb.end ?? usb.pause ?? usb.notice;
    const sightings: Sightings = {
      // That nothing is there is only known while somebody looks.
      usb: plugged || parts.usb().seen() ? { at: now(), what: plugged } : null,
      capture: { at: now(), what: capture.pause ?? capture.notice },
      path: findings.path,
    };
    return {
      version: policy.version,
      receivedAt: lastContact,
      baseline,
      rules: viewRules({ policy, origins, sightings, posture: findings.posture }),
      posture: findings.posture,
      checking,
    };
  }

  function tell(): void {
    try {
      parts.onRules(view());
    } catch {
      // A locked laptop shows no rules.
    }
  }

  return {
    begin: ({ device, gateway, on }) => {
      const guard = createSessionGuard({ ...parts, findings, tell, device, gateway, on });
      session = guard;
      return guard;
    },
    rules: view,
    check: async () => {
      if (checking) return;
      checking = true;
      tell();
      try {
        const gateway = await parts.gateway();
        const abort = new AbortController();
        const [report, path] = await Promise.all([
          parts.posture(),
          gateway && parts.path(gateway, abort.signal),
          parts.usb().ready,
        ]);
        findings.posture = { at: now(), report, verdicts: [] };
        if (path) findings.path = { at: now(), what: path };
        session?.recheck();
      } catch (error) {
        log.warn('the laptop could not be looked at', { error });
      } finally {
        checking = false;
        tell();
      }
    },
    changed: () => {
      session?.look();
      tell();
    },
  };
}
