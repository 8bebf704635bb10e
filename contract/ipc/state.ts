import type * as v from 'valibot';
import type { Failure } from '../errors/hanare-error.ts';
import type { PostureReport, PostureVerdict, Tri } from '../evidence/posture.ts';
import type { ResidueReport } from '../evidence/residue.ts';
import type { RuleName } from '../policy/rules.ts';
import type { Address } from '../wire/enrol.ts';
import type { Desk, OtpMethod, User, WakeStage } from '../wire/messages.ts';
import type {
  deskLoginSchema,
  enrolInspectSchema,
  enrolRunSchema,
  otpAnswerSchema,
  preferencesSchema,
  screenFiguresSchema,
  screenReportSchema,
} from './schemas.ts';

export type Preferences = Readonly<v.InferOutput<typeof preferencesSchema>>;
export type ScreenFigures = Readonly<v.InferOutput<typeof screenFiguresSchema>>;
export type EnrolInspect = Readonly<v.InferOutput<typeof enrolInspectSchema>>;
export type EnrolRun = Readonly<v.InferOutput<typeof enrolRunSchema>>;
export type OtpAnswer = Readonly<v.InferOutput<typeof otpAnswerSchema>>;
export type DeskLogin = Readonly<v.InferOutput<typeof deskLoginSchema>>;
export type ScreenReport = Readonly<v.InferOutput<typeof screenReportSchema>>;

/**
 * What the screen must know of an RDP desk's opening: the protocol that main agreed on with it (MS-RDPBCGR 2.2.1.2.1), and
 * whether its sound may be heard.
 */
export type RdpScreen = Readonly<{ selectedProtocol: number; audio: boolean }>;

/** A display, where it lies within the window. CSS pixels. */
export type Monitor = Readonly<{ x: number; y: number; width: number; height: number; primary: boolean }>;
export type Displays = Readonly<{
  /** Over how many the window can be laid as one: 1 where there is no other, or where they differ in scale. */
  count: number;
  /** While it is laid over all: where each of them lies. */
  span: readonly Monitor[] | null;
}>;

export type AppInfo = Readonly<{
  version: string;
  /** Where the remote screen's page lives: an origin of its own, so a process of its own. */
  screenUrl: string;
  /** Only the development stand-in says otherwise; the window then shows a label. */
  host: 'electron' | 'stand-in';
}>;

/** What the laptop knows of itself. Names and dates; never a key, a secret or a certificate. */
export type DeviceStatus =
  /** `site`: from the site file that the installer left, if it did. */
  | Readonly<{ state: 'notEnrolled'; site: { name: string; enrol: Address; fingerprint: string } | null }>
  /** The PIN is needed. `label` is what is written on the laptop. */
  | Readonly<{ state: 'locked'; label: string; tries: PinTries; pinMinimum: number }>
  /** Too many wrong PINs: IT answers `challenge` with a code. */
  | Readonly<{ state: 'pinLocked'; label: string; challenge: string }>
  | Readonly<{
      state: 'open';
      device: { id: string; label: string };
      user: User;
      desk: Desk | null;
      site: { name: string; gateway: Address; fingerprint: string };
      method: OtpMethod;
      pinMinimum: number;
      certificate: { from: number; until: number; serial: string; renewFrom: number };
      /** Until when it is lent, and when it last reached the office; ms since 1970. */
      lease: number | null;
      lastContact: number;
      /** Set when it has locked itself: no session opens until IT answers `challenge`. */
      hold: { reason: 'leaseOver' | 'offlineTooLong'; challenge: string } | null;
    }>
  /** The vault or the keychain cannot be used now; nothing was lost by finding out. */
  | Readonly<{ state: 'failed'; failure: Failure }>;

/** `left` wrong PINs until the lock; the next try counts from `waitUntil` on (ms since 1970), null for at once. */
export type PinTries = Readonly<{ left: number; waitUntil: number | null }>;

/** What the office at the other end says of itself, before anything is sent to it. */
export type EnrolOffer = Readonly<{
  site: string;
  enrol: Address;
  /** SHA-256 of its CA, lower-case hex. */
  fingerprint: string;
  /** Whether that was known beforehand (site file, scanned label); otherwise a person must compare it. */
  known: boolean;
}>;
/** What was read from a PKCS#12 file; it stays in main until `enrol.run`. */
export type ImportedCertificate = Readonly<{ subject: string; algorithm: 'P-256' | 'RSA'; until: number }>;
export const enrolSteps = ['key', 'office', 'store', 'confirm'] as const;
export type EnrolStep = (typeof enrolSteps)[number];

/** The five stages a person sees, in order. */
export const stages = ['network', 'gateway', 'signIn', 'desk', 'picture'] as const;
export type Stage = (typeof stages)[number];

/** Milliseconds each finished stage took. */
export type StageTimes = Readonly<Partial<Record<Stage, number>>>;

/** `silent`: nothing heard for longer than the warning time; the picture may be old. */
export type LinkQuality = 'good' | 'fair' | 'poor' | 'silent';
export type Link = Readonly<{
  /** Round trip to the gateway, ms; null until measured. */
  rttMs: number | null;
  /** From the desk and to the desk, bits per second over the last second. */
  downBps: number;
  upBps: number;
  bytesDown: number;
  bytesUp: number;
  quality: LinkQuality;
}>;

/**
 * The session is about to end (`at`, ms since 1970): nobody has touched the laptop, which any input ends; the sign-in is
 * used up, which the PIN ends (`session.extend`); or the office's hours are over, which nothing here puts off.
 */
export type SessionWarning = Readonly<{ kind: 'idle' | 'signIn' | 'hours'; at: number; failure: Failure | null }>;

/**
 * What was found when a session's remains were looked for. `kept`: where the signed receipt is; `laptop` until the office
 * has written it down, which is tried again at each contact.
 */
export type Receipt = Readonly<ResidueReport & { at: number; clean: boolean; kept: 'office' | 'laptop' }>;

/**
 * A rule as it stands on this laptop. `set`: the system (or this app) is told to do it. `checkedAt`: when it was last looked
 * at, ms since 1970. `effective`: whether it does it now, as far as that was seen. Three questions; each may have no answer.
 */
export type RuleView = Readonly<{
  name: RuleName;
  /** A value of contract/policy. */
  value: unknown;
  /** Who has decided it; see Origins. */
  origin: string;
  set: Tri;
  checkedAt: number | null;
  effective: Tri;
  /** Why it is not as it should be; null where it is, or where nobody has looked. */
  failure: Failure | null;
}>;

export type RulesView = Readonly<{
  version: number;
  /** When the office last sent its rules, ms since 1970; null before the first contact. */
  receivedAt: number | null;
  baseline: 'none' | 'verified' | 'rejected';
  rules: readonly RuleView[];
  /** Of the last look at the system; null before the first. `verdicts`: the office's, once it has answered. */
  posture: Readonly<{ at: number; report: PostureReport; verdicts: readonly PostureVerdict[] }> | null;
  checking: boolean;
}>;

export type SessionState =
  | Readonly<{ phase: 'idle' }>
  | Readonly<{
      phase: 'connecting';
      stage: Stage;
      times: StageTimes;
      desk: Desk | null;
      /** Set while the person must give a one-time password; see TunnelState. */
      prompt: { failure: Failure | null; busy: boolean } | null;
      /** Set while the desk wants to know who signs in (RDP). `busy`: it is being asked. */
      login: { busy: boolean } | null;
      /** While the desk PC is being woken. */
      wake: WakeStage | null;
    }>
  | Readonly<{
      phase: 'connected';
      times: StageTimes;
      desk: Desk;
      user: User;
      /** Milliseconds since 1970, this laptop's clock. */
      since: number;
      link: Link;
      figures: ScreenFigures | null;
      /** The desk is being connected to anew, for another size of its picture: the one that is shown is old. */
      reopening: boolean;
      warning: SessionWarning | null;
      /** Why the picture is hidden and no key gets through; null while it is not. */
      pause: Failure | null;
      /** Rules that are broken now and only warned of. */
      notices: readonly Failure[];
      /** What is written all over the picture, with the time; null where policy wants none. */
      watermark: Readonly<{ user: string; device: string }> | null;
      /** Whether the desk's sound may be heard: it was when the desk was opened, and still is. */
      audio: boolean;
    }>
  /**
   * `failure` is null when the user ended it. `stage` is where it failed, or null when it had been connected. `receipt`: null
   * where no desk was opened, `pending` while its remains are looked for.
   */
  | Readonly<{
      phase: 'ended';
      failure: Failure | null;
      stage: Stage | null;
      times: StageTimes;
      desk: Desk | null;
      receipt: Receipt | 'pending' | null;
    }>;
