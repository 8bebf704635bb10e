import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HanareError } from '#contract/errors/hanare-error.ts';
import type { SessionState } from '#contract/ipc/state.ts';
import { createLogger } from '#contract/log/logger.ts';
import { createSession } from '#main/desk/session.ts';
import { createFakeDevice, fakeCredentials } from '#test/fakes/fake-device.ts';
import { createFakeGuard } from '#test/fakes/fake-guard.ts';
import { createFakePort } from '#test/fakes/fake-port.ts';
import { createFakeTunnels } from '#test/fakes/fake-tunnel.ts';

const desk = fakeCredentials.desk!;
const user = { id: 'yamada', name: '山田 花子' };
const figures = { width: 1, height: 1, frames: 1, fps: 1, bytes: 1, firstPictureMs: 1, decodeMs: 1, presentMs: 1 };
const policy = { idleSeconds: 60, warnSeconds: 20 };
const started = 1_800_000_000_000;
const wrong = { reason: 'otpWrong', details: { left: 9 } } as const;

beforeEach(() => {
  vi.useFakeTimers({ now: started });
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function start(instead: Parameters<typeof createFakeDevice>[0] = {}) {
  const tunnels = createFakeTunnels();
  const device = createFakeDevice({ policy, ...instead });
  const states: SessionState[] = [];
  const lines: string[] = [];
  let idle = 0;
  const guard = createFakeGuard();
  const session = createSession({
    guard: guard.guard,
    keepAwake: () => undefined,
    device,
    openTunnel: tunnels.open,
    identity: async () => ({ version: '0.1.0', platform: 'test', machine: { uuid: null, serial: null, macs: [] } }),
    idleSeconds: () => idle,
    handOverPort: () => createFakePort(),
    onState: (state) => states.push(state),
    now: () => performance.now(),
    wallNow: Date.now,
    log: createLogger({ sink: (line) => lines.push(line), now: () => 0, context: 'test' }),
  });
  return {
    ...{ session, tunnels, device, states, lines },
    idle: (seconds: number) => {
      idle = seconds;
      vi.advanceTimersByTime(500);
    },
    pass: (ms: number) => vi.advanceTimersByTime(ms),
    warning: () => {
      const state = session.state();
      return state.phase === 'connected' ? state.warning : undefined;
    },
    /** Connects and shows a first picture. @param signInMs how long the sign-in lasts. */
    async connected(signInMs = 3_600_000) {
      await session.connect(null);
      const tunnel = tunnels.last();
      await tunnel.options.device.signedIn({ policy: 'p.o.l', lease: null, user, desks: [desk], nonce: 'n' });
      tunnel.open(desk, user, Date.now() + signInMs);
      session.report({ type: 'firstPicture', figures });
    },
  };
}
const prompt = (failure: typeof wrong | null = null, busy = false) => ({ prompt: { failure, busy } });

describe('a password that the gateway asks a person for', () => {
  it('shows at once, with each change, and goes when it was right', async () => {
    const t = start();
    await t.session.connect(null);
    const tunnel = t.tunnels.last();
    tunnel.enter('signIn', { method: 'prompted', ...prompt() });
    expect(t.session.state()).toMatchObject({ phase: 'connecting', stage: 'signIn', ...prompt() });
    tunnel.enter('signIn', prompt(null, true));
    tunnel.enter('signIn', prompt(wrong));
    expect(t.session.state()).toMatchObject(prompt(wrong));
    tunnel.enter('desk', { prompt: null, user, until: started + 1_000_000 });
    expect(t.session.state()).toMatchObject({ stage: 'desk', prompt: null });
    const shown = t.states.flatMap((state) => (state.phase === 'connecting' && state.prompt ? [state.prompt] : []));
    expect(shown).toEqual([prompt().prompt, prompt(null, true).prompt, prompt(wrong).prompt]);
    t.session.disconnect();
  });

  it('goes to the tunnel as it is meant, and not as it was typed', async () => {
    const t = start();
    await t.session.connect(null);
    t.tunnels.last().enter('signIn', prompt());
    t.session.answerOtp({ kind: 'totp', code: ' １２３ 456' });
    expect(t.tunnels.last().otps).toEqual([{ kind: 'totp', code: '123456' }]);
    t.session.disconnect();
  });

  it('is refused when it has no form, when none is asked for, and when there is no session', async () => {
    const t = start();
    const give = (code: string) => () => t.session.answerOtp({ kind: 'totp', code });
    expect(give('123456')).toThrow(expect.objectContaining({ reason: 'badRequest' }));
    await t.session.connect(null);
    t.tunnels.last().enter('signIn');
    expect(give('123456')).toThrow(expect.objectContaining({ reason: 'badRequest' }));
    t.tunnels.last().enter('signIn', prompt());
    expect(give('12345')).toThrow(expect.objectContaining({ reason: 'otpMalformed' }));
    expect(t.tunnels.last().otps).toEqual([]);
    t.session.disconnect();
  });

  it('is not given a second time while one is on its way', async () => {
    const t = start();
    await t.session.connect(null);
    t.tunnels.last().enter('signIn', prompt(null, true));
    t.session.answerOtp({ kind: 'totp', code: '123456' });
    expect(t.tunnels.last().otps).toEqual([]);
    t.session.disconnect();
  });
});

describe('a laptop that nobody touches', () => {
  it('warns, takes the warning back at a touch, and in the end ends the session and locks itself', async () => {
    const t = start();
    await t.connected();
    t.idle(39);
    expect(t.warning()).toBeNull();
    t.idle(40);
    expect(t.warning()).toEqual({ kind: 'idle', at: Date.now() + 20_000, failure: null });
    t.idle(0);
    expect(t.warning()).toBeNull();
    t.idle(60);
    expect(t.session.state()).toMatchObject({ phase: 'ended', failure: { reason: 'idleTooLong' }, stage: null });
    expect(t.device.calls.filter((name) => name === 'lock')).toHaveLength(1);
  });

  it('wins no time by a new sign-in: what the last PIN gave is used up all the same', async () => {
    let pinUntil = started + 30_000;
    const t = start({ pinUntil: () => pinUntil });
    await t.connected();
    t.pass(15_000);
    expect(t.warning()).toMatchObject({ kind: 'signIn', at: pinUntil });
    pinUntil += 3_600_000;
    t.pass(500);
    expect(t.warning()).toBeNull();
    pinUntil = Date.now();
    t.pass(500);
    expect(t.session.state()).toMatchObject({ phase: 'ended', failure: { reason: 'signInExpired' } });
    expect(t.device.calls.filter((name) => name === 'lock')).toHaveLength(1);
  });

  it('is locked before the window hears of the end', async () => {
    let phase = '';
    const t = start({
      lock: async () => {
        phase = t.session.state().phase;
      },
    });
    await t.connected();
    t.idle(60);
    expect(phase).toBe('connected');
    expect(t.session.state().phase).toBe('ended');
  });

  it('ends a session that waits for the desk’s password too', async () => {
    const t = start();
    await t.session.connect(null);
    const tunnel = t.tunnels.last();
    await tunnel.options.device.signedIn({ policy: 'p', lease: null, user, desks: [], nonce: 'n' });
    tunnel.open(desk, user, Date.now() + 3_600_000);
    t.session.report({ type: 'challenge' });
    t.idle(60);
    expect(t.session.state()).toMatchObject({ phase: 'ended', failure: { reason: 'idleTooLong' }, stage: 'picture' });
  });

  it('says so in the log, and not that it could not, when locking fails', async () => {
    const t = start({ lock: () => Promise.reject(new HanareError('storageFailed')) });
    await t.connected();
    t.idle(60);
    await vi.advanceTimersByTimeAsync(0);
    expect(t.lines.join()).toContain('laptop could not lock itself');
    expect(t.session.state().phase).toBe('ended');
  });
});

describe('a sign-in that runs out', () => {
  it('warns, and in the end ends the session and locks the laptop', async () => {
    const t = start();
    await t.connected(30_000);
    t.pass(9_500);
    expect(t.warning()).toBeNull();
    t.pass(500);
    expect(t.warning()).toEqual({ kind: 'signIn', at: started + 30_000, failure: null });
    t.pass(20_000);
    expect(t.session.state()).toMatchObject({ phase: 'ended', failure: { reason: 'signInExpired' } });
    expect(t.device.calls).toContain('lock');
  });

  it('locks the laptop also when the gateway ends it first', async () => {
    const t = start();
    await t.connected(30_000);
    t.tunnels.last().close({ reason: 'signInExpired', details: {} });
    expect(t.session.state()).toMatchObject({ phase: 'ended', failure: { reason: 'signInExpired' } });
    expect(t.device.calls).toContain('lock');
  });

  it.each(['connectionLost', 'sessionEndedByOffice', null] as const)(
    'is another thing than an end by %s',
    async (reason) => {
      const t = start();
      await t.connected();
      t.tunnels.last().close(reason && { reason, details: {} });
      expect(t.device.calls).not.toContain('lock');
    },
  );
});

describe('extending the sign-in', () => {
  const sent = { kind: 'totp', code: '123456' } as const;

  it('takes the PIN and makes the laptop’s own password', async () => {
    const t = start();
    await t.connected(15_000);
    await t.session.extend('274951', null);
    expect(t.device.calls.slice(-2)).toEqual(['checkPin', 'otp']);
    expect(t.tunnels.last().extensions).toEqual([sent]);
    t.session.disconnect();
  });

  it('ends the warning when the gateway agrees', async () => {
    const t = start();
    await t.connected(15_000);
    t.pass(500);
    expect(t.warning()).toMatchObject({ kind: 'signIn' });
    t.tunnels.last().enter('open', { until: Date.now() + 3_600_000 });
    expect(t.warning()).toBeNull();
    t.pass(60_000);
    expect(t.session.state().phase).toBe('connected');
    t.session.disconnect();
  });

  it('shows at once why the gateway does not agree, until the next try', async () => {
    const t = start();
    await t.connected(15_000);
    t.tunnels.last().options.onExtendRefused(wrong);
    expect(t.warning()).toMatchObject({ kind: 'signIn', failure: wrong });
    await t.session.extend('274951', null);
    t.pass(500);
    expect(t.warning()).toMatchObject({ kind: 'signIn', failure: null });
    t.session.disconnect();
  });

  it('needs a person’s password too where the person makes it', async () => {
    const t = start();
    await t.connected(15_000);
    t.tunnels.last().enter('open', { method: 'prompted' });
    await expect(t.session.extend('274951', null)).rejects.toMatchObject({ reason: 'otpMalformed' });
    await expect(t.session.extend('274951', { kind: 'totp', code: '12' })).rejects.toMatchObject({
      reason: 'otpMalformed',
    });
    // The PIN was not tried for it: a slip must not cost one of its tries.
    expect(t.device.calls).not.toContain('checkPin');
    await t.session.extend('274951', { kind: 'totp', code: '654 321' });
    expect(t.tunnels.last().extensions).toEqual([{ kind: 'totp', code: '654321' }]);
    expect(t.device.calls).not.toContain('otp');
    t.session.disconnect();
  });

  it('sends nothing when the PIN is wrong', async () => {
    const t = start({ checkPin: () => Promise.reject(new HanareError('pinWrong', { left: 4 })) });
    await t.connected(15_000);
    await expect(t.session.extend('000000', null)).rejects.toMatchObject({ reason: 'pinWrong', details: { left: 4 } });
    expect(t.tunnels.last().extensions).toEqual([]);
    expect(t.session.state().phase).toBe('connected');
    t.session.disconnect();
  });

  it('ends the session when too many wrong PINs have locked the laptop', async () => {
    const t = start({ checkPin: () => Promise.reject(new HanareError('pinLocked')) });
    await t.connected(15_000);
    await expect(t.session.extend('000000', null)).rejects.toMatchObject({ reason: 'pinLocked' });
    expect(t.session.state()).toMatchObject({ phase: 'ended', failure: { reason: 'pinLocked' } });
  });

  it('waits for the answer to the first when it is asked for twice', async () => {
    const t = start();
    await t.connected(15_000);
    t.tunnels.last().enter('open', { extending: true });
    await t.session.extend('274951', null);
    expect(t.device.calls).not.toContain('checkPin');
    t.session.disconnect();
  });

  it('is refused when nothing is connected', async () => {
    const t = start();
    await expect(t.session.extend('274951', null)).rejects.toMatchObject({ reason: 'badRequest' });
    await t.session.connect(null);
    await expect(t.session.extend('274951', null)).rejects.toMatchObject({ reason: 'badRequest' });
    t.session.disconnect();
  });

  it('is forgotten when the session ends while the PIN is looked at', async () => {
    let right: () => void = () => {};
    const t = start({ checkPin: () => new Promise((resolve) => (right = resolve)) });
    await t.connected(15_000);
    const extending = t.session.extend('274951', null);
    t.session.disconnect();
    right();
    await extending;
    expect(t.tunnels.last().extensions).toEqual([]);
  });

  it('leaves neither PIN nor password in log or state', async () => {
    const t = start();
    await t.connected(15_000);
    await t.session.extend('274951', { kind: 'totp', code: '987654' });
    t.session.disconnect();
    const said = JSON.stringify([t.lines, t.states]);
    for (const secret of ['274951', '987654', '123456']) expect(said).not.toContain(secret);
  });
});
