import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { WebSocketServer } from 'ws';
import type { Logger } from '#contract/log/logger.ts';
import { maxControlBytes } from '#contract/wire/messages.ts';
import { createGrants } from '../grants/grants.ts';
import type { Site } from '../site/site.ts';
import type { Store } from '../store/store.ts';
import { refuse } from './answer.ts';
import { serveConnect } from './connect.ts';
import { closeCodes } from './control.ts';
import { createControls } from './controls.ts';
import { type Clock, defaultLimits, type Limits, systemClock } from './limits.ts';
import { createSessions } from './sessions.ts';
import { startStoreWatch } from './store-watch.ts';
import { admit, type Caller, createTlsServer, parseCertificate } from './tls.ts';

type GatewayAddress = Readonly<{ host: string; port: number }>;

export type Gateway = Readonly<{
  /** Starts to listen. @param at overrides the configuration; port 0 takes a free one. */
  listen: (at?: Partial<GatewayAddress>) => Promise<GatewayAddress>;
  /** @throws Error before `listen`. */
  address: () => GatewayAddress;
  /** What is alive now; for logs and tests. */
  figures: () => { sockets: number; controls: number; sessions: number };
  /** Tells clients to go (`drain`), waits for them a little, then cuts. Never longer than limits.drainMs and a bit. */
  close: () => Promise<void>;
}>;

export type GatewayOptions = Readonly<{
  site: Site;
  store: Store;
  logger: Logger;
  clock?: Clock;
  limits?: Partial<Limits>;
}>;

const controlPath = '/v1/control';

/** The gateway on one port: TLS door, control WebSocket and desk relay. Nothing else is served there. */
export function createGateway(options: GatewayOptions): Gateway {
  const { site, store, logger } = options;
  const clock = options.clock ?? systemClock;
  const limits: Limits = { ...defaultLimits, ...options.limits };
  const ca = parseCertificate(site.ca);
  const grants = createGrants({ key: site.grantKey, issuer: site.config.issuer, now: clock.now });
  const sessions = createSessions({ store, grants, clock, logger });
  let draining = false;
  const controls = createControls({ store, sessions, clock, limits, logger, draining: () => draining });
  const callers = new WeakMap<Duplex, Caller>();
  const sockets = new Set<Socket>();

  const http = createHttpServer({ maxHeaderSize: limits.headerBytes, insecureHTTPParser: false });
  const webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxControlBytes,
    perMessageDeflate: false,
    clientTracking: false,
  });
  const tls = createTlsServer(site, limits);
  tls.maxConnections = limits.connections;

  tls.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
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
      verdict = admit(socket, ca, store.deviceByFingerprint, clock.now());
    } catch (error) {
      logger.error('admission failed', { error });
      socket.destroy();
      return;
    }
    if ('refusal' in verdict) {
      logger.warn('connection refused', { remote: socket.remoteAddress, reason: verdict.refusal });
      return refuse(socket, limits, 403, verdict.refusal);
    }
    callers.set(socket, verdict.caller);
    // One request a connection: its head must be here in time.
    const late = setTimeout(() => socket.destroy(), limits.requestMs);
    waiting.set(socket, late);
    socket.once('close', () => clearTimeout(late));
    http.emit('connection', socket);
  });

  const waiting = new WeakMap<Duplex, NodeJS.Timeout>();
  const callerOf = (socket: Duplex): Caller | undefined => {
    clearTimeout(waiting.get(socket));
    return callers.get(socket);
  };

  http.on('clientError', (_error, socket) => {
    if (socket.writable) refuse(socket, limits, 400, 'protocolMismatch');
    else socket.destroy();
  });
  http.on('request', (request: IncomingMessage) => {
    callerOf(request.socket);
    // The parser stays attached, but nothing of the request is looked at: its rest is dropped with the socket.
    request.socket.removeAllListeners('data');
    refuse(request.socket, limits, 404);
  });
  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const caller = callerOf(socket);
    if (caller === undefined || request.url !== controlPath) return refuse(socket, limits, 404);
    webSockets.handleUpgrade(request, socket, head, (ws) => controls.serve(ws, caller));
  });
  http.on('connect', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const caller = callerOf(socket);
    if (caller === undefined) return socket.destroy();
    serveConnect(request, socket, head, caller, { store, sessions, grants, clock, limits, logger }).catch(
      (error: unknown) => {
        logger.error('connect failed', { error });
        socket.destroy();
      },
    );
    return undefined;
  });

  let bound: GatewayAddress | undefined;
  let watch: { stop: () => void } | undefined;

  const listen: Gateway['listen'] = async (at = {}) => {
    const host = at.host ?? site.config.listen.host;
    const port = at.port ?? site.config.listen.port;
    const left = store.endAll(clock.now(), 'connectionLost');
    if (left > 0) logger.warn('sessions of an earlier run marked ended', { count: left });
    await new Promise<void>((resolve, reject) => {
      tls.once('error', reject);
      tls.listen({ host, port }, () => {
        tls.off('error', reject);
        resolve();
      });
    });
    tls.on('error', (error) => logger.error('server failed', { error }));
    watch = startStoreWatch({ store, sessions, controls, clock, limits, logger });
    const { address, port: actual } = tls.address() as AddressInfo;
    bound = { host: address, port: actual };
    logger.info('gateway listening', { ...bound, site: site.config.site.name });
    return bound;
  };

  const close = async (): Promise<void> => {
    if (draining) return;
    draining = true;
    logger.info('gateway stopping', { controls: controls.size(), sessions: sessions.size() });
    const closed = bound === undefined ? Promise.resolve() : new Promise<void>((resolve) => tls.close(() => resolve()));
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
    address: () => {
      if (bound === undefined) throw new Error('the gateway does not listen yet');
      return bound;
    },
    figures: () => ({ sockets: sockets.size, controls: controls.size(), sessions: sessions.size() }),
    close,
  };
}
