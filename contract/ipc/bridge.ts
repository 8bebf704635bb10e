import type { Desk, User } from '../wire/messages.ts';
import type {
  AppInfo,
  DeskLogin,
  DeviceStatus,
  Displays,
  EnrolInspect,
  EnrolOffer,
  EnrolRun,
  EnrolStep,
  ImportedCertificate,
  OtpAnswer,
  Preferences,
  RdpScreen,
  RulesView,
  ScreenReport,
  SessionState,
} from './state.ts';

type Unsubscribe = () => void;

/**
 * What the window finds at `window.hanare`: verbs by domain. A rejected call rejects with an Error whose message is the
 * JSON of a Failure (contextBridge keeps nothing but the message); `renderer/app/failure.ts` reads it back.
 */
export type Bridge = Readonly<{
  app: { info(): Promise<AppInfo>; quit(): Promise<void> };
  device: {
    status(): Promise<DeviceStatus>;
    unlock(pin: string): Promise<DeviceStatus>;
    lock(): Promise<DeviceStatus>;
    lift(code: string): Promise<DeviceStatus>;
    changePin(old: string, next: string): Promise<void>;
    onChange(listener: (status: DeviceStatus) => void): Unsubscribe;
  };
  enrol: {
    inspect(input: EnrolInspect): Promise<EnrolOffer>;
    import(password: string): Promise<ImportedCertificate | null>;
    run(input: EnrolRun): Promise<DeviceStatus>;
    onStep(listener: (step: EnrolStep) => void): Unsubscribe;
  };
  preferences: { get(): Promise<Preferences>; set(next: Preferences): Promise<Preferences> };
  rules: {
    get(): Promise<RulesView>;
    check(): Promise<void>;
    onChange(listener: (rules: RulesView) => void): Unsubscribe;
  };
  session: {
    state(): Promise<SessionState>;
    connect(desk?: string): Promise<void>;
    disconnect(): Promise<void>;
    answerOtp(answer: OtpAnswer): Promise<void>;
    extend(pin: string, otp: OtpAnswer | null): Promise<void>;
    login(login: DeskLogin): Promise<void>;
    answerDesk(challenge: Uint8Array, password: string): Promise<Uint8Array>;
    report(report: ScreenReport): Promise<void>;
    onChange(listener: (state: SessionState) => void): Unsubscribe;
  };
  window: {
    setFullScreen(on: boolean): Promise<void>;
    onFullScreen(listener: (on: boolean) => void): Unsubscribe;
    displays(): Promise<Displays>;
    setAllDisplays(on: boolean): Promise<void>;
    onDisplays(listener: (displays: Displays) => void): Unsubscribe;
  };
}>;

/**
 * A MessagePort cannot pass through contextBridge: preload posts it to the page's own window instead, as
 * `{ hanare: 'screen.port', desk, user, rdp }` with the port as the message's only transfer, same origin.
 */
export type ScreenPortMessage = Readonly<{ hanare: 'screen.port'; desk: Desk; user: User; rdp: RdpScreen | null }>;
