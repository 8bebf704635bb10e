import { randomBytes } from 'node:crypto';
import type { RawData, WebSocket } from 'ws';
import { fromClient, type GatewayMessage, parseControl } from '#contract/wire/messages.ts';
import { createControlOpen } from './control-open.ts';
import { type Control, type ControlDeps, closeCodes } from './control-port.ts';
import { type Action, advance, type Stage } from './control-protocol.ts';
import { createControlRules } from './control-rules.ts';
import { createControlSignIn } from './control-sign-in.ts';
import { createControlTestimony } from './control-testimony.ts';
import { createRateLimit } from './limits.ts';
import type { Admission } from './tls.ts';

/** Speaks contract/wire/messages.ts with one client until the connection ends; its sessions end with it. */
export function serveControl(ws: WebSocket, admission: Admission, deps: ControlDeps): Control {
  const { identity, sessions, clock, limits } = deps;
  const { caller, mode, source, key } = admission;
  const logger = deps.logger.with('control', { device: caller.device });
  const allow = createRateLimit(limits.messageBurst, limits.messagesPerSecond, clock.monotonic);
  const nonce = randomBytes(16).toString('base64url');
  let stage: Stage = mode === 'eraseOnly' ? 'erasing' : 'hello';
  let closing = false;
  let leftPolitely = false;
  let pings = 0;
  let cut: NodeJS.Timeout | undefined;
  let eraseLate: NodeJS.Timeout | undefined;

  const terminate = (why: string): void => {
    logger.info('control connection cut', { why });
    ws.terminate();
  };
  const late = setTimeout(() => control.close(closeCodes.policy, 'no sign-in in time'), limits.signInMs);
  const silence = setTimeout(() => terminate('silent'), limits.silenceMs);
  const heartbeat = setInterval(() => {
    if (stage === 'ready') control.send({ type: 'ping', n: pings++ });
  }, limits.heartbeatMs);

  const control: Control = {
    caller,
    machine: () => (closing ? undefined : signIn.machine()),
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
    erase: () => {
      if (closing || eraseLate !== undefined) return;
      stage = 'erasing';
      clearTimeout(late);
      signIn.stop();
      rules.stop();
      eraseLate = setTimeout(() => control.close(closeCodes.policy, 'not erased in time'), limits.eraseMs);
      logger.info('device told to erase itself');
      control.send({ type: 'erase' });
      // Without `closed`: to the laptop that would be the end, and it would not hear the rest.
      sessions.endOf(control, 'deviceRevoked', false);
    },
    followRules: () => {
      if (closing) return;
      try {
        rules.follow();
      } catch (error) {
        // Nobody stays under rules that cannot be read.
        logger.error('rules could not be followed', { error });
        sessions.endOf(control, 'internal', true);
        control.close(closeCodes.policy, 'internal');
      }
    },
  };
  const signIn = createControlSignIn(control, {
    ...deps,
    logger,
    onReady: () => {
      clearTimeout(late);
      stage = 'ready';
      deps.onReady(control);
    },
    onWelcome: (welcomed) => rules.begin(welcomed),
  });
  const said = createControlTestimony(control, {
    ...{ ...deps, logger, key, nonce },
    policy: () => rules.policy(),
    onReport: () => rules.look(),
  });
  const rules = createControlRules(control, { ...deps, logger, source, signIn, said });
  const open = createControlOpen(control, { ...deps, logger, source, signIn, rules });

  const refuse = (problem: string, code: number, why: string): void => {
    logger.warn('control message refused', { problem });
    control.close(code, why);
  };

  const act = (action: Action): void => {
    switch (action.do) {
      case 'greet':
        signIn.greet(action, nonce);
        break;
      case 'signIn':
        signIn.signIn(action.otp);
        break;
      case 'extend':
        signIn.extend(action.otp);
        break;
      case 'renew':
        signIn.renew(action.request, action.csr);
        break;
      case 'erased':
        identity.erased(caller.device);
        logger.info('device erased itself');
        control.close(closeCodes.done, 'erased');
        break;
      case 'open':
        open(action.request, action.desk);
        break;
      case 'close':
        if (sessions.get(action.sid)?.device === caller.device) sessions.end(action.sid, 'userEnded', false);
        break;
      case 'testify':
        if (!said.testify(action)) refuse('order', closeCodes.policy, 'out of order');
        break;
      case 'tell':
        said.tell(action.event, action.details);
        break;
      case 'pin':
        said.pin(action.sid, action.sha256);
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
    // Whatever a given-up laptop says first, in whatever version: the order comes before any of it is read.
    if (stage === 'erasing' && eraseLate === undefined) control.erase();
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
    leftPolitely = !closing && (code === closeCodes.done || code === closeCodes.goingAway);
    closing = true;
    for (const timer of [late, silence, heartbeat, cut, eraseLate]) clearTimeout(timer);
    signIn.stop();
    rules.stop();
    sessions.endOf(control, leftPolitely ? 'userEnded' : 'connectionLost', false);
    deps.onClosed(control);
  });
  return control;
}
