import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { duplexPair } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { type WebSocket, WebSocketServer } from 'ws';
import { createLogger } from '#contract/log/logger.ts';
import { maxControlBytes } from '#contract/wire/messages.ts';
import { openAudit } from '#gateway/audit/audit.ts';
import { createTestimony } from '#gateway/evidence/testimony.ts';
import { createGrants } from '#gateway/grants/grants.ts';
import { createIdentity } from '#gateway/identity/create-identity.ts';
import { fingerprintOf } from '#gateway/pki/judge.ts';
import { createPolicies } from '#gateway/policy/policies.ts';
import { createControls } from '#gateway/server/controls.ts';
import { defaultLimits, systemClock } from '#gateway/server/limits.ts';
import { createSessions } from '#gateway/server/sessions.ts';
import type { Waker } from '#gateway/server/wake.ts';
import { sitePaths } from '#gateway/site/site.ts';
import { newRequest } from '#test/fixtures/gateway/certificates.ts';
import { hello } from '#test/fixtures/gateway/control-client.ts';
import { startEchoDesk } from '#test/fixtures/gateway/desks.ts';
import type { TestDevice } from '#test/fixtures/gateway/enrol-test-device.ts';
import { heldMemory } from '#test/fixtures/gateway/memory.ts';
import { dialTls, type Office, over, readAnswer, startOffice, until } from '#test/fixtures/gateway/office.ts';
import { totp } from '#test/fixtures/gateway/totp.ts';
import {
  createRandom,
  enrolCase,
  frame,
  frameCase,
  messageCase,
  type Random,
  requestCase,
  tlsCase,
} from './malformed-cases.ts';

export type FuzzReport = Readonly<{ cases: number; heapGrowthBytes: number; served: boolean; left: number }>;

/** Cases that run at one time: more would measure the client's own queue. */
const lanes = 16;

const admin = { kind: 'admin', name: 'test' } as const;
const stepMs = 30_000;

/**
 * Throws malformed input at a gateway in this process: before TLS on both ports, at the enrolment port, after mutual TLS,
 * and at the control socket, most of the last over in-memory sockets, where a case costs no handshake. Anything uncaught
 * ends the process or the test.
 * @param count how many cases in all; the four places share them 35 : 10 : 15 : 40.
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
  const { csr } = await newRequest();
  const inMemoryCase = await createInMemory(office, random);

  const share = (part: number) => Math.floor(count * part);
  const shares = { tls: share(0.35), enrol: share(0.1), request: share(0.15), wire: share(0.1) };
  const inMemory = count - shares.tls - shares.enrol - shares.request - shares.wire;
  const round = async (part: number): Promise<void> => {
    await inLanes(Math.ceil(shares.tls * part), () =>
      beforeTls(random.int(4) === 0 ? office.enrolPort : office.port, tlsCase(random, clientHello)),
    );
    await inLanes(Math.ceil(shares.enrol * part), () => atEnrolment(office, enrolCase(random, csr)));
    await inLanes(Math.ceil(shares.request * part), async () => {
      const socket = await office.dial(device);
      socket.end(requestCase(random, token));
      await over(socket);
    });
    await inLanes(Math.ceil(shares.wire * part), () => atControl(office, device, random));
    await inLanes(Math.ceil(inMemory * part), inMemoryCase);
  };
  // The first tenth warms caches, pools and compiled code; growth is what the rest leaves behind.
  await round(0.1);
  const before = heldMemory();
  await round(0.9);
  await until(() => office.gateway.figures().controls <= 1);
  const heapGrowthBytes = heldMemory() - before;

  // A new one: the first is too old by now.
  const last = await control.open('pc-3');
  const after = await office.connect(keeper, 'pc-3', last.type === 'grant' ? last.token : '');
  after.socket.write('alive');
  const [reply] = await once(after.socket, 'data');
  const site = await dialTls(office.enrolPort, office.ca.certificate, undefined);
  site.write('GET /v1/site HTTP/1.1\r\nHost: g\r\n\r\n');
  const enrols = (await readAnswer(site)).status === 200;
  await over(site);
  const served = after.status === 200 && reply.toString() === 'alive' && enrols;
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
  socket.end(bytes);
  await endedSoon(socket);
}

async function atEnrolment(office: Office, bytes: Buffer): Promise<void> {
  const socket = await dialTls(office.enrolPort, office.ca.certificate, undefined);
  socket.write(bytes);
  await endedSoon(socket);
}

/** Half of what was promised gets no answer before the gateway's own time limit, so that is not waited for. */
async function endedSoon(socket: Socket): Promise<void> {
  socket.resume();
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

/**
 * The same code as on the port, from the WebSocket handshake's end on, without TLS: a third each signed in, only through
 * the door, and to be erased. The clock of these goes a step ahead for every sign-in, because a step counts once.
 */
async function createInMemory(office: Office, random: Random): Promise<() => Promise<void>> {
  const signedIn = await office.enrol('sato', { id: 'pc-1', port: 9 });
  const guesser = await office.enrol('ito', { id: 'pc-2', port: 9 });
  const givenUp = await office.enrol('mori', { id: 'pc-2', port: 9 });
  office.gateway.identity.setDeviceStatus(givenUp.device.id, 'revoked', admin);
  let now = Date.now();
  const start = controlsFor(office, () => now);
  let turn: Promise<void> = Promise.resolve();

  return async () => {
    const who = random.pick([signedIn, guesser, givenUp]);
    const { near, far, ws, seen, hears } = await start(who);
    const say = (message: unknown): void => void far.write(frame(1, Buffer.from(JSON.stringify(message))));
    const nonce = (): string => /"nonce":"([\w-]+)"/.exec(seen())?.[1] ?? '';
    if (who === signedIn) {
      // One after another: the one-time passwords of these come in the order of their steps.
      turn = turn.then(async () => {
        office.gateway.identity.unlockUser(who.user.id, admin);
        say(hello);
        await hears(/"nonce"/);
        now += stepMs;
        say({ type: 'auth', nonce: nonce(), otp: totp(who.otpSecret!, now) });
        // A wrong guess of another lane may have come in between: then this one stays outside.
        await hears(/"auth(Ok|Fail)"/);
      });
      await turn;
    } else if (random.int(2) === 0) {
      say(hello);
      await hears(/./);
    }
    for (let n = 1 + random.int(3); n > 0; n--) far.write(frameCase(random, messageCase(random, nonce())));
    far.end();
    await new Promise<void>((resolve) => {
      if (ws.readyState === ws.CLOSED) resolve();
      else ws.once('close', () => resolve());
    });
    near.destroy();
    far.destroy();
  };
}

function controlsFor(office: Office, now: () => number) {
  const { store, site } = office.gateway;
  const clock = { now, monotonic: systemClock.monotonic };
  const audit = openAudit({ path: sitePaths(office.dataDir).audit, store, now });
  const identity = createIdentity({ store, site, audit, now });
  const logger = createLogger({ sink: () => undefined, now, context: 'fuzz', level: 'error' });
  const grants = createGrants({ key: site.grantKey, issuer: site.config.issuer, now });
  const limits = { ...defaultLimits, closeMs: 20 };
  const policies = createPolicies({ store, site, now });
  const testimony = createTestimony({ store, audit, now, monotonic: systemClock.monotonic });
  const waker: Waker = { wake: async () => ({ ok: true }) };
  const webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxControlBytes,
    perMessageDeflate: false,
    clientTracking: false,
  });
  const request = {
    method: 'GET',
    headers: { upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' },
  };
  return async ({ device, user, credentials }: TestDevice) => {
    // Of each connection's own, so that those of one device do not replace each other.
    const sessions = createSessions({ store, grants, clock, logger, replica: 'fuzz', serves: () => true });
    const controls = createControls({
      ...{ store, identity, sessions, policies, testimony, waker, clock, limits, logger },
      draining: () => false,
    });
    const certificate = new X509Certificate(credentials.certificate);
    const caller = {
      ...{ device: device.id, user: user.id },
      fingerprint: fingerprintOf(certificate.raw),
    };
    const mode = store.device(device.id)?.status === 'revoked' ? 'eraseOnly' : 'normal';
    const [near, far] = duplexPair();
    far.on('error', () => undefined);
    let text = '';
    const ws = await new Promise<WebSocket>((resolve) => {
      webSockets.handleUpgrade(request as never, near, Buffer.alloc(0), (made) => {
        controls.serve(made, { caller, mode, key: certificate.publicKey, source: '127.0.0.1' });
        resolve(made);
      });
    });
    // From here on: what comes before is the handshake.
    far.on('data', (chunk: Buffer) => {
      const latin = chunk.toString('latin1');
      text += latin.startsWith('HTTP/1.1 101') ? latin.slice(latin.indexOf('\r\n\r\n') + 4) : latin;
    });
    /** Or the connection has ended. */
    const hears = async (pattern: RegExp): Promise<void> => {
      while (!pattern.test(text) && ws.readyState === ws.OPEN) {
        await new Promise<void>((resolve) => {
          far.once('data', () => resolve());
          ws.once('close', () => resolve());
        });
      }
    };
    return { near, far, ws, seen: () => text, hears };
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
