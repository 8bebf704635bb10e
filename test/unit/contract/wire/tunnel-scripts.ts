import type { Desk, GatewayMessage, OtpMethod, User } from '#contract/wire/messages.ts';
import { step } from '#contract/wire/tunnel.ts';
import { initialTunnel, type TunnelEvent, type TunnelState, type TunnelStep } from '#contract/wire/tunnel-state.ts';

export const identity = {
  version: '0.1.0',
  platform: 'linux',
  machine: { uuid: 'u-1', serial: null, macs: ['02:00:00:00:00:01'] },
};
export const user: User = { id: 'yamada', name: '山田 花子' };
export const desk: Desk = { id: 'desk-0123', name: '総務課 0123', protocol: 'vnc' };
export const otherDesk: Desk = { id: 'desk-0456', name: '税務課 0456', protocol: 'vnc' };
export const wallNow = 1_800_000_000_000;
export const until = wallNow + 12 * 3_600_000;
export const signedInAs = { type: 'authOk', user, until, lease: null, policy: 'p.o.l' } as const;
export const totp = { kind: 'totp', code: '123456' } as const;

export function message(said: GatewayMessage): TunnelEvent {
  return { type: 'message', message: said, wallNow };
}

const order = [
  ...(['start', 'reached', 'controlOpen', 'challenge', 'otp', 'authOk', 'admitted', 'grant', 'channelOpen'] as const),
] as const;
export type Milestone = (typeof order)[number];

/** The events of a good session up to and with `last`. @param wanted the desk asked for. */
export function through(last: Milestone, wanted: string | null = null, method: OtpMethod = 'embedded'): TunnelEvent[] {
  const events: Readonly<Record<Milestone, TunnelEvent>> = {
    start: { type: 'start', desk: wanted },
    reached: { type: 'reached' },
    controlOpen: { type: 'controlOpen' },
    challenge: message({ type: 'challenge', nonce: 'n0nce', serverTime: wallNow, method }),
    otp: { type: 'otp', otp: totp },
    authOk: message({ ...signedInAs, desks: [desk, otherDesk] }),
    admitted: { type: 'admitted' },
    grant: message({ type: 'grant', request: 1, sid: 's1', desk, token: 'a.b.c', expires: wallNow + 60_000 }),
    channelOpen: { type: 'channelOpen' },
  };
  return order.slice(0, order.indexOf(last) + 1).map((name) => events[name]);
}

/** Runs the events at time 0. @returns the last step: its state and its own effects only. */
export function run(events: readonly TunnelEvent[]): TunnelStep {
  let last: TunnelStep = { state: initialTunnel, effects: [] };
  for (const event of events) last = step(last.state, event, 0, identity);
  return last;
}

/** Goes on from a state, at a time. */
export function follow(state: TunnelState, event: TunnelEvent, now = 0): TunnelStep {
  return step(state, event, now, identity);
}

export const closedWith = (reason: string | null, details = {}) => ({ reason, details });
