import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HanareError } from '#contract/errors/hanare-error.ts';
import type { SessionState } from '#contract/ipc/state.ts';
import { createLogger } from '#contract/log/logger.ts';
import { createSession } from '#main/desk/session.ts';
import { createFakeDevice, fakeCredentials } from '#test/fakes/fake-device.ts';
import { cleanReceipt, createFakeGuard } from '#test/fakes/fake-guard.ts';
import { createFakePort, type FakePort } from '#test/fakes/fake-port.ts';
import { createFakeTunnels } from '#test/fakes/fake-tunnel.ts';

const desk = fakeCredentials.desk!;
const user = { id: 'yamada', name: '山田 花子' };
const figures = { width: 1, height: 1, frames: 1, fps: 1, bytes: 1, firstPictureMs: 1, decodeMs: 1, presentMs: 1 };
const stick = { reason: 'usbStorageFound', details: { device: 'Stick' } } as const;
const started = 1_800_000_000_000;

beforeEach(() => {
  vi.useFakeTimers({ now: started, toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const settle = async () => {
  for (let turns = 0; turns < 20; turns += 1) await Promise.resolve();
};

function start(options: { refuses?: Error; policy?: { watermark: boolean } } = {}) {
  const tunnels = createFakeTunnels();
  const guard = createFakeGuard({ refuses: options.refuses ?? null });
  const states: SessionState[] = [];
  const ports: FakePort[] = [];
  const awake: boolean[] = [];
  const device = createFakeDevice(options.policy ? { policy: options.policy } : {});
  const session = createSession({
    ...{ device, guard: guard.guard, openTunnel: tunnels.open },
    keepAwake: (on) => awake.push(on),
    identity: async () => ({ version: '0.1.0', platform: 'test', machine: { uuid: null, serial: null, macs: [] } }),
    idleSeconds: () => 0,
    handOverPort: () => {
      const port = createFakePort();
      ports.push(port);
      return port;
    },
    onState: (state) => states.push(state),
    now: Date.now,
    wallNow: Date.now,
    log: createLogger({ sink: () => undefined, now: () => 0, context: 'test' }),
  });
  const news = { policy: 'p.o.l', lease: null, user, desks: [desk], nonce: 'n0nce' };
  return {
    ...{ session, tunnels, guard, states, ports, awake, device, news },
    signIn: () => tunnels.last().options.device.signedIn(news),
    connected: () => {
      const state = session.state();
      if (state.phase !== 'connected') throw new Error(`it is ${state.phase}`);
      return state;
    },
    ended: () => {
      const state = session.state();
      if (state.phase !== 'ended') throw new Error(`it is ${state.phase}`);
      return state;
    },
    /** Signs in, opens the desk and shows a first picture. @returns the desk's end. */
    async open() {
      await session.connect(null);
      await tunnels.last().options.device.signedIn(news);
      const far = tunnels.last().open(desk, user, Date.now() + 3_600_000);
      session.report({ type: 'firstPicture', figures });
      return far;
    },
  };
}

describe('the rules at the sign-in', () => {
  it('are looked at with the connection that was signed in, before a desk is asked for', async () => {
    const t = start();
    await t.session.connect(null);
    expect(t.guard.calls).toEqual([`begin ${fakeCredentials.device.id}`]);
    await t.signIn();
    expect(t.guard.ruled).toHaveLength(1);
    expect(t.guard.lines[0]).toMatchObject({
      nonce: 'n0nce',
      credentials: { certificate: fakeCredentials.certificate },
    });
    t.session.disconnect();
  });

  it('keep the desk shut when one of them refuses', async () => {
    const t = start({ refuses: new HanareError('leakDns') });
    await t.session.connect(null);
    await expect(t.signIn()).rejects.toMatchObject({ reason: 'leakDns' });
    t.session.disconnect();
  });
});

describe('a picture that a rule hides', () => {
  it('stops at once, says why, and goes on when the rule is content', async () => {
    const t = start();
    const far = await t.open();
    t.guard.bear({ pause: stick });
    expect(t.connected().pause).toEqual(stick);
    far.write('secret picture');
    await vi.advanceTimersByTimeAsync(100);
    expect(t.ports[0]!.bytes()).toHaveLength(0);
    t.guard.bear({ pause: null });
    await vi.advanceTimersByTimeAsync(100);
    expect(t.connected().pause).toBeNull();
    await vi.advanceTimersByTimeAsync(1);
    expect(t.ports[0]!.bytes().toString()).toBe('secret picture');
    t.session.disconnect();
  });

  it('is hidden from its first byte on when the rule was broken before', async () => {
    const t = start();
    await t.session.connect(null);
    t.guard.bear({ pause: stick });
    await t.signIn();
    const far = t.tunnels.last().open(desk, user);
    far.write('secret picture');
    await vi.advanceTimersByTimeAsync(100);
    expect(t.ports[0]!.bytes()).toHaveLength(0);
    t.session.disconnect();
  });

  it('that never came is not called a desk that is down, and gets its whole time once the rule is content', async () => {
    const t = start();
    await t.session.connect(null);
    t.guard.bear({ pause: stick });
    await t.signIn();
    t.tunnels.last().open(desk, user);
    await vi.advanceTimersByTimeAsync(15_000);
    t.guard.bear({ pause: null });
    await vi.advanceTimersByTimeAsync(15_000);
    expect(t.session.state().phase).toBe('connecting');
    t.guard.bear({ pause: stick });
    await vi.advanceTimersByTimeAsync(6_000);
    expect(t.ended().failure).toEqual(stick);
  });

  it('ends the session where the rule says so', async () => {
    const t = start();
    await t.open();
    t.guard.end(stick);
    expect(t.tunnels.last().ends).toEqual([stick]);
    expect(t.ended().failure).toEqual(stick);
  });
});

describe('what a connected person sees of the rules', () => {
  it('are a watermark with name and laptop, and what is only warned of', async () => {
    const t = start();
    await t.open();
    expect(t.connected().watermark).toEqual({ user: user.name, device: fakeCredentials.device.label });
    const notice = { reason: 'antivirusOff', details: {} } as const;
    t.guard.bear({ notices: [notice] });
    expect(t.connected().notices).toEqual([notice]);
    t.session.disconnect();
  });

  it('is no watermark where the policy wants none', async () => {
    const t = start({ policy: { watermark: false } });
    await t.open();
    expect(t.connected().watermark).toBeNull();
    t.session.disconnect();
  });

  it('is the end of the hours, once the gateway has named it, though an end of the sign-in is nearer than nothing', async () => {
    const t = start();
    await t.open();
    expect(t.connected().warning).toBeNull();
    t.tunnels.last().enter('open', { closes: started + 600_000 });
    vi.advanceTimersByTime(500);
    expect(t.connected().warning).toEqual({ kind: 'hours', at: started + 600_000, failure: null });
    t.session.disconnect();
  });

  it('is how far the desk is awake while connecting', async () => {
    const t = start();
    await t.session.connect(null);
    t.tunnels.last().enter('desk', { wake: 'sent' });
    expect(t.session.state()).toMatchObject({ phase: 'connecting', wake: 'sent' });
    t.session.disconnect();
  });
});

describe('rules that change during a session', () => {
  it('are checked, kept and obeyed', async () => {
    const t = start();
    await t.open();
    await t.tunnels.last().options.device.policyChanged('n.e.w');
    expect(t.device.calls).toContain('policyChanged');
    expect(t.guard.ruled).toHaveLength(2);
    t.session.disconnect();
  });
});

describe('the display', () => {
  it('is kept on only while a picture is shown', async () => {
    const t = start();
    await t.session.connect(null);
    expect(t.awake).toEqual([]);
    t.tunnels.last().open(desk, user);
    t.session.report({ type: 'firstPicture', figures });
    expect(t.awake).toEqual([true]);
    t.session.disconnect();
    expect(t.awake.at(-1)).toBe(false);
  });
});

describe('the receipt of a session', () => {
  it('is pending at its end, then tells what was found, then that the office has it', async () => {
    const t = start();
    t.guard.leave({ ...cleanReceipt, kept: 'laptop' }, cleanReceipt);
    await t.open();
    t.session.disconnect();
    expect(t.guard.calls).toEqual([`begin ${fakeCredentials.device.id}`, 'opened s1', 'stop']);
    await settle();
    const receipts = t.states.flatMap((state) => (state.phase === 'ended' ? [state.receipt] : []));
    expect(receipts).toEqual(['pending', { ...cleanReceipt, kept: 'laptop' }, cleanReceipt]);
  });

  it('is none where no desk was opened', async () => {
    const t = start();
    t.guard.leave(cleanReceipt);
    await t.session.connect(null);
    t.session.disconnect();
    await settle();
    expect(t.ended().receipt).toBeNull();
  });

  it('does not disturb the next session', async () => {
    const t = start();
    t.guard.leave(cleanReceipt);
    await t.open();
    t.session.disconnect();
    const next = t.session.connect(null);
    await settle();
    await next;
    expect(t.session.state().phase).toBe('connecting');
    t.session.disconnect();
  });
});
