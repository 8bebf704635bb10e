import { describe, expect, it } from 'vitest';
import type { GatewayMessage } from '#contract/wire/messages.ts';
import { type TunnelEvent, tunnelLimits } from '#contract/wire/tunnel-state.ts';
import { closedWith, follow, type Milestone, message, run, through, wallNow } from './tunnel-scripts.ts';

const testimony: TunnelEvent = { type: 'testify', id: 7, jws: 'a.b.c' };
const news: TunnelEvent = { type: 'tell', event: 'usbInserted', details: { device: 'stick' } };

describe('what the laptop says of itself', () => {
  it('goes to the office from the sign-in on', () => {
    for (const until of ['authOk', 'admitted', 'grant', 'channelOpen'] as const) {
      const { state } = run(through(until));
      expect(follow(state, testimony).effects).toEqual([
        { type: 'send', message: { type: 'evidence', id: 7, jws: 'a.b.c' } },
      ]);
      expect(follow(state, news).effects).toEqual([
        { type: 'send', message: { type: 'event', event: 'usbInserted', details: { device: 'stick' } } },
      ]);
    }
  });

  it('is dropped before, when nobody is there to hear it', () => {
    for (const until of ['start', 'controlOpen', 'challenge', 'otp'] as const) {
      const { state } = run(through(until));
      expect(follow(state, testimony)).toEqual({ state, effects: [] });
      expect(follow(state, news)).toEqual({ state, effects: [] });
    }
  });

  it('is answered, and the answer handed on', () => {
    const verdicts = [{ item: 'firewall', level: 'warn', until: null }] as const;
    const { state } = run(through('authOk'));
    expect(follow(state, message({ type: 'kept', id: 7, verdicts: [...verdicts] })).effects).toEqual([
      { type: 'kept', id: 7, verdicts },
    ]);
  });
});

describe('the office’s rules during a session', () => {
  it('are handed on when they change', () => {
    const { state } = run(through('channelOpen'));
    expect(follow(state, message({ type: 'policy', policy: 'n.e.w' }))).toEqual({
      state,
      effects: [{ type: 'policy', policy: 'n.e.w' }],
    });
  });

  it('name the end of the hours, on this laptop’s clock', () => {
    const events = through('channelOpen').map(
      (event): TunnelEvent =>
        event.type === 'message' && event.message.type === 'challenge'
          ? { ...event, wallNow: wallNow + 30_000 }
          : event,
    );
    const closing = message({ type: 'closing', at: wallNow + 600_000 });
    expect(run([...events, closing]).state.closes).toBe(wallNow + 630_000);
  });

  it('end it with what the gateway says about it', () => {
    const details = { opens: '11/24 08:30' };
    const { state } = run([
      ...through('channelOpen'),
      message({ type: 'closed', sid: 's1', reason: 'hoursOver', details }),
    ]);
    expect(state.closed).toEqual(closedWith('hoursOver', details));
  });

  it('refuse a desk with what the gateway says about it', () => {
    const details = { opens: '11/24 08:30' };
    const refused = message({ type: 'refused', request: 1, reason: 'outsideHours', details });
    expect(run([...through('admitted'), refused]).state.closed).toEqual(closedWith('outsideHours', details));
  });
});

describe('a desk that is being woken', () => {
  const waking = (stage: 'sent' | 'answers' | 'ready', request = 1) => message({ type: 'waking', request, stage });

  it('is waited for anew with each sign of life, and then has its own time to open', () => {
    const { state } = run(through('admitted'));
    const sent = follow(state, waking('sent'), 1_000).state;
    expect(sent).toMatchObject({ wake: 'sent', deadline: 1_000 + tunnelLimits.wakeMs });
    const answers = follow(sent, waking('answers'), 60_000).state;
    expect(answers).toMatchObject({ wake: 'answers', deadline: 60_000 + tunnelLimits.wakeMs });
    const granted = follow(answers, through('grant').at(-1)!, 100_000).state;
    expect(granted.deadline).toBe(100_000 + tunnelLimits.deskMs);
  });

  it('is given up when no more is heard of it', () => {
    const { state } = run([...through('admitted'), waking('sent')]);
    expect(follow(state, { type: 'tick' }, tunnelLimits.wakeMs).state.closed).toEqual(closedWith('deskDown'));
  });

  it('cannot be another than the one that was asked for', () => {
    expect(run([...through('admitted'), waking('sent', 2)]).state.closed).toEqual(closedWith('protocolMismatch'));
  });
});

describe('words out of place', () => {
  const all: readonly [string, Milestone, GatewayMessage][] = [
    ['an answer to testimony before the sign-in', 'otp', { type: 'kept', id: 1, verdicts: [] }],
    ['rules before the sign-in', 'challenge', { type: 'policy', policy: 'p' }],
    ['an end of hours before the sign-in', 'challenge', { type: 'closing', at: 1 }],
    ['waking before a desk was asked for', 'authOk', { type: 'waking', request: 1, stage: 'sent' }],
    ['waking after it is open', 'channelOpen', { type: 'waking', request: 1, stage: 'sent' }],
  ];
  it.each(all)('end it: %s', (_, until, said) => {
    expect(run([...through(until), message(said)]).state.closed).toEqual(closedWith('protocolMismatch'));
  });
});

describe('a desk that is opened anew', () => {
  const opened = () => run(through('channelOpen')).state;

  it('is left in order first, and asked for on the same sign-in', () => {
    const { state, effects } = follow(opened(), { type: 'reopen' }, 100);
    expect(effects).toEqual([
      { type: 'send', message: { type: 'close', sid: 's1' } },
      { type: 'closeChannel' },
      { type: 'send', message: { type: 'open', request: 1, desk: 'desk-0123' } },
    ]);
    expect(state).toMatchObject({ phase: 'desk', sid: null, deadline: 100 + tunnelLimits.deskMs });
  });

  it('hears no more of the session before, and opens with a grant of its own', () => {
    const { state } = follow(opened(), { type: 'reopen' });
    const late = message({ type: 'closed', sid: 's1', reason: 'deskClosed', details: {} });
    expect(follow(state, late)).toMatchObject({ state: { phase: 'desk', parting: null }, effects: [] });
    const desk = { id: 'desk-0123', name: '総務課 0123', protocol: 'vnc' } as const;
    const grant = message({ type: 'grant', request: 1, sid: 's2', desk, token: 'd.e.f', expires: wallNow + 60_000 });
    const granted = follow(state, grant);
    expect(granted.effects).toEqual([{ type: 'openChannel', authority: 'desk-0123.desk:vnc', token: 'd.e.f' }]);
    expect(follow(granted.state, { type: 'channelOpen' }).state).toMatchObject({ phase: 'open', sid: 's2' });
  });

  it('ends the session with the reason when it is refused, or does not come', () => {
    const { state } = follow(opened(), { type: 'reopen' });
    const no = message({ type: 'refused', request: 1, reason: 'outsideHours', details: {} });
    expect(follow(state, no).state.closed).toEqual(closedWith('outsideHours'));
    expect(follow(state, { type: 'tick' }, tunnelLimits.deskMs).state.closed).toEqual(closedWith('deskDown'));
  });

  it('is opened anew only while it is open', () => {
    const again = { type: 'reopen' } as const;
    for (const until of ['start', 'challenge', 'authOk', 'admitted', 'grant'] as const) {
      const { state } = run(through(until));
      expect(follow(state, again)).toEqual({ state, effects: [] });
    }
    const { state } = follow(opened(), { type: 'channelEnded' });
    expect(follow(state, again)).toEqual({ state, effects: [] });
  });
});
