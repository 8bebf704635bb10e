import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from 'node:tls';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ErrorName } from '#contract/errors/catalogue.ts';
import { refusalHeader } from '#contract/wire/grant.ts';
import type { ClientMessage, Desk, GatewayMessage, OtpMethod, User } from '#contract/wire/messages.ts';
import { type Issued, issueCa, issueServer } from '#gateway/pki/issue.ts';
import type { Credentials } from '#main/tunnel/dial.ts';
import { issueDevice } from '#test/fixtures/gateway/certificates.ts';

/* A gateway that does what a test tells it, however wrong: for what the client makes of it. */

export type TestSite = Readonly<{ ca: Issued; server: Issued; device: Issued }>;

const dayMs = 86_400_000;
const long = { now: Date.now() - 20 * dayMs, days: 40 };

export async function createTestSite(): Promise<TestSite> {
  const ca = await issueCa({ ...long, site: 'test' });
  const [server, device] = await Promise.all([
    issueServer(ca, { ...long, hosts: ['localhost', '127.0.0.1'] }),
    issueDevice(ca, { ...long, device: 'dev-1' }),
  ]);
  return { ca, server, device };
}

/** A server certificate of the site's CA with something wrong. */
export function wrongServer(ca: Issued, wrong: { hosts?: readonly string[]; fromDays?: number }): Promise<Issued> {
  const now = wrong.fromDays === undefined ? long.now : Date.now() + wrong.fromDays * dayMs;
  const days = wrong.fromDays === undefined ? long.days : 1;
  return issueServer(ca, { hosts: wrong.hosts ?? ['localhost', '127.0.0.1'], now, days });
}

export function credentialsFor(site: TestSite, port: number, changes: Partial<Credentials> = {}): Credentials {
  return {
    gateway: { host: '127.0.0.1', port },
    ca: site.ca.certificate,
    certificate: site.device.certificate,
    privateKey: site.device.privateKey,
    ...changes,
  };
}

export type Listening = Readonly<{
  port: number;
  /** Sockets that are open now. */
  open(): number;
  /** Cuts them all with a TCP reset. */
  reset(): void;
  close(): Promise<void>;
}>;

async function listen(server: Server): Promise<Listening> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    open: () => sockets.size,
    reset: () => {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** A TCP server without TLS. */
export function startTcp(onSocket: (socket: Socket) => void): Promise<Listening> {
  return listen(createTcpServer(onSocket));
}

export type Script = Readonly<{
  /** Right after the handshake; true when the socket is dealt with. */
  secured?(socket: TLSSocket): boolean;
  /** An upgrade that is not to become a WebSocket. */
  upgrade?(request: IncomingMessage, socket: Duplex): void;
  control?(ws: WebSocket): void;
  connect?(request: IncomingMessage, socket: Duplex): void;
}>;

export function startTls(site: TestSite, script: Script, tls: TlsOptions = {}): Promise<Listening> {
  const http = createHttpServer();
  const webSockets = new WebSocketServer({ noServer: true, maxPayload: 1024 * 1024 });
  http.on('upgrade', (request, socket, head) => {
    socket.on('error', () => {});
    if (script.upgrade) script.upgrade(request, socket);
    else webSockets.handleUpgrade(request, socket, head, (ws) => script.control?.(ws.on('error', () => {})));
  });
  http.on('connect', (request, socket) => {
    socket.on('error', () => {});
    if (script.connect) script.connect(request, socket);
    else socket.destroy();
  });
  const server = createTlsServer({
    key: site.server.privateKey,
    cert: site.server.certificate,
    ca: site.ca.certificate,
    requestCert: true,
    rejectUnauthorized: false,
    ...tls,
  });
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  server.on('secureConnection', (socket) => {
    socket.on('error', () => {});
    if (!script.secured?.(socket)) http.emit('connection', socket);
  });
  return listen(server);
}

const testUser: User = { id: 'yamada', name: '山田 花子' };
export const testDesk: Desk = { id: 'desk-0123', name: '総務課 0123', protocol: 'vnc' };

export type ControlPeer = Readonly<{ say(message: GatewayMessage): void; ws: WebSocket; heard: ClientMessage[] }>;

export function challengeNow(method: OtpMethod = 'embedded'): GatewayMessage {
  return { type: 'challenge', nonce: 'n0nce', serverTime: Date.now(), method };
}

export function acceptance(): GatewayMessage {
  const until = Date.now() + 3_600_000;
  return { type: 'authOk', user: testUser, desks: [testDesk], until, lease: null, policy: 'p.o.l' };
}

/** Answers as a good gateway does, but for what `instead` says to a message of that type. */
export function speak(
  ws: WebSocket,
  instead: Partial<Record<ClientMessage['type'], (peer: ControlPeer, message: ClientMessage) => void>> = {},
): void {
  const peer: ControlPeer = { ws, heard: [], say: (message) => ws.send(JSON.stringify(message)) };
  ws.on('message', (data) => {
    const message = JSON.parse(String(data)) as ClientMessage;
    peer.heard.push(message);
    const other = instead[message.type];
    if (other) return other(peer, message);
    if (message.type === 'hello') peer.say(challengeNow());
    else if (message.type === 'auth') peer.say(acceptance());
    else if (message.type === 'ping') peer.say({ type: 'pong', n: message.n });
    else if (message.type === 'open') {
      peer.say({
        type: 'grant',
        request: message.request,
        sid: 's1',
        desk: testDesk,
        token: 'a.b.c',
        expires: Date.now() + 60_000,
      });
    }
  });
}

/** An answer that refuses, as the gateway writes it. */
export function refusal(status: number, reason?: ErrorName | string): string {
  const header = reason === undefined ? '' : `${refusalHeader}: ${reason}\r\n`;
  return `HTTP/1.1 ${status} No\r\n${header}connection: close\r\ncontent-length: 0\r\n\r\n`;
}

export const established = 'HTTP/1.1 200 Connection Established\r\n\r\n';
