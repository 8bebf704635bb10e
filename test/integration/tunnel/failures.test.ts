import { createServer } from 'node:net';
import type { Duplex } from 'node:stream';
import { beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { errorNames } from '#contract/errors/catalogue.ts';
import { maxControlBytes } from '#contract/wire/messages.ts';
import { tunnelLimits } from '#contract/wire/tunnel-state.ts';
import { issueCa } from '#gateway/pki/issue.ts';
import type { Credentials } from '#main/tunnel/dial.ts';
import {
  acceptance,
  type ControlPeer,
  challengeNow,
  createTestSite,
  credentialsFor,
  established,
  type Listening,
  refusal,
  type Script,
  speak,
  startTcp,
  startTls,
  type TestSite,
  testDesk,
  wrongServer,
} from '#test/fakes/scripted-gateway.ts';
import { leftOver, liveResources, startTestTunnel } from '#test/fakes/test-tunnel.ts';

let site: TestSite;
let before: Record<string, number>;
beforeAll(async () => {
  site = await createTestSite();
});
beforeEach(({ onTestFinished: atEnd }) => {
  before = liveResources();
  // Registered first, so it runs last: after the servers of the test have gone.
  atEnd(async () => expect(await leftOver(before)).toEqual({}));
});

async function until<T extends Listening>(starting: Promise<T>): Promise<T> {
  const listening = await starting;
  onTestFinished(listening.close);
  return listening;
}

/** @returns why a tunnel to this port closed. */
async function closedBy(server: Listening, changes: Partial<Credentials> = {}) {
  const t = startTestTunnel(credentialsFor(site, server.port, changes));
  const closed = await t.closed;
  await server.close();
  expect(t.closings()).toBe(1);
  return closed;
}
const scripted = async (script: Script, tls = {}) => closedBy(await until(startTls(site, script, tls)));

describe('a gateway that is not reached', () => {
  it('is not found when its name is none', async () => {
    const host = 'gateway.hanare.invalid';
    const t = startTestTunnel(credentialsFor(site, 8443, { gateway: { host, port: 8443 } }));
    expect(await t.closed).toMatchObject({ reason: 'gatewayNotFound', details: { host } });
    expect(t.phases).toEqual(['network', 'closed']);
  });

  it('refuses when nothing listens', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    const t = startTestTunnel(credentialsFor(site, port));
    expect(await t.closed).toEqual({ reason: 'gatewayRefused', details: { host: '127.0.0.1', port } });
  });

  it('does not answer when it takes the connection and never speaks', async () => {
    const server = await until(startTcp((socket) => socket.resume()));
    const t = startTestTunnel(credentialsFor(site, server.port));
    await t.reached('gateway');
    t.jump(tunnelLimits.gatewayMs);
    expect(await t.closed).toEqual({ reason: 'gatewayTimeout', details: {} });
  });

  it.each([
    [
      'never answers the upgrade',
      { upgrade: (_request: unknown, socket: Duplex) => void socket.resume() },
      'gateway',
      tunnelLimits.gatewayMs,
    ],
    ['never challenges', { control: () => {} }, 'signIn', tunnelLimits.signInMs],
  ] as const)('does not answer when it %s', async (_, script, phase, limit) => {
    const server = await until(startTls(site, script));
    const t = startTestTunnel(credentialsFor(site, server.port));
    await t.reached(phase);
    t.jump(limit);
    expect(await t.closed).toEqual({ reason: 'gatewayTimeout', details: {} });
  });
});

describe('a gateway that cannot be trusted', () => {
  it('is no gateway when it speaks no TLS', async () => {
    const server = await until(startTcp((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')));
    expect(await closedBy(server)).toMatchObject({ reason: 'tlsFailed' });
  });

  it('is no gateway when it hangs up during the handshake', async () => {
    const server = await until(startTcp((socket) => socket.once('data', () => socket.destroy())));
    expect(await closedBy(server)).toMatchObject({ reason: 'tlsFailed' });
    const rude = await until(startTcp((socket) => socket.once('data', () => socket.resetAndDestroy())));
    expect(await closedBy(rude)).toMatchObject({ reason: 'tlsFailed' });
  });

  it('is refused when it speaks TLS 1.2 only', async () => {
    expect(await scripted({}, { maxVersion: 'TLSv1.2', minVersion: 'TLSv1.2' })).toMatchObject({ reason: 'tlsFailed' });
  });

  it('is refused when its certificate is of another CA', async () => {
    const other = await createTestSite();
    const { privateKey: key, certificate: cert } = other.server;
    expect(await scripted({}, { key, cert })).toMatchObject({
      reason: 'gatewayNotOurs',
      details: { host: '127.0.0.1' },
    });
  });

  it('is refused when its certificate is of another CA and the environment says that this does not matter', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    onTestFinished(() => void vi.unstubAllEnvs());
    const { privateKey: key, certificate: cert } = (await createTestSite()).server;
    expect(await scripted({}, { key, cert })).toMatchObject({ reason: 'gatewayNotOurs' });
  });

  it('is refused when its certificate signed itself', async () => {
    const lone = await issueCa({ now: Date.now(), days: 1, site: 'lone' });
    expect(await scripted({}, { key: lone.privateKey, cert: lone.certificate })).toMatchObject({
      reason: 'gatewayNotOurs',
    });
  });

  it('is refused when it shows a device’s certificate', async () => {
    const { privateKey: key, certificate: cert } = site.device;
    expect(await scripted({}, { key, cert })).toMatchObject({ reason: 'gatewayNotOurs' });
  });

  it('is refused when its certificate is for another name', async () => {
    const { privateKey: key, certificate: cert } = await wrongServer(site.ca, {
      hosts: ['other.invalid', '192.0.2.1'],
    });
    expect(await scripted({}, { key, cert })).toMatchObject({ reason: 'gatewayNotOurs' });
  });

  it.each([
    ['has expired', -10],
    ['is not valid yet', 10],
  ])('is taken for a clock that is wrong when its certificate %s', async (_, fromDays) => {
    const { privateKey: key, certificate: cert } = await wrongServer(site.ca, { fromDays });
    expect(await scripted({}, { key, cert })).toMatchObject({ reason: 'clockWrong' });
  });

  it('sees nothing of the client’s request when it is refused', async () => {
    const other = await createTestSite();
    const seen: unknown[] = [];
    const server = await until(
      startTls(
        site,
        { secured: (socket) => Boolean(socket.on('data', (data) => seen.push(data))) },
        { key: other.server.privateKey, cert: other.server.certificate },
      ),
    );
    await closedBy(server);
    expect(seen).toEqual([]);
  });
});

describe('a registration that cannot be used', () => {
  it.each([
    ['the certificate is garbage', { certificate: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' }],
    ['the key is garbage', { privateKey: '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n' }],
  ])('is called damaged, and nothing is sent, when %s', async (_, changes) => {
    let reached = 0;
    const server = await until(startTcp(() => (reached += 1)));
    expect(await closedBy(server, changes)).toMatchObject({ reason: 'deviceFileDamaged' });
    expect(reached).toBe(0);
  });

  it('is called damaged when key and certificate are no pair', async () => {
    const server = await until(startTls(site, {}));
    expect(await closedBy(server, { privateKey: site.server.privateKey })).toMatchObject({
      reason: 'deviceFileDamaged',
    });
  });
});

describe('a gateway that refuses the control connection', () => {
  it.each(errorNames)('gives its reason when that is %s', async (reason) => {
    expect(await scripted({ upgrade: (_, socket) => socket.end(refusal(403, reason)) })).toEqual({
      reason,
      details: {},
    });
  });

  it('gives its reason when it answers before it was asked', async () => {
    const script: Script = { secured: (socket) => Boolean(socket.end(refusal(403, 'deviceRevoked')).resume()) };
    expect(await scripted(script)).toEqual({ reason: 'deviceRevoked', details: {} });
  });

  it.each([
    ['the header names nothing known', refusal(403, 'becauseISaySo'), 'protocolMismatch'],
    ['the header names what every object has', refusal(403, 'constructor'), 'protocolMismatch'],
    ['there is no header', refusal(404), 'protocolMismatch'],
    ['it is busy', refusal(503), 'gatewayBusy'],
    [
      'it sends elsewhere',
      'HTTP/1.1 302 Found\r\nlocation: https://example.invalid/\r\ncontent-length: 0\r\n\r\n',
      'protocolMismatch',
    ],
    ['it serves a page', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi', 'protocolMismatch'],
    [
      'it upgrades wrongly',
      'HTTP/1.1 101 Switching\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: no\r\n\r\n',
      'protocolMismatch',
    ],
    ['it speaks no HTTP', 'RFB 003.008\n', 'protocolMismatch'],
    ['it sends headers without end', `HTTP/1.1 200 OK\r\nx: ${'a'.repeat(100_000)}\r\n\r\n`, 'protocolMismatch'],
  ])('is taken as it is when %s', async (_, answer, reason) => {
    expect(await scripted({ upgrade: (_request, socket) => socket.end(answer) })).toMatchObject({ reason });
  });

  it('has lost the connection when it hangs up without a word', async () => {
    expect(await scripted({ upgrade: (_, socket) => socket.destroy() })).toMatchObject({ reason: 'connectionLost' });
  });
});

describe('a control connection that goes wrong', () => {
  const saying = (say: (peer: ControlPeer) => void) =>
    scripted({ control: (ws) => speak(ws, { hello: (peer) => say(peer) }) });

  it.each([
    ['text that is no JSON', (peer: ControlPeer) => peer.ws.send('hello')],
    ['an unknown message', (peer: ControlPeer) => peer.ws.send('{"type":"shutdown"}')],
    ['bytes', (peer: ControlPeer) => peer.ws.send(Buffer.from('{"type":"ping","n":1}'), { binary: true })],
    ['a message that is too long', (peer: ControlPeer) => peer.ws.send(' '.repeat(maxControlBytes + 1))],
    ['a message out of order', (peer: ControlPeer) => peer.say(acceptance())],
    ['a frame that breaks RFC 6455', (peer: ControlPeer) => rawSocket(peer).write(Buffer.from([0xff, 0xff, 0xff]))],
    ['text that is no UTF-8', (peer: ControlPeer) => rawSocket(peer).write(Buffer.from([0x81, 0x02, 0xc3, 0x28]))],
  ])('ends as a mismatch when the gateway sends %s', async (_, say) => {
    expect(await saying(say)).toMatchObject({ reason: 'protocolMismatch' });
  });

  it.each([
    ['hangs up', (peer: ControlPeer) => peer.ws.terminate()],
    ['closes politely', (peer: ControlPeer) => peer.ws.close(1001)],
  ])('is lost when the gateway %s', async (_, act) => {
    expect(await saying(act)).toMatchObject({ reason: 'connectionLost' });
  });

  it.each([
    [301_000, 301],
    [-301_000, -301],
  ])('tells the difference when this laptop’s clock is wrong by %i ms', async (skew, seconds) => {
    const server = await until(startTls(site, { control: (ws) => speak(ws) }));
    const t = startTestTunnel(credentialsFor(site, server.port), { wallNow: () => Date.now() + skew });
    const { reason, details } = await t.closed;
    expect(reason).toBe('clockWrong');
    expect(Math.abs(Number(details.seconds) - seconds)).toBeLessThanOrEqual(1);
  });

  it('is lost when the line is reset', async () => {
    const server = await until(startTls(site, { control: (ws) => speak(ws, { hello: () => server.reset() }) }));
    expect(await closedBy(server)).toMatchObject({ reason: 'connectionLost' });
  });

  it('is drained when the gateway is about to stop', async () => {
    expect(await saying((peer) => peer.say({ type: 'drain', deadline: Date.now() }))).toMatchObject({
      reason: 'gatewayBusy',
    });
  });

  it('says goodbye when the user ends it', async () => {
    let code = 0;
    const server = await until(
      startTls(site, {
        control: (ws) => {
          speak(ws, { auth: () => {} });
          ws.on('close', (given) => {
            code = given;
          });
        },
      }),
    );
    const t = startTestTunnel(credentialsFor(site, server.port));
    await t.reached('signIn');
    t.tunnel.end(null);
    expect(await t.closed).toEqual({ reason: null, details: {} });
    expect(await leftOver(before, server.open)).toEqual({});
    expect(code).toBe(1000);
  });

  it('is cut when the gateway never answers the goodbye', async () => {
    const server = await until(startTls(site, { control: (ws) => ws.pause() }));
    const t = startTestTunnel(credentialsFor(site, server.port));
    await t.reached('signIn');
    t.tunnel.end(null);
    await t.closed;
    expect(await leftOver(before, server.open)).toEqual({});
  });
});

describe('a channel that is refused', () => {
  const connecting = (connect: NonNullable<Script['connect']>) => scripted({ control: (ws) => speak(ws), connect });

  it.each(errorNames)('ends with the gateway’s reason when that is %s', async (reason) => {
    expect(await connecting((_, socket) => socket.end(refusal(403, reason)))).toEqual({ reason, details: {} });
  });

  it.each([
    ['no reason is given', refusal(403), 'grantRefused'],
    ['the reason is unknown', refusal(502, 'whatever'), 'grantRefused'],
    ['the gateway is busy', refusal(503), 'gatewayBusy'],
    ['the answer is no HTTP', 'RFB 003.008\n', 'protocolMismatch'],
    ['the answer is another success', 'HTTP/1.1 204 No Content\r\n\r\n', 'grantRefused'],
  ])('ends with what is known when %s', async (_, answer, reason) => {
    expect(await connecting((_request, socket) => socket.end(answer))).toMatchObject({ reason });
  });

  it('ends as lost when the gateway hangs up', async () => {
    expect(await connecting((_, socket) => socket.destroy())).toMatchObject({ reason: 'connectionLost' });
  });

  it('ends as a desk that is down when the gateway never answers', async () => {
    const asked = Promise.withResolvers<void>();
    const server = await until(startTls(site, { control: (ws) => speak(ws), connect: () => asked.resolve() }));
    const t = startTestTunnel(credentialsFor(site, server.port));
    await asked.promise;
    t.jump(tunnelLimits.deskMs);
    expect(await t.closed).toEqual({ reason: 'deskDown', details: {} });
  });

  it('carries the grant and names the desk, when it is asked for', async () => {
    const requests: unknown[] = [];
    await connecting((request, socket) => {
      requests.push([request.method, request.url, request.headers.host, request.headers.authorization]);
      socket.destroy();
    });
    expect(requests).toEqual([['CONNECT', 'desk-0123.desk:vnc', 'desk-0123.desk:vnc', 'Bearer a.b.c']]);
  });

  it('leaves nothing behind when the user ends it while it is being opened', async () => {
    const asked = Promise.withResolvers<void>();
    const server = await until(startTls(site, { control: (ws) => speak(ws), connect: () => asked.resolve() }));
    const t = startTestTunnel(credentialsFor(site, server.port));
    await asked.promise;
    t.tunnel.end(null);
    expect(await t.closed).toEqual({ reason: null, details: {} });
    expect(await leftOver(before, server.open)).toEqual({});
    expect(t.channel()).toBeUndefined();
  });
});

describe('a session that is up', () => {
  async function up(connect: NonNullable<Script['connect']>, instead: Parameters<typeof speak>[1] = {}) {
    const peers: ControlPeer[] = [];
    const server = await until(
      startTls(site, {
        control: (ws) =>
          speak(ws, {
            ...instead,
            hello: (peer) => {
              peers.push(peer);
              peer.say(challengeNow());
            },
          }),
        connect,
      }),
    );
    const t = startTestTunnel(credentialsFor(site, server.port));
    await t.channelOpen;
    return {
      t,
      server,
      say: (message: Parameters<ControlPeer['say']>[0]) => peers[0]!.say(message),
      peer: () => peers[0]!,
    };
  }
  const greeting: NonNullable<Script['connect']> = (_, socket) => socket.write(`${established}RFB 003.008\n`);

  it('goes through every phase, and has the desk’s first bytes though they came with the answer', async () => {
    const { t } = await up(greeting);
    await expect.poll(() => t.received().toString()).toBe('RFB 003.008\n');
    expect(t.phases).toEqual(['network', 'gateway', 'signIn', 'desk', 'open']);
    expect(t.tunnel.state()).toMatchObject({ desk: testDesk, sid: 's1' });
    t.tunnel.end(null);
    expect(await t.closed).toEqual({ reason: null, details: {} });
    expect(t.channel()?.destroyed).toBe(true);
  });

  it('ends with the office’s reason when the gateway closes it', async () => {
    const { t, say } = await up(greeting);
    say({ type: 'closed', sid: 's1', reason: 'sessionEndedByOffice' });
    expect(await t.closed).toEqual({ reason: 'sessionEndedByOffice', details: {} });
    expect(t.channel()?.destroyed).toBe(true);
  });

  it('has every last byte of the desk when the news of its end overtakes them', async () => {
    const last = Buffer.alloc(3_000_000, 7);
    let desk: Duplex | undefined;
    const { t, say } = await up((_, socket) => {
      desk = socket;
      socket.write(established);
    });
    say({ type: 'closed', sid: 's1', reason: 'deskClosed' });
    desk?.end(last);
    await expect.poll(() => t.received().length).toBe(last.length);
    t.jump(tunnelLimits.endingMs);
    expect(await t.closed).toEqual({ reason: 'deskClosed', details: {} });
  });

  it('ends with the screen’s reason when the screen knows better why the desk closed', async () => {
    let desk: Duplex | undefined;
    const { t, say } = await up((_, socket) => {
      desk = socket;
      socket.write(established);
    });
    say({ type: 'closed', sid: 's1', reason: 'deskClosed' });
    desk?.end('password check failed!');
    await expect.poll(() => t.received().toString()).toBe('password check failed!');
    t.tunnel.end({ reason: 'deskPasswordWrong', details: {} });
    expect(await t.closed).toEqual({ reason: 'deskPasswordWrong', details: {} });
  });

  it('ends as closed by the desk when the channel is cut and nobody says why', async () => {
    let desk: Duplex | undefined;
    const { t } = await up((_, socket) => {
      desk = socket;
      socket.write(established);
    });
    desk?.destroy();
    await expect.poll(() => t.tunnel.state().deadline).not.toBeNull();
    t.jump(tunnelLimits.endingMs);
    expect(await t.closed).toEqual({ reason: 'deskClosed', details: {} });
  });

  it('ends as lost when everything is reset at once', async () => {
    const { t, server } = await up(greeting);
    await server.close();
    expect(await t.closed).toMatchObject({ reason: 'connectionLost' });
  });

  it('may use its time when the gateway drains', async () => {
    const { t, say, peer } = await up(greeting);
    say({ type: 'drain', deadline: Date.now() + 1_000 });
    say({ type: 'ping', n: 77 });
    await expect.poll(() => peer().heard).toContainEqual({ type: 'pong', n: 77 });
    expect(t.tunnel.state().phase).toBe('open');
    t.tunnel.end(null);
    await t.closed;
  });

  it('measures the round trip when the gateway answers its pings', async () => {
    const { t } = await up(greeting);
    await expect.poll(() => t.tunnel.state().beat?.rttMs).toEqual(expect.any(Number));
    t.tunnel.end(null);
    await t.closed;
  });

  it('ends as lost when nothing at all was heard for 15 s', async () => {
    const { t } = await up(greeting, { ping: () => {} });
    t.jump(15_000);
    expect(await t.closed).toMatchObject({ reason: 'connectionLost' });
  });

  it('keeps the grant out of the log', async () => {
    const { t } = await up(greeting);
    t.tunnel.end(null);
    await t.closed;
    expect(t.lines.join()).not.toContain('a.b.c');
    expect(t.lines.join()).not.toContain('PRIVATE');
  });
});

describe('the order of things', () => {
  it('has no state before the caller holds the tunnel', async () => {
    let held = false;
    const early: boolean[] = [];
    const server = await until(startTls(site, { control: (ws) => speak(ws) }));
    const t = startTestTunnel(credentialsFor(site, server.port), { onState: () => early.push(!held) });
    held = true;
    await t.reached('signIn');
    t.tunnel.end(null);
    await t.closed;
    expect(early).not.toContain(true);
  });

  it('dials nothing when it is ended at once', async () => {
    let reached = 0;
    const server = await until(startTcp(() => (reached += 1)));
    const t = startTestTunnel(credentialsFor(site, server.port));
    t.tunnel.end(null);
    expect(await t.closed).toEqual({ reason: null, details: {} });
    expect(t.phases).toEqual(['closed']);
    await server.close();
    expect(reached).toBe(0);
  });

  it.each(['network', 'gateway', 'signIn', 'desk'])('leaves nothing behind when it is ended at %s', async (phase) => {
    const server = await until(startTls(site, { control: (ws) => speak(ws) }));
    const t = startTestTunnel(credentialsFor(site, server.port), {
      onState: (state) => {
        if (state.phase === phase) queueMicrotask(() => t.tunnel.end(null));
      },
    });
    expect(await t.closed).toEqual({ reason: null, details: {} });
    await expect.poll(() => server.open(), { timeout: 5_000 }).toBe(0);
    expect(t.closings()).toBe(1);
  });
});

function rawSocket(peer: ControlPeer): Duplex {
  return (peer.ws as unknown as { _socket: Duplex })._socket;
}
