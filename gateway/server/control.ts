import { randomBytes } from 'node:crypto';
import type { RawData, WebSocket } from 'ws';
import type { ErrorName } from '#contract/errors/catalogue.ts';
import type { Logger } from '#contract/log/logger.ts';
import { fromClient, type GatewayMessage, parseControl } from '#contract/wire/messages.ts';
import type { Store } from '../store/store.ts';
import { type Action, advance, type Stage } from './control-protocol.ts';
import { type Clock, createRateLimit, type Limits } from './limits.ts';
import { mayOpen, maySignIn } from './policy.ts';
import type { ControlPort, Sessions } from './sessions.ts';
import type { Caller } from './tls.ts';

/** WebSocket close codes (RFC 6455 §7.4.1; 4xxx are ours). */
export const closeCodes = { goingAway: 1001, protocol: 1002, binary: 1003, policy: 1008, replaced: 4001 } as const;

const maxDesks = 64;

export type Control = ControlPort &
  Readonly<{
    caller: Caller;
    /** Closes the connection; cut when the peer does not answer the close frame in time. */
    close: (code: number, why: string) => void;
  }>;

export type ControlDeps = Readonly<{
  store: Store;
  sessions: Sessions;
  clock: Clock;
  limits: Limits;
  logger: Logger;
  draining: () => boolean;
  /** Called at authOk. */
  onReady: (control: Control) => void;
  onClosed: (control: Control) => void;
}>;

/** Speaks contract/wire/messages.ts with one client until the connection ends; its sessions end with it. */
export function serveControl(ws: WebSocket, caller: Caller, deps: ControlDeps): Control {
  const { store, sessions, clock, limits } = deps;
  const logger = deps.logger.with('control', { device: caller.device });
  const allow = createRateLimit(limits.messageBurst, limits.messagesPerSecond, clock.monotonic);
  const nonce = randomBytes(16).toString('base64url');
  let stage: Stage = 'hello';
  let closing = false;
  let leftPolitely = false;
  let pings = 0;
  let cut: NodeJS.Timeout | undefined;

  const terminate = (why: string): void => {
    logger.info('control connection cut', { why });
    ws.terminate();
  };
  const signIn = setTimeout(() => control.close(closeCodes.policy, 'no sign-in in time'), limits.signInMs);
  const silence = setTimeout(() => terminate('silent'), limits.silenceMs);
  const heartbeat = setInterval(() => {
    if (stage === 'ready') control.send({ type: 'ping', n: pings++ });
  }, limits.heartbeatMs);

  const control: Control = {
    caller,
    send: (message: GatewayMessage) => {
      if (ws.readyState !== ws.OPEN) return;
      if (ws.bufferedAmount > limits.controlBacklogBytes) terminate('does not read');
      else ws.send(JSON.stringify(message));
    },
    close: (code, why) => {
      if (closing) return;
      closing = true;
      ws.close(code, why);
      cut = setTimeout(() => ws.terminate(), limits.closeMs);
    },
  };

  const open = (request: number, deskId: string): void => {
    const desk = store.desk(deskId);
    const reason: ErrorName | undefined = mayOpen({
      desk,
      assigned: store.assigned(deskId, caller.user),
      draining: deps.draining(),
      held: sessions.held(control),
      limit: limits.sessionsPerControl,
    });
    if (reason !== undefined || desk === undefined) {
      logger.info('session refused', { desk: deskId, reason });
      control.send({ type: 'refused', request, reason: reason ?? 'deskNotAssigned' });
      return;
    }
    const shown = { id: desk.id, name: desk.name, protocol: desk.protocol };
    sessions.grant(control, caller, shown).then(
      (grant) => control.send({ type: 'grant', request, desk: shown, ...grant }),
      (error: unknown) => {
        logger.error('grant could not be made', { error });
        control.send({ type: 'refused', request, reason: 'internal' });
      },
    );
  };

  const signInNow = (): void => {
    clearTimeout(signIn);
    const user = store.user(caller.user);
    const reason = maySignIn(user);
    if (reason !== undefined || user === undefined) {
      control.send({ type: 'authFail', reason: reason ?? 'signInRefused' });
      control.close(closeCodes.policy, 'sign-in refused');
      return;
    }
    deps.onReady(control);
    const desks = store.desksOf(user.id).slice(0, maxDesks);
    control.send({ type: 'authOk', user: { id: user.id, name: user.name }, desks });
  };

  const refuse = (problem: string, code: number, why: string): void => {
    logger.warn('control message refused', { problem });
    control.close(code, why);
  };

  const act = (action: Action): void => {
    switch (action.do) {
      case 'challenge':
        control.send({ type: 'challenge', nonce, serverTime: clock.now() });
        break;
      case 'signIn':
        signInNow();
        break;
      case 'open':
        open(action.request, action.desk);
        break;
      case 'close':
        if (sessions.get(action.sid)?.device === caller.device) sessions.end(action.sid, 'userEnded', false);
        break;
      case 'pong':
        control.send({ type: 'pong', n: action.n });
        break;
      case 'nothing':
        break;
      case 'violation':
        refuse(action.problem, closeCodes.policy, action.problem === 'nonce' ? 'wrong answer' : 'out of order');
        break;
      default:
        action satisfies never;
    }
  };

  const receive = (data: RawData, isBinary: boolean): void => {
    if (closing) return;
    silence.refresh();
    const message = isBinary ? undefined : parseControl(fromClient, data.toString());
    if (!allow()) refuse('rate', closeCodes.policy, 'too many messages');
    else if (isBinary) refuse('binary', closeCodes.binary, 'text only');
    else if (message === undefined) refuse('form', closeCodes.protocol, 'unreadable message');
    else {
      const step = advance(stage, message, nonce);
      stage = step.stage;
      act(step.action);
    }
  };

  ws.on('message', (data, isBinary) => {
    try {
      receive(data, isBinary);
    } catch (error) {
      // The store failed: without it nothing may be decided, so the connection ends.
      logger.error('control message failed', { error });
      ws.terminate();
    }
  });
  // Frames below our protocol: ws answers pings by itself, so a flood of them must be bounded here.
  const frame = (): void => {
    silence.refresh();
    if (!allow()) terminate('too many frames');
  };
  ws.on('ping', frame);
  ws.on('pong', frame);
  ws.on('error', (error) => logger.info('control connection broke', { error: error.message }));
  ws.on('close', (code) => {
    leftPolitely = !closing && (code === 1000 || code === closeCodes.goingAway);
    clearTimeout(signIn);
    clearTimeout(silence);
    clearInterval(heartbeat);
    clearTimeout(cut);
    sessions.endOf(control, leftPolitely ? 'userEnded' : 'connectionLost');
    deps.onClosed(control);
  });
  return control;
}
