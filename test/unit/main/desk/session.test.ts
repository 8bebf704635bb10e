import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HanareError } from '#contract/errors/hanare-error.ts';
import type { SessionState, Stage } from '#contract/ipc/state.ts';
import { createLogger } from '#contract/log/logger.ts';
import { initialTunnel, type TunnelPhase } from '#contract/wire/tunnel-state.ts';
import { createSession, type SessionDevice } from '#main/desk/session.ts';
import { createFakeDevice, fakeCredentials } from '#test/fakes/fake-device.ts';
import { createFakeGuard } from '#test/fakes/fake-guard.ts';
import { createFakePort, type FakePort } from '#test/fakes/fake-port.ts';
import { createStreamPair } from '#test/fakes/fake-stream.ts';
import { createFakeTunnels } from '#test/fakes/fake-tunnel.ts';

const desk = fakeCredentials.desk!;
const user = { id: 'yamada', name: '山田 花子' };
const identity = { version: '0.1.0', platform: 'linux', machine: { uuid: 'u-1', serial: null, macs: [] } };
const figures = {
  width: 1920,
  height: 1080,
  frames: 1,
  fps: 60,
  bytes: 9,
  firstPictureMs: 120,
  decodeMs: 1,
  presentMs: 2,
};
const wallNow = 1_800_000_000_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function start(credentials: SessionDevice['credentials'] = async () => fakeCredentials) {
  const tunnels = createFakeTunnels();
  const states: SessionState[] = [];
  const ports: FakePort[] = [];
  const lines: string[] = [];
  let portFails = false;
  const guard = createFakeGuard();
  const awake: boolean[] = [];
  const session = createSession({
    guard: guard.guard,
    keepAwake: (on) => awake.push(on),
    device: createFakeDevice({ credentials }),
    openTunnel: tunnels.open,
    identity: async () => identity,
    idleSeconds: () => 0,
    handOverPort: () => {
      if (portFails) throw new HanareError('screenCrashed');
      const port = createFakePort();
      ports.push(port);
      return port;
    },
    onState: (state) => states.push(state),
    now: () => performance.now(),
    wallNow: () => wallNow,
    log: createLogger({ sink: (line) => lines.push(line), now: () => 0, context: 'test' }),
  });
  return {
    session,
    guard,
    awake,
    tunnels,
    states,
    ports,
    lines,
    pass: (ms: number) => vi.advanceTimersByTime(ms),
    failPort: () => {
      portFails = true;
    },
    /** Connects, and opens the tunnel up to the screen's port. */
    async open() {
      await session.connect(null);
      return tunnels.last().open(desk, user);
    },
    async connected() {
      const far = await this.open();
      session.report({ type: 'firstPicture', figures });
      return far;
    },
  };
}
type Started = ReturnType<typeof start>;

const stop = ({ session }: Started) => session.disconnect();

describe('connecting', () => {
  it('is at the network at once, before the vault has answered', () => {
    const t = start(() => new Promise(() => {}));
    void t.session.connect(null);
    expect(t.session.state()).toEqual({
      ...{ phase: 'connecting', stage: 'network', times: {}, desk: null, prompt: null, login: null, wake: null },
    });
    stop(t);
  });

  it('takes gateway, credentials and desk from the vault, and says what machine this is', async () => {
    const t = start();
    await t.session.connect(null);
    const { options } = t.tunnels.last();
    expect(options.desk).toBe(desk.id);
    expect(options.credentials).toEqual(fakeCredentials);
    expect(options.identity).toEqual(identity);
    stop(t);
  });

  it('leaves the choice to the gateway when the vault names no desk', async () => {
    const t = start(async () => ({ ...fakeCredentials, deskId: null, desk: null }));
    await t.session.connect(null);
    expect(t.tunnels.last().options.desk).toBeNull();
    stop(t);
  });

  it('asks for the desk given, and does not show another’s name, when one is given', async () => {
    const t = start();
    await t.session.connect('desk-9');
    t.tunnels.last().enter('network');
    t.pass(500);
    expect(t.tunnels.last().options.desk).toBe('desk-9');
    expect(t.session.state()).toMatchObject({ phase: 'connecting', desk: null });
    stop(t);
  });

  it('shows the desk that the vault names until the gateway has named it', async () => {
    const t = start();
    await t.session.connect(null);
    t.tunnels.last().enter('gateway');
    expect(t.session.state()).toMatchObject({ phase: 'connecting', desk });
    t.tunnels.last().enter('desk', { desk: { ...desk, name: '引っ越した' }, user: user });
    expect(t.session.state()).toMatchObject({ desk: { name: '引っ越した' } });
    stop(t);
  });

  it('goes through the stages, with the time of each, when the tunnel does', async () => {
    const t = start();
    await t.session.connect(null);
    const phases = ['network', 'gateway', 'signIn', 'desk', 'open'] as const;
    const seen: Stage[] = [];
    for (const phase of phases) {
      t.tunnels.last().enter(phase, { desk, user: user });
      const state = t.session.state();
      if (state.phase === 'connecting') seen.push(state.stage);
      t.pass(100);
    }
    expect(seen).toEqual(['network', 'gateway', 'signIn', 'desk', 'picture']);
    expect(t.session.state()).toMatchObject({ times: { network: 100, gateway: 100, signIn: 100, desk: 100 } });
    stop(t);
  });

  it('hears of a step at once and of nothing else between', async () => {
    const t = start();
    const far = await t.open();
    const before = t.states.length;
    for (let pieces = 0; pieces < 100; pieces += 1) far.write(Buffer.alloc(100));
    await vi.waitFor(() => expect(t.tunnels.last().heard()).toBeGreaterThan(0));
    expect(t.states.length).toBe(before);
    t.pass(500);
    expect(t.states.length).toBe(before + 1);
    stop(t);
  });

  it('is refused when a session is open already, whatever its stage', async () => {
    const t = start();
    const first = t.session.connect(null);
    await expect(t.session.connect(null)).rejects.toMatchObject({ reason: 'sessionAlreadyOpen' });
    await first;
    await expect(t.session.connect(null)).rejects.toMatchObject({ reason: 'sessionAlreadyOpen' });
    t.tunnels.last().open(desk, user);
    await expect(t.session.connect('desk-9')).rejects.toMatchObject({ reason: 'sessionAlreadyOpen' });
    expect(t.tunnels.opened).toHaveLength(1);
    expect(t.session.state().phase).toBe('connecting');
    stop(t);
  });
});

describe('a session that cannot start', () => {
  it.each(['notEnrolled', 'deviceLocked', 'leaseOver', 'offlineTooLong', 'keychainLocked', 'vaultDamaged'] as const)(
    'ends with the reason when the vault says %s',
    async (reason) => {
      const t = start(() => Promise.reject(new HanareError(reason, { field: 'x' })));
      await t.session.connect(null);
      expect(t.session.state()).toEqual({
        phase: 'ended',
        failure: { reason, details: { field: 'x' } },
        stage: 'network',
        times: {},
        desk: null,
        receipt: null,
      });
      expect(t.tunnels.opened).toHaveLength(0);
    },
  );

  it('ends as internal, and says no more to the window, when something unexpected is thrown', async () => {
    const t = start(() => Promise.reject(new TypeError('private words')));
    await t.session.connect(null);
    expect(t.session.state()).toMatchObject({ failure: { reason: 'internal', details: {} } });
    expect(JSON.stringify(t.states)).not.toContain('private words');
    expect(t.lines.join()).toContain('private words');
  });

  it('can be tried again when it has ended', async () => {
    let tries = 0;
    const t = start(async () => {
      tries += 1;
      if (tries === 1) throw new HanareError('notEnrolled');
      return fakeCredentials;
    });
    await t.session.connect(null);
    await t.session.connect(null);
    expect(t.session.state().phase).toBe('connecting');
    stop(t);
  });
});

describe('a tunnel that closes', () => {
  it.each([
    ['network', 'network', 'gatewayNotFound'],
    ['gateway', 'gateway', 'gatewayNotOurs'],
    ['signIn', 'signIn', 'clockWrong'],
    ['desk', 'desk', 'deskNotAssigned'],
    ['open', 'picture', 'deskClosed'],
  ] as const)('is shown with its stage and reason when it was at %s', async (phase, stage, reason) => {
    const t = start();
    await t.session.connect(null);
    t.tunnels.last().enter(phase, { desk, user: user });
    t.tunnels.last().close({ reason, details: { seconds: 9 } });
    expect(t.session.state()).toMatchObject({
      phase: 'ended',
      failure: { reason, details: { seconds: 9 } },
      stage,
      desk,
    });
  });

  it('is shown without a stage when the session had been connected', async () => {
    const t = start();
    await t.connected();
    t.tunnels.last().close({ reason: 'connectionLost', details: {} });
    expect(t.session.state()).toMatchObject({ phase: 'ended', failure: { reason: 'connectionLost' }, stage: null });
  });

  it('tells the screen why and lets its port go', async () => {
    const t = start();
    await t.connected();
    t.tunnels.last().close({ reason: 'sessionEndedByOffice', details: {} });
    expect(t.ports[0]?.ends()).toEqual([{ type: 'end', reason: 'sessionEndedByOffice' }]);
    expect(t.ports[0]?.isClosed()).toBe(true);
  });
});

describe('the screen', () => {
  it('gets the desk’s bytes when the channel opens', async () => {
    const t = start();
    const far = await t.open();
    far.write('RFB 003.008\n');
    await vi.waitFor(() => expect(t.ports[0]?.bytes().toString()).toBe('RFB 003.008\n'));
    expect(t.tunnels.last().heard()).toBe(1);
    stop(t);
  });

  it('connects the session when it shows its first picture', async () => {
    const t = start();
    await t.open();
    t.pass(250);
    t.session.report({ type: 'firstPicture', figures });
    expect(t.session.state()).toMatchObject({
      phase: 'connected',
      desk,
      user: user,
      since: wallNow,
      figures,
      times: { network: 0, gateway: 0, signIn: 0, desk: 0, picture: 250 },
      link: { bytesDown: 0, bytesUp: 0, quality: 'good' },
    });
    stop(t);
  });

  it('is timed once when it says twice that there is a picture', async () => {
    const t = start();
    await t.connected();
    t.pass(5_000);
    t.session.report({ type: 'firstPicture', figures: { ...figures, frames: 99 } });
    expect(t.session.state()).toMatchObject({ times: { picture: 0 }, figures });
    stop(t);
  });

  it('has its newest figures shown every half second', async () => {
    const t = start();
    await t.connected();
    t.session.report({ type: 'figures', figures: { ...figures, fps: 31 } });
    t.pass(500);
    expect(t.session.state()).toMatchObject({ figures: { fps: 31 } });
    stop(t);
  });

  it('has its bytes counted both ways', async () => {
    const t = start();
    const far = await t.connected();
    far.write(Buffer.alloc(1_000));
    t.ports[0]?.say(new Uint8Array(8));
    await vi.waitFor(() => expect(t.ports[0]?.bytes()).toHaveLength(1_000));
    t.pass(1_000);
    expect(t.session.state()).toMatchObject({ link: { bytesDown: 1_000, bytesUp: 8, downBps: 8_000, upBps: 64 } });
    stop(t);
  });

  it('ends the session with its own reason when it fails', async () => {
    const t = start();
    await t.open();
    t.session.report({ type: 'ended', reason: 'deskPasswordWrong', details: {} });
    expect(t.tunnels.last().ends).toEqual([{ reason: 'deskPasswordWrong', details: {} }]);
    expect(t.session.state()).toMatchObject({
      phase: 'ended',
      failure: { reason: 'deskPasswordWrong' },
      stage: 'picture',
    });
  });

  it.each([
    ['closes in order', (port: FakePort) => port.say({ type: 'close' }), null],
    ['breaks the rules', (port: FakePort) => port.say('garbage'), 'screenCrashed'],
    ['is gone', (port: FakePort) => port.vanish(), 'screenCrashed'],
  ] as const)('ends the session when it %s', async (_, act, reason) => {
    const t = start();
    await t.connected();
    act(t.ports[0]!);
    t.pass(1_000);
    expect(t.session.state()).toMatchObject({ phase: 'ended', failure: reason && { reason, details: {} } });
    expect(t.tunnels.last().ends).toHaveLength(1);
  });

  it('is heard no more when its session is over and the next one connects', async () => {
    const t = start();
    await t.connected();
    t.session.disconnect();
    await t.session.connect(null);
    t.tunnels.last().enter('gateway');
    t.session.report({ type: 'firstPicture', figures });
    t.session.report({ type: 'ended', reason: 'screenCrashed', details: {} });
    expect(t.session.state()).toMatchObject({ phase: 'connecting', stage: 'gateway' });
    stop(t);
  });

  it('changes nothing when there is no session', () => {
    const t = start();
    t.session.report({ type: 'challenge' });
    t.session.report({ type: 'figures', figures });
    t.session.report({ type: 'ended', reason: 'screenCrashed', details: {} });
    expect(t.session.state()).toEqual({ phase: 'idle' });
    expect(t.states).toEqual([]);
  });

  it('cannot be given a port when the window is gone: the fault is the tunnel’s to end', async () => {
    const t = start();
    t.failPort();
    await t.session.connect(null);
    expect(() => t.tunnels.last().open(desk, user)).toThrow(HanareError);
    stop(t);
  });
});

describe('the first picture', () => {
  it('ends the session when it does not come within twenty seconds', async () => {
    const t = start();
    await t.open();
    t.pass(19_500);
    expect(t.session.state().phase).toBe('connecting');
    t.pass(500);
    expect(t.session.state()).toMatchObject({ phase: 'ended', failure: { reason: 'deskDown' }, stage: 'picture' });
  });

  it('may take as long as the person needs when the desk asks for a password', async () => {
    const t = start();
    await t.open();
    t.session.report({ type: 'challenge' });
    t.pass(600_000);
    expect(t.session.state()).toMatchObject({ phase: 'connecting', stage: 'picture' });
    stop(t);
  });

  it('must come within twenty seconds again when the password was given', async () => {
    const t = start();
    await t.open();
    t.session.report({ type: 'challenge' });
    t.pass(60_000);
    expect(t.session.answerDesk(new Uint8Array(16), 'secret')).toHaveLength(16);
    t.pass(19_500);
    expect(t.session.state().phase).toBe('connecting');
    t.pass(500);
    expect(t.session.state()).toMatchObject({ phase: 'ended', failure: { reason: 'deskDown' } });
  });

  it('has no deadline any more when it has come', async () => {
    const t = start();
    await t.connected();
    t.pass(3_600_000);
    expect(t.session.state().phase).toBe('connected');
    stop(t);
  });
});

describe('the desk’s password', () => {
  it('is refused when there is no session, no screen yet, or a picture already', async () => {
    const t = start();
    const ask = () => t.session.answerDesk(new Uint8Array(16), 'secret');
    expect(ask).toThrow(expect.objectContaining({ reason: 'badRequest' }));
    await t.session.connect(null);
    expect(ask).toThrow(expect.objectContaining({ reason: 'badRequest' }));
    t.tunnels.last().open(desk, user);
    expect(ask()).toHaveLength(16);
    t.session.report({ type: 'firstPicture', figures });
    expect(ask).toThrow(expect.objectContaining({ reason: 'badRequest' }));
    stop(t);
  });

  it('reaches neither log nor state', async () => {
    const t = start();
    await t.open();
    t.session.answerDesk(new Uint8Array(16), 'hunter2');
    t.session.disconnect();
    expect(JSON.stringify([t.lines, t.states])).not.toContain('hunter2');
  });
});

describe('disconnecting', () => {
  it('ends in order when the vault has not answered yet, and what it says is then ignored', async () => {
    let answer: (credentials: typeof fakeCredentials) => void = () => {};
    const t = start(() => new Promise((resolve) => (answer = resolve)));
    const connecting = t.session.connect(null);
    t.session.disconnect();
    expect(t.session.state()).toMatchObject({ phase: 'ended', failure: null });
    answer(fakeCredentials);
    await connecting;
    expect(t.tunnels.opened).toHaveLength(0);
    expect(t.session.state().phase).toBe('ended');
  });

  it.each<TunnelPhase>(['network', 'gateway', 'signIn', 'desk', 'open'])(
    'ends in order, without a stage to blame, when the tunnel is at %s',
    async (phase) => {
      const t = start();
      await t.session.connect(null);
      t.tunnels.last().enter(phase);
      t.session.disconnect();
      expect(t.tunnels.last().ends).toEqual([null]);
      expect(t.session.state()).toMatchObject({ phase: 'ended', failure: null, stage: null });
    },
  );

  it('ends in order when connected, and tells the screen', async () => {
    const t = start();
    await t.connected();
    t.session.disconnect();
    expect(t.ports[0]?.ends()).toEqual([{ type: 'end' }]);
    expect(t.session.state()).toMatchObject({ phase: 'ended', failure: null });
  });

  it('is told once when it is asked for twice', async () => {
    const t = start();
    await t.connected();
    t.session.disconnect();
    t.session.disconnect();
    expect(t.states.filter(({ phase }) => phase === 'ended')).toHaveLength(1);
  });

  it('does nothing when there is no session', () => {
    const t = start();
    t.session.disconnect();
    expect(t.states).toEqual([]);
  });
});

describe('the laptop', () => {
  it('ends the session with its reason when the window’s process dies', async () => {
    const t = start();
    await t.connected();
    t.session.fail({ reason: 'screenCrashed', details: {} });
    expect(t.session.state()).toMatchObject({ phase: 'ended', failure: { reason: 'screenCrashed' } });
  });
});

describe('an older attempt', () => {
  it('is ignored, whatever its tunnel still says, when a newer one runs', async () => {
    const t = start();
    await t.session.connect(null);
    const [older] = t.tunnels.opened;
    t.session.disconnect();
    await t.session.connect(null);
    t.tunnels.last().enter('gateway');
    const before = t.states.length;
    older?.options.onState({ ...initialTunnel, phase: 'open', desk, user: user });
    older?.options.onState({ ...initialTunnel, phase: 'closed', closed: { reason: 'deskClosed', details: {} } });
    const stray = createStreamPair().near;
    older?.options.onChannel(stray);
    expect(stray.destroyed).toBe(true);
    expect(t.states.length).toBe(before);
    expect(t.session.state()).toMatchObject({ phase: 'connecting', stage: 'gateway' });
    stop(t);
  });

  it('hands over no port when its channel comes after the end', async () => {
    const t = start();
    await t.session.connect(null);
    const tunnel = t.tunnels.last();
    t.session.disconnect();
    tunnel.open(desk, user);
    expect(t.ports).toHaveLength(0);
  });
});

describe('the log', () => {
  it('tells the stages and the end, and nothing for bytes or figures', async () => {
    const t = start();
    const far = await t.connected();
    for (let pieces = 0; pieces < 20; pieces += 1) far.write(Buffer.alloc(10));
    await vi.waitFor(() => expect(t.ports[0]?.bytes()).toHaveLength(200));
    for (let times = 0; times < 20; times += 1) t.session.report({ type: 'figures', figures });
    t.pass(5_000);
    t.session.disconnect();
    const messages = t.lines.map((line) => JSON.parse(line).message);
    expect(messages).toEqual(['stage', 'stage', 'stage', 'stage', 'first picture', 'session ended']);
  });
});
