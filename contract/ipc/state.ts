import type * as v from 'valibot';
import type { Failure } from '../errors/hanare-error.ts';
import type { Desk, User } from '../wire/messages.ts';
import type { preferencesSchema, screenFiguresSchema, screenReportSchema } from './schemas.ts';

export type Preferences = Readonly<v.InferOutput<typeof preferencesSchema>>;
export type ScreenFigures = Readonly<v.InferOutput<typeof screenFiguresSchema>>;
export type ScreenReport = Readonly<v.InferOutput<typeof screenReportSchema>>;

export type AppInfo = Readonly<{
  version: string;
  /** Where the remote screen's page lives: an origin of its own, so a process of its own. */
  screenUrl: string;
  /** Only the development stand-in says otherwise; the window then shows a label. */
  host: 'electron' | 'stand-in';
}>;

/** What the laptop knows about itself before it connects. */
export type DeviceStatus =
  | Readonly<{ enrolled: true; device: { id: string; label: string }; user: User; desk: Desk | null }>
  | Readonly<{ enrolled: false; failure: Failure }>;

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

export type SessionState =
  | Readonly<{ phase: 'idle' }>
  | Readonly<{ phase: 'connecting'; stage: Stage; times: StageTimes; desk: Desk | null }>
  | Readonly<{
      phase: 'connected';
      times: StageTimes;
      desk: Desk;
      user: User;
      /** Milliseconds since 1970, this laptop's clock. */
      since: number;
      link: Link;
      figures: ScreenFigures | null;
    }>
  /** `failure` is null when the user ended it. `stage` is where it failed, or null when it had been connected. */
  | Readonly<{ phase: 'ended'; failure: Failure | null; stage: Stage | null; times: StageTimes; desk: Desk | null }>;
