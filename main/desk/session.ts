import type { Duplex } from 'node:stream';
import type { DeviceFile } from '#contract/device/device-file.ts';
import { type Failure, HanareError } from '#contract/errors/hanare-error.ts';
import type { ScreenFigures, ScreenReport, SessionState, Stage } from '#contract/ipc/state.ts';
import type { Logger } from '#contract/log/logger.ts';
import type { Desk, User } from '#contract/wire/messages.ts';
import type { TunnelPhase, TunnelState } from '#contract/wire/tunnel.ts';
import type { Tunnel, TunnelOptions } from '../tunnel/tunnel.ts';
import { type ByteChannel, createByteChannel, type Port } from './byte-channel.ts';
import { createLinkMeter } from './link.ts';
import { createStageClock } from './stage-clock.ts';
import { vncAuthResponse } from './vnc-auth.ts';

export type SessionDependencies = Readonly<{
  device(): Promise<DeviceFile>;
  openTunnel(options: TunnelOptions): Tunnel;
  identity: TunnelOptions['identity'];
  /** Makes the screen's port: one end stays here, the other goes to the window. */
  handOverPort(to: { desk: Desk; user: User }): Port;
  onState(state: SessionState): void;
  now: () => number;
  wallNow: () => number;
  log: Logger;
}>;

export type Session = Readonly<{
  state(): SessionState;
  connect(desk: string | null): Promise<void>;
  disconnect(): void;
  /** Ends what is open because of this laptop: the window's process died, the app quits. */
  fail(failure: Failure): void;
  answerDesk(challenge: Uint8Array, password: string): Uint8Array;
  report(report: ScreenReport): void;
}>;

/** A desk that sends no first picture within this time, and asks for no password, is taken to be down. */
const pictureDeadlineMs = 20_000;
const publishMs = 500;

const stageOfPhase: Readonly<Partial<Record<TunnelPhase, Stage>>> = {
  network: 'network',
  gateway: 'gateway',
  signIn: 'signIn',
  desk: 'desk',
  open: 'picture',
};

/**
 * The one session of this laptop, as the window sees it: joins the tunnel's progress with what the screen reports.
 * INVARIANT: there is at most one tunnel; what an older one still has to say is ignored.
 */
export function createSession(dependencies: SessionDependencies): Session {
  const { now, wallNow, log } = dependencies;
  let state: SessionState = { phase: 'idle' };
  let current: Attempt | undefined;

  type Attempt = {
    tunnel: Tunnel | undefined;
    channel: ByteChannel | undefined;
    clock: ReturnType<typeof createStageClock>;
    meter: ReturnType<typeof createLinkMeter>;
    timer: NodeJS.Timeout;
    pictureDeadline: number | null;
    connectedAt: number | null;
    figures: ScreenFigures | null;
    /** The desk as the device file names it, until the gateway's own word arrives. */
    expected: Desk | null;
  };

  function publish(next: SessionState): void {
    state = next;
    dependencies.onState(next);
  }

  async function connect(desk: string | null): Promise<void> {
    if (current) throw new HanareError('sessionAlreadyOpen');
    const attempt: Attempt = {
      tunnel: undefined,
      channel: undefined,
      clock: createStageClock(now),
      meter: createLinkMeter(now),
      timer: setInterval(() => refresh(attempt), publishMs),
      pictureDeadline: null,
      connectedAt: null,
      figures: null,
      expected: null,
    };
    current = attempt;
    publish({ phase: 'connecting', stage: 'network', times: {}, desk: null });
    try {
      const device = await dependencies.device();
      if (current !== attempt) return;
      attempt.expected = desk === null || desk === device.desk?.id ? device.desk : null;
      attempt.tunnel = dependencies.openTunnel({
        credentials: {
          gateway: device.gateway,
          ca: device.site.ca,
          certificate: device.certificate,
          privateKey: device.privateKey,
        },
        desk: desk ?? device.desk?.id ?? null,
        identity: dependencies.identity,
        log: log.with('tunnel'),
        now,
        wallNow,
        onState: (tunnel) => follow(attempt, tunnel),
        onChannel: (stream) => attach(attempt, stream),
      });
    } catch (error) {
      finish(attempt, error instanceof HanareError ? error : new HanareError('internal', {}, { cause: error }));
      log.error('session could not start', { error });
    }
  }

  function follow(attempt: Attempt, tunnel: TunnelState): void {
    if (current !== attempt) return;
    if (tunnel.closed) {
      finish(attempt, tunnel.closed.reason ? { reason: tunnel.closed.reason, details: tunnel.closed.details } : null);
      return;
    }
    const stage = stageOfPhase[tunnel.phase];
    // Every piece of desk data changes the tunnel's state: the window hears of steps at once, of the rest by the timer.
    if (!stage || !attempt.clock.enter(stage)) return;
    log.info('stage', { stage });
    refresh(attempt);
  }

  function attach(attempt: Attempt, stream: Duplex): void {
    const { desk, user } = attempt.tunnel?.state() ?? {};
    if (current !== attempt || !desk || !user) {
      stream.destroy();
      return;
    }
    attempt.pictureDeadline = now() + pictureDeadlineMs;
    attempt.channel = createByteChannel(stream, dependencies.handOverPort({ desk, user }), {
      heard: () => attempt.tunnel?.heard(),
      ended: (reason) => attempt.tunnel?.end(reason ? { reason, details: {} } : null),
    });
  }

  function refresh(attempt: Attempt): void {
    const tunnel = attempt.tunnel?.state();
    if (current !== attempt || !tunnel || tunnel.closed) return;
    if (attempt.pictureDeadline !== null && now() >= attempt.pictureDeadline) {
      attempt.tunnel?.end({ reason: 'deskDown', details: {} });
      return;
    }
    const { desk, user } = tunnel;
    if (attempt.connectedAt !== null && desk && user) {
      const counts = { down: attempt.channel?.bytesDown() ?? 0, up: attempt.channel?.bytesUp() ?? 0 };
      publish({
        phase: 'connected',
        times: attempt.clock.times(),
        desk,
        user,
        since: attempt.connectedAt,
        link: attempt.meter.read(tunnel, counts),
        figures: attempt.figures,
      });
    } else {
      publish({
        phase: 'connecting',
        stage: attempt.clock.stage(),
        times: attempt.clock.times(),
        desk: desk ?? attempt.expected,
      });
    }
  }

  function finish(attempt: Attempt, failure: Failure | null): void {
    if (current !== attempt) return;
    current = undefined;
    clearInterval(attempt.timer);
    attempt.channel?.end(failure?.reason ?? null);
    const stage = attempt.connectedAt === null ? attempt.clock.stage() : null;
    log.info('session ended', { reason: failure?.reason ?? 'user', stage });
    publish({
      phase: 'ended',
      failure: failure && { reason: failure.reason, details: failure.details },
      stage: failure ? stage : null,
      times: attempt.clock.times(),
      desk: attempt.tunnel?.state().desk ?? attempt.expected,
    });
  }

  function end(failure: Failure | null): void {
    if (!current) return;
    if (current.tunnel) current.tunnel.end(failure);
    else finish(current, failure);
  }

  function report(message: ScreenReport): void {
    // Without a channel there is no screen: these are the last words of the one before.
    if (!current?.channel) return;
    switch (message.type) {
      case 'challenge':
        current.pictureDeadline = null;
        return;
      case 'firstPicture':
        if (current.connectedAt !== null) return;
        current.pictureDeadline = null;
        current.connectedAt = wallNow();
        current.figures = message.figures;
        current.clock.finish();
        log.info('first picture', { times: current.clock.times() });
        refresh(current);
        return;
      case 'figures':
        current.figures = message.figures;
        return;
      case 'ended':
        end({ reason: message.reason, details: message.details });
        return;
      default:
        message satisfies never;
    }
  }

  return {
    state: () => state,
    connect,
    disconnect: () => end(null),
    fail: end,
    answerDesk(challenge, password) {
      if (!current?.channel || current.connectedAt !== null) throw new HanareError('badRequest');
      current.pictureDeadline = now() + pictureDeadlineMs;
      return vncAuthResponse(challenge, password);
    },
    report,
  };
}
