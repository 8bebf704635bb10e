import { X509Certificate } from 'node:crypto';
import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Server, TLSSocket } from 'node:tls';
import { WebSocketServer } from 'ws';
import type { Logger } from '#contract/log/logger.ts';
import { maxControlBytes } from '#contract/wire/messages.ts';
import type { Testimony } from '../evidence/testimony.ts';
import { createGrants } from '../grants/grants.ts';
import type { Identity } from '../identity/identity.ts';
import type { Policies } from '../policy/policies.ts';
import type { SiteSecrets } from '../site/site.ts';
import type { Store } from '../store/store.ts';
import { refuse } from './answer.ts';
import { serveConnect } from './connect.ts';
import { closeCodes } from './control-port.ts';
import { createControls } from './controls.ts';
import { createEnrolServer } from './enrol.ts';
import { type Clock, defaultLimits, type Limits, systemClock } from './limits.ts';
import { createSessions } from './sessions.ts';
import { startStoreWatch } from './store-watch.ts';
import { type Admission, admit, createTlsServer } from './tls.ts';
import type { Waker } from './wake.ts';

type GatewayAddress = Readonly<{ host: string; port: number }>;
/** `enrol` counts only where the configuration has an enrolment port. */
type ListenAt = Readonly<Partial<GatewayAddress> & { enrol?: Partial<GatewayAddress> }>;

export type Gateway = Readonly<{
  /** Starts to listen on both ports. @param at overrides the configuration; port 0 takes a free one. */
  listen: (at?: ListenAt) => Promise<GatewayAddress>;
  /** @throws Error before `listen`. */
  address: () => GatewayAddress;
  /** Where laptops enrol; null when that is switched off, and before `listen`. */
  enrolAddress: () => GatewayAddress | null;
  /** What is alive now, sockets of both ports together; for logs and tests. */
  figures: () => { sockets: number; controls: number; sessions: number };
  /** Tells clients to go (`drain`), waits for them a little, then cuts. Never longer than limits.drainMs and a bit. */
  close: () => Promise<void>;
}>;

export type GatewayOptions = Readonly<{
  site: SiteSecrets;
  store: Store;
  identity: Identity;
  policies: Pick<Policies, 'effective' | 'token'>;
  testimony: Testimony;
  waker: Waker;
  logger: Logger;
  clock?: Clock;
  limits?: Partial<Limits>;
  /** Its name among the processes that serve one store, and whether one of another name serves now. */
  replica: string;
  serves: (replica: string) => boolean;
}>;

const controlPath = '/v1/control';

/** The gateway: on its main port TLS door, control WebSocket and desk relay, and nothing else; beside it the enrolment. */
export function createGateway(options: GatewayOptions): Gateway {
  const { site, store, identity, policies, testimony, waker, logger, replica } = options;
  const clock = options.clock ?? systemClock;
  const limits: Limits = { ...defaultLimits, ...options.limits };
  const cas = [site.ca.certificate, ...site.clientCas].map((pem) => new X509Certificate(pem));
  const grants = createGrants({ key: site.grantKey, issuer: site.config.issuer, now: clock.now });
  const sessions = createSessions({ store, grants, clock, logger, replica, serves: options.serves });
  let draining = false;
  const controls = createControls({
    ...{ store, identity, sessions, policies, testimony, waker, clock, limits, logger },
    draining: () => draining,
  });
  const admissions = new WeakMap<Duplex, Admission>();
  const sockets = new Set<Socket>();

  const http = createHttpServer({ maxHeaderSize: limits.headerBytes, insecureHTTPParser: false });
  const webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxControlBytes,
    perMessageDeflate: false,
    clientTracking: false,
  });
  const tls = createTlsServer(site, limits);
  const gatewayOf = () => ({ host: site.config.hosts[0]!, port: address().port });
  const enrolment = site.config.enrol && createEnrolServer({ site, identity, gateway: gatewayOf, limits, logger });
  const servers = enrolment === null ? [tls] : [tls, enrolment];
  for (const server of servers) {
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
  }

  tls.on('drop', () => logger.warn('connection dropped: too many', { limit: limits.connections }));
  tls.on('tlsClientError', (error, socket) => {
    const { code } = error as NodeJS.ErrnoException;
    logger.debug('handshake failed', { remote: socket.remoteAddress, code });
    socket.destroy();
  });
  tls.on('secureConnection', (socket: TLSSocket) => {
    socket.on('error', () => socket.destroy());
    let verdict: ReturnType<typeof admit>;
    try {
      verdict = admit(socket, cas, identity.door, clock.now());
    } catch (error) {
      logger.error('admission failed', { error });
      socket.destroy();
      return;
    }
    if ('refusal' in verdict) {
      logger.warn('connection refused', { remote: socket.remoteAddress, reason: verdict.refusal });
      return refuse(socket, limits, 403, verdict.refusal);
    }
    admissions.set(socket, verdict);
    // One request a connection: its head must be here in time.
    const late = setTimeout(() => socket.destroy(), limits.requestMs);
    waiting.set(socket, late);
    socket.once('close', () => clearTimeout(late));
    http.emit('connection', socket);
  });

  const waiting = new WeakMap<Duplex, NodeJS.Timeout>();
  const admissionOf = (socket: Duplex): Admission | undefined => {
    clearTimeout(waiting.get(socket));
    return admissions.get(socket);
  };

  http.on('clientError', (_error, socket) => {
    if (socket.writable) refuse(socket, limits, 400, 'protocolMismatch');
    else socket.destroy();
  });
  http.on('request', (request: IncomingMessage) => {
    admissionOf(request.socket);
    // The parser stays attached, but nothing of the request is looked at: its rest is dropped with the socket.
    request.socket.removeAllListeners('data');
    refuse(request.socket, limits, 404);
  });
  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const admission = admissionOf(socket);
    if (admission === undefined || request.url !== controlPath) return refuse(socket, limits, 404);
    webSockets.handleUpgrade(request, socket, head, (ws) => controls.serve(ws, admission));
  });
  http.on('connect', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const admission = admissionOf(socket);
    if (admission === undefined) return socket.destroy();
    if (admission.mode === 'eraseOnly') return refuse(socket, limits, 403, 'deviceRevoked');
    const deps = { store, identity, policies, sessions, grants, clock, limits, logger };
    serveConnect(request, socket, head, admission, deps).catch((error: unknown) => {
      logger.error('connect failed', { error });
      socket.destroy();
    });
    return undefined;
  });

  let bound: GatewayAddress | undefined;
  let enrolBound: GatewayAddress | null = null;
  let watch: { stop: () => void } | undefined;

  const address = (): GatewayAddress => {
    if (bound === undefined) throw new Error('the gateway does not listen yet');
    return bound;
  };

  const listen: Gateway['listen'] = async (at = {}) => {
    const left = store.endAll(replica, clock.now(), 'connectionLost');
    if (left > 0) logger.warn('sessions of an earlier run marked ended', { count: left });
    bound = await listenOn(tls, { ...site.config.listen, ...only(at) });
    try {
      if (enrolment !== null && site.config.enrol !== null) {
        enrolBound = await listenOn(enrolment, { ...site.config.enrol, ...only(at.enrol ?? {}) });
      }
    } catch (error) {
      await new Promise((resolve) => tls.close(resolve));
      bound = undefined;
      throw error;
    }
    for (const server of servers) server.on('error', (error) => logger.error('server failed', { error }));
    watch = startStoreWatch({ store, sessions, controls, clock, limits, logger });
    logger.info('gateway listening', { ...bound, enrol: enrolBound?.port, site: site.config.site.name, replica });
    return bound;
  };

  const close = async (): Promise<void> => {
    if (draining) return;
    draining = true;
    logger.info('gateway stopping', { controls: controls.size(), sessions: sessions.size() });
    const listening = servers.filter((server) => server.listening);
    const closed = Promise.all(listening.map((server) => new Promise((resolve) => server.close(resolve))));
    controls.broadcast({ type: 'drain', deadline: clock.now() + limits.drainMs });
    const deadline = setTimeout(
      () => {
        sessions.endEvery('gatewayBusy');
        controls.closeEvery(closeCodes.goingAway, 'gateway stops');
        // A moment for the close frames to leave.
        setTimeout(() => {
          for (const socket of sockets) socket.destroy();
        }, 100);
      },
      controls.size() === 0 ? 0 : limits.drainMs,
    );
    await closed;
    clearTimeout(deadline);
    // The server counts a socket out before the socket's own listeners ran.
    while (sockets.size > 0 || controls.size() > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    watch?.stop();
    logger.info('gateway stopped');
  };

  return {
    listen,
    address,
    enrolAddress: () => enrolBound,
    figures: () => ({ sockets: sockets.size, controls: controls.size(), sessions: sessions.size() }),
    close,
  };
}

function only({ host, port }: Partial<GatewayAddress>): Partial<GatewayAddress> {
  return { ...(host === undefined ? {} : { host }), ...(port === undefined ? {} : { port }) };
}

/** @throws what the operating system says against it. */
async function listenOn(server: Server, at: GatewayAddress): Promise<GatewayAddress> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(at, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { address: host, port } = server.address() as AddressInfo;
  return { host, port };
}
