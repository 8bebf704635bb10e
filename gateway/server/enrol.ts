import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Server, TLSSocket } from 'node:tls';
import * as v from 'valibot';
import type { ErrorName } from '#contract/errors/catalogue.ts';
import { HanareError, toFailure } from '#contract/errors/hanare-error.ts';
import type { Logger } from '#contract/log/logger.ts';
import {
  type Address,
  type EnrolAnswer,
  type EnrolRefusal,
  enrolPaths,
  enrolRequestSchema,
  maxEnrolBytes,
  type SiteCard,
} from '#contract/wire/enrol.ts';
import type { Identity } from '../identity/identity.ts';
import type { SiteSecrets } from '../site/site.ts';
import { answerJson, type Status } from './answer.ts';
import type { Limits } from './limits.ts';
import { createOpenTlsServer } from './tls.ts';

type EnrolDeps = Readonly<{
  site: SiteSecrets;
  identity: Pick<Identity, 'enrol'>;
  /** Where a registered laptop connects to. */
  gateway: () => Address;
  limits: Limits;
  logger: Logger;
}>;
type Answer = Readonly<{ status: Status; body: SiteCard | EnrolAnswer | EnrolRefusal }>;

/**
 * The enrolment port (contract/wire/enrol.ts): TLS 1.3 without client certificates, one request a connection, two
 * requests known. It parses what anyone sends who reaches it, and so has bounds on everything.
 */
export function createEnrolServer(deps: EnrolDeps): Server {
  const { site, limits, logger } = deps;
  const tls = createOpenTlsServer(site, limits);
  // Without a Host header as well: the library's own answer to that would be none of ours.
  const http = createHttpServer({
    maxHeaderSize: limits.headerBytes,
    insecureHTTPParser: false,
    requireHostHeader: false,
  });
  const waiting = new WeakMap<Duplex, NodeJS.Timeout>();
  /** Sockets whose one request has come. What a peer sends behind it is not looked at. */
  const asked = new WeakSet<Duplex>();

  tls.on('drop', () => logger.warn('enrolment connection dropped: too many', { limit: limits.enrolConnections }));
  tls.on('tlsClientError', (_error, socket) => socket.destroy());
  tls.on('secureConnection', (socket: TLSSocket) => {
    socket.on('error', () => socket.destroy());
    // For head and body together.
    const late = setTimeout(() => socket.destroy(), limits.requestMs);
    waiting.set(socket, late);
    socket.once('close', () => clearTimeout(late));
    http.emit('connection', socket);
  });

  const finish = (socket: Duplex, { status, body }: Answer): void => {
    clearTimeout(waiting.get(socket));
    // The parser stays attached, but nothing more is given to it.
    socket.removeAllListeners('data');
    answerJson(socket, limits, status, body);
  };

  http.on('clientError', (_error, socket) => {
    if (asked.has(socket) || !socket.writable) return void socket.destroy();
    asked.add(socket);
    finish(socket, refusal('badRequest'));
  });
  http.on('request', (request: IncomingMessage) => {
    const { socket } = request;
    if (asked.has(socket)) return;
    asked.add(socket);
    answerTo(request, deps).then(
      (answer) => finish(socket, answer),
      (error: unknown) => finish(socket, refusalFor(error, socket, logger)),
    );
  });
  return tls;
}

/** @throws {HanareError} badRequest, and what identity.enrol throws. */
async function answerTo(request: IncomingMessage, { site, identity, gateway, logger }: EnrolDeps): Promise<Answer> {
  if (request.method === 'GET' && request.url === enrolPaths.site) {
    return { status: 200, body: { name: site.config.site.name, ca: site.ca.certificate } };
  }
  if (request.method !== 'POST' || request.url !== enrolPaths.enrol) return { ...refusal('badRequest'), status: 404 };
  const wanted = parseRequest(await readBody(request));
  const address = request.socket.remoteAddress ?? 'unknown';
  const body = await identity.enrol(wanted, { address, gateway: gateway() });
  logger.info('laptop registered', { device: body.device.id, user: body.user.id, remote: address });
  return { status: 200, body };
}

function parseRequest(body: Buffer) {
  try {
    return v.parse(enrolRequestSchema, JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)));
  } catch {
    // Without a cause: what was sent holds a code.
    throw new HanareError('badRequest');
  }
}

/** @throws {HanareError} badRequest when it is longer than maxEnrolBytes or breaks off; the rest stays unread. */
function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const refuse = (): void => reject(new HanareError('badRequest'));
    if (Number(request.headers['content-length'] ?? 0) > maxEnrolBytes) return refuse();
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxEnrolBytes) refuse();
      else chunks.push(chunk);
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', refuse);
    request.once('close', refuse);
    return undefined;
  });
}

function refusalFor(error: unknown, socket: Socket, logger: Logger): Answer {
  const { reason, details } = toFailure(error);
  const remote = socket.remoteAddress;
  if (reason === 'internal') logger.error('enrolment failed', { remote, error });
  else logger.warn('enrolment refused', { remote, reason });
  return refusal(reason, details);
}

function refusal(reason: ErrorName, details: EnrolRefusal['details'] = {}): Answer {
  return { status: statusOf(reason), body: { reason, details } };
}

function statusOf(reason: ErrorName): Status {
  switch (reason) {
    case 'enrolTooManyTries':
      return 429;
    case 'badRequest':
    case 'certificateUnsuitable':
      return 400;
    case 'internal':
      return 500;
    default:
      return 403;
  }
}
