import type { Duplex } from 'node:stream';
import type { ErrorName } from '#contract/errors/catalogue.ts';
import { refusalHeader } from '#contract/wire/grant.ts';
import type { Limits } from './limits.ts';

const statusText = {
  200: 'OK',
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
} as const;
export type Status = keyof typeof statusText;
export type RefusalStatus = 400 | 403 | 404 | 502;

/** The whole answer to a refused connection or request: fixed bytes, nothing of the request in it. */
function refusalBytes(status: RefusalStatus, reason?: ErrorName): string {
  const header = reason === undefined ? '' : `${refusalHeader}: ${reason}\r\n`;
  return `HTTP/1.1 ${status} ${statusText[status]}\r\n${header}connection: close\r\ncontent-length: 0\r\n\r\n`;
}

/** Answers without a body and closes, see `answer`. */
export function refuse(socket: Duplex, limits: Limits, status: RefusalStatus, reason?: ErrorName): void {
  answer(socket, refusalBytes(status, reason), { ...limits, lingerMs: limits.refusedLingerMs });
}

/** Answers with a JSON body that nobody may keep, and closes, see `answer`. */
export function answerJson(socket: Duplex, limits: Limits, status: Status, value: unknown): void {
  const body = JSON.stringify(value);
  const head =
    `HTTP/1.1 ${status} ${statusText[status]}\r\ncontent-type: application/json\r\ncache-control: no-store\r\n` +
    `connection: close\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`;
  answer(socket, head + body, { ...limits, lingerMs: limits.enrolLingerMs });
}

/**
 * Writes the last bytes of a connection and closes it. What the peer still sends is read and thrown away unparsed, within
 * limits: a socket closed with unread input sends a reset, and the peer would lose the answer with the reason.
 */
function answer(socket: Duplex, bytes: string, limits: { refusedDrainBytes: number; lingerMs: number }): void {
  let drained = 0;
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    drained += chunk.length;
    if (drained > limits.refusedDrainBytes) socket.destroy();
  });
  const timer = setTimeout(() => socket.destroy(), limits.lingerMs);
  socket.once('close', () => clearTimeout(timer));
  if (socket.destroyed) clearTimeout(timer);
  else socket.end(bytes);
}
