import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ErrorName, errorNames, isErrorName } from '#contract/errors/catalogue.ts';
import { deskAuthority } from '#contract/wire/grant.ts';
import type { GatewayMessage } from '#contract/wire/messages.ts';
import {
  initialTunnel,
  step,
  type TunnelEffect,
  type TunnelEvent,
  type TunnelState,
  tunnelLimits,
} from '#contract/wire/tunnel.ts';
import { desk, identity, message, otherDesk, through, user, wallNow } from './tunnel-scripts.ts';

const reason: fc.Arbitrary<ErrorName> = fc.constantFrom(...errorNames);
const shownDesk = fc.constantFrom(desk, otherDesk);
const small = fc.nat(3);
const sid = fc.constantFrom('s1', 's2');

const said: fc.Arbitrary<GatewayMessage> = fc.oneof(
  fc.record({
    type: fc.constant('challenge' as const),
    nonce: fc.string(),
    serverTime: fc.constantFrom(wallNow, wallNow + 299_000, wallNow + 900_000),
  }),
  fc.record({
    type: fc.constant('authOk' as const),
    user: fc.constant(user),
    desks: fc.array(shownDesk, { maxLength: 2 }),
  }),
  fc.record({ type: fc.constant('authFail' as const), reason }),
  fc.record({
    type: fc.constant('grant' as const),
    request: small,
    sid,
    desk: shownDesk,
    token: fc.string(),
    expires: fc.nat(),
  }),
  fc.record({ type: fc.constant('refused' as const), request: small, reason }),
  fc.record({ type: fc.constant('closed' as const), sid, reason }),
  fc.record({ type: fc.constant('drain' as const), deadline: fc.nat() }),
  fc.record({ type: fc.constant('ping' as const), n: fc.nat() }),
  fc.record({ type: fc.constant('pong' as const), n: small }),
);
const wanted = fc.option(fc.constantFrom(desk.id, otherDesk.id, 'somebody-elses'), { nil: null });

const harmless: fc.Arbitrary<TunnelEvent> = fc.oneof(
  fc.record({ type: fc.constant('start' as const), desk: wanted }),
  fc.constantFrom<TunnelEvent>(
    ...(['reached', 'controlOpen', 'channelOpen', 'channelHeard', 'tick'] as const).map((type) => ({ type })),
  ),
  said.map(message),
);
const anyEvent: fc.Arbitrary<TunnelEvent> = fc.oneof(
  { arbitrary: harmless, weight: 12 },
  { arbitrary: fc.constantFrom<TunnelEvent>({ type: 'garbage' }, { type: 'channelEnded' }), weight: 1 },
  { arbitrary: fc.record({ type: fc.constant('controlLost' as const), reason }), weight: 1 },
  { arbitrary: fc.record({ type: fc.constant('channelFailed' as const), reason }), weight: 1 },
  { arbitrary: fc.record({ type: fc.constant('end' as const), reason: fc.option(reason, { nil: null }) }), weight: 1 },
);

/** Random noise reaches the later phases seldom; a good beginning before it makes sure that they are tried too. */
const milestones = ['start', 'reached', 'controlOpen', 'challenge', 'authOk', 'grant', 'channelOpen'] as const;
const beginning = fc.oneof(
  fc.constant<TunnelEvent[]>([]),
  fc.tuple(fc.constantFrom(...milestones), wanted).map(([last, desk]) => through(last, desk)),
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

  it('dials at most once and is challenged at most once', () => {
    holds((trace) => {
      const effects = trace.flatMap((item) => item.effects);
      expect(effects.filter(({ type }) => type === 'dial').length).toBeLessThanOrEqual(1);
      for (const type of ['hello', 'auth', 'open'] as const) {
        const sent = effects.filter((effect) => effect.type === 'send' && effect.message.type === type);
        expect(sent.length).toBeLessThanOrEqual(1);
      }
    });
  });

  it('asks for a desk only after it was accepted, and for the wanted one when one was wanted', () => {
    holds((trace) => {
      for (const { before, event, after, effects } of trace) {
        for (const effect of effects) {
          if (effect.type !== 'send' || effect.message.type !== 'open') continue;
          expect(event.type === 'message' && event.message.type).toBe('authOk');
          expect(before.authSent).toBe(true);
          if (before.wanted !== null) expect(effect.message.desk).toBe(before.wanted);
          expect(after.wanted).toBe(effect.message.desk);
        }
      }
    });
  });

  it('opens at most one channel, and for the desk that was asked for', () => {
    holds((trace) => {
      const opened = trace.flatMap(({ after, effects }) =>
        effects.flatMap((effect) => (effect.type === 'openChannel' ? [{ effect, after }] : [])),
      );
      expect(opened.length).toBeLessThanOrEqual(1);
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

  it('never goes back to an earlier phase', () => {
    const order = ['idle', 'network', 'gateway', 'signIn', 'desk', 'open', 'closed'];
    holds((trace) => {
      for (const { before, after } of trace) {
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
    const longest = Math.max(...Object.values(tunnelLimits).filter((limit) => limit < 60_000));
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
