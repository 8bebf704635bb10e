import { type Failure, HanareError } from '#contract/errors/hanare-error.ts';
import type { DeskLogin, OtpAnswer, Receipt, ScreenReport, SessionState } from '#contract/ipc/state.ts';
import type { Events } from '#contract/ipc/table.ts';
import type { Logger } from '#contract/log/logger.ts';
import type { Desk, OtpMethod } from '#contract/wire/messages.ts';
import type { TunnelState } from '#contract/wire/tunnel-state.ts';
import type { Guard, GuardRules } from '../guard/guard.ts';
import type { GuardLine, SessionGuard } from '../guard/session-guard.ts';
import { createOtpSource } from '../tunnel/otp-source.ts';
import type { TunnelCredentials } from '../tunnel/pairs.ts';
import type { Tunnel, TunnelDevice, TunnelOptions } from '../tunnel/tunnel.ts';
import { type Attempt, createAttempt, endedState, presentState, stageOfPhase } from './attempt.ts';
import type { Port } from './byte-channel.ts';
import { createOpening, pictureDeadlineMs } from './opening.ts';
import { readOtp } from './otp-answer.ts';
import { judgeUse } from './use-limits.ts';
import { vncAuthResponse } from './vnc-auth.ts';

/** The part of main/identity that a session needs. */
export type SessionDevice = Omit<TunnelDevice, 'signedIn' | 'policyChanged'> &
  Readonly<{
    /** @throws HanareError notEnrolled, deviceLocked, leaseOver, offlineTooLong, … */
    credentials(): Promise<
      TunnelCredentials &
        Readonly<{ device: { id: string; label: string }; deskId: string | null; desk: Desk | null; method: OtpMethod }>
    >;
    /** The one-time password of a moment, ms since 1970. */
    otp(at: number): Promise<string>;
    signedIn(news: Parameters<TunnelDevice['signedIn']>[0]): Promise<GuardRules>;
    policyChanged(token: string): Promise<GuardRules>;
    checkPin(pin: string): Promise<void>;
    /** Until when the last PIN counts, ms since 1970; null while the laptop is locked. */
    pinUntil(): number | null;
    lock(): Promise<unknown>;
  }>;

export type SessionDependencies = Readonly<{
  device: SessionDevice;
  guard: Pick<Guard, 'begin'>;
  /** Whether the system may switch the display off. */
  keepAwake(on: boolean): void;
  openTunnel(options: TunnelOptions): Tunnel;
  identity(): Promise<TunnelOptions['identity']>;
  /** Makes the screen's port: one end stays here, the other goes to the window. */
  handOverPort(to: Events['screen.port']): Port;
  onState(state: SessionState): void;
  /** Seconds since a hand was last on this laptop. */
  idleSeconds(): number;
  now: () => number;
  wallNow: () => number;
  log: Logger;
}>;

export type Session = Readonly<{
  state(): SessionState;
  connect(desk: string | null): Promise<void>;
  disconnect(): void;
  /** Ends what is open because of this laptop: the window's process died, the app quits. */
  fail(failure: Failure): void;
  /** @throws HanareError otpMalformed; badRequest when none is asked for */
  answerOtp(answer: OtpAnswer): void;
  /**
   * Signs in anew while connected. Whether the gateway agrees shows in the state's warning.
   * @throws HanareError pinWrong, pinDelayed, pinLocked, otpMalformed; badRequest when not connected
   */
  extend(pin: string, answer: OtpAnswer | null): Promise<void>;
  /** Who signs in to an RDP desk. @throws HanareError badRequest when that is not asked for */
  login(login: DeskLogin): void;
  answerDesk(challenge: Uint8Array, password: string): Uint8Array;
  report(report: ScreenReport): void;
}>;

const publishMs = 500;

/**
 * The one session of this laptop, as the window sees it: joins the tunnel's progress with what the screen reports.
 * INVARIANT: there is at most one tunnel; what an older one still has to say is ignored.
 * INVARIANT: when nobody uses the laptop, or the sign-in is used up, session and vault are closed together. Leaving and
 * connecting anew wins no time: what the last PIN gave is used up at the same moment.
 */
export function createSession(dependencies: SessionDependencies): Session {
  const { device, now, wallNow, log } = dependencies;
  const otp = createOtpSource({ otp: device.otp, wallNow });
  let state: SessionState = { phase: 'idle' };
  let current: Attempt | undefined;
  const opening = createOpening({
    isCurrent: (attempt) => current === attempt,
    bear: (attempt) => bear(attempt),
    refresh: (attempt) => refresh(attempt),
    handOverPort: dependencies.handOverPort,
    ...{ now, wallNow, log },
  });

  function publish(next: SessionState): void {
    state = next;
    dependencies.onState(next);
  }

  async function connect(desk: string | null): Promise<void> {
    if (current) throw new HanareError('sessionAlreadyOpen');
    const attempt = createAttempt(now, (self) => refresh(self), publishMs);
    current = attempt;
    publish(presentState(attempt));
    try {
      const [credentials, identity] = await Promise.all([device.credentials(), dependencies.identity()]);
      if (current !== attempt) return;
      attempt.expected = desk === null || desk === credentials.desk?.id ? credentials.desk : null;
      attempt.label = credentials.device.label;
      const guard = dependencies.guard.begin({
        device: credentials.device.id,
        gateway: credentials.gateway,
        on: {
          changed: () => bear(attempt),
          ends: (failure) => attempt.tunnel?.end(failure),
        },
      });
      attempt.guard = guard;
      attempt.tunnel = dependencies.openTunnel({
        credentials,
        desk: desk ?? credentials.deskId,
        identity,
        device: {
          ...device,
          signedIn: async (news) => {
            const rules = await device.signedIn(news);
            attempt.policy = rules.policy;
            await guard.admit(rules, lineOf(attempt, news.nonce));
          },
          policyChanged: async (token) => {
            const rules = await device.policyChanged(token);
            attempt.policy = rules.policy;
            guard.rulesChanged(rules);
          },
        },
        otp,
        log: log.with('tunnel'),
        now,
        wallNow,
        onState: (tunnel) => follow(attempt, tunnel),
        onChannel: (stream) => opening.attach(attempt, stream),
        onExtendRefused: (failure) => {
          attempt.refusal = failure;
          refresh(attempt);
        },
        onKept: guard.kept,
      });
    } catch (error) {
      finish(attempt, error instanceof HanareError ? error : new HanareError('internal', {}, { cause: error }));
      log.error('session could not start', { error });
    }
  }

  function lineOf(attempt: Attempt, nonce: string): GuardLine {
    const { tunnel } = attempt;
    if (!tunnel) throw new HanareError('connectionLost');
    return { credentials: tunnel.presents(), nonce, testify: tunnel.testify, tell: tunnel.tell };
  }

  /** A rule has something to say: the picture stops at once, the window hears of it in the same breath. */
  function bear(attempt: Attempt): void {
    if (current !== attempt) return;
    const hidden = attempt.guard?.burden().pause !== null;
    // The desk has had no chance so far.
    if (attempt.hidden && !hidden && attempt.pictureDeadline !== null)
      attempt.pictureDeadline = now() + pictureDeadlineMs;
    attempt.hidden = hidden;
    attempt.rdp?.hold(hidden);
    attempt.channel?.hold(hidden);
    refresh(attempt);
  }

  function follow(attempt: Attempt, tunnel: TunnelState): void {
    if (current !== attempt) return;
    if (tunnel.closed) {
      finish(attempt, tunnel.closed.reason ? { reason: tunnel.closed.reason, details: tunnel.closed.details } : null);
      return;
    }
    const asks = tunnel.prompt !== attempt.prompt || tunnel.until !== attempt.until || tunnel.wake !== attempt.wake;
    if (tunnel.until !== attempt.until) attempt.refusal = null;
    attempt.prompt = tunnel.prompt;
    attempt.until = tunnel.until;
    attempt.wake = tunnel.wake;
    const stage = stageOfPhase[tunnel.phase];
    const moved = stage !== undefined && attempt.clock.enter(stage);
    if (moved) log.info('stage', { stage });
    // Every piece of desk data changes the tunnel's state: the window hears of steps at once, of the rest by the timer.
    if (moved || asks) refresh(attempt);
  }

  function refresh(attempt: Attempt): void {
    if (current !== attempt || !attempt.tunnel || attempt.tunnel.state().closed) return;
    // A rule that hides a desk's picture has never ended its session; one that is opened anew meanwhile waits, too.
    const waits = attempt.reopening && attempt.hidden;
    if (!waits && attempt.pictureDeadline !== null && now() >= attempt.pictureDeadline) {
      // A picture that a rule hides cannot come, and the desk is not to blame.
      attempt.tunnel.end(attempt.guard?.burden().pause ?? { reason: 'deskDown', details: {} });
      return;
    }
    const signedInUntil = attempt.tunnel.state().until;
    const { policy } = attempt;
    if (signedInUntil !== null && policy !== null) {
      const until = Math.min(signedInUntil, device.pinUntil() ?? signedInUntil);
      const [idleSeconds, shown] = [dependencies.idleSeconds(), attempt.warning];
      const { closes } = attempt.tunnel.state();
      const use = judgeUse({ idleSeconds, until, closes, now: wallNow(), policy, shown });
      if (use.ends !== null) {
        attempt.tunnel.end({ reason: use.ends, details: {} });
        return;
      }
      attempt.warning = use.warning;
    }
    publish(presentState(attempt));
  }

  function finish(attempt: Attempt, failure: Failure | null): void {
    if (current !== attempt) return;
    current = undefined;
    clearInterval(attempt.timer);
    attempt.left.abort();
    attempt.rdp?.forget();
    attempt.channel?.end(failure?.reason ?? null);
    attempt.guard?.stop();
    dependencies.keepAwake(false);
    const over = endedState(attempt, failure);
    log.info('session ended', {
      reason: failure?.reason ?? 'user',
      stage: attempt.connectedAt === null ? attempt.clock.stage() : null,
    });
    // First, so that whoever sees the session ended and asks for the next one meets a locked laptop.
    if (failure?.reason === 'idleTooLong' || failure?.reason === 'signInExpired') {
      device.lock().catch((error: unknown) => log.error('laptop could not lock itself', { error }));
    }
    publish(over);
    if (over.receipt !== null && attempt.guard) void receipt(attempt.guard, over);
  }

  /** Tells what the session has left behind, as long as it is the last one. */
  async function receipt(guard: SessionGuard, over: Extract<SessionState, { phase: 'ended' }>): Promise<void> {
    let shown: SessionState = over;
    const show = (next: Receipt | null) => {
      if (state !== shown) return;
      shown = { ...over, receipt: next };
      publish(shown);
    };
    try {
      await guard.receipt(show);
    } catch (error) {
      log.error('remains could not be looked for', { error });
      if (shown === over) show(null);
    }
  }

  function end(failure: Failure | null): void {
    if (!current) return;
    if (current.tunnel) current.tunnel.end(failure);
    else finish(current, failure);
  }

  function answerOtp(answer: OtpAnswer): void {
    const tunnel = current?.tunnel;
    const prompt = tunnel?.state().prompt;
    if (!tunnel || !prompt) throw new HanareError('badRequest');
    const otp = readOtp(answer);
    if (!prompt.busy) tunnel.answerOtp(otp);
  }

  function login(given: DeskLogin): void {
    const attempt = current;
    if (!attempt?.rdp) throw new HanareError('badRequest');
    attempt.rdp.signIn(given);
    attempt.pictureDeadline = now() + pictureDeadlineMs;
    refresh(attempt);
  }

  async function extend(pin: string, answer: OtpAnswer | null): Promise<void> {
    const attempt = current;
    const tunnel = attempt?.tunnel;
    if (!attempt || !tunnel || attempt.connectedAt === null) throw new HanareError('badRequest');
    const { method, skewMs, extending } = tunnel.state();
    if (extending) return;
    // Before the PIN is tried: a slip of the finger in the one must cost nothing in the other.
    const given = answer && readOtp(answer);
    if (!given && method !== 'embedded') throw new HanareError('otpMalformed');
    try {
      await device.checkPin(pin);
    } catch (error) {
      const locked = error instanceof HanareError && error.reason === 'pinLocked';
      if (locked && current === attempt) end({ reason: 'pinLocked', details: {} });
      throw error;
    }
    if (current !== attempt) return;
    attempt.refusal = null;
    refresh(attempt);
    tunnel.extend(given ?? { kind: 'totp', code: await otp.next(skewMs, attempt.left.signal) });
  }

  function report(message: ScreenReport): void {
    // Without a channel there is no screen: these are the last words of the one before.
    if (!current?.channel) return;
    switch (message.type) {
      case 'reconnect':
        opening.reopen(current);
        return;
      case 'challenge':
        current.pictureDeadline = null;
        return;
      case 'firstPicture':
        if (current.connectedAt !== null && !current.reopening) return;
        current.pictureDeadline = null;
        current.rdp?.shown();
        if (current.reopening) {
          current.reopening = false;
          refresh(current);
          return;
        }
        current.connectedAt = wallNow();
        current.figures = message.figures;
        current.clock.finish();
        dependencies.keepAwake(true);
        log.info('first picture', { times: current.clock.times() });
        refresh(current);
        return;
      case 'figures':
        current.figures = message.figures;
        return;
      case 'ended':
        end({ reason: message.reason, details: message.details });
        return;
      default:
        message satisfies never;
    }
  }

  return {
    state: () => state,
    connect,
    disconnect: () => end(null),
    fail: end,
    answerOtp,
    extend,
    login,
    answerDesk(challenge, password) {
      if (!current?.channel || current.connectedAt !== null) throw new HanareError('badRequest');
      current.pictureDeadline = now() + pictureDeadlineMs;
      return vncAuthResponse(challenge, password);
    },
    report,
  };
}
