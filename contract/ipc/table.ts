import * as v from 'valibot';
import type { errorNames } from '../errors/catalogue.ts';
import type { Desk, User } from '../wire/messages.ts';
import {
  deskLoginSchema,
  enrolInspectSchema,
  enrolRunSchema,
  otpAnswerSchema,
  preferencesSchema,
  screenReportSchema,
} from './schemas.ts';
import type {
  AppInfo,
  DeviceStatus,
  Displays,
  EnrolOffer,
  EnrolStep,
  ImportedCertificate,
  Preferences,
  RdpScreen,
  RulesView,
  SessionState,
} from './state.ts';

/**
 * The one table of calls between the window and main. Argument schemas are checked in main at run time; argument and
 * result types are derived from here on both sides. Channel names never leave preload and main/shell.
 */
const result = <T>() => ({}) as { readonly $type: T };

const deskId = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
/** Bounds only: what a good PIN is, contract/identity/pin.ts says. */
const pin = v.pipe(v.string(), v.maxLength(128));
const shortText = v.pipe(v.string(), v.maxLength(64));
const bytes16 = v.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length === 16);

export const calls = {
  'app.info': { args: v.strictTuple([]), result: result<AppInfo>() },
  'app.quit': { args: v.strictTuple([]), result: result<void>() },
  'device.status': { args: v.strictTuple([]), result: result<DeviceStatus>() },
  /** @throws pinWrong, pinDelayed, pinLocked, keychain…, vault… */
  'device.unlock': { args: v.strictTuple([pin]), result: result<DeviceStatus>() },
  /** Ends the session, forgets the keys; the PIN is asked for again. */
  'device.lock': { args: v.strictTuple([]), result: result<DeviceStatus>() },
  /** IT's answer to the challenge of `pinLocked` or `hold`. @throws unlockCodeWrong */
  'device.lift': { args: v.strictTuple([shortText]), result: result<DeviceStatus>() },
  /** The old PIN and the new. @throws pinWrong, pinDelayed, pinLocked, pinWeak */
  'device.changePin': { args: v.strictTuple([pin, pin]), result: result<void>() },
  /** Looks at the office that a code or a scanned label leads to. Sends it nothing. */
  'enrol.inspect': { args: v.strictTuple([enrolInspectSchema]), result: result<EnrolOffer>() },
  /** Lets the person choose a PKCS#12 file, and reads it with its password. Null when they chose none. */
  'enrol.import': { args: v.strictTuple([pin]), result: result<ImportedCertificate | null>() },
  /** Enrols at the office that `inspect` has found last, and opens the vault. */
  'enrol.run': { args: v.strictTuple([enrolRunSchema]), result: result<DeviceStatus>() },
  'preferences.get': { args: v.strictTuple([]), result: result<Preferences>() },
  'preferences.set': { args: v.strictTuple([preferencesSchema]), result: result<Preferences>() },
  /** The rules that apply to this laptop, as far as it knows them. @throws notEnrolled, deviceLocked, … */
  'rules.get': { args: v.strictTuple([]), result: result<RulesView>() },
  /** Looks at the system anew; the outcome arrives as `rules.changed`. */
  'rules.check': { args: v.strictTuple([]), result: result<void>() },
  'session.state': { args: v.strictTuple([]), result: result<SessionState>() },
  /** Starts connecting; how it goes arrives as `session.changed`. Without a desk id: the user's own first desk. */
  'session.connect': { args: v.strictTuple([v.optional(deskId)]), result: result<void>() },
  'session.disconnect': { args: v.strictTuple([]), result: result<void>() },
  /** The one-time password that SessionState.prompt asks for. @throws otpMalformed */
  'session.answerOtp': { args: v.strictTuple([otpAnswerSchema]), result: result<void>() },
  /** Signs in anew while connected: the PIN, and with policy `prompted` a one-time password too. @throws pinWrong … */
  'session.extend': { args: v.strictTuple([pin, v.nullable(otpAnswerSchema)]), result: result<void>() },
  /** Who signs in to the desk that SessionState.login asks for. How it goes arrives as `session.changed`. @throws badRequest */
  'session.login': { args: v.strictTuple([deskLoginSchema]), result: result<void>() },
  /** Computes the VncAuth response (RFC 6143 §7.2.2), so the desk's password never enters the screen's process. */
  'session.answerDesk': {
    args: v.strictTuple([bytes16, v.pipe(v.string(), v.maxLength(256))]),
    result: result<Uint8Array>(),
  },
  /** What the screen has to say: its first picture, its figures, its end. */
  'session.report': { args: v.strictTuple([screenReportSchema]), result: result<void>() },
  'window.setFullScreen': { args: v.strictTuple([v.boolean()]), result: result<void>() },
  'window.displays': { args: v.strictTuple([]), result: result<Displays>() },
  /** Lays the window over all displays, without its frame, or puts it back. What comes of it arrives as `window.displaysChanged`. */
  'window.setAllDisplays': { args: v.strictTuple([v.boolean()]), result: result<void>() },
} as const;

export type CallName = keyof typeof calls;
export type CallArgs<N extends CallName> = v.InferOutput<(typeof calls)[N]['args']>;
export type CallResult<N extends CallName> = (typeof calls)[N]['result']['$type'];

/** Main to window. `screen.port` carries no data here: its MessagePort comes as the event's first port. */
export type Events = {
  'session.changed': SessionState;
  'device.changed': DeviceStatus;
  'enrol.step': EnrolStep;
  'rules.changed': RulesView;
  'window.fullScreenChanged': boolean;
  'window.displaysChanged': Displays;
  'screen.port': { desk: Desk; user: User; rdp: RdpScreen | null };
};
export type EventName = keyof Events;
export const eventNames = [
  'session.changed',
  'device.changed',
  'enrol.step',
  'rules.changed',
  'window.fullScreenChanged',
  'window.displaysChanged',
  'screen.port',
] as const satisfies EventName[];

/** How a call's outcome crosses: preload rebuilds a HanareError-shaped rejection from a failure. */
export type Envelope<T> =
  | Readonly<{ ok: true; value: T }>
  | Readonly<{
      ok: false;
      failure: { reason: (typeof errorNames)[number]; details: Record<string, string | number | boolean> };
    }>;
