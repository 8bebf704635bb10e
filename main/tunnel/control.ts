import type { TLSSocket } from 'node:tls';
import WebSocket from 'ws';
import { HanareError } from '#contract/errors/hanare-error.ts';
import {
  type ClientMessage,
  fromGateway,
  type GatewayMessage,
  maxControlBytes,
  parseControl,
} from '#contract/wire/messages.ts';
import { refusalOf, refusalOfResponse } from './refusals.ts';

export type Control = Readonly<{ send(message: ClientMessage): void; close(): void }>;

/**
 * Runs the control WebSocket over a connection that is already secured. Calls back: `open` once, then `message` or
 * `garbage` (a frame of no known form), and `lost` at the very end, once, whatever came before.
 */
export function openControl(
  socket: TLSSocket,
  on: {
    open(): void;
    message(message: GatewayMessage): void;
    garbage(): void;
    lost(error: HanareError): void;
  },
): Control {
  let done = false;
  const lose = (error: HanareError) => {
    if (done) return;
    done = true;
    on.lost(error);
  };
  // 'ws:' because TLS is ours already: the library must not add its own.
  const ws = new WebSocket('ws://gateway/v1/control', {
    createConnection: () => socket,
    perMessageDeflate: false,
    maxPayload: maxControlBytes,
    followRedirects: false,
  });
  ws.on('unexpected-response', (_, response) => {
    lose(refusalOfResponse(response, 'protocolMismatch'));
    socket.destroy();
  });
  ws.on('open', on.open);
  ws.on('message', (data, isBinary) => {
    const message = isBinary ? undefined : parseControl(fromGateway, String(data));
    if (message) on.message(message);
    else on.garbage();
  });
  ws.on('error', (error: NodeJS.ErrnoException) => {
    // Faults of socket and TLS carry a code; an upgrade that is answered wrongly has none.
    const fault = error.code === undefined && ws.readyState !== WebSocket.OPEN;
    lose(fault ? new HanareError('protocolMismatch', {}, { cause: error }) : refusalOf(error, 'secured', {}));
  });
  ws.on('close', () => lose(refusalOf(undefined, 'secured', {})));
  return {
    send: (message) => {
      if (ws.readyState === WebSocket.OPEN) ws.send(JSON.stringify(message));
    },
    close: () => {
      done = true;
      ws.close(1000);
      // The peer's close frame may never come; the socket must not outlive the session by much.
      setTimeout(() => ws.terminate(), 1_000).unref();
    },
  };
}
