import type { Duplex } from 'node:stream';
import type { Failure } from '#contract/errors/hanare-error.ts';
import { startHeartbeat } from '#contract/wire/heartbeat.ts';
import type { Desk, Otp, RdpAccess, User } from '#contract/wire/messages.ts';
import { initialTunnel, type TunnelPhase, type TunnelState } from '#contract/wire/tunnel-state.ts';
import type { Tunnel, TunnelOptions } from '#main/tunnel/tunnel.ts';
import { createStreamPair } from './fake-stream.ts';

export type FakeTunnel = Readonly<{
  options: TunnelOptions;
  ends: readonly (Failure | null)[];
  /** One-time passwords that were given, to sign in and to extend. */
  otps: readonly Otp[];
  extensions: readonly Otp[];
  /** What certificates the office was told of. */
  certificates: readonly string[];
  heard(): number;
  enter(phase: TunnelPhase, change?: Partial<TunnelState>): void;
  /** Goes through all phases and hands over the channel. @param until of the sign-in. @returns the desk's end of it. */
  open(desk: Desk, user: User, until?: number, rdp?: RdpAccess): Duplex;
  /** How often it was asked for the desk anew; `reopen` hands over another channel. */
  reopened(): number;
  reopen(): Duplex;
  close(failure: Failure | null): void;
}>;

/** Stands for openTunnel: the test says what the tunnel goes through. */
export function createFakeTunnels() {
  const opened: FakeTunnel[] = [];
  return {
    opened,
    last: (): FakeTunnel => opened.at(-1)!,
    open(options: TunnelOptions): Tunnel {
      let state: TunnelState = initialTunnel;
      let heard = 0;
      let reopened = 0;
      const ends: (Failure | null)[] = [];
      const otps: Otp[] = [];
      const extensions: Otp[] = [];
      const certificates: string[] = [];
      const change = (next: Partial<TunnelState>) => {
        if (state.phase === 'closed') return;
        state = { ...state, ...next };
        options.onState(state);
      };
      const close = (failure: Failure | null) =>
        change({
          phase: 'closed',
          beat: null,
          closed: { reason: failure?.reason ?? null, details: failure?.details ?? {} },
        });
      const hand = () => {
        change({ phase: 'open' });
        const { near, far } = createStreamPair();
        far.on('error', () => {});
        options.onChannel(near);
        return far;
      };
      opened.push({
        options,
        ends,
        otps,
        extensions,
        certificates,
        heard: () => heard,
        enter: (phase, more = {}) => change({ ...more, phase }),
        open(desk, user, until, rdp) {
          for (const phase of ['network', 'gateway'] as const) change({ phase });
          change({ phase: 'signIn', beat: startHeartbeat(0), method: 'embedded' });
          change({ phase: 'desk', user, wanted: desk.id, ...(until !== undefined && { until }) });
          change({ desk, sid: 's1', ...(rdp && { rdp }) });
          return hand();
        },
        reopened: () => reopened,
        reopen() {
          change({ sid: `s${reopened + 1}` });
          return hand();
        },
        close,
      });
      return {
        state: () => state,
        end(failure) {
          ends.push(failure);
          close(failure);
        },
        answerOtp: (otp) => void otps.push(otp),
        extend: (otp) => void extensions.push(otp),
        reopen() {
          reopened += 1;
          change({ phase: 'desk', sid: null });
        },
        deskCertificate: (sha256) => void certificates.push(sha256),
        presents: () => options.credentials,
        testify: () => undefined,
        tell: () => undefined,
        heard() {
          heard += 1;
          // As the real one: every piece of desk data is a new state.
          change({});
        },
      };
    },
  };
}
