import type { Duplex } from 'node:stream';
import { type Failure, HanareError, toFailure } from '#contract/errors/hanare-error.ts';
import type { Logger } from '#contract/log/logger.ts';
import { initialTunnel, step, type TunnelEffect, type TunnelEvent, type TunnelState } from '#contract/wire/tunnel.ts';
import { openChannel } from './channel.ts';
import { type Control, openControl } from './control.ts';
import { type Credentials, dialGateway } from './dial.ts';

export type TunnelOptions = Readonly<{
  credentials: Credentials;
  /** Desk to open; null for the user's first. */
  desk: string | null;
  identity: Readonly<{ version: string; platform: string }>;
  log: Logger;
  /** Monotonic milliseconds. */
  now: () => number;
  /** Milliseconds since 1970. */
  wallNow: () => number;
  onState(state: TunnelState): void;
  /** The desk's byte stream, paused; it is destroyed when the tunnel closes. */
  onChannel(stream: Duplex): void;
}>;

export type Tunnel = Readonly<{
  state(): TunnelState;
  /** Ends the session; `failure` null means in order. */
  end(failure: Failure | null): void;
  /** Tells the tunnel that desk bytes arrived, which proves the line alive. */
  heard(): void;
}>;

const tickMs = 250;

/** Carries out what the pure machine of contract/wire/tunnel.ts decides: the only place where its effects meet sockets. */
export function openTunnel(options: TunnelOptions): Tunnel {
  const { credentials, log, now } = options;
  const abort = new AbortController();
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
      case 'openChannel':
        void open(effect.authority, effect.token);
        return;
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
    try {
      const socket = await dialGateway(credentials, {
        signal: abort.signal,
        onReached: () => dispatch({ type: 'reached' }),
      });
      if (state.phase === 'closed') {
        socket.destroy();
        return;
      }
      log.info('gateway secured', { protocol: socket.getProtocol(), cipher: socket.getCipher().standardName });
      control = openControl(socket, {
        open: () => dispatch({ type: 'controlOpen' }),
        message: (message) => dispatch({ type: 'message', message, wallNow: options.wallNow() }),
        garbage: () => dispatch({ type: 'garbage' }),
        lost: (error) => dispatch({ type: 'controlLost', ...named(error) }),
      });
    } catch (error) {
      dispatch({ type: 'controlLost', ...named(error) });
    }
  }

  async function open(authority: string, token: string): Promise<void> {
    try {
      const socket = await dialGateway(credentials, { signal: abort.signal });
      const stream = await openChannel(socket, { authority, token, signal: abort.signal });
      stream.on('error', (error) => log.debug('channel error', { error }));
      stream.on('close', () => dispatch({ type: 'channelEnded' }));
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
  };
}
