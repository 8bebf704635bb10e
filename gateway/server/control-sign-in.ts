import type { ErrorName } from '#contract/errors/catalogue.ts';
import type { Failure } from '#contract/errors/hanare-error.ts';
import { toFailure } from '#contract/errors/hanare-error.ts';
import type { Logger } from '#contract/log/logger.ts';
import type { Machine, Otp } from '#contract/wire/messages.ts';
import { isOver } from '../identity/context.ts';
import type { SignedIn } from '../identity/identity.ts';
import { type Control, type ControlDeps, closeCodes } from './control-port.ts';
import { maySignIn } from './policy.ts';

const maxDesks = 64;

type Deps = Omit<ControlDeps, 'onReady' | 'onClosed'> &
  Readonly<{
    logger: Logger;
    onReady: () => void;
    /** @param welcomed resolves once authOk is on its way, or cannot be. */
    onWelcome: (welcomed: Promise<void>) => void;
  }>;

/** Who is at the other end of a control connection: from its hello to the moment when the person must sign in anew. */
export type ControlSignIn = Readonly<{
  /** Of the hello that was let in. */
  machine: () => Machine | undefined;
  /** What the laptop's program says it is. */
  version: () => string;
  greet: (hello: { client: { version: string; platform: string }; machine: Machine }, nonce: string) => void;
  signIn: (otp: Otp) => void;
  extend: (otp: Otp) => void;
  renew: (request: number, csr: string) => void;
  /** Why nothing more may be opened: from `until` on, before any sign-in, and when the loan is over. */
  expired: () => ErrorName | undefined;
  /** The sign-in, counted from when it was last proved, lasts no longer than that; it gets no longer by this. */
  atMost: (seconds: number) => void;
  stop: () => void;
}>;

/**
 * Puts the questions of one control connection to gateway/identity and its answers on the wire.
 * INVARIANT: no session of the connection outlives the sign-in's `until`, nor by more than limits.signInLookMs the loan.
 */
export function createControlSignIn(control: Control, deps: Deps): ControlSignIn {
  const { store, identity, sessions, clock, limits, logger } = deps;
  const { caller } = control;
  let machine: Machine | undefined;
  let version = '';
  let since = 0;
  let until = 0;
  let expiry: NodeJS.Timeout | undefined;
  let renewing = false;

  const fail = ({ reason, details }: Failure, final: boolean): void => {
    logger.warn('sign-in refused', { reason, ...details, final });
    control.send({ type: 'authFail', reason, details, final });
    if (!final) return;
    sessions.endOf(control, reason, false);
    control.close(closeCodes.policy, reason);
  };

  const expired = (): ErrorName | undefined => {
    const now = clock.now();
    // Read anew each time: the office moves the end of a loan.
    if (isOver(store.device(caller.device)?.lease ?? null, now)) return 'leaseOver';
    return now >= until ? 'signInExpired' : undefined;
  };
  const look = (): void => {
    const reason = whyOver();
    if (reason === undefined) {
      expiry = setTimeout(look, Math.min(until - clock.now(), limits.signInLookMs));
      return;
    }
    logger.info('sign-in ran out', { reason });
    sessions.endOf(control, reason, true);
    control.close(closeCodes.policy, reason);
  };
  /** A timer has nobody to throw to; a store that fails is the store watch's affair, and the wall clock still counts. */
  const whyOver = (): ErrorName | undefined => {
    try {
      return expired();
    } catch (error) {
      logger.error('end of loan could not be read', { error });
      return clock.now() >= until ? 'signInExpired' : undefined;
    }
  };
  const lastUntil = (moment: number): void => {
    until = moment;
    clearTimeout(expiry);
    look();
  };
  const proved = (moment: number): void => {
    since = clock.now();
    lastUntil(moment);
  };

  const welcome = async ({ policy, lease }: SignedIn, user: { id: string; name: string }): Promise<void> => {
    const desks = store.desksOf(user.id).slice(0, maxDesks);
    control.send({ type: 'authOk', user, desks, until, lease, policy: await policy });
  };

  return {
    machine: () => machine,
    version: () => version,
    greet: (hello, nonce) => {
      // Before anything is recorded or confirmed: a copy must not become the one that is known.
      const original = deps.cloneOf(control, hello.machine);
      if (original !== undefined) {
        identity.cloneSeen(caller, original, hello.machine);
        return fail({ reason: 'deviceCloned', details: {} }, true);
      }
      const answer = identity.hello(caller, { client: hello.client, machine: hello.machine });
      if ('refusal' in answer) return fail(answer.refusal, true);
      machine = hello.machine;
      version = hello.client.version;
      control.send({ type: 'challenge', nonce, serverTime: clock.now(), method: answer.method });
    },
    signIn: (otp) => {
      const user = store.user(caller.user);
      const stopped = maySignIn(user);
      if (stopped !== undefined || user === undefined) {
        return fail({ reason: stopped ?? 'signInRefused', details: {} }, true);
      }
      const verdict = identity.signIn(caller, otp);
      if (!verdict.ok) return fail(verdict.failure, verdict.final);
      deps.onReady();
      proved(verdict.until);
      const welcomed = welcome(verdict, { id: user.id, name: user.name }).catch((error: unknown) => {
        logger.error('sign-in could not be answered', { error });
        fail({ reason: 'internal', details: {} }, true);
      });
      deps.onWelcome(welcomed);
    },
    extend: (otp) => {
      const verdict = identity.extend(caller, otp);
      if (!verdict.ok) return fail(verdict.failure, verdict.final);
      proved(verdict.until);
      control.send({ type: 'extended', until });
    },
    renew: (request, csr) => {
      if (renewing) return control.send({ type: 'refused', request, reason: 'gatewayBusy' });
      renewing = true;
      const done = identity.renew(caller, csr).then(
        (certificate) => {
          logger.info('certificate renewed');
          control.send({ type: 'certificate', request, certificate });
        },
        (error: unknown) => {
          logger.warn('certificate not renewed', { error });
          control.send({ type: 'refused', request, reason: toFailure(error).reason });
        },
      );
      void done.finally(() => {
        renewing = false;
      });
    },
    expired,
    atMost: (seconds) => {
      const sooner = since + seconds * 1000;
      if (sooner < until) lastUntil(sooner);
    },
    stop: () => clearTimeout(expiry),
  };
}
