import type { ErrorName } from '../errors/catalogue.ts';
import type { ErrorDetails, Failure } from '../errors/hanare-error.ts';
import type { LaptopEvent } from '../evidence/evidence.ts';
import type { PostureVerdict } from '../evidence/posture.ts';
import type { Heartbeat } from './heartbeat.ts';
import type {
  ClientMessage,
  Desk,
  GatewayMessage,
  Machine,
  Otp,
  OtpMethod,
  RdpAccess,
  User,
  WakeStage,
} from './messages.ts';

/* What contract/wire/tunnel.ts takes and gives: its states, its events, its effects, its limits. */

/** In this order, never back but from `open` to `desk` when the desk is opened anew. `erasing`: the laptop was given up, and nothing but erasing itself matters any more. */
export type TunnelPhase = 'idle' | 'network' | 'gateway' | 'signIn' | 'desk' | 'open' | 'erasing' | 'closed';

export type TunnelState = Readonly<{
  phase: TunnelPhase;
  /** Desk the user asked for; null takes the first assigned one. */
  wanted: string | null;
  user: User | null;
  desk: Desk | null;
  /** How that desk is opened, where it is one of RDP. */
  rdp: RdpAccess | null;
  sid: string | null;
  beat: Heartbeat | null;
  /** Monotonic ms at which the present phase has taken too long; null where it may last. */
  deadline: number | null;
  /** What the gateway's challenge wants answered; null before it and after sign-in. */
  nonce: string | null;
  /** Who makes the one-time passwords; null before the challenge. */
  method: OtpMethod | null;
  /**
   * Set while a person, not the laptop, must give a one-time password. `failure`: why the last one was refused. `busy`:
   * one is on its way.
   */
  prompt: Readonly<{ failure: Failure | null; busy: boolean }> | null;
  /** Whether an `auth` is unanswered. */
  authSent: boolean;
  /** How many of the laptop's own codes were refused because they had been used. */
  usedCodes: number;
  /** Whether the desk has been asked for. */
  openSent: boolean;
  /** Whether an `extend` or a `renew` is unanswered. */
  extending: boolean;
  renewing: boolean;
  /** Why the session is over, while it is not known whether better (or worse) news follows. */
  parting: ErrorName | null;
  /** This laptop's clock minus the gateway's, ms. */
  skewMs: number;
  /** When the person must sign in anew, ms since 1970 on this laptop's clock. */
  until: number | null;
  /** When the office's hours end, once it has said so; same clock. */
  closes: number | null;
  /** How far the desk has been woken. */
  wake: WakeStage | null;
  closed: Readonly<{ reason: ErrorName | null; details: ErrorDetails }> | null;
}>;

export type TunnelEvent =
  | Readonly<{ type: 'start'; desk: string | null }>
  /** TCP is up; TLS and the upgrade follow. */
  | Readonly<{ type: 'reached' }>
  /** The control WebSocket is open. */
  | Readonly<{ type: 'controlOpen' }>
  /** `wallNow`: this laptop's clock, ms since 1970. */
  | Readonly<{ type: 'message'; message: GatewayMessage; wallNow: number }>
  /** A frame that is no message of the protocol. */
  | Readonly<{ type: 'garbage' }>
  | Readonly<{ type: 'controlLost'; reason: ErrorName; details?: ErrorDetails }>
  /** The one-time password that effect `otp` asked for, or that a person gave. */
  | Readonly<{ type: 'otp'; otp: Otp }>
  /** What came with the sign-in has been checked and stored. */
  | Readonly<{ type: 'admitted' }>
  | Readonly<{ type: 'extend'; otp: Otp }>
  | Readonly<{ type: 'renew'; csr: string }>
  /** This laptop has erased itself, or could not: then the gateway, which is not told, asks again next time. */
  | Readonly<{ type: 'erased' }>
  | Readonly<{ type: 'eraseFailed'; reason: ErrorName; details?: ErrorDetails }>
  /** Testimony, or something that happened, for the office. */
  | Readonly<{ type: 'testify'; id: number; jws: string }>
  | Readonly<{ type: 'tell'; event: LaptopEvent; details: ErrorDetails }>
  /** The certificate that the desk has shown: SHA-256, lower-case hex. */
  | Readonly<{ type: 'deskCertificate'; sha256: string }>
  | Readonly<{ type: 'channelOpen' }>
  | Readonly<{ type: 'channelFailed'; reason: ErrorName; details?: ErrorDetails }>
  /** Desk bytes arrived: the line lives, even if pongs wait behind them. */
  | Readonly<{ type: 'channelHeard' }>
  | Readonly<{ type: 'channelEnded' }>
  /** The desk is to be opened anew: a session of its own to the gateway, on the same sign-in. */
  | Readonly<{ type: 'reopen' }>
  | Readonly<{ type: 'tick' }>
  /** The user, or the screen, ends it; `reason` null means in order. */
  | Readonly<{ type: 'end'; reason: ErrorName | null; details?: ErrorDetails }>;

export type TunnelEffect =
  | Readonly<{ type: 'dial' }>
  | Readonly<{ type: 'send'; message: ClientMessage }>
  /** Make a one-time password that was not used yet from the vault, and come back with event `otp`, or end. */
  | Readonly<{ type: 'otp'; skewMs: number }>
  /** Check the policy, store what is new, and come back with event `admitted`, or end. Times on this laptop's clock. */
  | Readonly<{
      type: 'signedIn';
      policy: string;
      lease: number | null;
      user: User;
      desks: readonly Desk[];
      /** The connection's own, which testimony quotes. */
      nonce: string;
    }>
  /** The office has written testimony down, and says what it makes of it. */
  | Readonly<{ type: 'kept'; id: number; verdicts: readonly PostureVerdict[] }>
  /** Check and store a changed policy; end with policyRejected when it does not verify. */
  | Readonly<{ type: 'policy'; policy: string }>
  | Readonly<{ type: 'extendRefused'; failure: Failure }>
  | Readonly<{ type: 'certificate'; certificate: string }>
  | Readonly<{ type: 'renewRefused'; reason: ErrorName }>
  /** Erase this laptop's secrets, then come back with event `erased` or `eraseFailed`. */
  | Readonly<{ type: 'erase' }>
  | Readonly<{ type: 'openChannel'; authority: string; token: string }>
  /** The desk's connection only: another one follows. */
  | Readonly<{ type: 'closeChannel' }>
  | Readonly<{ type: 'closeAll' }>;

export type TunnelStep = Readonly<{ state: TunnelState; effects: readonly TunnelEffect[] }>;

export const tunnelLimits = {
  networkMs: 10_000,
  gatewayMs: 10_000,
  signInMs: 15_000,
  /** A laptop that has just used its code of this half minute waits for the next. */
  otpMs: 45_000,
  /** A person has to find the phone first. */
  promptMs: 110_000,
  /** From the sign-in until the laptop has looked at itself: Windows takes up to 35 s for it. */
  admitMs: 45_000,
  deskMs: 15_000,
  /** From each sign of a desk that is being woken to the next. */
  wakeMs: 180_000,
  endingMs: 1_000,
  /** From the end of a session because the laptop was revoked to the order to erase it. */
  revokedMs: 2_000,
  eraseMs: 20_000,
  /** Certificates and one-time passwords mean nothing when the two clocks are further apart than this. */
  clockSkewMs: 300_000,
} as const;

export const initialTunnel: TunnelState = {
  phase: 'idle',
  wanted: null,
  user: null,
  desk: null,
  rdp: null,
  sid: null,
  beat: null,
  deadline: null,
  nonce: null,
  method: null,
  prompt: null,
  authSent: false,
  usedCodes: 0,
  openSent: false,
  extending: false,
  renewing: false,
  parting: null,
  skewMs: 0,
  until: null,
  closes: null,
  wake: null,
  closed: null,
};

/** What every tunnel says of itself in `hello`. */
export type TunnelIdentity = Readonly<{ version: string; platform: string; machine: Machine }>;
