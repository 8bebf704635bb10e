import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { startOffice as startOfficeProcess } from '#build/demo/office.ts';
import { tunnelLimits } from '#contract/wire/tunnel-state.ts';
import type { Credentials } from '#main/tunnel/dial.ts';
import { createFakeDevice } from '#test/fakes/fake-device.ts';
import { createOfficeLaptop } from '#test/fakes/office-laptop.ts';
import { leftOver, liveResources, startTestTunnel, type TestTunnelOptions } from '#test/fakes/test-tunnel.ts';
import { issueDevice } from '#test/fixtures/gateway/certificates.ts';
import { type FakeDesk, startDesk, startEchoDesk } from '#test/fixtures/gateway/desks.ts';
import { freshOtp, type TestDevice } from '#test/fixtures/gateway/enrol-test-device.ts';
import { type Office, startOffice } from '#test/fixtures/gateway/office.ts';

/* main's tunnel against the real gateway and a desk on loopback. */

const admin = { kind: 'admin', name: 'test' } as const;
const inOrder = { reason: null, details: {} };

let office: Office;
let echo: FakeDesk;
let device: TestDevice;
let resources: Record<string, number>;

beforeAll(async () => {
  // What the gateway keeps until its time is over (a peer that hung up in the handshake, half a relay): short here.
  office = await startOffice({ limits: { deskConnectMs: 500, handshakeMs: 1_000, requestMs: 1_000, halfOpenMs: 500 } });
  echo = await startEchoDesk();
  device = await office.enrol('yamada', { id: 'pc-1', port: echo.port });
  await office.enrol('suzuki', { id: 'pc-2', port: echo.port });
});
afterAll(async () => {
  await office.stop();
  await echo.stop();
});
beforeEach(({ onTestFinished: atEnd }) => {
  resources = liveResources();
  // Registered first, so it runs last. The gateway lives in this process: its sockets must be gone too.
  atEnd(async () => {
    await expect
      .poll(() => office.gateway.figures(), { timeout: 5_000 })
      .toEqual({ sockets: 0, controls: 0, sessions: 0 });
    expect(await leftOver(resources)).toEqual({});
  });
});

/** A tunnel of this laptop, with a one-time password that works however often. */
function startTunnel(
  { credentials, ...laptop }: TestDevice,
  options: TestTunnelOptions & { at?: Office; change?: Partial<Credentials> } = {},
) {
  const { at = office, change, ...rest } = options;
  const otp = async () => freshOtp(at.gateway.store, { credentials, ...laptop }).code;
  return startTestTunnel({ ...credentials, ...change }, { otp, ...rest });
}
async function connected(laptop: TestDevice = device, options: Parameters<typeof startTunnel>[1] = {}) {
  const t = startTunnel(laptop, options);
  const stream = await Promise.race([
    t.channelOpen,
    t.closed.then(({ reason }) => Promise.reject(new Error(`closed: ${reason}`))),
  ]);
  return { t, stream };
}
const closedReason = (laptop: TestDevice, options: Parameters<typeof startTunnel>[1] = {}) =>
  startTunnel(laptop, options).closed;

/** A desk of this test's own, and a laptop whose user has it. */
async function ownDesk(user: string, serve: (socket: Socket) => void): Promise<{ desk: FakeDesk; laptop: TestDevice }> {
  const desk = await startDesk(serve);
  onTestFinished(desk.stop);
  return { desk, laptop: await office.enrol(user, { id: `pc-${user}`, port: desk.port }) };
}

describe('a session', () => {
  it('of an RDP desk knows how to open it, and what it tells of its certificate holds for the next one', async () => {
    const laptop = await office.enrol('ogawa', { id: 'pc-rdp', port: echo.port, protocol: 'rdp' });
    const sha256 = 'ab'.repeat(32);
    for (const certificate of [null, sha256]) {
      const { t, stream } = await connected(laptop);
      expect(t.tunnel.state()).toMatchObject({ desk: { protocol: 'rdp' }, rdp: { security: 'nla', certificate } });
      stream.write('through');
      await expect.poll(() => t.received().toString()).toBe('through');
      t.tunnel.deskCertificate(sha256);
      await expect.poll(() => office.gateway.store.desk('pc-rdp')?.certificate).toBe(sha256);
      t.tunnel.end(null);
      await t.closed;
    }
    expect(office.audit().filter(({ action }) => action === 'desk.certificatePinned')).toHaveLength(1);
  });

  it('goes through every phase and ends in order on both sides', async () => {
    const { t } = await connected();
    expect(t.phases).toEqual(['network', 'gateway', 'signIn', 'desk', 'open']);
    expect(t.tunnel.state()).toMatchObject({
      user: { id: 'yamada', name: 'yamada' },
      desk: { id: 'pc-1', name: 'pc-1', protocol: 'vnc' },
    });
    t.tunnel.end(null);
    expect(await t.closed).toEqual(inOrder);
    const sid = t.tunnel.state().sid ?? '';
    await expect.poll(() => office.gateway.store.session(sid)).toMatchObject({ state: 'ended', reason: 'userEnded' });
  });

  it('is secured by TLS 1.3', async () => {
    const { t } = await connected();
    expect(t.lines.join()).toContain('"protocol":"TLSv1.3"');
    t.tunnel.end(null);
    await t.closed;
  });

  it('carries the bytes of both directions unchanged when there are many', async () => {
    const { t, stream } = await connected();
    const sent = randomBytes(4 * 1024 * 1024);
    for (let at = 0; at < sent.length; at += 100_003) {
      if (!stream.write(sent.subarray(at, at + 100_003))) await once(stream, 'drain');
    }
    await expect.poll(() => t.received().length, { timeout: 20_000 }).toBe(sent.length);
    expect(t.received().equals(sent)).toBe(true);
    t.tunnel.end(null);
    await t.closed;
  });

  it('holds the desk back when nobody reads', async () => {
    let taken = 0;
    const { laptop } = await ownDesk('tanaka', (socket) => {
      const more = () => {
        for (let chunks = 0; chunks < 1_000; chunks += 1) {
          taken += 65_536;
          if (!socket.write(Buffer.alloc(65_536))) return;
        }
      };
      socket.on('drain', more);
      more();
    });
    const { t, stream } = await connected(laptop);
    stream.pause();
    let last = -1;
    // Until it stands still: what the buffers on the way hold is the system's affair, that it ends is ours.
    await expect
      .poll(
        () => {
          const still = taken === last;
          last = taken;
          return still;
        },
        { interval: 300, timeout: 10_000 },
      )
      .toBe(true);
    expect(taken).toBeLessThan(64 * 1024 * 1024);
    t.tunnel.end(null);
    await t.closed;
  });

  it('can follow another in the same process when that has ended', async () => {
    const sids: (string | null)[] = [];
    for (const text of ['first', 'second', 'third']) {
      const { t, stream } = await connected();
      stream.write(text);
      await expect.poll(() => t.received().toString()).toBe(text);
      sids.push(t.tunnel.state().sid);
      t.tunnel.end(null);
      expect(await t.closed).toEqual(inOrder);
      expect(t.closings()).toBe(1);
    }
    expect(new Set(sids).size).toBe(3);
  });

  it('ends with the office’s reason when the office ends it', async () => {
    const { t, stream } = await connected();
    office.gateway.store.requestEnd(t.tunnel.state().sid ?? '');
    expect(await t.closed).toEqual({ reason: 'sessionEndedByOffice', details: {} });
    expect(stream.destroyed).toBe(true);
  });

  it('ends, and the laptop erases itself, when it is revoked', async () => {
    const { laptop } = await ownDesk('revoked', (socket) => socket.resume());
    const erasing = createFakeDevice();
    const { t } = await connected(laptop, { device: erasing });
    office.gateway.identity.setDeviceStatus(laptop.device.id, 'revoked', admin);
    expect(await t.closed).toEqual({ reason: 'deviceErased', details: {} });
    expect(erasing.calls).toContain('erase');
    await expect.poll(() => office.gateway.store.device(laptop.device.id)).toMatchObject({ erase: 'done' });
    expect(await closedReason(laptop)).toMatchObject({ reason: 'deviceRevoked' });
  });

  it('ends at once, and nothing is erased, when its laptop is suspended', async () => {
    const { laptop } = await ownDesk('suspended', (socket) => socket.resume());
    const kept = createFakeDevice();
    const { t } = await connected(laptop, { device: kept });
    office.gateway.identity.setDeviceStatus(laptop.device.id, 'suspended', admin);
    expect(await t.closed).toMatchObject({ reason: 'deviceSuspended' });
    expect(await closedReason(laptop)).toMatchObject({ reason: 'deviceSuspended' });
    expect(kept.calls).not.toContain('erase');
  });
});

describe('a desk', () => {
  it('has its last words delivered when it closes right after them', async () => {
    const { laptop } = await ownDesk('mori', (socket) => socket.end('too many attempts'));
    const { t } = await connected(laptop);
    await expect.poll(() => t.received().toString()).toBe('too many attempts');
    expect(t.tunnel.state().phase).toBe('open');
    t.jump(tunnelLimits.endingMs);
    expect(await t.closed).toEqual({ reason: 'deskClosed', details: {} });
  });

  it('has closed when it is killed in the middle', async () => {
    const { desk, laptop } = await ownDesk('ito', (socket) => socket.write('RFB 003.008\n'));
    const { t } = await connected(laptop);
    await expect.poll(() => t.received().toString()).toBe('RFB 003.008\n');
    for (const socket of desk.sockets) socket.resetAndDestroy();
    expect(await t.closed).toEqual({ reason: 'deskClosed', details: {} });
  });

  it('is down when nothing listens there', async () => {
    const { desk, laptop } = await ownDesk('kato', () => {});
    await desk.stop();
    expect(await closedReason(laptop)).toEqual({ reason: 'deskDown', details: {} });
  });
});

describe('a laptop that may not', () => {
  it('is told so when the desk is another’s or nobody’s', async () => {
    expect(await closedReason(device, { desk: 'pc-2' })).toEqual({ reason: 'deskNotAssigned', details: {} });
    expect(await closedReason(device, { desk: 'no-such-desk' })).toEqual({ reason: 'deskNotAssigned', details: {} });
  });

  it('is told so when its user has no desk', async () => {
    const { laptop } = await ownDesk('newcomer', () => {});
    office.gateway.store.unassign('pc-newcomer', 'newcomer');
    expect(await closedReason(laptop)).toEqual({ reason: 'noDeskAssigned', details: {} });
  });

  it('is told so when it shows no certificate', async () => {
    const change = { certificate: null, privateKey: null };
    expect(await closedReason(device, { change })).toEqual({ reason: 'deviceCertificateMissing', details: {} });
  });

  it('is told so when its certificate is of another CA', async () => {
    const other = await startOffice();
    const stranger = await other.enrol('yamada', { id: 'pc-1', port: echo.port });
    await other.stop();
    const { certificate, privateKey } = stranger.credentials;
    expect(await closedReason(device, { change: { certificate, privateKey } })).toEqual({
      reason: 'deviceCertificateRefused',
      details: {},
    });
  });

  it('refuses the gateway itself when it trusts another CA', async () => {
    const other = await startOffice();
    await other.stop();
    expect(await closedReason(device, { change: { ca: other.ca.certificate } })).toMatchObject({
      reason: 'gatewayNotOurs',
    });
  });

  it.each([
    ['its certificate has expired', -30 * 86_400_000, 'deviceCertificateExpired'],
    ['the gateway does not know it', 0, 'deviceRevoked'],
  ])('is told so when %s', async (_, ageMs, reason) => {
    const made = await issueDevice(office.ca, { now: Date.now() + ageMs, days: 1, device: 'dev-x' });
    expect(await closedReason(device, { change: made })).toEqual({ reason, details: {} });
  });

  it('is told the difference when its clock is wrong', async () => {
    const t = startTunnel(device, { wallNow: () => Date.now() + 3_600_000 });
    const { reason, details } = await t.closed;
    expect(reason).toBe('clockWrong');
    expect(Math.abs(Number(details.seconds) - 3_600)).toBeLessThanOrEqual(1);
  });
});

describe('a gateway', () => {
  it('is lost, and found again, when it is killed and comes back', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hanare-tunnel-'));
    const other = await startOfficeProcess({ folder, site: 'test' });
    onTestFinished(async () => {
      await other.stop();
      await rm(folder, { recursive: true, force: true });
    });
    await other.command('user', 'add', 'yamada', '--name', '山田');
    const address = `127.0.0.1:${echo.port}`;
    await other.command('desk', 'add', 'pc-1', '--name', '総務課', '--protocol', 'vnc', '--address', address);
    await other.command('desk', 'assign', 'pc-1', 'yamada');
    const { code } = await other.enrolDevice({ user: 'yamada', label: '017' });
    const laptop = await createOfficeLaptop();
    await laptop.enrol({ host: '127.0.0.1', port: other.enrolPort }, code);
    const connect = async () => {
      await laptop.session.connect(null);
      await expect.poll(() => laptop.session.state(), { timeout: 10_000 }).toMatchObject({ stage: 'picture' });
    };
    const ended = async (reason: string) =>
      expect
        .poll(() => laptop.session.state(), { timeout: 10_000 })
        .toMatchObject({ phase: 'ended', failure: { reason } });

    await connect();
    other.gateway().kill('SIGKILL');
    await ended('connectionLost');
    await laptop.session.connect(null);
    await ended('gatewayRefused');
    await other.serve();
    await connect();
    laptop.ports.at(-1)?.say(new TextEncoder().encode('back'));
    await expect.poll(() => laptop.ports.at(-1)?.bytes().toString()).toBe('back');
    laptop.session.disconnect();
    expect(laptop.session.state()).toMatchObject({ phase: 'ended', failure: null });
  });

  it('lets a session go in order when it stops', async () => {
    const other = await startOffice();
    const laptop = await other.enrol('yamada', { id: 'pc-1', port: echo.port });
    const { t } = await connected(laptop, { at: other });
    await other.stop();
    const { reason } = await t.closed;
    expect(['gatewayBusy', 'connectionLost']).toContain(reason);
  });
});
