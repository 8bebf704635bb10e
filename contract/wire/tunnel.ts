import type { ErrorName } from '../errors/catalogue.ts';
import type { ErrorDetails, Failure } from '../errors/hanare-error.ts';
import { deskAuthority } from './grant.ts';
import { heard, liveness, pingDue, pinged, ponged, startHeartbeat } from './heartbeat.ts';
import { type ClientMessage, type GatewayMessage, wireVersion } from './messages.ts';
import {
  type TunnelEffect,
  type TunnelEvent,
  type TunnelIdentity,
  type TunnelState,
  type TunnelStep,
  tunnelLimits,
} from './tunnel-state.ts';

/* The client's side of one closed session, as a value: dial the gateway, sign in, get a grant, open the desk, stay
 * alive, end once. */

const request = 1;
const renewRequest = 2;
/** A laptop's own code can be used already when it has just signed in before; one that finds so three times is not alone. */
const mostUsedCodes = 2;

/**
 * No I/O: takes an event and the time, and returns the next state with the effects to carry out.
 *
 * INVARIANT: a tunnel closes exactly once. After `closed` every event is ignored and has no effect.
 * INVARIANT: a laptop that was told to erase itself does nothing else any more, whatever it hears.
 * @param now monotonic ms.
 */
export function step(state: TunnelState, event: TunnelEvent, now: number, identity: TunnelIdentity): TunnelStep {
  if (state.phase === 'closed') return stay(state);
  if (state.phase === 'erasing') return erasing(state, event, now);
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
      return greet(state, now, identity);
    case 'message':
      return receive({ ...state, beat: state.beat && heard(state.beat, now) }, event.message, now, event.wallNow);
    case 'garbage':
      return close(state, 'protocolMismatch');
    case 'controlLost':
      // The gateway that hangs up on a revoked laptop has said why before.
      return state.parting === 'deviceRevoked'
        ? close(state, state.parting)
        : close(state, event.reason, event.details);
    case 'otp': {
      const { nonce } = state;
      if (state.phase !== 'signIn' || nonce === null || state.authSent) return stay(state);
      const prompt = state.prompt && { ...state.prompt, busy: true };
      return {
        state: { ...state, authSent: true, prompt, deadline: now + tunnelLimits.signInMs },
        effects: [send({ type: 'auth', nonce, otp: event.otp })],
      };
    }
    case 'admitted':
      if (state.phase !== 'desk' || state.openSent || state.wanted === null) return stay(state);
      // Whether the desk is the user's is the gateway's decision, so the question is always put to it.
      return {
        state: {
          ...state,
          openSent: true,
          deadline: state.parting === null ? now + tunnelLimits.deskMs : state.deadline,
        },
        effects: [send({ type: 'open', request, desk: state.wanted })],
      };
    case 'extend':
      if (!signedIn(state) || state.extending) return stay(state);
      return { state: { ...state, extending: true }, effects: [send({ type: 'extend', otp: event.otp })] };
    case 'renew':
      if (!signedIn(state) || state.renewing) return stay(state);
      return {
        state: { ...state, renewing: true },
        effects: [send({ type: 'renew', request: renewRequest, csr: event.csr })],
      };
    case 'testify':
      if (!signedIn(state)) return stay(state);
      return { state, effects: [send({ type: 'evidence', id: event.id, jws: event.jws })] };
    case 'tell':
      if (!signedIn(state)) return stay(state);
      return { state, effects: [send({ type: 'event', event: event.event, details: event.details })] };
    case 'deskCertificate':
      if (!signedIn(state) || state.sid === null) return stay(state);
      return { state, effects: [send({ type: 'deskCertificate', sid: state.sid, sha256: event.sha256 })] };
    case 'erased':
    case 'eraseFailed':
      return stay(state);
    case 'channelOpen':
      if (state.phase !== 'desk' || state.sid === null) return stay(state);
      // A session that is over already keeps its deadline.
      return stay({ ...state, phase: 'open', deadline: state.parting === null ? null : state.deadline });
    case 'channelFailed':
      return state.parting === 'deviceRevoked' ? stay(state) : close(state, event.reason, event.details);
    case 'channelHeard':
      return stay({ ...state, beat: state.beat && heard(state.beat, now) });
    case 'channelEnded':
      // The gateway names the reason on the control connection, or is itself gone: wait for either, but not for long.
      if (state.phase === 'open' || state.parting !== null) return stay(part(state, 'deskClosed', now));
      return close(state, 'deskDown');
    case 'reopen':
      return reopen(state, now);
    case 'tick':
      return tick(state, now);
    case 'end':
      return end(state, event.reason, event.details);
    default:
      return event satisfies never;
  }
}

function greet(state: TunnelState, now: number, { version, platform, machine }: TunnelIdentity): TunnelStep {
  if (state.phase !== 'network' && state.phase !== 'gateway') return stay(state);
  return {
    state: { ...state, phase: 'signIn', deadline: now + tunnelLimits.signInMs, beat: startHeartbeat(now) },
    effects: [send({ type: 'hello', version: wireVersion, client: { version, platform }, machine })],
  };
}

/** The old session is left in order first, because a desk has one at a time. What is still said of it counts no more. */
function reopen(state: TunnelState, now: number): TunnelStep {
  const { sid, wanted } = state;
  if (state.phase !== 'open' || state.parting !== null || sid === null || wanted === null) return stay(state);
  return {
    state: { ...state, phase: 'desk', sid: null, wake: null, deadline: now + tunnelLimits.deskMs },
    effects: [send({ type: 'close', sid }), { type: 'closeChannel' }, send({ type: 'open', request, desk: wanted })],
  };
}

function end(state: TunnelState, reason: ErrorName | null, details?: ErrorDetails): TunnelStep {
  // The order to erase is on its way: leaving now would put it off until the laptop comes back, if ever.
  if (state.parting === 'deviceRevoked') return stay(state);
  const last = close(state, reason, details);
  // The gateway would otherwise see only a channel that broke off, and record the session as lost.
  const goodbye = reason === null && state.sid !== null ? [send({ type: 'close', sid: state.sid })] : [];
  return { ...last, effects: [...goodbye, ...last.effects] };
}

function receive(state: TunnelState, message: GatewayMessage, now: number, wallNow: number): TunnelStep {
  // Nothing can have come in, and nothing may go out, before the control connection is open.
  if (!state.beat) return close(state, 'protocolMismatch');
  switch (message.type) {
    case 'challenge':
      return challenged(state, message, now, wallNow);
    case 'authOk':
      return accepted(state, message, now);
    case 'authFail':
      return refused(state, message, now);
    case 'extended':
      if (!state.extending) return close(state, 'protocolMismatch');
      return stay({ ...state, extending: false, until: message.until + state.skewMs });
    case 'certificate':
      if (!state.renewing || message.request !== renewRequest) return close(state, 'protocolMismatch');
      return {
        state: { ...state, renewing: false },
        effects: [{ type: 'certificate', certificate: message.certificate }],
      };
    case 'erase':
      return {
        state: { ...state, phase: 'erasing', prompt: null, deadline: now + tunnelLimits.eraseMs },
        effects: [{ type: 'erase' }],
      };
    case 'grant':
      return granted(state, message, now);
    case 'refused':
      if (message.request === request) return close(state, message.reason, message.details);
      if (message.request !== renewRequest || !state.renewing) return stay(state);
      return { state: { ...state, renewing: false }, effects: [{ type: 'renewRefused', reason: message.reason }] };
    case 'closed':
      if (message.sid !== state.sid) return stay(state);
      // The order to erase follows on this same connection.
      if (message.reason === 'deviceRevoked') return stay(part(state, message.reason, now));
      // The desk's last words (a wrong password, say) may still be on their way through the channel and the screen, which
      // then ends the session with a better reason than this one. `lateReason` names this one otherwise.
      if (state.phase === 'open' && message.reason === 'deskClosed') return stay(part(state, message.reason, now));
      return close(state, message.reason, message.details);
    case 'kept':
      if (!signedIn(state)) return close(state, 'protocolMismatch');
      return { state, effects: [{ type: 'kept', id: message.id, verdicts: message.verdicts }] };
    case 'policy':
      if (!signedIn(state)) return close(state, 'protocolMismatch');
      return { state, effects: [{ type: 'policy', policy: message.policy }] };
    case 'closing':
      if (!signedIn(state)) return close(state, 'protocolMismatch');
      return stay({ ...state, closes: message.at + state.skewMs });
    case 'waking':
      if (state.phase !== 'desk' || !state.openSent || message.request !== request) {
        return close(state, 'protocolMismatch');
      }
      return stay({ ...state, wake: message.stage, deadline: now + tunnelLimits.wakeMs });
    case 'drain':
      // A session that is up may use the time that is left; one that is still being built would only be cut.
      return state.phase === 'open' ? stay(state) : close(state, 'gatewayBusy');
    case 'ping':
      return { state, effects: [send({ type: 'pong', n: message.n })] };
    case 'pong':
      return stay({ ...state, beat: ponged(state.beat, message.n, now) });
    default:
      return message satisfies never;
  }
}

type Said<T extends GatewayMessage['type']> = Extract<GatewayMessage, { type: T }>;

function challenged(state: TunnelState, message: Said<'challenge'>, now: number, wallNow: number): TunnelStep {
  if (state.phase !== 'signIn' || state.nonce !== null) return close(state, 'protocolMismatch');
  const skewMs = wallNow - message.serverTime;
  if (Math.abs(skewMs) > tunnelLimits.clockSkewMs) {
    return close(state, 'clockWrong', { seconds: Math.round(skewMs / 1000) });
  }
  const asked = { ...state, nonce: message.nonce, method: message.method, skewMs };
  if (message.method === 'embedded') return askVault(asked, now);
  return stay({ ...asked, prompt: { failure: null, busy: false }, deadline: now + tunnelLimits.promptMs });
}

function askVault(state: TunnelState, now: number): TunnelStep {
  return {
    state: { ...state, deadline: now + tunnelLimits.otpMs },
    effects: [{ type: 'otp', skewMs: state.skewMs }],
  };
}

function accepted(state: TunnelState, message: Said<'authOk'>, now: number): TunnelStep {
  const { nonce } = state;
  if (state.phase !== 'signIn' || !state.authSent || nonce === null) return close(state, 'protocolMismatch');
  const wanted = state.wanted ?? message.desks[0]?.id;
  if (wanted === undefined) return close(state, 'noDeskAssigned');
  const { user, desks, policy, lease } = message;
  return {
    state: {
      ...state,
      phase: 'desk',
      user,
      wanted,
      nonce: null,
      prompt: null,
      authSent: false,
      until: message.until + state.skewMs,
      deadline: now + tunnelLimits.admitMs,
    },
    effects: [{ type: 'signedIn', policy, user, desks, nonce, lease: lease === null ? null : lease + state.skewMs }],
  };
}

function refused(state: TunnelState, message: Said<'authFail'>, now: number): TunnelStep {
  const failure: Failure = { reason: message.reason, details: message.details };
  if (message.final) return close(state, failure.reason, failure.details);
  if (state.extending) return { state: { ...state, extending: false }, effects: [{ type: 'extendRefused', failure }] };
  if (!state.authSent) return close(state, 'protocolMismatch');
  const waiting = { ...state, authSent: false };
  if (state.prompt !== null) {
    return stay({ ...waiting, prompt: { failure, busy: false }, deadline: now + tunnelLimits.promptMs });
  }
  // A code that the laptop made itself would only be refused again, but for one that came too soon after the last.
  if (failure.reason !== 'otpUsed' || state.usedCodes >= mostUsedCodes) {
    return close(state, failure.reason, failure.details);
  }
  return askVault({ ...waiting, usedCodes: state.usedCodes + 1 }, now);
}

function granted(state: TunnelState, message: Said<'grant'>, now: number): TunnelStep {
  const fits = state.openSent && message.request === request && message.desk.id === state.wanted;
  // Without it nobody would know whom an RDP desk's certificate may belong to.
  const access = (message.desk.protocol === 'rdp') === (message.rdp !== undefined);
  if (state.phase !== 'desk' || state.sid !== null || !fits || !access) return close(state, 'protocolMismatch');
  const authority = deskAuthority(message.desk.id, message.desk.protocol);
  return {
    // A desk that took long to wake has its own time to open all the same.
    state: {
      ...state,
      sid: message.sid,
      desk: message.desk,
      rdp: message.rdp ?? null,
      deadline: now + tunnelLimits.deskMs,
    },
    effects: [{ type: 'openChannel', authority, token: message.token }],
  };
}

/** A lost line, the user's wish to leave and the screen's words change nothing now: what counts happens on this laptop. */
function erasing(state: TunnelState, event: TunnelEvent, now: number): TunnelStep {
  switch (event.type) {
    case 'erased': {
      const last = close(state, 'deviceErased');
      return { ...last, effects: [send({ type: 'erased' }), ...last.effects] };
    }
    case 'eraseFailed':
      return close(state, event.reason, event.details);
    case 'tick':
      return state.deadline !== null && now >= state.deadline ? close(state, 'storageFailed') : stay(state);
    case 'message':
      if (event.message.type !== 'ping') return stay(state);
      return { state, effects: [send({ type: 'pong', n: event.message.n })] };
    default:
      return stay(state);
  }
}

function tick(state: TunnelState, now: number): TunnelStep {
  if (state.deadline !== null && now >= state.deadline) return close(state, lateReason(state));
  if (!state.beat) return stay(state);
  if (liveness(state.beat, now) === 'dead') return close(state, 'connectionLost');
  if (!pingDue(state.beat, now)) return stay(state);
  return {
    state: { ...state, beat: pinged(state.beat, now) },
    effects: [send({ type: 'ping', n: state.beat.next })],
  };
}

/** From authOk on. */
function signedIn(state: TunnelState): boolean {
  return state.phase === 'desk' || state.phase === 'open';
}

function lateReason({ phase, prompt, parting, openSent }: TunnelState): ErrorName {
  if (parting !== null) return parting;
  if (prompt !== null && !prompt.busy) return 'signInTimeout';
  if (phase !== 'desk') return 'gatewayTimeout';
  return openSent ? 'deskDown' : 'postureMissing';
}

/** The session is over for this reason, unless something better (or `erase`) comes within a moment. */
function part(state: TunnelState, reason: ErrorName, now: number): TunnelState {
  if (state.parting === reason || state.parting === 'deviceRevoked') return state;
  if (reason === 'deviceRevoked') return { ...state, parting: reason, deadline: now + tunnelLimits.revokedMs };
  return { ...state, parting: reason, deadline: state.deadline ?? now + tunnelLimits.endingMs };
}

function send(message: ClientMessage): TunnelEffect {
  return { type: 'send', message };
}

function stay(state: TunnelState): TunnelStep {
  return { state, effects: [] };
}

function close(state: TunnelState, reason: ErrorName | null, details: ErrorDetails = {}): TunnelStep {
  return {
    state: { ...state, phase: 'closed', deadline: null, beat: null, prompt: null, closed: { reason, details } },
    effects: state.phase === 'idle' ? [] : [{ type: 'closeAll' }],
  };
}
