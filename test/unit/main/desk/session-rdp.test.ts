import { createHash, X509Certificate } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import tls from 'node:tls';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SessionState } from '#contract/ipc/state.ts';
import type { Events } from '#contract/ipc/table.ts';
import { createLogger } from '#contract/log/logger.ts';
import type { Policy } from '#contract/policy/policy.ts';
import type { RdpAccess } from '#contract/wire/messages.ts';
import { createSession } from '#main/desk/session.ts';
import { createFakeDevice, fakeCredentials } from '#test/fakes/fake-device.ts';
import { createFakeGuard } from '#test/fakes/fake-guard.ts';
import { createFakePort, type FakePort } from '#test/fakes/fake-port.ts';
import { createFakeTunnels } from '#test/fakes/fake-tunnel.ts';
import { forgeCertificate } from '#test/fakes/pki.ts';
import { account, type DeskSide, type Seen, serveDesk } from './rdp/desk-side.ts';

const certificate = await forgeCertificate({ signer: 'self', name: 'desk', key: 'RSA-2048', usages: [] });
const windows = await forgeCertificate({
  ...({ signer: 'self', name: 'desk', key: 'RSA-2048', usages: [], enciphers: true } as const),
});
const sha256 = createHash('sha256').update(new X509Certificate(certificate.certificate).raw).digest('hex');
const desk = { id: 'desk-0456', name: '総務課 0456', protocol: 'rdp' } as const;
const user = { id: 'yamada', name: '山田 花子' };
const identity = { version: '0.1.0', platform: 'linux', machine: { uuid: 'u-1', serial: null, macs: [] } };
const right = { user: `${account.domain}\\${account.user}`, password: account.password };
const wrong = { ...right, password: 'not this one' };
const pause = { reason: 'usbStorageFound', details: {} } as const;
const figures = {
  ...{ width: 1920, height: 1080, frames: 1, fps: 60, bytes: 9, firstPictureMs: 120, decodeMs: 1, presentMs: 2 },
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function start(policy: Partial<Policy> = {}) {
  const tunnels = createFakeTunnels();
  const guard = createFakeGuard();
  const states: SessionState[] = [];
  const ports: FakePort[] = [];
  const handedOver: Events['screen.port'][] = [];
  const lines: string[] = [];
  const session = createSession({
    guard: guard.guard,
    keepAwake: () => undefined,
    device: createFakeDevice({ policy }),
    openTunnel: tunnels.open,
    identity: async () => identity,
    idleSeconds: () => 0,
    handOverPort: (to) => {
      handedOver.push(to);
      const port = createFakePort();
      ports.push(port);
      return port;
    },
    onState: (state) => states.push(state),
    now: () => performance.now(),
    wallNow: Date.now,
    log: createLogger({ sink: (line) => lines.push(line), now: () => 0, context: 'test' }),
  });
  return {
    ...{ session, tunnels, guard, states, ports, handedOver, lines },
    seen: { authInfo: null, response: null, messages: 0 } as Seen,
    /** Connects up to the question who signs in, at a desk that answers. */
    async open(side: Partial<DeskSide> | null = {}, access: Partial<RdpAccess> = {}): Promise<Duplex> {
      await session.connect(null);
      const far = tunnels.last().open(desk, user, undefined, { security: 'nla', certificate: null, ...access });
      if (side) serveDesk(far, { identity: certificate, chosen: 2, ...side }, this.seen).catch(() => {});
      return far;
    },
    login: () => {
      const state = session.state();
      return state.phase === 'connecting' ? state.login : state.phase;
    },
  };
}

/** Until it holds, or fails: TLS takes turns of the event loop, which no fake timer passes. */
async function until(holds: () => boolean): Promise<void> {
  const end = Date.now() + 5_000;
  while (!holds() && Date.now() < end) await turn();
  expect(holds()).toBe(true);
}
const settle = async () => {
  for (let turns = 0; turns < 100; turns += 1) await turn();
};

describe('an RDP desk', () => {
  it('asks who signs in, and is neither read nor written to, before anybody has', async () => {
    const t = start();
    const far = await t.open(null);
    const came: Buffer[] = [];
    far.on('data', (data: Buffer) => came.push(data));
    await settle();
    expect(t.login()).toEqual({ busy: false });
    expect(t.session.state()).toMatchObject({ phase: 'connecting', stage: 'picture', desk });
    expect(came).toEqual([]);
    expect(t.ports).toHaveLength(0);
    expect(t.guard.calls).not.toContain('opened s1');
    t.session.disconnect();
  });

  it.each([
    [1, 'tls'],
    [2, 'nla'],
    [8, 'nla'],
  ] as const)(
    'gives the screen its first byte when it chose protocol %d and the password is right',
    async (chosen, security) => {
      const t = start();
      await t.open({ chosen }, { security });
      t.session.login(right);
      expect(t.login()).toEqual({ busy: true });
      await until(() => t.ports.length === 1 && t.ports[0]?.bytes().length === 5);
      expect(t.login()).toBeNull();
      expect(t.ports[0]?.bytes().toString()).toBe('hello');
      expect(t.handedOver).toEqual([{ desk, user, rdp: { selectedProtocol: chosen, audio: false } }]);
      expect(t.tunnels.last().certificates).toEqual([sha256]);
      expect(t.guard.calls).toContain('opened s1');
      t.session.report({ type: 'firstPicture', figures });
      expect(t.session.state().phase).toBe('connected');
      t.session.disconnect();
    },
  );

  it('waits for the person as long as it takes', async () => {
    const t = start();
    await t.open();
    vi.advanceTimersByTime(10 * 60_000);
    expect(t.login()).toEqual({ busy: false });
    t.session.login(right);
    await until(() => t.ports.length === 1);
    t.session.disconnect();
  });

  it('writes to the log neither name nor password', async () => {
    for (const given of [right, wrong]) {
      const t = start();
      await t.open();
      t.session.login(given);
      await until(() => t.ports.length === 1 || t.session.state().phase === 'ended');
      t.session.disconnect();
      const said = t.lines.join('\n') + JSON.stringify(t.states);
      expect(said).not.toContain(given.password);
      expect(said).not.toContain(account.user);
      expect(said).not.toContain(sha256);
    }
  });

  it.each([
    ['the password is wrong', {}, {}, wrong, { reason: 'deskPasswordWrong', details: {} }],
    [
      'the certificate is another',
      {},
      { certificate: '00'.repeat(32) },
      right,
      { reason: 'deskCertificateChanged', details: {} },
    ],
    [
      'it has no network level authentication',
      { chosen: 1 },
      {},
      right,
      { reason: 'deskSecurityUnsupported', details: { offered: 'TLS' } },
    ],
    ['the user may not', { chosen: 8, early: 5 }, {}, right, { reason: 'deskLogonNotAllowed', details: {} }],
    ['it proves another key', { lies: true }, {}, right, { reason: 'deskProtocolError', details: {} }],
  ] as const)('ends the session with the reason when %s', async (_, side, access, given, failure) => {
    const t = start();
    await t.open(side, access);
    t.session.login(given);
    await until(() => t.session.state().phase === 'ended');
    expect(t.session.state()).toMatchObject({ failure, stage: 'picture', desk, receipt: null });
    // Only a desk that has proven its key gets the credentials, before it says that it does not want them.
    expect(t.seen.authInfo === null).toBe(failure.reason !== 'deskLogonNotAllowed');
    expect(t.ports).toHaveLength(0);
  });

  it('tells the office of the certificate also when it is not the known one', async () => {
    const t = start();
    await t.open({}, { certificate: '00'.repeat(32) });
    t.session.login(right);
    await until(() => t.session.state().phase === 'ended');
    expect(t.tunnels.last().certificates).toEqual([sha256]);
  });

  it('is known again when it shows the certificate of the first time', async () => {
    const t = start();
    await t.open({}, { certificate: sha256 });
    t.session.login(right);
    await until(() => t.ports.length === 1);
    expect(t.lines.join()).toMatch(/"pinned":true/);
    t.session.disconnect();
  });

  it('is said to have hung up when it has while the person was typing', async () => {
    const t = start();
    const far = await t.open(null);
    far.end();
    await settle();
    t.session.login(right);
    await until(() => t.session.state().phase === 'ended');
    expect(t.session.state()).toMatchObject({ failure: { reason: 'deskClosed' } });
  });

  it('is taken to be down when it does not let the person in in time', async () => {
    const t = start();
    await t.open(null);
    t.session.login(right);
    await settle();
    vi.advanceTimersByTime(20_500);
    expect(t.session.state()).toMatchObject({ phase: 'ended', failure: { reason: 'deskDown' } });
    await settle();
    expect(t.tunnels.last().ends).toEqual([{ reason: 'deskDown', details: {} }]);
  });

  it('has its time for the first picture anew when it has let the person in', async () => {
    const t = start();
    await t.open();
    t.session.login(right);
    vi.advanceTimersByTime(19_000);
    await until(() => t.ports.length === 1);
    vi.advanceTimersByTime(19_000);
    expect(t.session.state().phase).toBe('connecting');
    vi.advanceTimersByTime(2_000);
    expect(t.session.state()).toMatchObject({ phase: 'ended', failure: { reason: 'deskDown' } });
  });

  it('is not opened any more when the person leaves meanwhile', async () => {
    const t = start();
    const far = await t.open();
    t.session.login(right);
    t.session.disconnect();
    await settle();
    expect(t.session.state()).toMatchObject({ phase: 'ended', failure: null });
    expect(t.tunnels.last().ends).toEqual([null]);
    expect(t.ports).toHaveLength(0);
    expect(far.destroyed).toBe(true);
  });

  it('ends the session when its gateway does not say how to open it', async () => {
    const t = start();
    await t.session.connect(null);
    expect(() => t.tunnels.last().open(desk, user)).toThrow(expect.objectContaining({ reason: 'protocolMismatch' }));
    t.session.disconnect();
  });
});

describe('a desk whose key is for encipherment only', () => {
  /** As BoringSSL does, which looks at the certificate's key usage where OpenSSL does not. */
  const refuse = (times: number) => {
    const { connect } = tls;
    const seen: tls.ConnectionOptions[] = [];
    vi.spyOn(tls, 'connect').mockImplementation(((options: tls.ConnectionOptions) => {
      seen.push(options);
      const socket = connect(options);
      if (seen.length > times) return socket;
      const error = Object.assign(new Error('KEY_USAGE_BIT_INCORRECT'), { code: 'ERR_SSL_KEY_USAGE_BIT_INCORRECT' });
      queueMicrotask(() => socket.destroy(error));
      return socket;
    }) as typeof tls.connect);
    return seen;
  };
  afterEach(() => vi.restoreAllMocks());

  it('is opened anew with RSA key transport, and the person is not asked again', async () => {
    const seen = refuse(1);
    const t = start();
    await t.open({});
    t.session.login(right);
    await until(() => t.tunnels.last().reopened() === 1);
    expect(t.login()).toEqual({ busy: true });
    serveDesk(t.tunnels.last().reopen(), { identity: windows, chosen: 2 }, t.seen).catch(() => {});
    await until(() => t.ports.length === 1);
    expect(seen.map(({ ciphers, maxVersion }) => [ciphers, maxVersion])).toEqual([
      [undefined, undefined],
      ['AES256-GCM-SHA384:AES128-GCM-SHA256', 'TLSv1.2'],
    ]);
    expect(t.session.state().phase).toBe('connecting');
    t.session.disconnect();
  });

  it('is not opened a third time', async () => {
    refuse(2);
    const t = start();
    await t.open();
    t.session.login(right);
    await until(() => t.tunnels.last().reopened() === 1);
    serveDesk(t.tunnels.last().reopen(), { identity: windows, chosen: 2 }, t.seen).catch(() => {});
    await until(() => t.session.state().phase === 'ended');
    expect(t.session.state()).toMatchObject({ failure: { reason: 'deskSecurityUnsupported' } });
  });
});

describe('an answer to who signs in', () => {
  it('is refused when nobody asks', async () => {
    const t = start();
    const refused = expect.objectContaining({ reason: 'badRequest' });
    expect(() => t.session.login(right)).toThrow(refused);
    await t.session.connect(null);
    expect(() => t.session.login(right)).toThrow(refused);
    t.tunnels.last().open(fakeCredentials.desk!, user);
    expect(() => t.session.login(right)).toThrow(refused);
    t.session.disconnect();
    expect(() => t.session.login(right)).toThrow(refused);
  });

  it('is refused when the first is still being tried, and once it was good', async () => {
    const t = start();
    await t.open();
    t.session.login(right);
    expect(() => t.session.login(right)).toThrow(expect.objectContaining({ reason: 'badRequest' }));
    await until(() => t.ports.length === 1);
    expect(() => t.session.login(right)).toThrow(expect.objectContaining({ reason: 'badRequest' }));
    t.session.disconnect();
  });

  it('can be given again when it was nobody’s account', async () => {
    const t = start();
    await t.open();
    expect(() => t.session.login({ user: '  ', password: 'x' })).toThrow(
      expect.objectContaining({ reason: 'badRequest' }),
    );
    vi.advanceTimersByTime(60_000);
    expect(t.login()).toEqual({ busy: false });
    t.session.login(right);
    await until(() => t.ports.length === 1);
    t.session.disconnect();
  });
});

describe('the Client Info PDU', () => {
  it.each([
    [1, true],
    [2, false],
  ] as const)('is written by main, with protocol %d and the password: %s', async (chosen, holds) => {
    const t = start();
    const far = await t.open(null, { security: 'tls' });
    const came: Buffer[] = [];
    void serveDesk(far, { identity: certificate, chosen }, t.seen).then((secure) =>
      secure?.on('data', (data: Buffer) => came.push(data)),
    );
    t.session.login(right);
    await until(() => t.ports.length === 1);
    t.ports[0]?.say(Buffer.from('before'));
    t.ports[0]?.say({ type: 'clientInfo', user: 1007, io: 1003 });
    await until(() => Buffer.concat(came).length > 250);
    const got = Buffer.concat(came);
    expect(got.subarray(0, 6).toString()).toBe('before');
    expect(got.subarray(6, 8).toString('hex')).toBe('0300');
    expect(got.includes(Buffer.from('Tester', 'utf16le'))).toBe(true);
    expect(got.includes(Buffer.from(account.password, 'utf16le'))).toBe(holds);
    t.ports[0]?.say({ type: 'clientInfo', user: 1007, io: 1003 });
    expect(t.session.state()).toMatchObject({ phase: 'ended', failure: { reason: 'screenProtocolError' } });
  });

  it('is not to be had any more when there is a picture', async () => {
    const t = start();
    await t.open({ chosen: 1 }, { security: 'tls' });
    t.session.login(right);
    await until(() => t.ports.length === 1);
    t.session.report({ type: 'firstPicture', figures });
    t.ports[0]?.say({ type: 'clientInfo', user: 1007, io: 1003 });
    expect(t.session.state()).toMatchObject({ phase: 'ended', failure: { reason: 'screenProtocolError' } });
  });
});

describe('a rule that holds the picture back', () => {
  it('keeps the desk from being signed in to until it is kept again', async () => {
    const t = start();
    const far = await t.open(null);
    t.guard.bear({ pause });
    t.session.login(right);
    await settle();
    expect(t.login()).toEqual({ busy: true });
    expect(far.readableLength).toBe(0);
    t.guard.bear({ pause: null });
    void serveDesk(far, { identity: certificate, chosen: 2 }, t.seen);
    await until(() => t.ports.length === 1 && t.ports[0]?.bytes().length === 5);
    t.session.disconnect();
  });

  it('holds the screen from its first byte on when the person was let in meanwhile', async () => {
    const t = start();
    await t.open();
    t.session.login(right);
    t.guard.bear({ pause });
    await until(() => t.ports.length === 1);
    await settle();
    expect(t.ports[0]?.bytes().length).toBe(0);
    t.guard.bear({ pause: null });
    await until(() => t.ports[0]?.bytes().length === 5);
    t.session.disconnect();
  });

  it('is the reason when the session ends because of it', async () => {
    const t = start();
    const far = await t.open(null);
    t.guard.bear({ pause });
    t.session.login(right);
    vi.advanceTimersByTime(20_500);
    expect(t.session.state()).toMatchObject({ phase: 'ended', failure: pause });
    await settle();
    expect(far.readableLength).toBe(0);
  });
});

describe('a desk that is opened anew', () => {
  async function connected(side: Partial<DeskSide> = {}, access: Partial<RdpAccess> = {}) {
    const t = start();
    const first = await t.open(side, access);
    t.session.login(right);
    await until(() => t.ports[0]?.bytes().length === 5);
    t.session.report({ type: 'firstPicture', figures });
    return { ...t, first };
  }
  const state = (t: { session: { state(): SessionState } }) =>
    t.session.state() as Extract<SessionState, { phase: 'connected' }>;

  it('lets the same person in without asking, on another port, within the same session', async () => {
    const t = await connected();
    const { since } = state(t);
    t.session.report({ type: 'reconnect' });
    expect(t.tunnels.last().reopened()).toBe(1);
    expect(t.ports[0]?.ends()).toEqual([]);
    expect(t.ports[0]?.isClosed()).toBe(true);
    expect(state(t)).toMatchObject({ phase: 'connected', reopening: true });
    const far = t.tunnels.last().reopen();
    const came: Buffer[] = [];
    void serveDesk(far, { identity: certificate, chosen: 2 }, t.seen).then((secure) =>
      secure?.on('data', (data: Buffer) => came.push(data)),
    );
    await until(() => t.ports[1]?.bytes().length === 5);
    expect(t.handedOver).toHaveLength(2);
    t.ports[1]?.say({ type: 'clientInfo', user: 1007, io: 1003 });
    await until(() => came.length > 0);
    t.session.report({ type: 'firstPicture', figures });
    expect(state(t)).toMatchObject({ phase: 'connected', reopening: false, since });
    expect(state(t).link.bytesDown).toBe(10);
    expect(t.guard.calls.filter((call) => String(call).startsWith('opened'))).toEqual(['opened s1', 'opened s2']);
    t.session.disconnect();
    expect(t.lines.join('\n')).not.toContain(right.password);
  });

  it('is down when no picture comes in time', async () => {
    const t = await connected();
    t.session.report({ type: 'reconnect' });
    t.tunnels.last().reopen();
    vi.advanceTimersByTime(20_500);
    expect(t.session.state()).toMatchObject({ phase: 'ended', failure: { reason: 'deskDown' } });
    await settle();
  });

  it('ends the session when the desk refuses the person now', async () => {
    const t = await connected();
    t.session.report({ type: 'reconnect' });
    void serveDesk(t.tunnels.last().reopen(), { identity: certificate, chosen: 8, early: 5 }, t.seen).catch(() => {});
    await until(() => t.session.state().phase === 'ended');
    expect(t.session.state()).toMatchObject({ failure: { reason: 'deskLogonNotAllowed' } });
  });

  it('is not for a screen that wants it again and again, before its picture, or of another protocol', async () => {
    const t = await connected();
    t.session.report({ type: 'reconnect' });
    // Until it has another port, what it says are the last words of the one before.
    t.session.report({ type: 'reconnect' });
    expect(t.tunnels.last().reopened()).toBe(1);
    void serveDesk(t.tunnels.last().reopen(), { identity: certificate, chosen: 2 }, t.seen).catch(() => {});
    await until(() => t.ports.length === 2);
    t.session.report({ type: 'reconnect' });
    expect(t.session.state()).toMatchObject({ phase: 'ended', failure: { reason: 'screenProtocolError' } });
    const early = start();
    await early.open();
    early.session.login(right);
    await until(() => early.ports.length === 1);
    early.session.report({ type: 'reconnect' });
    expect(early.tunnels.last().reopened()).toBe(0);
    expect(early.session.state()).toMatchObject({ phase: 'ended', failure: { reason: 'screenProtocolError' } });
  });

  it('waits as long as a rule hides the picture, and has its time for it after', async () => {
    const t = await connected();
    t.session.report({ type: 'reconnect' });
    t.guard.bear({ pause });
    void serveDesk(t.tunnels.last().reopen(), { identity: certificate, chosen: 2 }, t.seen).catch(() => {});
    vi.advanceTimersByTime(60_000);
    expect(t.session.state()).toMatchObject({ phase: 'connected', pause });
    t.guard.bear({ pause: null });
    await until(() => t.ports.length === 2);
    vi.advanceTimersByTime(19_000);
    expect(t.session.state().phase).toBe('connected');
    vi.advanceTimersByTime(2_000);
    expect(t.session.state()).toMatchObject({ phase: 'ended', failure: { reason: 'deskDown' } });
    await settle();
  });

  it('has its receipt though the session ends between two connections', async () => {
    const t = await connected();
    t.session.report({ type: 'reconnect' });
    t.session.disconnect();
    expect(t.states.some((one) => one.phase === 'ended' && one.receipt === 'pending')).toBe(true);
    await settle();
  });

  it('has forgotten the person when the session is over', async () => {
    const t = await connected({ chosen: 1 }, { security: 'tls' });
    t.session.report({ type: 'reconnect' });
    t.session.disconnect();
    const late = t.tunnels.last().reopen();
    await settle();
    expect(late.destroyed).toBe(true);
    expect(t.ports).toHaveLength(1);
  });
});

describe('the desk’s sound', () => {
  const news = { policy: 'p.o.l', lease: null, user, desks: [desk], nonce: 'n0nce' };

  it.each([true, false])('is asked for only where the office lets it be heard: %s', async (audio) => {
    const t = start({ audio });
    await t.session.connect(null);
    const { device } = t.tunnels.last().options;
    await device.signedIn(news);
    const far = t.tunnels.last().open(desk, user, undefined, { security: 'tls', certificate: null });
    const came: Buffer[] = [];
    void serveDesk(far, { identity: certificate, chosen: 1 }, t.seen).then((secure) =>
      secure?.on('data', (data: Buffer) => came.push(data)),
    );
    t.session.login(right);
    await until(() => t.ports.length === 1);
    expect(t.handedOver[0]?.rdp).toEqual({ selectedProtocol: 1, audio });
    t.ports[0]?.say({ type: 'clientInfo', user: 1007, io: 1003 });
    await until(() => Buffer.concat(came).length > 250);
    // INFO_NOAUDIOPLAYBACK (MS-RDPBCGR 2.2.1.11.1.1).
    expect((Buffer.concat(came).readUInt32LE(23) & 0x8_0000) === 0).toBe(audio);
    t.session.report({ type: 'firstPicture', figures });
    expect(t.session.state()).toMatchObject({ audio });
    t.session.disconnect();
  });

  it('is silent from the moment that the office forbids it', async () => {
    const rules: Partial<Policy> = { audio: true };
    const t = start(rules);
    await t.session.connect(null);
    const { device } = t.tunnels.last().options;
    await device.signedIn(news);
    const far = t.tunnels.last().open(desk, user, undefined, { security: 'nla', certificate: null });
    serveDesk(far, { identity: certificate, chosen: 2 }, t.seen).catch(() => {});
    t.session.login(right);
    await until(() => t.ports.length === 1);
    t.session.report({ type: 'firstPicture', figures });
    Object.assign(rules, { audio: false });
    await device.policyChanged('n.e.w');
    vi.advanceTimersByTime(500);
    expect(t.session.state()).toMatchObject({ phase: 'connected', audio: false });
    t.session.disconnect();
  });
});
