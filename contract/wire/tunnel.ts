import type { ErrorName } from '../errors/catalogue.ts';
import type { ErrorDetails } from '../errors/hanare-error.ts';
import { deskAuthority } from './grant.ts';
import { type Heartbeat, heard, liveness, pingDue, pinged, ponged, startHeartbeat } from './heartbeat.ts';
import type { ClientMessage, Desk, GatewayMessage, User } from './messages.ts';

/**
 * The client's side of one closed session, as a value: dial the gateway, sign in, get a grant, open the desk, stay
 * alive, end once. No I/O: `step` takes an event and the time and returns the next state with the effects to carry out.
 *
 * INVARIANT: a tunnel closes exactly once. After `closed` every event is ignored and has no effect.
 */
export type TunnelPhase = 'idle' | 'network' | 'gateway' | 'signIn' | 'desk' | 'open' | 'closed';

export type TunnelState = Readonly<{
  phase: TunnelPhase;
  /** Desk the user asked for; null takes the first assigned one. */
  wanted: string | null;
  user: User | null;
  desk: Desk | null;
  sid: string | null;
  beat: Heartbeat | null;
  /** Monotonic ms at which the present phase has taken too long; null where it may last. */
  deadline: number | null;
  authSent: boolean;
  closed: Readonly<{ reason: ErrorName | null; details: ErrorDetails }> | null;
}>;

export type TunnelEvent =
  | Readonly<{ type: 'start'; desk: string | null }>
  /** TCP is up; TLS and the upgrade follow. */
  | Readonly<{ type: 'reached' }>
  /** The control WebSocket is open. */
  | Readonly<{ type: 'controlOpen' }>
  /** `wallNow`: this laptop's clock, ms since 1970. */
  | Readonly<{ type: 'message'; message: GatewayMessage; wallNow: number }>
  /** A frame that is no message of the protocol. */
  | Readonly<{ type: 'garbage' }>
  | Readonly<{ type: 'controlLost'; reason: ErrorName; details?: ErrorDetails }>
  | Readonly<{ type: 'channelOpen' }>
  | Readonly<{ type: 'channelFailed'; reason: ErrorName; details?: ErrorDetails }>
  /** Desk bytes arrived: the line lives, even if pongs wait behind them. */
  | Readonly<{ type: 'channelHeard' }>
  | Readonly<{ type: 'channelEnded' }>
  | Readonly<{ type: 'tick' }>
  /** The user, or the screen, ends it; `reason` null means in order. */
  | Readonly<{ type: 'end'; reason: ErrorName | null; details?: ErrorDetails }>;

export type TunnelEffect =
  | Readonly<{ type: 'dial' }>
  | Readonly<{ type: 'send'; message: ClientMessage }>
  | Readonly<{ type: 'openChannel'; authority: string; token: string }>
  | Readonly<{ type: 'closeAll' }>;

export type TunnelStep = Readonly<{ state: TunnelState; effects: readonly TunnelEffect[] }>;

export const tunnelLimits = {
  networkMs: 10_000,
  gatewayMs: 10_000,
  signInMs: 15_000,
  deskMs: 15_000,
  endingMs: 1_000,
  /** Certificates and one-time passwords mean nothing when the two clocks are further apart than this. */
  clockSkewMs: 300_000,
} as const;

const request = 1;

export const initialTunnel: TunnelState = {
  phase: 'idle',
  wanted: null,
  user: null,
  desk: null,
  sid: null,
  beat: null,
  deadline: null,
  authSent: false,
  closed: null,
};

/** What every tunnel says of itself in `hello`. */
export type TunnelIdentity = Readonly<{ version: string; platform: string }>;

export function step(state: TunnelState, event: TunnelEvent, now: number, identity: TunnelIdentity): TunnelStep {
  if (state.phase === 'closed') return stay(state);
  switch (event.type) {
    case 'start':
      if (state.phase !== 'idle') return stay(state);
      return {
        state: { ...state, phase: 'network', wanted: event.desk, deadline: now + tunnelLimits.networkMs },
        effects: [{ type: 'dial' }],
      };
    case 'reached':
      if (state.phase !== 'network') return stay(state);
      return stay({ ...state, phase: 'gateway', deadline: now + tunnelLimits.gatewayMs });
    case 'controlOpen':
      if (state.phase !== 'network' && state.phase !== 'gateway') return stay(state);
      return {
        state: { ...state, phase: 'signIn', deadline: now + tunnelLimits.signInMs, beat: startHeartbeat(now) },
        effects: [send({ type: 'hello', version: 1, client: identity })],
      };
    case 'message':
      return receive({ ...state, beat: state.beat && heard(state.beat, now) }, event.message, now, event.wallNow);
    case 'garbage':
      return close(state, 'protocolMismatch');
    case 'controlLost':
      return close(state, event.reason, event.details);
    case 'channelOpen':
      if (state.phase !== 'desk' || state.sid === null) return stay(state);
      return stay({ ...state, phase: 'open', deadline: null });
    case 'channelFailed':
      return close(state, event.reason, event.details);
    case 'channelHeard':
      return stay({ ...state, beat: state.beat && heard(state.beat, now) });
    case 'channelEnded':
      // The gateway names the reason on the control connection, or is itself gone: wait for either, but not for long.
      return state.phase === 'open' ? stay(ending(state, now)) : close(state, 'deskDown');
    case 'tick':
      return tick(state, now);
    case 'end': {
      const last = close(state, event.reason, event.details);
      // The gateway would otherwise see only a channel that broke off, and record the session as lost.
      const goodbye = event.reason === null && state.sid !== null ? [send({ type: 'close', sid: state.sid })] : [];
      return { ...last, effects: [...goodbye, ...last.effects] };
    }
    default:
      return event satisfies never;
  }
}

function receive(state: TunnelState, message: GatewayMessage, now: number, wallNow: number): TunnelStep {
  // Nothing can have come in, and nothing may go out, before the control connection is open.
  if (!state.beat) return close(state, 'protocolMismatch');
  switch (message.type) {
    case 'challenge': {
      if (state.phase !== 'signIn' || state.authSent) return close(state, 'protocolMismatch');
      const skew = wallNow - message.serverTime;
      if (Math.abs(skew) > tunnelLimits.clockSkewMs) {
        return close(state, 'clockWrong', { seconds: Math.round(skew / 1000) });
      }
      return {
        state: { ...state, authSent: true },
        effects: [send({ type: 'auth', nonce: message.nonce })],
      };
    }
    case 'authOk': {
      if (state.phase !== 'signIn' || !state.authSent) return close(state, 'protocolMismatch');
      const wanted = state.wanted ?? message.desks[0]?.id;
      if (wanted === undefined) return close(state, 'noDeskAssigned');
      return {
        state: { ...state, phase: 'desk', user: message.user, wanted, deadline: now + tunnelLimits.deskMs },
        // Whether the desk is the user's is the gateway's decision, so the question is always put to it.
        effects: [send({ type: 'open', request, desk: wanted })],
      };
    }
    case 'authFail':
      return close(state, message.reason);
    case 'grant':
      if (state.phase !== 'desk' || state.sid !== null || message.request !== request) {
        return close(state, 'protocolMismatch');
      }
      if (message.desk.id !== state.wanted) return close(state, 'protocolMismatch');
      return {
        state: { ...state, sid: message.sid, desk: message.desk },
        effects: [
          {
            type: 'openChannel',
            authority: deskAuthority(message.desk.id, message.desk.protocol),
            token: message.token,
          },
        ],
      };
    case 'refused':
      return message.request === request ? close(state, message.reason) : stay(state);
    case 'closed':
      if (message.sid !== state.sid) return stay(state);
      // The desk's last words (a wrong password, say) may still be on their way through the channel and the screen, which
      // then ends the session with a better reason than this one. `lateReason` names this one otherwise.
      if (state.phase === 'open' && message.reason === 'deskClosed') return stay(ending(state, now));
      return close(state, message.reason);
    case 'drain':
      // A session that is up may use the time that is left; one that is still being built would only be cut.
      return state.phase === 'open' ? stay(state) : close(state, 'gatewayBusy');
    case 'ping':
      return { state, effects: [send({ type: 'pong', n: message.n })] };
    case 'pong':
      return stay({ ...state, beat: state.beat && ponged(state.beat, message.n, now) });
    default:
      return message satisfies never;
  }
}

function tick(state: TunnelState, now: number): TunnelStep {
  if (state.deadline !== null && now >= state.deadline) return close(state, lateReason(state.phase));
  if (!state.beat) return stay(state);
  if (liveness(state.beat, now) === 'dead') return close(state, 'connectionLost');
  if (!pingDue(state.beat, now)) return stay(state);
  return {
    state: { ...state, beat: pinged(state.beat, now) },
    effects: [send({ type: 'ping', n: state.beat.next })],
  };
}

function lateReason(phase: TunnelPhase): ErrorName {
  if (phase === 'open') return 'deskClosed';
  return phase === 'desk' ? 'deskDown' : 'gatewayTimeout';
}

function ending(state: TunnelState, now: number): TunnelState {
  return { ...state, deadline: state.deadline ?? now + tunnelLimits.endingMs };
}

function send(message: ClientMessage): TunnelEffect {
  return { type: 'send', message };
}

function stay(state: TunnelState): TunnelStep {
  return { state, effects: [] };
}

function close(state: TunnelState, reason: ErrorName | null, details: ErrorDetails = {}): TunnelStep {
  return {
    state: { ...state, phase: 'closed', deadline: null, beat: null, closed: { reason, details } },
    effects: state.phase === 'idle' ? [] : [{ type: 'closeAll' }],
  };
}
