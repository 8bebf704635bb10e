import type { Failure } from '#contract/errors/hanare-error.ts';
import type { Bridge } from '#contract/ipc/bridge.ts';
import type { AppInfo, DeviceStatus, Link, Preferences, ScreenReport, SessionState } from '#contract/ipc/state.ts';
import type { Desk, User } from '#contract/wire/messages.ts';

export const fakeDesk: Desk = { id: 'desk-0123', name: '総務課 0123', protocol: 'vnc' };
export const fakeUser: User = { id: 'yamada', name: '山田 花子' };
export const fakeLink: Link = {
  rttMs: 24,
  downBps: 2_000_000,
  upBps: 20_000,
  bytesDown: 1_000_000,
  bytesUp: 9000,
  quality: 'good',
};
export const fakeDevice: DeviceStatus = {
  enrolled: true,
  device: { id: 'dev-1', label: 'テレワーク端末 017' },
  user: fakeUser,
  desk: fakeDesk,
};

export const connectedState = (link: Partial<Link> = {}): SessionState => ({
  phase: 'connected',
  times: { network: 12, gateway: 80, signIn: 40, desk: 120, picture: 300 },
  desk: fakeDesk,
  user: fakeUser,
  since: 1_800_000_000_000,
  link: { ...fakeLink, ...link },
  figures: null,
});

export const endedState = (failure: Failure | null, extra: Partial<SessionState> = {}): SessionState =>
  ({ phase: 'ended', failure, stage: null, times: {}, desk: fakeDesk, ...extra }) as SessionState;

type FakeCall = Readonly<{ name: string; args: readonly unknown[] }>;

export type FakeBridgeOptions = Readonly<{
  info?: Partial<AppInfo>;
  device?: DeviceStatus;
  preferences?: Preferences;
  state?: SessionState;
}>;

/** What preload makes of a failure: an Error whose message is the failure's JSON. */
export const rejection = (failure: Failure): Error => new Error(JSON.stringify(failure));

/** The window's bridge without main: answers from memory, records every call, and lets a test say what main says. */
export function createFakeBridge(options: FakeBridgeOptions = {}) {
  const calls: FakeCall[] = [];
  const failing = new Map<string, Error>();
  const stateListeners = new Set<(state: SessionState) => void>();
  const fullScreenListeners = new Set<(on: boolean) => void>();
  let state: SessionState = options.state ?? { phase: 'idle' };
  let device = options.device ?? fakeDevice;
  let preferences: Preferences = options.preferences ?? { language: 'ja', theme: 'light' };

  async function call<T>(name: string, args: readonly unknown[], answer: () => T): Promise<T> {
    calls.push({ name, args });
    const error = failing.get(name);
    if (error !== undefined) throw error;
    return answer();
  }

  const bridge: Bridge = {
    app: {
      info: () =>
        call(
          'app.info',
          [],
          (): AppInfo => ({
            version: '0.1.0',
            screenUrl: 'http://screen.test/screen.html',
            host: 'electron',
            ...options.info,
          }),
        ),
      quit: () => call('app.quit', [], () => undefined),
    },
    device: { status: () => call('device.status', [], () => device) },
    preferences: {
      get: () => call('preferences.get', [], () => preferences),
      set: (next) =>
        call('preferences.set', [next], () => {
          preferences = next;
          return preferences;
        }),
    },
    session: {
      state: () => call('session.state', [], () => state),
      connect: (desk) => call('session.connect', desk === undefined ? [] : [desk], () => undefined),
      disconnect: () => call('session.disconnect', [], () => undefined),
      answerDesk: (challenge, password) =>
        call('session.answerDesk', [challenge, password], () => new Uint8Array(16).fill(7)),
      report: (report) => call('session.report', [report], () => undefined),
      onChange: (listener) => {
        stateListeners.add(listener);
        return () => stateListeners.delete(listener);
      },
    },
    window: {
      setFullScreen: (on) =>
        call('window.setFullScreen', [on], () => {
          for (const listener of [...fullScreenListeners]) listener(on);
        }),
      onFullScreen: (listener) => {
        fullScreenListeners.add(listener);
        return () => fullScreenListeners.delete(listener);
      },
    },
  };

  return {
    bridge,
    calls,
    named: (name: string) => calls.filter((entry) => entry.name === name),
    reports: () =>
      calls.filter((entry) => entry.name === 'session.report').map((entry) => entry.args[0] as ScreenReport),
    /** Main says that the session changed. */
    change(next: SessionState) {
      state = next;
      for (const listener of [...stateListeners]) listener(next);
    },
    setDevice(next: DeviceStatus) {
      device = next;
    },
    /** From now on this call rejects as preload would make it; null lets it pass again. */
    fail(name: string, failure: Failure | null) {
      if (failure === null) failing.delete(name);
      else failing.set(name, rejection(failure));
    },
    listeners: () => stateListeners.size + fullScreenListeners.size,
  };
}

export type FakeBridge = ReturnType<typeof createFakeBridge>;
