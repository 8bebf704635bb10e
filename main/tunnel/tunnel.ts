import type { Duplex } from 'node:stream';
import { type Failure, HanareError, toFailure } from '#contract/errors/hanare-error.ts';
import type { LaptopEvent } from '#contract/evidence/evidence.ts';
import type { PostureVerdict } from '#contract/evidence/posture.ts';
import type { Logger } from '#contract/log/logger.ts';
import type { Otp } from '#contract/wire/messages.ts';
import { step } from '#contract/wire/tunnel.ts';
import {
  initialTunnel,
  type TunnelEffect,
  type TunnelEvent,
  type TunnelIdentity,
  type TunnelState,
} from '#contract/wire/tunnel-state.ts';
import { openChannel } from './channel.ts';
import { type Control, openControl } from './control.ts';
import { type Credentials, dialGateway } from './dial.ts';
import type { OtpSource } from './otp-source.ts';
import { choosePair, type TunnelCredentials } from './pairs.ts';

/** What a tunnel has done on this laptop; main/identity does it. */
export type TunnelDevice = Readonly<{
  /** Checks and stores what came with the sign-in. @throws HanareError policyRejected, … */
  signedIn(news: Omit<Extract<TunnelEffect, { type: 'signedIn' }>, 'type'>): Promise<unknown>;
  /** Checks and stores a policy that has changed. @throws HanareError policyRejected, … */
  policyChanged(token: string): Promise<unknown>;
  renewalDue(): boolean;
  /** @returns the CSR of a new key. */
  beginRenewal(): Promise<string>;
  finishRenewal(certificate: string): Promise<void>;
  /** The new certificate has signed in: the older one is not needed any more. */
  confirmRenewal(): Promise<void>;
  /** The new certificate is refused: the older one goes on. */
  dropRenewal(): Promise<void>;
  erase(): Promise<void>;
}>;

export type TunnelOptions = Readonly<{
  credentials: TunnelCredentials;
  /** Desk to open; null for the user's first. */
  desk: string | null;
  identity: TunnelIdentity;
  device: TunnelDevice;
  otp: OtpSource;
  log: Logger;
  /** Monotonic milliseconds. */
  now: () => number;
  /** Milliseconds since 1970. */
  wallNow: () => number;
  onState(state: TunnelState): void;
  /** The desk's byte stream, paused; it is destroyed when the tunnel closes. */
  onChannel(stream: Duplex): void;
  onExtendRefused(failure: Failure): void;
  /** The office has written down what `testify` sent. */
  onKept(id: number, verdicts: readonly PostureVerdict[]): void;
}>;

export type Tunnel = Readonly<{
  state(): TunnelState;
  /** Ends the session; `failure` null means in order. */
  end(failure: Failure | null): void;
  /** Tells the tunnel that desk bytes arrived, which proves the line alive. */
  heard(): void;
  /** The one-time password that state().prompt asks for. */
  answerOtp(otp: Otp): void;
  /** Opens the desk anew, if it is open: `onChannel` gets another stream, and the one before is destroyed. */
  reopen(): void;
  /** Proves anew who is there. How it ends shows in state().until, or comes to onExtendRefused. */
  extend(otp: Otp): void;
  /** What its connections show of themselves. */
  presents(): Credentials;
  /** Sends testimony (contract/evidence), from the sign-in on. */
  testify(id: number, jws: string): void;
  tell(event: LaptopEvent, details: Failure['details']): void;
  /** Tells the office which certificate the desk has shown: SHA-256, lower-case hex. */
  deskCertificate(sha256: string): void;
}>;

const tickMs = 250;

/** Carries out what the pure machine of contract/wire/tunnel.ts decides: the only place where its effects meet sockets. */
export function openTunnel(options: TunnelOptions): Tunnel {
  const { device, log, now } = options;
  const abort = new AbortController();
  const pairs = choosePair(options.credentials);
  let state: TunnelState = initialTunnel;
  let control: Control | undefined;
  let channel: Duplex | undefined;
  const timer = setInterval(() => dispatch({ type: 'tick' }), tickMs);

  function dispatch(event: TunnelEvent): void {
    const before = state;
    const next = step(state, event, now(), options.identity);
    state = next.state;
    for (const effect of next.effects) run(effect);
    if (state.phase === 'closed' && before.phase !== 'closed') clearInterval(timer);
    if (state !== before) options.onState(state);
  }

  function run(effect: TunnelEffect): void {
    switch (effect.type) {
      case 'dial':
        void dial();
        return;
      case 'send':
        control?.send(effect.message);
        return;
      case 'otp':
        void makeOtp(effect.skewMs);
        return;
      case 'signedIn': {
        const { type: _, ...news } = effect;
        void admit(news);
        return;
      }
      case 'extendRefused':
        options.onExtendRefused(effect.failure);
        return;
      case 'certificate':
        device.finishRenewal(effect.certificate).then(
          () => log.info('certificate renewed'),
          (error: unknown) => log.warn('renewed certificate not stored', { error }),
        );
        return;
      case 'renewRefused':
        log.warn('renewal refused', { reason: effect.reason });
        return;
      case 'kept':
        options.onKept(effect.id, effect.verdicts);
        return;
      case 'policy':
        device.policyChanged(effect.policy).catch((error: unknown) => dispatch({ type: 'end', ...named(error) }));
        return;
      case 'erase':
        void erase();
        return;
      case 'openChannel':
        void open(effect.authority, effect.token);
        return;
      case 'closeChannel': {
        const old = channel;
        channel = undefined;
        old?.destroy();
        return;
      }
      case 'closeAll':
        control?.close();
        abort.abort(new HanareError('connectionLost'));
        channel?.destroy();
        return;
      default:
        effect satisfies never;
    }
  }

  async function dial(): Promise<void> {
    let opened = false;
    const lost = (error: unknown) => {
      const failure = named(error);
      if (!opened && state.phase !== 'closed' && pairs.refused(failure)) {
        log.warn('trying the older certificate');
        void dial();
      } else {
        dispatch({ type: 'controlLost', ...(opened ? failure : pairs.verdict(failure)) });
      }
    };
    try {
      const socket = await dialGateway(pairs.present(), {
        signal: abort.signal,
        onReached: () => dispatch({ type: 'reached' }),
      });
      if (state.phase === 'closed') {
        socket.destroy();
        return;
      }
      log.info('gateway secured', { protocol: socket.getProtocol(), cipher: socket.getCipher().standardName });
      control = openControl(socket, {
        open: () => {
          opened = true;
          dispatch({ type: 'controlOpen' });
        },
        message: (message) => dispatch({ type: 'message', message, wallNow: options.wallNow() }),
        garbage: () => dispatch({ type: 'garbage' }),
        lost,
      });
    } catch (error) {
      lost(error);
    }
  }

  async function makeOtp(skewMs: number): Promise<void> {
    try {
      dispatch({ type: 'otp', otp: { kind: 'totp', code: await options.otp.next(skewMs, abort.signal) } });
    } catch (error) {
      dispatch({ type: 'end', ...named(error) });
    }
  }

  async function admit(news: Parameters<TunnelDevice['signedIn']>[0]): Promise<void> {
    try {
      await device.signedIn(news);
    } catch (error) {
      dispatch({ type: 'end', ...named(error) });
      return;
    }
    dispatch({ type: 'admitted' });
    // A renewal that fails costs nothing yet: the next sign-in tries again.
    await renew().catch((error: unknown) => log.warn('renewal failed', { error }));
  }

  async function renew(): Promise<void> {
    if (pairs.fellBack()) await device.dropRenewal();
    else if (options.credentials.older) await device.confirmRenewal();
    if (state.phase !== 'closed' && device.renewalDue()) dispatch({ type: 'renew', csr: await device.beginRenewal() });
  }

  async function erase(): Promise<void> {
    channel?.destroy();
    try {
      await device.erase();
      dispatch({ type: 'erased' });
    } catch (error) {
      dispatch({ type: 'eraseFailed', ...named(error) });
    }
  }

  async function open(authority: string, token: string): Promise<void> {
    try {
      const socket = await dialGateway(pairs.present(), { signal: abort.signal });
      const stream = await openChannel(socket, { authority, token, signal: abort.signal });
      stream.on('error', (error) => log.debug('channel error', { error }));
      stream.on('close', () => {
        if (channel === stream) dispatch({ type: 'channelEnded' });
      });
      if (state.phase !== 'desk') {
        stream.destroy();
        return;
      }
      channel = stream;
      dispatch({ type: 'channelOpen' });
      options.onChannel(stream);
    } catch (error) {
      dispatch({ type: 'channelFailed', ...named(error) });
    }
  }

  function named(error: unknown): Failure {
    if (state.phase !== 'closed') log.warn('tunnel failed', { phase: state.phase, error });
    return toFailure(error);
  }

  // Not in this call: the caller must hold the tunnel before its first state arrives.
  queueMicrotask(() => dispatch({ type: 'start', desk: options.desk }));
  return {
    state: () => state,
    end: (failure) => dispatch({ type: 'end', reason: failure?.reason ?? null, details: failure?.details ?? {} }),
    heard: () => dispatch({ type: 'channelHeard' }),
    answerOtp: (otp) => dispatch({ type: 'otp', otp }),
    reopen: () => dispatch({ type: 'reopen' }),
    extend: (otp) => dispatch({ type: 'extend', otp }),
    presents: pairs.present,
    testify: (id, jws) => dispatch({ type: 'testify', id, jws }),
    tell: (event, details) => dispatch({ type: 'tell', event, details }),
    deskCertificate: (sha256) => dispatch({ type: 'deskCertificate', sha256 }),
  };
}
