import { EventEmitter } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { CDPSession } from 'playwright-core';

/** Playwright's types of the DevTools protocol, without Playwright. */
export type Cdp = Pick<CDPSession, 'send' | 'on'>;

type Message = {
  id?: number;
  method?: string;
  params?: unknown;
  sessionId?: string;
  result?: unknown;
  error?: { message: string };
};

class CdpClosed extends Error {
  override readonly name = 'CdpClosed';
}

/** Chromium's DevTools protocol over `--remote-debugging-pipe`: JSON messages, each ended by a zero byte. */
export function connectCdp(input: Writable, output: Readable) {
  const sessions = new Map<string, { events: EventEmitter; session: Cdp }>();
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void; session: string }>();
  let nextId = 0;
  let closed = false;
  let parts: Buffer[] = [];

  function openSession(sessionId: string): Cdp {
    const known = sessions.get(sessionId);
    if (known) return known.session;
    const events = new EventEmitter();
    const session = {
      send: (method: string, params: unknown = {}) =>
        new Promise((resolve, reject) => {
          if (closed || !sessions.has(sessionId))
            return reject(new CdpClosed(`${method}: the page or Chromium is gone`));
          const id = ++nextId;
          waiting.set(id, { resolve, reject: (error) => reject(error), session: sessionId });
          input.write(`${JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) })}\0`);
        }),
      on: (event: string, listener: (params: unknown) => void) => {
        events.on(event, listener);
      },
    } as unknown as Cdp;
    sessions.set(sessionId, { events, session });
    return session;
  }

  function closeSession(sessionId: string): void {
    sessions.delete(sessionId);
    for (const [id, call] of waiting)
      if (call.session === sessionId) {
        waiting.delete(id);
        call.reject(new CdpClosed('the page is gone'));
      }
  }

  function receive(message: Message): void {
    if (message.id !== undefined) {
      const call = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.error) call?.reject(new Error(message.error.message));
      else call?.resolve(message.result);
      return;
    }
    sessions.get(message.sessionId ?? '')?.events.emit(message.method ?? '', message.params);
    if (message.method === 'Target.detachedFromTarget')
      closeSession((message.params as { sessionId: string }).sessionId);
  }

  const end = () => {
    if (closed) return;
    closed = true;
    for (const id of [...sessions.keys()]) closeSession(id);
  };
  output.on('data', (chunk: Buffer) => {
    for (let rest = chunk; ; ) {
      const zero = rest.indexOf(0);
      if (zero < 0) {
        if (rest.length > 0) parts.push(rest);
        return;
      }
      const text = Buffer.concat([...parts, rest.subarray(0, zero)]).toString('utf8');
      parts = [];
      rest = rest.subarray(zero + 1);
      receive(JSON.parse(text) as Message);
    }
  });
  output.on('close', end);
  // Chromium's end is noticed by the pipe from it; what was still to be written is of no use any more.
  for (const stream of [input, output]) stream.on('error', end);

  return { browser: openSession(''), session: openSession, end };
}
export type CdpConnection = ReturnType<typeof connectCdp>;
