import type { Failure } from '#contract/errors/hanare-error.ts';
import type { PostureVerdict } from '#contract/evidence/posture.ts';
import type { Receipt } from '#contract/ipc/state.ts';
import type { Guard, GuardRules } from '#main/guard/guard.ts';
import type { Burden, GuardLine } from '#main/guard/session-guard.ts';

export const cleanReceipt: Receipt = {
  ...{ sid: 's1', files: 3, bytes: 900, found: [], unread: [] },
  ...{ at: 1, clean: true, kept: 'office' },
};

/** Stands for main/guard in tests of the session: the test says what it sees. @param refuses why nothing may open. */
export function createFakeGuard({ refuses = null }: { refuses?: Error | null } = {}) {
  const calls: string[] = [];
  const lines: GuardLine[] = [];
  const ruled: GuardRules[] = [];
  const verdicts: (readonly PostureVerdict[])[] = [];
  let burden: Burden = { pause: null, notices: [] };
  let on: { changed(): void; ends(failure: Failure): void } | undefined;
  let receipts: readonly Receipt[] = [];
  const guard: Pick<Guard, 'begin'> = {
    begin: (session) => {
      on = session.on;
      calls.push(`begin ${session.device}`);
      return {
        admit: async (rules, line) => {
          ruled.push(rules);
          lines.push(line);
          if (refuses) throw refuses;
        },
        rulesChanged: (rules) => void ruled.push(rules),
        kept: (_id, next) => void verdicts.push(next),
        opened: (sid) => void calls.push(`opened ${sid}`),
        burden: () => burden,
        look: () => undefined,
        recheck: () => undefined,
        stop: () => void calls.push('stop'),
        receipt: async (told) => {
          for (const receipt of receipts) told(receipt);
        },
      };
    },
  };
  return {
    guard,
    calls,
    lines,
    ruled,
    verdicts,
    /** What the session must bear from now on. */
    bear: (next: Partial<Burden>) => {
      burden = { ...burden, ...next };
      on?.changed();
    },
    end: (failure: Failure) => on?.ends(failure),
    /** What the next session leaves; in turn, as the scan ends and as the office answers. */
    leave: (...next: Receipt[]) => {
      receipts = next;
    },
  };
}
