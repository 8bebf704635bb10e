import type { Failure } from '#contract/errors/hanare-error.ts';
import type { Logger } from '#contract/log/logger.ts';
import type { DeskRow } from '../store/directory.ts';
import type { Control, ControlDeps } from './control-port.ts';
import type { ControlRules } from './control-rules.ts';
import type { ControlSignIn } from './control-sign-in.ts';
import { createRateLimit } from './limits.ts';
import { mayOpen } from './policy.ts';
import { failure } from './rules.ts';

type Deps = Pick<ControlDeps, 'store' | 'sessions' | 'waker' | 'clock' | 'limits' | 'draining'> &
  Readonly<{
    logger: Logger;
    /** Address that the laptop comes from. */
    source: string;
    signIn: Pick<ControlSignIn, 'expired'>;
    rules: Pick<ControlRules, 'againstOpening' | 'sessionBegins'>;
  }>;

/**
 * Answers `open` of one control connection: judges, keeps the desk, wakes it, judges again, grants.
 * INVARIANT: each `open` is answered by exactly one `grant` or `refused`, and by `waking` only before that.
 */
export function createControlOpen(control: Control, deps: Deps): (request: number, desk: string) => void {
  const { store, sessions, waker, limits, logger } = deps;
  const { caller } = control;
  const allow = createRateLimit(limits.openBurst, limits.opensPerSecond, deps.clock.monotonic);

  /** @param own the session that is being opened; undefined before there is one. */
  const judge = (id: string, own: string | undefined): Failure | undefined => {
    const expired = deps.signIn.expired();
    if (expired !== undefined) return failure(expired);
    const desk = store.desk(id);
    const others = sessions.of(control).filter(({ sid, desk: held }) => sid !== own && held !== id);
    return mayOpen({
      ...{ desk, assigned: store.assigned(id, caller.user), draining: deps.draining() },
      ...{ held: others.length, limit: limits.sessionsPerControl },
      rules: () => deps.rules.againstOpening(desk?.class ?? null, own === undefined),
      taken: sessions.taken(id, caller.device),
    });
  };

  const refuse = (request: number, desk: string, { reason, details }: Failure): void => {
    logger.info('session refused', { desk, reason, ...details });
    const more = Object.keys(details).length === 0 ? {} : { details };
    control.send({ type: 'refused', request, reason, ...more });
  };

  return (request, id) => {
    const answer = (broken: Failure): void => refuse(request, id, broken);
    const broken = judge(id, undefined);
    const desk = store.desk(id);
    if (broken !== undefined || desk === undefined) return answer(broken ?? failure('deskNotAssigned'));
    if (!allow()) return answer(failure('gatewayBusy'));
    const ended = new AbortController();
    const wanted = { caller, desk: id, source: deps.source };
    const sid = sessions.reserve(control, wanted, (why) => ended.abort(why));
    // Another process was faster.
    if (sid === undefined) return answer(failure('deskInUse'));
    open(request, sid, desk, ended.signal).catch((error: unknown) => {
      logger.error('session could not be opened', { error });
      sessions.end(sid, 'internal', false);
      answer(failure('internal'));
    });
  };

  async function open(request: number, sid: string, desk: DeskRow, signal: AbortSignal): Promise<void> {
    const { id } = desk;
    const answer = (broken: Failure): void => {
      sessions.end(sid, broken.reason, false);
      refuse(request, id, broken);
    };
    const woken = await waker.wake(desk, {
      stage: (stage) => control.send({ type: 'waking', request, stage }),
      signal,
    });
    if (signal.aborted) return refuse(request, id, signal.reason as Failure);
    if (!woken.ok) return answer(woken.failure);
    // Waking takes minutes; much may have changed.
    const broken = judge(id, sid);
    if (broken !== undefined) return answer(broken);
    const grant = await sessions.grant(sid);
    if (grant === undefined) return refuse(request, id, signal.reason as Failure);
    // As it stands now: waking took minutes, and another session may have met the certificate first.
    const { name, protocol, security, certificate } = store.desk(id) ?? desk;
    const rdp = protocol === 'rdp' ? { rdp: { security: security ?? 'nla', certificate } } : {};
    control.send({ type: 'grant', request, desk: { id, name, protocol }, ...rdp, ...grant });
    deps.rules.sessionBegins();
  }
}
