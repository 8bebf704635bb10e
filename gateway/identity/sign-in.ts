import type { Failure } from '#contract/errors/hanare-error.ts';
import { parseCode } from '#contract/identity/code.ts';
import type { Otp } from '#contract/wire/messages.ts';
import type { Caller } from '../server/tls.ts';
import type { Guard } from '../store/otp-records.ts';
import { findEmergencyCode } from './codes.ts';
import {
  type Context,
  deviceActor,
  failed,
  isOver,
  methodOf,
  note,
  otpAlgorithms,
  otpOwner,
  type Standing,
  sealNames,
  standingOf,
} from './context.ts';
import type { Identity, Refused } from './identity.ts';
import { afterFailure, barred, judgeOtp, noGuard, otpLimits } from './otp.ts';

/** Failures after which another code may follow on the same connection. */
const mayTryAgain: ReadonlySet<Failure['reason']> = new Set([
  'otpWrong',
  'otpUsed',
  'otpClock',
  'otpDelayed',
  'emergencyCodeWrong',
]);

/**
 * One-time passwords and emergency codes, checked and spent in one transaction.
 * INVARIANT: of any number of tries with one code, on any number of gateway processes, at most one is accepted.
 */
export function createSignIn(context: Context): Pick<Identity, 'signIn' | 'extend'> {
  const { store, policies } = context;

  /** @param action what success is called in the log. */
  const check = (caller: Caller, otp: Otp, action: string): Standing | Refused => {
    const standing = standingOf(store, caller);
    if ('failure' in standing) return refused(standing.failure);
    const now = context.now();
    if (isOver(standing.device.lease, now)) return refused(failed('leaseOver').failure);
    const failure = barred(standing.user, now) ?? tryCode(context, standing, otp, now);
    if (failure !== undefined) return refused(failure);
    store.setGuard(standing.user.id, noGuard);
    const actor = deviceActor(caller.device);
    note(context, actor, action, standing.device, { kind: otp.kind });
    return standing;
  };
  const until = ({ device, user }: Standing): number =>
    context.now() + policies.effective(device.id, user.id).policy.sessionSeconds * 1000;

  return {
    signIn: (caller, otp) => {
      const result = store.transaction(() => check(caller, otp, 'signIn.accepted'));
      if ('failure' in result) return result;
      const { id, lease } = result.device;
      return { ok: true, until: until(result), policy: policies.token(id, result.user.id), lease };
    },
    extend: (caller, otp) => {
      const result = store.transaction(() => check(caller, otp, 'signIn.extended'));
      return 'failure' in result ? result : { ok: true, until: until(result) };
    },
  };
}

/** @returns undefined when the code was good; it is spent then. */
function tryCode(context: Context, standing: Standing, otp: Otp, now: number): Failure | undefined {
  const failure =
    otp.kind === 'totp' ? tryTotp(context, standing, otp.code, now) : tryEmergency(context, standing, otp.code, now);
  if (failure === undefined) return undefined;
  const counts = failure === 'otpWrong' || failure === 'emergencyCodeWrong';
  const answer = counts ? countFailure(context, standing, failure, now) : failure;
  const { reason, details } = answer;
  note(context, deviceActor(standing.device.id), 'signIn.refused', standing.device, { reason, ...details });
  return answer;
}

function tryTotp(
  { store, seal }: Context,
  standing: Standing,
  code: string,
  now: number,
): 'otpWrong' | Failure | undefined {
  const method = methodOf(store, standing);
  const owner = otpOwner(method, standing);
  const row = store.otpSecret(owner);
  // A person without a secret of their own: every number is a wrong one.
  if (row === undefined) return 'otpWrong';
  const secret = seal.open(sealNames.otp(owner), row.secret);
  const judged = judgeOtp({ secret, algorithm: otpAlgorithms[method], lastStep: row.lastStep, now }, code);
  secret.fill(0);
  switch (judged.verdict) {
    case 'ok':
      return store.spendStep(owner, judged.step, judged.drift) ? undefined : failed('otpUsed').failure;
    case 'used':
      return failed('otpUsed').failure;
    case 'clock':
      return failed('otpClock', { seconds: judged.seconds }).failure;
    case 'wrong':
      return 'otpWrong';
    default:
      return judged satisfies never;
  }
}

function tryEmergency(
  { store }: Context,
  { user }: Standing,
  typed: string,
  now: number,
): 'emergencyCodeWrong' | undefined {
  const code = parseCode('emergency', typed);
  const hash = code === undefined ? undefined : findEmergencyCode(store.emergencyCodes(user.id), code);
  if (hash === undefined) return 'emergencyCodeWrong';
  store.markEmergencyCodeUsed(user.id, hash, now);
  return undefined;
}

function countFailure(
  { store }: Context,
  { user }: Standing,
  reason: 'otpWrong' | 'emergencyCodeWrong',
  now: number,
): Failure {
  const guard: Guard = afterFailure(user, now);
  store.setGuard(user.id, guard);
  return barredForLock(guard, now) ?? failed(reason, { left: otpLimits.lockAt - guard.failures }).failure;
}

function barredForLock(guard: Guard, now: number): Failure | undefined {
  return guard.lockedUntil === null ? undefined : barred(guard, now);
}

function refused(failure: Failure): Refused {
  return { ok: false, failure, final: !mayTryAgain.has(failure.reason) };
}
