import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { type Duplex, duplexPair } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { type WebSocket, WebSocketServer } from 'ws';
import { createLogger } from '#contract/log/logger.ts';
import { maxControlBytes } from '#contract/wire/messages.ts';
import { createGrants } from '#gateway/grants/grants.ts';
import { createControls } from '#gateway/server/controls.ts';
import { defaultLimits, systemClock } from '#gateway/server/limits.ts';
import { createSessions } from '#gateway/server/sessions.ts';
import { hello } from '#test/fixtures/gateway/control-client.ts';
import { startEchoDesk } from '#test/fixtures/gateway/desks.ts';
import { heldMemory } from '#test/fixtures/gateway/memory.ts';
import { type Office, over, startOffice, until } from '#test/fixtures/gateway/office.ts';
import { createRandom, frame, frameCase, messageCase, type Random, requestCase, tlsCase } from './malformed-cases.ts';

export type FuzzReport = Readonly<{ cases: number; heapGrowthBytes: number; served: boolean; left: number }>;

/** Cases that run at one time: more would measure the client's own queue. */
const lanes = 16;

/**
 * Throws malformed input at a gateway in this process: before TLS, after mutual TLS, and at the control socket, most of
 * the last over in-memory sockets, where a case costs no handshake. Anything uncaught ends the process or the test.
 * @param count how many cases in all; the three places share them 40 : 20 : 40.
 */
export async function throwMalformedInput(count: number, seed: number): Promise<FuzzReport> {
  const random = createRandom(seed);
  const office = await startOffice({ limits: { handshakeMs: 2000, requestMs: 2000, refusedLingerMs: 300 } });
  const echo = await startEchoDesk();
  const device = await office.enrol('yamada', { id: 'pc-1', port: echo.port });
  const keeper = await office.enrol('suzuki', { id: 'pc-3', port: echo.port });
  const control = await office.control(keeper);
  await control.signIn();
  const grant = await control.open('pc-3');
  const token = grant.type === 'grant' ? grant.token : '';
  const clientHello = await recordClientHello();

  const shares = { tls: Math.floor(count * 0.4), request: Math.floor(count * 0.2), wire: Math.floor(count * 0.1) };
  const inMemory = count - shares.tls - shares.request - shares.wire;
  const round = async (part: number): Promise<void> => {
    await inLanes(Math.ceil(shares.tls * part), () => beforeTls(office.port, tlsCase(random, clientHello)));
    await inLanes(Math.ceil(shares.request * part), async () => {
      const socket = await office.dial(device);
      socket.end(requestCase(random, token));
      await over(socket);
    });
    await inLanes(Math.ceil(shares.wire * part), () => atControl(office, device, random));
    await inLanes(Math.ceil(inMemory * part), () => atControlInMemory(office, random));
  };
  // The first tenth warms caches, pools and compiled code; growth is what the rest leaves behind.
  await round(0.1);
  const before = heldMemory();
  await round(0.9);
  await until(() => office.gateway.figures().controls <= 1);
  const heapGrowthBytes = heldMemory() - before;

  const after = await office.connect(keeper, 'pc-3', token);
  after.socket.write('alive');
  const [reply] = await once(after.socket, 'data');
  const served = after.status === 200 && reply.toString() === 'alive';
  await control.close();
  await over(after.socket);
  await until(() => office.gateway.figures().sockets === 0);
  const left = office.gateway.figures().controls + office.gateway.figures().sessions;
  await office.stop();
  await echo.stop();
  return { cases: count, heapGrowthBytes, served, left };
}

async function inLanes(count: number, run: () => Promise<void>): Promise<void> {
  let left = count;
  const lane = async (): Promise<void> => {
    while (left-- > 0) await run();
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

async function beforeTls(port: number, bytes: Buffer): Promise<void> {
  const socket: Socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => undefined);
  socket.resume();
  socket.end(bytes);
  // Half a handshake gets no answer before the gateway's own time limit, so do not wait for that.
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, 20);
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    socket.once('end', done).once('close', done);
  });
  socket.destroy();
}

async function atControl(office: Office, device: Parameters<Office['dial']>[0], random: Random): Promise<void> {
  const socket = await office.dial(device);
  const request = `GET /v1/control HTTP/1.1\r\nHost: g\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n`;
  socket.write(`${request}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`);
  if (random.int(2) === 0) socket.write(frame(1, Buffer.from(JSON.stringify(hello))));
  for (let n = 1 + random.int(3); n > 0; n--) socket.write(frameCase(random, messageCase(random, 'guess')));
  socket.end();
  await over(socket);
}

/** The same code as on the port, from the WebSocket handshake's end on, without TLS. Signed in half of the time. */
async function atControlInMemory(office: Office, random: Random): Promise<void> {
  const { server, nonceOf } = controlsFor(office);
  const [near, far] = duplexPair();
  far.on('error', () => undefined);
  const ws = await server(near);
  let seen = '';
  far.on('data', (chunk: Buffer) => {
    seen += chunk.toString('latin1');
  });
  if (random.int(2) === 0) {
    far.write(frame(1, Buffer.from(JSON.stringify(hello))));
    await until(() => seen.includes('"nonce"'));
    far.write(frame(1, Buffer.from(JSON.stringify({ type: 'auth', nonce: nonceOf(seen) }))));
  }
  for (let n = 1 + random.int(3); n > 0; n--) far.write(frameCase(random, messageCase(random, nonceOf(seen))));
  far.end();
  await new Promise<void>((resolve) => {
    if (ws.readyState === ws.CLOSED) resolve();
    else ws.once('close', () => resolve());
  });
  near.destroy();
  far.destroy();
}

function controlsFor(office: Office) {
  const { store, site } = office.gateway;
  const logger = createLogger({ sink: () => undefined, now: Date.now, context: 'fuzz', level: 'error' });
  const grants = createGrants({ key: site.grantKey, issuer: site.config.issuer, now: Date.now });
  const sessions = createSessions({ store, grants, clock: systemClock, logger });
  const limits = { ...defaultLimits, closeMs: 20 };
  const controls = createControls({ store, sessions, clock: systemClock, limits, logger, draining: () => false });
  const webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxControlBytes,
    perMessageDeflate: false,
    clientTracking: false,
  });
  const device = store.devices()[0]!;
  const request = {
    method: 'GET',
    headers: { upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' },
  };
  return {
    server: (socket: Duplex) =>
      new Promise<WebSocket>((resolve) => {
        webSockets.handleUpgrade(request as never, socket, Buffer.alloc(0), (ws) => {
          controls.serve(ws, { device: device.id, user: device.user, fingerprint: device.fingerprint });
          resolve(ws);
        });
      }),
    nonceOf: (text: string) => /"nonce":"([\w-]+)"/.exec(text)?.[1] ?? '',
  };
}

/** The first bytes of a real TLS client, to be spoiled. */
async function recordClientHello(): Promise<Buffer> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const client = connectTls({ port, host: '127.0.0.1' });
  client.on('error', () => undefined);
  const [socket] = await accepted;
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  client.destroy();
  socket.destroy();
  server.close();
  return bytes;
}
