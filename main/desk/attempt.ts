import type { Failure } from '#contract/errors/hanare-error.ts';
import type { ScreenFigures, SessionState, Stage } from '#contract/ipc/state.ts';
import type { Policy } from '#contract/policy/policy.ts';
import type { Desk } from '#contract/wire/messages.ts';
import type { TunnelPhase, TunnelState } from '#contract/wire/tunnel-state.ts';
import type { SessionGuard } from '../guard/session-guard.ts';
import type { Tunnel } from '../tunnel/tunnel.ts';
import type { ByteChannel } from './byte-channel.ts';
import { createLinkMeter } from './link.ts';
import type { RdpDesk } from './rdp-desk.ts';
import { createStageClock } from './stage-clock.ts';
import type { UseWarning } from './use-limits.ts';

/** One session from the wish to connect to its end. */
export type Attempt = {
  tunnel: Tunnel | undefined;
  channel: ByteChannel | undefined;
  /** From the question who signs in to the desk, until the session's end. */
  rdp: RdpDesk | undefined;
  /** Whether that desk is one for RSA key transport; see main/desk/rdp. */
  keyTransport: boolean;
  guard: SessionGuard | undefined;
  /** What is written on this laptop. */
  label: string;
  readonly clock: ReturnType<typeof createStageClock>;
  readonly meter: ReturnType<typeof createLinkMeter>;
  readonly timer: NodeJS.Timeout;
  /** Aborted at the end. */
  readonly left: AbortController;
  pictureDeadline: number | null;
  /** Whether a rule holds the picture back. */
  hidden: boolean;
  connectedAt: number | null;
  /** When the desk was last connected to anew, and whether its picture is still to come. Monotonic ms. */
  reopenedAt: number | null;
  reopening: boolean;
  reopenings: number;
  /** Bytes that earlier connections to the desk have moved. */
  moved: Readonly<{ down: number; up: number }>;
  figures: ScreenFigures | null;
  /** The desk as the vault names it, until the gateway's own word arrives. */
  expected: Desk | null;
  /** What of the tunnel's state was last looked at. */
  prompt: TunnelState['prompt'];
  until: TunnelState['until'];
  wake: TunnelState['wake'];
  /** The office's rules, from the sign-in on. */
  policy: Policy | null;
  /** Whether the desk was opened with sound. */
  audio: boolean;
  warning: UseWarning | null;
  /** Why the last try to extend the sign-in came to nothing. */
  refusal: Failure | null;
};

export const stageOfPhase: Readonly<Partial<Record<TunnelPhase, Stage>>> = {
  network: 'network',
  gateway: 'gateway',
  signIn: 'signIn',
  desk: 'desk',
  open: 'picture',
};

export function createAttempt(now: () => number, look: (attempt: Attempt) => void, everyMs: number): Attempt {
  const attempt: Attempt = {
    tunnel: undefined,
    channel: undefined,
    rdp: undefined,
    keyTransport: false,
    guard: undefined,
    label: '',
    clock: createStageClock(now),
    meter: createLinkMeter(now),
    timer: setInterval(() => look(attempt), everyMs),
    left: new AbortController(),
    pictureDeadline: null,
    hidden: false,
    connectedAt: null,
    reopenedAt: null,
    reopening: false,
    reopenings: 0,
    moved: { down: 0, up: 0 },
    figures: null,
    expected: null,
    prompt: null,
    until: null,
    wake: null,
    policy: null,
    audio: false,
    warning: null,
    refusal: null,
  };
  return attempt;
}

/** From the desk and to it, over all its connections. */
export function movedBytes({ channel, moved }: Attempt): { down: number; up: number } {
  return { down: moved.down + (channel?.bytesDown() ?? 0), up: moved.up + (channel?.bytesUp() ?? 0) };
}

/** What the window sees of it while it lasts. */
export function presentState(attempt: Attempt): SessionState {
  const tunnel = attempt.tunnel?.state();
  const times = attempt.clock.times();
  if (attempt.connectedAt === null || !tunnel?.desk || !tunnel.user) {
    return {
      phase: 'connecting',
      stage: attempt.clock.stage(),
      times,
      desk: tunnel?.desk ?? attempt.expected,
      prompt: tunnel?.prompt ?? null,
      login: attempt.rdp?.login() ?? null,
      wake: tunnel?.wake ?? null,
    };
  }
  const counts = movedBytes(attempt);
  const { warning, refusal, policy } = attempt;
  const burden = attempt.guard?.burden() ?? { pause: null, notices: [] };
  return {
    phase: 'connected',
    times,
    desk: tunnel.desk,
    user: tunnel.user,
    since: attempt.connectedAt,
    link: attempt.meter.read(tunnel, counts),
    figures: attempt.figures,
    reopening: attempt.reopening,
    warning: warning && { ...warning, failure: warning.kind === 'signIn' ? refusal : null },
    ...burden,
    audio: attempt.audio && policy?.audio === true,
    watermark: policy?.watermark ? { user: tunnel.user.name, device: attempt.label } : null,
  };
}

/** … and when it is over. `failure` is null when it ended in order. */
export function endedState(attempt: Attempt, failure: Failure | null): Extract<SessionState, { phase: 'ended' }> {
  return {
    phase: 'ended',
    failure: failure && { reason: failure.reason, details: failure.details },
    stage: failure && attempt.connectedAt === null ? attempt.clock.stage() : null,
    times: attempt.clock.times(),
    desk: attempt.tunnel?.state().desk ?? attempt.expected,
    // Between two connections of one session there is no channel, but a picture was shown all the same.
    receipt: attempt.channel || attempt.reopenedAt !== null ? 'pending' : null,
  };
}
