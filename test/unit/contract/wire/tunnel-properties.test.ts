import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ErrorName, errorNames, isErrorName } from '#contract/errors/catalogue.ts';
import { deskAuthority } from '#contract/wire/grant.ts';
import { heartbeatMs } from '#contract/wire/heartbeat.ts';
import { type GatewayMessage, otpMethods } from '#contract/wire/messages.ts';
import { step } from '#contract/wire/tunnel.ts';
import {
  initialTunnel,
  type TunnelEffect,
  type TunnelEvent,
  type TunnelState,
  tunnelLimits,
} from '#contract/wire/tunnel-state.ts';
import {
  desk,
  identity,
  type Milestone,
  message,
  otherDesk,
  through,
  totp,
  until,
  user,
  wallNow,
} from './tunnel-scripts.ts';

const reason: fc.Arbitrary<ErrorName> = fc.constantFrom(...errorNames);
const shownDesk = fc.constantFrom(desk, otherDesk);
const small = fc.nat(3);
const sid = fc.constantFrom('s1', 's2');

const method = fc.constantFrom(...otpMethods);
const details = fc.constant({});

const said: fc.Arbitrary<GatewayMessage> = fc.oneof(
  fc.record({
    type: fc.constant('challenge' as const),
    nonce: fc.string(),
    serverTime: fc.constantFrom(wallNow, wallNow + 299_000, wallNow + 900_000),
    method,
  }),
  fc.record({
    type: fc.constant('authOk' as const),
    user: fc.constant(user),
    desks: fc.array(shownDesk, { maxLength: 2 }),
    until: fc.constant(until),
    lease: fc.constantFrom(null, until),
    policy: fc.string(),
  }),
  fc.record({
    type: fc.constant('authFail' as const),
    reason: fc.oneof(reason, fc.constant('otpUsed' as const)),
    details,
    final: fc.boolean(),
  }),
  fc.record({ type: fc.constant('extended' as const), until: fc.nat() }),
  fc.record({ type: fc.constant('certificate' as const), request: small, certificate: fc.string() }),
  fc.record({
    type: fc.constant('grant' as const),
    request: small,
    sid,
    desk: shownDesk,
    token: fc.string(),
    expires: fc.nat(),
  }),
  fc.record({ type: fc.constant('refused' as const), request: small, reason }),
  fc.record({
    type: fc.constant('closed' as const),
    sid,
    reason: fc.oneof(reason, fc.constant('deviceRevoked' as const)),
  }),
  fc.record({ type: fc.constant('drain' as const), deadline: fc.nat() }),
  fc.record({ type: fc.constant('ping' as const), n: fc.nat() }),
  fc.record({ type: fc.constant('pong' as const), n: small }),
);
const wanted = fc.option(fc.constantFrom(desk.id, otherDesk.id, 'somebody-elses'), { nil: null });

const harmless: fc.Arbitrary<TunnelEvent> = fc.oneof(
  fc.record({ type: fc.constant('start' as const), desk: wanted }),
  fc.constantFrom<TunnelEvent>(
    ...(['reached', 'controlOpen', 'admitted', 'channelOpen', 'channelHeard', 'tick'] as const).map((type) => ({
      type,
    })),
    { type: 'otp', otp: totp },
    { type: 'extend', otp: totp },
    { type: 'renew', csr: 'csr' },
  ),
  said.map(message),
);
const anyEvent: fc.Arbitrary<TunnelEvent> = fc.oneof(
  { arbitrary: harmless, weight: 12 },
  {
    arbitrary: fc.constantFrom<TunnelEvent>({ type: 'garbage' }, { type: 'channelEnded' }, { type: 'reopen' }),
    weight: 1,
  },
  { arbitrary: fc.record({ type: fc.constant('controlLost' as const), reason }), weight: 1 },
  { arbitrary: fc.record({ type: fc.constant('channelFailed' as const), reason }), weight: 1 },
  { arbitrary: fc.constant<TunnelEvent>(message({ type: 'erase' })), weight: 1 },
  {
    arbitrary: fc.constantFrom<TunnelEvent>({ type: 'erased' }, { type: 'eraseFailed', reason: 'storageFailed' }),
    weight: 1,
  },
  { arbitrary: fc.record({ type: fc.constant('end' as const), reason: fc.option(reason, { nil: null }) }), weight: 1 },
);

/** Random noise reaches the later phases seldom; a good beginning before it makes sure that they are tried too. */
const milestones: readonly Milestone[] = [
  ...(['start', 'reached', 'controlOpen', 'challenge', 'otp', 'authOk', 'admitted', 'grant', 'channelOpen'] as const),
];
const beginning = fc.oneof(
  fc.constant<TunnelEvent[]>([]),
  fc.tuple(fc.constantFrom(...milestones), wanted, method).map((to) => through(...to)),
);
const script = fc
  .tuple(beginning, fc.array(fc.tuple(anyEvent, fc.nat(6_000)), { maxLength: 40 }))
  .map(([first, rest]) => [...first.map((event) => [event, 1] as const), ...rest]);

type Trace = readonly Readonly<{
  before: TunnelState;
  event: TunnelEvent;
  after: TunnelState;
  effects: readonly TunnelEffect[];
}>[];

function play(events: readonly (readonly [TunnelEvent, number])[]): { trace: Trace; now: number } {
  let now = 0;
  let state = initialTunnel;
  const trace = events.map(([event, passed]) => {
    now += passed;
    const before = Object.freeze(state);
    const next = step(before, event, now, identity);
    state = next.state;
    return { before, event, after: next.state, effects: next.effects };
  });
  return { trace, now };
}

const holds = (check: (trace: Trace) => void) =>
  fc.assert(
    fc.property(script, (events) => check(play(events).trace)),
    { numRuns: 1_000 },
  );

describe('a tunnel, whatever happens to it', () => {
  it('closes once and has no effects and no other state when it is closed', () => {
    holds((trace) => {
      const closings = trace.filter(({ before, after }) => before.phase !== 'closed' && after.phase === 'closed');
      expect(closings.length).toBeLessThanOrEqual(1);
      for (const { before, after, effects } of trace.filter((item) => item.before.phase === 'closed')) {
        expect(after).toBe(before);
        expect(effects).toEqual([]);
      }
    });
  });

  it('tears everything down exactly when it closes after a start', () => {
    holds((trace) => {
      for (const { before, after, effects } of trace) {
        const closes = before.phase !== 'closed' && after.phase === 'closed' && before.phase !== 'idle';
        expect(effects.filter(({ type }) => type === 'closeAll')).toHaveLength(closes ? 1 : 0);
      }
    });
  });

  it('sends nothing when the control connection has not opened', () => {
    holds((trace) => {
      let opened = false;
      for (const { event, before, effects } of trace) {
        opened ||= event.type === 'controlOpen' && (before.phase === 'network' || before.phase === 'gateway');
        if (!opened) expect(effects.filter(({ type }) => type === 'send')).toEqual([]);
      }
    });
  });

  it('dials, says hello, asks for a desk, and erases at most once each time', () => {
    holds((trace) => {
      const effects = trace.flatMap((item) => item.effects);
      for (const type of ['dial', 'erase', 'signedIn'] as const) {
        expect(effects.filter((effect) => effect.type === type).length).toBeLessThanOrEqual(1);
      }
      const sent = (type: string) =>
        effects.filter((effect) => effect.type === 'send' && effect.message.type === type).length;
      for (const type of ['hello', 'erased']) expect(sent(type)).toBeLessThanOrEqual(1);
      // Once more each time that the desk is opened anew.
      const anew = effects.filter(({ type }) => type === 'closeChannel').length;
      expect(sent('open')).toBeLessThanOrEqual(1 + anew);
    });
  });

  it('answers a challenge, and each refusal of an answer, at most once', () => {
    holds((trace) => {
      let allowed = 0;
      for (const { event, before, effects } of trace) {
        if (event.type === 'message' && before.phase === 'signIn') {
          if (event.message.type === 'challenge') allowed = 1;
          if (event.message.type === 'authFail' && !event.message.final && before.authSent) allowed += 1;
        }
        allowed -= effects.filter((effect) => effect.type === 'send' && effect.message.type === 'auth').length;
        expect(allowed).toBeGreaterThanOrEqual(0);
      }
    });
  });

  it('asks a person only while signing in, and the vault only when no person is asked', () => {
    holds((trace) => {
      for (const { after, effects } of trace) {
        if (after.prompt !== null) expect(after).toMatchObject({ phase: 'signIn', method: 'prompted' });
        if (effects.some(({ type }) => type === 'otp'))
          expect(after).toMatchObject({ prompt: null, method: 'embedded' });
      }
    });
  });

  it('erases when it is told to and at no other time, and then does and says nothing but that it did', () => {
    holds((trace) => {
      for (const { before, event, after, effects } of trace) {
        const told = event.type === 'message' && event.message.type === 'erase' && before.beat !== null;
        const starts = told && before.phase !== 'closed' && before.phase !== 'erasing';
        expect(effects.some(({ type }) => type === 'erase')).toBe(starts);
        if (before.phase !== 'erasing') continue;
        const others = effects.filter(
          (effect) => !(effect.type === 'send' && ['erased', 'pong'].includes(effect.message.type)),
        );
        expect(others.every(({ type }) => type === 'closeAll')).toBe(true);
        const done = effects.some((effect) => effect.type === 'send' && effect.message.type === 'erased');
        expect(done).toBe(event.type === 'erased');
        if (done) expect(after.closed?.reason).toBe('deviceErased');
      }
    });
  });

  it('asks for a desk only after it was accepted, and for the wanted one when one was wanted', () => {
    holds((trace) => {
      for (const { before, event, after, effects } of trace) {
        for (const effect of effects) {
          if (effect.type !== 'send' || effect.message.type !== 'open') continue;
          expect(event.type).toBe(before.phase === 'open' ? 'reopen' : 'admitted');
          expect(before.user).not.toBeNull();
          expect(after.wanted).toBe(effect.message.desk);
          const chosen = trace.find((item) => item.event.type === 'start')?.after.wanted ?? null;
          if (chosen !== null) expect(effect.message.desk).toBe(chosen);
        }
      }
    });
  });

  it('opens at most one channel at a time, and for the desk that was asked for', () => {
    holds((trace) => {
      const opened = trace.flatMap(({ after, effects }) =>
        effects.flatMap((effect) => (effect.type === 'openChannel' ? [{ effect, after }] : [])),
      );
      const left = trace.flatMap(({ effects }) => effects.filter(({ type }) => type === 'closeChannel')).length;
      expect(opened.length).toBeLessThanOrEqual(1 + left);
      for (const { effect, after } of opened) expect(effect.authority).toBe(deskAuthority(after.wanted ?? '', 'vnc'));
    });
  });

  it('knows its user, desk and session when it is open', () => {
    holds((trace) => {
      for (const { after } of trace.filter((item) => item.after.phase === 'open')) {
        expect(after.user).not.toBeNull();
        expect(after.sid).not.toBeNull();
        expect(after.desk?.id).toBe(after.wanted);
        expect(after.beat).not.toBeNull();
      }
    });
  });

  it('never goes back to an earlier phase, but to open its desk anew', () => {
    const order = ['idle', 'network', 'gateway', 'signIn', 'desk', 'open', 'erasing', 'closed'];
    holds((trace) => {
      for (const { before, event, after } of trace) {
        if (event.type === 'reopen' && before.phase === 'open' && after.phase === 'desk') continue;
        expect(order.indexOf(after.phase)).toBeGreaterThanOrEqual(order.indexOf(before.phase));
      }
    });
  });

  it('says why in words of the catalogue, or that it was in order, when it closes', () => {
    holds((trace) => {
      for (const { after } of trace) {
        expect(after.closed === null).toBe(after.phase !== 'closed');
        if (after.closed?.reason != null) expect(isErrorName(after.closed.reason)).toBe(true);
      }
    });
  });

  it('is in order only when somebody asked for the end', () => {
    holds((trace) => {
      for (const { before, event, after } of trace) {
        if (before.phase === 'closed' || after.closed?.reason !== null || after.closed === null) continue;
        expect(event).toMatchObject({ type: 'end', reason: null });
      }
    });
  });

  it('always has something that will end it when it has started', () => {
    holds((trace) => {
      for (const { after } of trace) {
        if (after.phase === 'idle' || after.phase === 'closed') continue;
        expect(after.deadline !== null || after.beat !== null).toBe(true);
      }
    });
  });

  it('ends within a bounded time when from then on nothing is heard but the clock', () => {
    // The line counts as dead long before a person's time is over.
    const longest = Math.max(tunnelLimits.eraseMs, heartbeatMs.dead, tunnelLimits.networkMs, tunnelLimits.gatewayMs);
    fc.assert(
      fc.property(script, fc.integer({ min: 100, max: 2_000 }), (events, tickMs) => {
        const { trace, now: from } = play(events);
        let state = trace.at(-1)?.after ?? initialTunnel;
        if (state.phase === 'idle') return;
        for (let now = from; now <= from + longest + tickMs; now += tickMs) {
          state = step(state, { type: 'tick' }, now, identity).state;
        }
        expect(state.phase).toBe('closed');
      }),
      { numRuns: 500 },
    );
  });
});
