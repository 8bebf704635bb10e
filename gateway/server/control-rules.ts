import type { Failure } from '#contract/errors/hanare-error.ts';
import type { Logger } from '#contract/log/logger.ts';
import { judgeHours } from '#contract/policy/hours.ts';
import type { Policy } from '#contract/policy/policy.ts';
import { demandsPosture } from '../evidence/posture.ts';
import type { Effective } from '../policy/policies.ts';
import type { Control, ControlDeps } from './control-port.ts';
import type { ControlSignIn } from './control-sign-in.ts';
import type { ControlTestimony } from './control-testimony.ts';
import { networkProblem, ruleAgainstOpening, ruleAgainstStaying } from './rules.ts';

type Deps = Pick<ControlDeps, 'store' | 'sessions' | 'policies' | 'testimony' | 'clock' | 'limits'> &
  Readonly<{
    logger: Logger;
    /** Address that the laptop comes from. */
    source: string;
    signIn: Pick<ControlSignIn, 'version' | 'atMost'>;
    said: Pick<ControlTestimony, 'posture' | 'path' | 'disbelieved'>;
  }>;

/** The rules as they hold for one connection. */
export type ControlRules = Readonly<{
  /** At the sign-in. @param welcomed resolves once the policy is on its way with authOk. */
  begin: (welcomed: Promise<void>) => void;
  policy: () => Policy;
  /** @param first false when it is asked once more about the same session, whose laptop had no time to report anew. */
  againstOpening: (deskClass: string | null, first: boolean) => Failure | undefined;
  /** A session was granted: from now on the laptop's state is due, and the hours are told. */
  sessionBegins: () => void;
  /** The store may say something else by now. */
  follow: () => void;
  /** Judges live sessions anew, now and from time to time. */
  look: () => void;
  stop: () => void;
}>;

/** A report that is three times overdue does not come any more. */
const mostOverdue = 3;

/**
 * Keeps one connection to the rules that hold now: tells the laptop what changed, and ends sessions that they forbid.
 * INVARIANT: no session outlives its hours by more than limits.signInLookMs, whatever the clock does.
 */
export function createControlRules(control: Control, deps: Deps): ControlRules {
  const { store, sessions, policies, testimony, clock, limits, logger, said } = deps;
  const { device, user } = control.caller;
  let current: Policy | undefined;
  /** What the laptop was sent last, as text; and what is being sent, in order. */
  let sent = '';
  let sending: Promise<void> = Promise.resolve();
  let unsent = 0;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  /** Since when a report is waited for, monotonic ms. */
  let waiting = 0;
  /** Which end of the hours was told, and how often. */
  let told = { at: 0, times: 0 };

  const policy = (): Policy => current ?? policies.effective(device, user).policy;
  const overdueMs = (): number => mostOverdue * policy().postureSeconds * 1000;
  const verdicts = () => {
    const posture = said.posture();
    return posture && testimony.weigh(device, posture.report, policy());
  };
  const facts = () => ({
    ...{ policy: policy(), now: clock.now(), version: deps.signIn.version(), source: deps.source },
    path: said.path(),
  });
  const begun = () => sessions.of(control).filter(({ state }) => state !== 'reserved');

  const judge = (): void => {
    const due = Math.max(waiting, said.posture()?.at ?? 0) + overdueMs();
    const silent = clock.monotonic() > due;
    for (const { sid, desk, screen } of begun()) {
      const deskClass = () => store.desk(desk)?.class ?? null;
      // The screen's connection need not come the way that this one came.
      const elsewhere = screen === undefined ? undefined : networkProblem(screen, policy().networks);
      const broken = elsewhere ?? ruleAgainstStaying({ ...facts(), silent }, { deskClass, verdicts });
      if (broken === undefined) continue;
      logger.info('session ends by the rules', { sid, desk, ...broken });
      sessions.end(sid, broken.reason, true, broken.details);
    }
  };

  /** @returns ms until the hours have something to say again. */
  const tellHours = (): number => {
    const { hours } = policy();
    const now = clock.now();
    const judged = hours && judgeHours(hours, now);
    if (judged === null || !judged.open || begun().length === 0) return limits.signInLookMs;
    const left = judged.closes - now;
    if (told.at !== judged.closes) told = { at: judged.closes, times: 0 };
    const times = left <= limits.closingLastMs ? 2 : left <= limits.closingFirstMs ? 1 : 0;
    if (times > told.times) {
      told = { at: judged.closes, times };
      control.send({ type: 'closing', at: judged.closes });
    }
    return [left, left - limits.closingLastMs, left - limits.closingFirstMs].filter((ms) => ms > 0).at(-1)!;
  };

  const look = (): void => {
    clearTimeout(timer);
    // The laptop hears of its rules before it hears what they do to it; `send` looks again, and it always comes to an end.
    if (stopped || current === undefined || unsent > 0) return;
    let next = limits.signInLookMs;
    try {
      judge();
      next = Math.min(next, tellHours(), overdueMs());
    } catch (error) {
      // A timer has nobody to throw to; a store that fails is the store watch's affair.
      logger.error('rules could not be looked at', { error });
    }
    timer = setTimeout(look, Math.max(next, 1));
  };

  const follow = (): void => {
    if (stopped || current === undefined) return;
    const effective = policies.effective(device, user);
    const text = contentOf(effective);
    if (text !== sent) {
      const { policy: next } = effective;
      sent = text;
      current = next;
      // What a new rule asks for, the laptop has had no time to say.
      waiting = clock.monotonic();
      deps.signIn.atMost(next.sessionSeconds);
      unsent += 1;
      sending = sending.then(send);
    } else look();
  };
  const send = async (): Promise<void> => {
    try {
      control.send({ type: 'policy', policy: await policies.token(device, user) });
    } catch (error) {
      logger.error('policy could not be sent', { error });
    }
    unsent -= 1;
    look();
  };

  return {
    begin: (welcomed) => {
      const effective = policies.effective(device, user);
      sent = contentOf(effective);
      current = effective.policy;
      sending = welcomed;
      waiting = clock.monotonic();
      look();
    },
    policy,
    againstOpening: (deskClass, first) => {
      follow();
      const posture = said.posture();
      const stale = first && posture !== undefined && clock.monotonic() - posture.at > overdueMs();
      const wanted = demandsPosture(policy()) && !stale ? verdicts() : undefined;
      return ruleAgainstOpening({ ...facts(), deskClass, verdicts: wanted, disbelieved: said.disbelieved() });
    },
    sessionBegins: () => {
      waiting = clock.monotonic();
      told = { at: 0, times: 0 };
      look();
    },
    follow,
    look,
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/** What is decided, as text. The version grows with every decision about anybody, and is nothing to tell a laptop of. */
function contentOf({ policy, origins }: Effective): string {
  return JSON.stringify([{ ...policy, version: 0 }, origins]);
}
