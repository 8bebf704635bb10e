import type { Failure } from '#contract/errors/hanare-error.ts';
import type { Bridge } from '#contract/ipc/bridge.ts';
import type {
  AppInfo,
  DeviceStatus,
  Displays,
  EnrolOffer,
  EnrolStep,
  ImportedCertificate,
  Link,
  Preferences,
  RulesView,
  ScreenReport,
  SessionState,
  SessionWarning,
} from '#contract/ipc/state.ts';
import type { Desk, User } from '#contract/wire/messages.ts';
import { fakeRules } from './fake-rules.ts';

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
export const fakeFingerprint = '0123456789abcdef'.repeat(4);
export const fakeDevice = {
  state: 'open',
  device: { id: 'dev-1', label: 'テレワーク端末 017' },
  user: fakeUser,
  desk: fakeDesk,
  site: { name: 'みどり市役所', gateway: { host: 'gw.example', port: 443 }, fingerprint: fakeFingerprint },
  method: 'embedded',
  pinMinimum: 6,
  certificate: {
    from: Date.UTC(2026, 10, 22),
    until: Date.UTC(2027, 10, 22),
    serial: '4F2A91C07D3B',
    renewFrom: Date.UTC(2027, 6, 24),
  },
  lease: Date.UTC(2027, 2, 31),
  lastContact: Date.UTC(2026, 10, 22, 3, 4, 5),
  hold: null,
} as const satisfies DeviceStatus;
export const lockedDevice = (left = 10, waitUntil: number | null = null): DeviceStatus => ({
  state: 'locked',
  label: 'テレワーク端末 017',
  tries: { left, waitUntil },
  pinMinimum: 6,
});
export const fakeOffer: EnrolOffer = {
  site: 'みどり市役所',
  enrol: { host: 'enrol.example', port: 8443 },
  fingerprint: fakeFingerprint,
  known: true,
};

type Connected = Extract<SessionState, { phase: 'connected' }>;
export const connectedState = (
  link: Partial<Link> = {},
  warning: SessionWarning | null = null,
  more: Partial<Connected> = {},
): Connected => ({
  phase: 'connected',
  times: { network: 12, gateway: 80, signIn: 40, desk: 120, picture: 300 },
  desk: fakeDesk,
  user: fakeUser,
  since: 1_800_000_000_000,
  link: { ...fakeLink, ...link },
  figures: null,
  reopening: false,
  warning,
  pause: null,
  notices: [],
  watermark: null,
  audio: false,
  ...more,
});

export const connectingState = (more: Partial<Extract<SessionState, { phase: 'connecting' }>> = {}): SessionState => ({
  phase: 'connecting',
  stage: 'signIn',
  times: {},
  desk: fakeDesk,
  prompt: null,
  login: null,
  wake: null,
  ...more,
});

export const endedState = (failure: Failure | null, extra: Partial<SessionState> = {}): SessionState =>
  ({ phase: 'ended', failure, stage: null, times: {}, desk: fakeDesk, receipt: null, ...extra }) as SessionState;

type FakeCall = Readonly<{ name: string; args: readonly unknown[] }>;

export type FakeBridgeOptions = Readonly<{
  info?: Partial<AppInfo>;
  device?: DeviceStatus;
  offer?: EnrolOffer;
  /** What the chosen certificate file holds; null when none is chosen. */
  imported?: ImportedCertificate | null;
  preferences?: Preferences;
  rules?: RulesView;
  state?: SessionState;
}>;

/** What preload makes of a failure: an Error whose message is the failure's JSON. */
export const rejection = (failure: Failure): Error => new Error(JSON.stringify(failure));

function listen<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The window's bridge without main: answers from memory, records every call, and lets a test say what main says. */
export function createFakeBridge(options: FakeBridgeOptions = {}) {
  const calls: FakeCall[] = [];
  const failing = new Map<string, Error>();
  const stateListeners = new Set<(state: SessionState) => void>();
  const fullScreenListeners = new Set<(on: boolean) => void>();
  const displayListeners = new Set<(displays: Displays) => void>();
  let displays: Displays = { count: 1, span: null };
  let state: SessionState = options.state ?? { phase: 'idle' };
  const deviceListeners = new Set<(status: DeviceStatus) => void>();
  const stepListeners = new Set<(step: EnrolStep) => void>();
  const rulesListeners = new Set<(rules: RulesView) => void>();
  const held = new Map<string, Promise<void>>();
  let device: DeviceStatus = options.device ?? fakeDevice;
  /** What the device is after a call that succeeds. */
  let next: DeviceStatus = fakeDevice;
  let rules: RulesView = options.rules ?? fakeRules();
  let preferences: Preferences = options.preferences ?? { language: 'ja', theme: 'light' };

  async function call<T>(name: string, args: readonly unknown[], answer: () => T): Promise<T> {
    calls.push({ name, args });
    await held.get(name);
    const error = failing.get(name);
    if (error !== undefined) throw error;
    return answer();
  }

  function become(): DeviceStatus {
    device = next;
    return device;
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
    device: {
      status: () => call('device.status', [], () => device),
      unlock: (pin) => call('device.unlock', [pin], become),
      lock: () =>
        call('device.lock', [], () => {
          device = lockedDevice();
          return device;
        }),
      lift: (code) => call('device.lift', [code], become),
      changePin: (old, pin) => call('device.changePin', [old, pin], () => undefined),
      onChange: (listener) => listen(deviceListeners, listener),
    },
    enrol: {
      inspect: (input) => call('enrol.inspect', [input], () => options.offer ?? fakeOffer),
      import: (password) => call('enrol.import', [password], () => options.imported ?? null),
      run: (input) => call('enrol.run', [input], become),
      onStep: (listener) => listen(stepListeners, listener),
    },
    preferences: {
      get: () => call('preferences.get', [], () => preferences),
      set: (chosen) =>
        call('preferences.set', [chosen], () => {
          preferences = chosen;
          return preferences;
        }),
    },
    rules: {
      get: () => call('rules.get', [], () => rules),
      check: () => call('rules.check', [], () => undefined),
      onChange: (listener) => listen(rulesListeners, listener),
    },
    session: {
      state: () => call('session.state', [], () => state),
      connect: (desk) => call('session.connect', desk === undefined ? [] : [desk], () => undefined),
      disconnect: () => call('session.disconnect', [], () => undefined),
      answerOtp: (answer) => call('session.answerOtp', [answer], () => undefined),
      extend: (pin, otp) => call('session.extend', [pin, otp], () => undefined),
      login: (login) => call('session.login', [login], () => undefined),
      answerDesk: (challenge, password) =>
        call('session.answerDesk', [challenge, password], () => new Uint8Array(16).fill(7)),
      report: (report) => call('session.report', [report], () => undefined),
      onChange: (listener) => listen(stateListeners, listener),
    },
    window: {
      setFullScreen: (on) =>
        call('window.setFullScreen', [on], () => {
          for (const listener of [...fullScreenListeners]) listener(on);
        }),
      onFullScreen: (listener) => listen(fullScreenListeners, listener),
      displays: () => call('window.displays', [], () => displays),
      setAllDisplays: (on) => call('window.setAllDisplays', [on], () => undefined),
      onDisplays: (listener) => listen(displayListeners, listener),
    },
  };

  return {
    bridge,
    calls,
    named: (name: string) => calls.filter((entry) => entry.name === name),
    reports: () =>
      calls.filter((entry) => entry.name === 'session.report').map((entry) => entry.args[0] as ScreenReport),
    /** Main says that the session changed. */
    change(changed: SessionState) {
      state = changed;
      for (const listener of [...stateListeners]) listener(changed);
    },
    /** Main says that the displays changed, or how the window lies over them. */
    changeDisplays(changed: Displays) {
      displays = changed;
      for (const listener of [...displayListeners]) listener(changed);
    },
    /** What main answers with when it is asked; nobody is told. */
    setDevice(changed: DeviceStatus) {
      device = changed;
    },
    /** Main says that the device's status changed. */
    changeDevice(changed: DeviceStatus) {
      device = changed;
      for (const listener of [...deviceListeners]) listener(changed);
    },
    /** What the device is after the next unlocking, lifting or enrolment. */
    willBe(after: DeviceStatus) {
      next = after;
    },
    /** Main says that a rule stands otherwise. */
    changeRules(changed: RulesView) {
      rules = changed;
      for (const listener of [...rulesListeners]) listener(changed);
    },
    step(step: EnrolStep) {
      for (const listener of [...stepListeners]) listener(step);
    },
    /** From now on this call waits; what it returns lets it go on. */
    hold(name: string): () => void {
      let release: () => void = () => undefined;
      held.set(
        name,
        new Promise((resolve) => {
          release = resolve;
        }),
      );
      return () => {
        held.delete(name);
        release();
      };
    },
    /** From now on this call rejects as preload would make it; null lets it pass again. */
    fail(name: string, failure: Failure | null) {
      if (failure === null) failing.delete(name);
      else failing.set(name, rejection(failure));
    },
    listeners: () =>
      [stateListeners, deviceListeners, stepListeners, rulesListeners, fullScreenListeners].reduce(
        (sum, { size }) => sum + size,
        0,
      ),
  };
}

export type FakeBridge = ReturnType<typeof createFakeBridge>;
