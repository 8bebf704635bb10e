import type { KeyObject } from 'node:crypto';
import type { ErrorDetails } from '#contract/errors/hanare-error.ts';
import type { LaptopEvent } from '#contract/evidence/evidence.ts';
import type { PathReport } from '#contract/evidence/path.ts';
import type { PostureReport } from '#contract/evidence/posture.ts';
import type { Logger } from '#contract/log/logger.ts';
import type { Policy } from '#contract/policy/policy.ts';
import type { Control, ControlDeps } from './control-port.ts';

type Deps = Pick<ControlDeps, 'testimony' | 'sessions' | 'clock'> &
  Readonly<{
    logger: Logger;
    key: KeyObject;
    /** This connection's challenge. */
    nonce: string;
    policy: () => Policy;
    /** The laptop's state or path was reported. */
    onReport: () => void;
  }>;

/** What one connection has testified. INVARIANT: nothing of it counts that did not verify, or came over another. */
export type ControlTestimony = Readonly<{
  /** @returns false when the laptop may not say that now. */
  testify: (said: { id: number; jws: string; early: boolean }) => boolean;
  tell: (event: LaptopEvent, details: ErrorDetails) => void;
  /** The certificate that the desk of one of this connection's sessions has shown. Another than its pin counts once. */
  pin: (sid: string, sha256: string) => void;
  /** The latest report, and when it came, monotonic ms. */
  posture: () => Readonly<{ report: PostureReport; at: number }> | undefined;
  path: () => PathReport | undefined;
  /** Whether something was said that did not verify. */
  disbelieved: () => boolean;
}>;

export function createControlTestimony(control: Control, deps: Deps): ControlTestimony {
  const { testimony, sessions, clock, logger, key, nonce } = deps;
  const { device, user } = control.caller;
  let posture: { report: PostureReport; at: number } | undefined;
  let path: PathReport | undefined;
  let disbelieved = false;
  /** Sessions whose desk has shown another certificate. No more than this connection may open. */
  const changed = new Set<string>();
  const speaker = () => ({ device, user, key, nonce, sid: sessions.of(control).at(-1)?.sid ?? null });

  return {
    testify: ({ id, jws, early }) => {
      const taken = testimony.take(jws, { ...speaker(), early, policy: deps.policy });
      if ('problem' in taken) {
        // No answer: to say why would only help whoever tries things out.
        logger.warn('evidence refused', { problem: taken.problem });
        disbelieved = true;
        return taken.problem !== 'early';
      }
      const { evidence, verdicts } = taken;
      control.send({ type: 'kept', id, verdicts: [...verdicts] });
      if (evidence.kind === 'residue') return true;
      if (evidence.kind === 'posture') posture = { report: evidence.report, at: clock.monotonic() };
      else path = evidence.report;
      deps.onReport();
      return true;
    },
    tell: (event, details) => testimony.tell(event, details, speaker()),
    pin: (sid, sha256) => {
      // It may have ended while this was on its way.
      const session = sessions.of(control).find((own) => own.sid === sid);
      if (session === undefined || changed.has(sid)) return;
      if (testimony.pin(session.desk, sha256, { device, user, sid })) changed.add(sid);
    },
    posture: () => posture,
    path: () => path,
    disbelieved: () => disbelieved,
  };
}
