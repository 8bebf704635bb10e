import type { Duplex } from 'node:stream';
import type { ErrorName } from '#contract/errors/catalogue.ts';
import { refusalHeader } from '#contract/wire/grant.ts';
import type { Limits } from './limits.ts';

const statusText = { 400: 'Bad Request', 403: 'Forbidden', 404: 'Not Found', 502: 'Bad Gateway' } as const;
export type RefusalStatus = keyof typeof statusText;

/** The whole answer to a refused connection or request: fixed bytes, nothing of the request in it. */
function refusalBytes(status: RefusalStatus, reason?: ErrorName): string {
  const header = reason === undefined ? '' : `${refusalHeader}: ${reason}\r\n`;
  return `HTTP/1.1 ${status} ${statusText[status]}\r\n${header}connection: close\r\ncontent-length: 0\r\n\r\n`;
}

/**
 * Answers and closes. What the peer still sends is read and thrown away unparsed, within limits: a socket closed with
 * unread input sends a reset, and the peer would lose the answer with the reason.
 */
export function refuse(socket: Duplex, limits: Limits, status: RefusalStatus, reason?: ErrorName): void {
  let drained = 0;
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    drained += chunk.length;
    if (drained > limits.refusedDrainBytes) socket.destroy();
  });
  const timer = setTimeout(() => socket.destroy(), limits.refusedLingerMs);
  socket.once('close', () => clearTimeout(timer));
  if (socket.destroyed) clearTimeout(timer);
  else socket.end(refusalBytes(status, reason));
}
