import { describe, expect, it } from 'vitest';
import { type GatewayMessage, wireVersion } from '#contract/wire/messages.ts';
import { step } from '#contract/wire/tunnel.ts';
import { initialTunnel, type TunnelEvent, type TunnelState, tunnelLimits } from '#contract/wire/tunnel-state.ts';
import {
  closedWith,
  desk,
  identity,
  message,
  otherDesk,
  run,
  signedInAs,
  through,
  totp,
  until,
  user,
  wallNow,
} from './tunnel-scripts.ts';

describe('the way to the desk', () => {
  it('dials when it starts', () => {
    const { state, effects } = run([{ type: 'start', desk: null }]);
    expect(effects).toEqual([{ type: 'dial' }]);
    expect(state).toMatchObject({ phase: 'network', wanted: null });
  });

  it('waits for TLS when the gateway is reached', () => {
    expect(run(through('reached'))).toMatchObject({ state: { phase: 'gateway' }, effects: [] });
  });

  it('says hello, and what machine this is, when the control connection opens', () => {
    const { machine, ...client } = identity;
    const { state, effects } = run(through('controlOpen'));
    expect(state.phase).toBe('signIn');
    expect(effects).toEqual([{ type: 'send', message: { type: 'hello', version: wireVersion, client, machine } }]);
  });

  it('says hello when the control connection opens before TCP was reported', () => {
    expect(run([{ type: 'start', desk: null }, { type: 'controlOpen' }]).state.phase).toBe('signIn');
  });

  it('asks the vault for a one-time password when the laptop makes them', () => {
    expect(run(through('challenge'))).toMatchObject({
      state: { phase: 'signIn', method: 'embedded', authSent: false, prompt: null },
      effects: [{ type: 'otp', skewMs: 0 }],
    });
  });

  it('answers the challenge when it has the one-time password', () => {
    expect(run(through('otp'))).toMatchObject({
      state: { phase: 'signIn', authSent: true, prompt: null },
      effects: [{ type: 'send', message: { type: 'auth', nonce: 'n0nce', otp: totp } }],
    });
  });

  it('has what came with the sign-in checked before it asks for anything', () => {
    const { state, effects } = run(through('authOk'));
    expect(state).toMatchObject({ phase: 'desk', user, wanted: desk.id, until });
    const desks = [desk, otherDesk];
    expect(effects).toEqual([{ type: 'signedIn', policy: 'p.o.l', lease: null, user, desks, nonce: 'n0nce' }]);
  });

  it('asks for the user’s first desk when none was wanted', () => {
    expect(run(through('admitted')).effects).toEqual([
      { type: 'send', message: { type: 'open', request: 1, desk: desk.id } },
    ]);
  });

  it('asks for the wanted desk when the user has others too', () => {
    const { effects } = run(through('admitted', otherDesk.id));
    expect(effects).toEqual([{ type: 'send', message: { type: 'open', request: 1, desk: otherDesk.id } }]);
  });

  it('leaves it to the gateway when the wanted desk is not among those shown', () => {
    const { effects } = run(through('admitted', 'somebody-elses'));
    expect(effects).toEqual([{ type: 'send', message: { type: 'open', request: 1, desk: 'somebody-elses' } }]);
  });

  it('opens the channel with the grant when one comes', () => {
    expect(run(through('grant'))).toMatchObject({
      state: { phase: 'desk', sid: 's1', desk },
      effects: [{ type: 'openChannel', authority: 'desk-0123.desk:vnc', token: 'a.b.c' }],
    });
  });

  it('is open, without a deadline, when the channel is', () => {
    expect(run(through('channelOpen'))).toMatchObject({ state: { phase: 'open', deadline: null }, effects: [] });
  });
});

describe('a gateway that says no', () => {
  it.each([
    ['the desk is refused', 'admitted', { type: 'refused', request: 1, reason: 'deskNotAssigned' }, 'deskNotAssigned'],
    ['the user has no desk', 'otp', { ...signedInAs, desks: [] }, 'noDeskAssigned'],
    ['it drains before the session is up', 'controlOpen', { type: 'drain', deadline: 1 }, 'gatewayBusy'],
    ['it drains while the channel opens', 'grant', { type: 'drain', deadline: 1 }, 'gatewayBusy'],
    [
      'it ends the session',
      'channelOpen',
      { type: 'closed', sid: 's1', reason: 'sessionEndedByOffice' },
      'sessionEndedByOffice',
    ],
    ['it ends the session before it is up', 'grant', { type: 'closed', sid: 's1', reason: 'deskDown' }, 'deskDown'],
    ['the sign-in is used up', 'channelOpen', { type: 'closed', sid: 's1', reason: 'signInExpired' }, 'signInExpired'],
  ] as const)('closes with its reason when %s', (_, until, said, reason) => {
    expect(run([...through(until), message(said as GatewayMessage)])).toMatchObject({
      state: { phase: 'closed', closed: closedWith(reason) },
      effects: [{ type: 'closeAll' }],
    });
  });

  it.each([
    ['another request is refused', 'authOk', { type: 'refused', request: 2, reason: 'deskNotAssigned' }],
    ['another session ends', 'channelOpen', { type: 'closed', sid: 's2', reason: 'deskClosed' }],
    ['a session ends before there is one', 'authOk', { type: 'closed', sid: 's1', reason: 'deskClosed' }],
    ['it drains while the session is up', 'channelOpen', { type: 'drain', deadline: 1 }],
  ] as const)('changes nothing when %s', (_, until, said) => {
    const before = run(through(until)).state;
    expect(run([...through(until), message(said as GatewayMessage)])).toMatchObject({
      state: { phase: before.phase, closed: null },
      effects: [],
    });
  });
});

describe('an RDP desk', () => {
  const rdp = { security: 'tls', certificate: null } as const;
  const grant: GatewayMessage = {
    ...{ type: 'grant', request: 1, sid: 's2', token: 'x.y.z', expires: 0 },
    ...{ desk: { ...desk, protocol: 'rdp' }, rdp },
  };
  it('is opened under its own name, and what it shows of itself is told to the office', () => {
    const granted = run([...through('admitted'), message(grant)]);
    expect(granted.state.rdp).toEqual(rdp);
    expect(granted.effects).toEqual([{ type: 'openChannel', authority: `${desk.id}.desk:rdp`, token: 'x.y.z' }]);
    const said = run([...through('admitted'), message(grant), { type: 'deskCertificate', sha256: 'ab'.repeat(32) }]);
    const told = { type: 'deskCertificate', sid: 's2', sha256: 'ab'.repeat(32) };
    expect(said.effects).toEqual([{ type: 'send', message: told }]);
  });
});

describe('a gateway out of step', () => {
  const challenge: GatewayMessage = { type: 'challenge', nonce: 'again', serverTime: wallNow, method: 'prompted' };
  const wrong = { type: 'authFail', reason: 'otpWrong', details: { left: 9 } } as const;
  const certificate = '-----BEGIN CERTIFICATE-----\n';
  const grant: GatewayMessage = { type: 'grant', request: 1, sid: 's2', desk, token: 'x.y.z', expires: 0 };
  it.each([
    ['it speaks before the connection is open', 'start', { type: 'ping', n: 1 }],
    ['it challenges twice', 'challenge', challenge],
    ['it challenges after sign-in', 'authOk', challenge],
    ['it accepts before the challenge', 'controlOpen', { ...signedInAs, desks: [desk] }],
    ['it accepts before the answer', 'challenge', { ...signedInAs, desks: [desk] }],
    ['it accepts twice', 'authOk', { ...signedInAs, desks: [desk] }],
    ['it refuses a password before there was one', 'challenge', { ...wrong, final: false }],
    ['it refuses another sign-in that nobody asked for', 'channelOpen', { ...wrong, final: false }],
    ['it extends what nobody asked it to', 'channelOpen', { type: 'extended', until }],
    ['it renews what nobody asked it to', 'channelOpen', { type: 'certificate', request: 2, certificate }],
    ['it grants before sign-in', 'controlOpen', grant],
    ['it grants before it was asked', 'authOk', grant],
    ['it grants twice', 'grant', grant],
    ['it grants once more when open', 'channelOpen', grant],
    ['it grants another request', 'admitted', { ...grant, request: 2 }],
    ['it grants another desk', 'admitted', { ...grant, desk: otherDesk }],
    ['it grants an RDP desk without saying how', 'admitted', { ...grant, desk: { ...desk, protocol: 'rdp' } }],
    ['it says how a VNC desk does RDP', 'admitted', { ...grant, rdp: { security: 'nla', certificate: null } }],
  ] as const)('is left when %s', (_, until, said) => {
    const { state, effects } = run([...through(until), message(said as GatewayMessage)]);
    expect(state.closed).toEqual(closedWith('protocolMismatch'));
    expect(effects).toEqual([{ type: 'closeAll' }]);
  });

  it('is left when it sends what is no message', () => {
    expect(run([...through('channelOpen'), { type: 'garbage' }]).state.closed).toEqual(closedWith('protocolMismatch'));
  });
});

describe('the clocks', () => {
  const challenged = (skew: number) =>
    run([
      ...through('controlOpen'),
      message({ type: 'challenge', nonce: 'n0nce', serverTime: wallNow - skew, method: 'embedded' }),
    ]);

  it.each([0, tunnelLimits.clockSkewMs, -tunnelLimits.clockSkewMs])('may differ by %i ms', (skewMs) => {
    expect(challenged(skewMs)).toMatchObject({
      state: { phase: 'signIn', skewMs },
      effects: [{ type: 'otp', skewMs }],
    });
  });

  it.each([
    [tunnelLimits.clockSkewMs + 1_000, 301],
    [-tunnelLimits.clockSkewMs - 1_000, -301],
    [86_400_000, 86_400],
  ])('end it, saying by how much, when they differ by %i ms', (skew, seconds) => {
    expect(challenged(skew).state.closed).toEqual(closedWith('clockWrong', { seconds }));
  });

  it('are made one for the end of the sign-in and of the lease', () => {
    const { state } = challenged(90_000);
    const asked = step(state, { type: 'otp', otp: totp }, 0, identity).state;
    const accepted = message({ ...signedInAs, lease: until + 5_000, desks: [desk] });
    const { state: after, effects } = step(asked, accepted, 0, identity);
    expect(after.until).toBe(until + 90_000);
    expect(effects).toMatchObject([{ type: 'signedIn', lease: until + 95_000 }]);
  });
});

describe('heartbeats', () => {
  const tick: TunnelEvent = { type: 'tick' };
  const later = (state: TunnelState, events: readonly TunnelEvent[], at: number) =>
    events.reduce((last, event) => step(last.state, event, at, identity), { state, effects: [] } as ReturnType<
      typeof step
    >);

  it('begin with a ping on the first tick when the connection is open', () => {
    const { effects } = run([...through('controlOpen'), tick]);
    expect(effects).toEqual([{ type: 'send', message: { type: 'ping', n: 1 } }]);
  });

  it('are not sent when there is no control connection', () => {
    expect(run([...through('reached'), tick]).effects).toEqual([]);
  });

  it('go out every five seconds when ticks are finer', () => {
    let { state } = run(through('channelOpen'));
    const pings: number[] = [];
    for (let now = 0; now <= 12_000; now += 250) {
      const next = step(step(state, { type: 'channelHeard' }, now, identity).state, tick, now, identity);
      state = next.state;
      if (next.effects.length > 0) pings.push(now);
    }
    expect(pings).toEqual([0, 5_000, 10_000]);
  });

  it('are answered when the gateway sends them', () => {
    expect(run([...through('channelOpen'), message({ type: 'ping', n: 42 })]).effects).toEqual([
      { type: 'send', message: { type: 'pong', n: 42 } },
    ]);
  });

  it('measure the round trip when the answer comes', () => {
    const { state } = run([...through('channelOpen'), tick]);
    expect(later(state, [message({ type: 'pong', n: 1 })], 30).state.beat?.rttMs).toBe(30);
  });

  it('end it when nothing was heard for 15 s', () => {
    const { state } = run(through('channelOpen'));
    expect(later(state, [tick], 14_999).state.phase).toBe('open');
    expect(later(state, [tick], 15_000).state.closed).toEqual(closedWith('connectionLost'));
  });

  it.each([
    ['desk bytes come', { type: 'channelHeard' }],
    ['a message comes', message({ type: 'pong', n: 999 })],
  ] as const)('do not end it when %s meanwhile', (_, event) => {
    const { state } = run(through('channelOpen'));
    const heard = later(state, [event], 10_000).state;
    expect(later(heard, [tick], 24_999).state.phase).toBe('open');
    expect(later(heard, [tick], 25_000).state.phase).toBe('closed');
  });
});

describe('deadlines', () => {
  const tick: TunnelEvent = { type: 'tick' };
  it.each([
    ['start', tunnelLimits.networkMs, 'gatewayTimeout'],
    ['reached', tunnelLimits.gatewayMs, 'gatewayTimeout'],
    ['controlOpen', tunnelLimits.signInMs, 'gatewayTimeout'],
    ['challenge', tunnelLimits.otpMs, 'gatewayTimeout'],
    ['otp', tunnelLimits.signInMs, 'gatewayTimeout'],
    ['authOk', tunnelLimits.admitMs, 'postureMissing'],
    ['admitted', tunnelLimits.deskMs, 'deskDown'],
    ['grant', tunnelLimits.deskMs, 'deskDown'],
  ] as const)('end it when nothing follows %s in time', (until, limit, reason) => {
    // Pings of the gateway keep the line alive; they must not stretch the step.
    const { state } = run(through(until));
    const alive = state.beat ? step(state, { type: 'channelHeard' }, limit - 1, identity).state : state;
    expect(step(alive, tick, limit - 1, identity).state.phase).not.toBe('closed');
    expect(step(alive, tick, limit, identity).state.closed).toEqual(closedWith(reason));
  });
});

describe('the end', () => {
  const lostByLine: TunnelEvent = { type: 'controlLost', reason: 'connectionLost' };

  it.each([
    ...(['start', 'reached', 'controlOpen', 'challenge', 'otp', 'authOk', 'admitted', 'grant', 'channelOpen'] as const),
  ])('comes with the reason given when it is asked for after %s', (until) => {
    for (const reason of [null, 'screenCrashed'] as const) {
      const { state, effects } = run([...through(until), { type: 'end', reason }]);
      expect(state).toMatchObject({ phase: 'closed', closed: closedWith(reason), deadline: null, beat: null });
      expect(effects.at(-1)).toEqual({ type: 'closeAll' });
    }
  });

  it.each(['grant', 'channelOpen'] as const)('says goodbye first when the user ends a session after %s', (until) => {
    expect(run([...through(until), { type: 'end', reason: null }]).effects).toEqual([
      { type: 'send', message: { type: 'close', sid: 's1' } },
      { type: 'closeAll' },
    ]);
  });

  it('says no goodbye when there is no session yet or something went wrong', () => {
    expect(run([...through('authOk'), { type: 'end', reason: null }]).effects).toEqual([{ type: 'closeAll' }]);
    const crashed: TunnelEvent = { type: 'end', reason: 'screenCrashed' };
    expect(run([...through('channelOpen'), crashed]).effects).toEqual([{ type: 'closeAll' }]);
  });

  it('has nothing to close when it comes before the start', () => {
    const { state, effects } = run([{ type: 'end', reason: null }]);
    expect(state.closed).toEqual(closedWith(null));
    expect(effects).toEqual([]);
  });

  it('carries the details when the failure has some', () => {
    const { state } = run([
      ...through('reached'),
      { type: 'controlLost', reason: 'gatewayRefused', details: { host: 'gw', port: 443 } },
    ]);
    expect(state.closed).toEqual({ reason: 'gatewayRefused', details: { host: 'gw', port: 443 } });
  });

  it('names the channel’s reason when the channel fails', () => {
    const { state } = run([...through('grant'), { type: 'channelFailed', reason: 'grantRefused' }]);
    expect(state.closed).toEqual(closedWith('grantRefused'));
  });

  it('is the desk’s when the channel ends before it was open', () => {
    expect(run([...through('grant'), { type: 'channelEnded' }]).state.closed).toEqual(closedWith('deskDown'));
  });

  it.each([
    ['the channel ends', { type: 'channelEnded' }],
    ['the gateway says that the desk closed', message({ type: 'closed', sid: 's1', reason: 'deskClosed' })],
  ] as const)('waits a moment for a better reason when %s', (_, first) => {
    const { state } = run([...through('channelOpen'), first]);
    expect(state).toMatchObject({ phase: 'open', deadline: tunnelLimits.endingMs });
    expect(step(state, { type: 'tick' }, tunnelLimits.endingMs, identity).state.closed).toEqual(
      closedWith('deskClosed'),
    );
    expect(step(state, lostByLine, 10, identity).state.closed).toEqual(closedWith('connectionLost'));
    const screens: TunnelEvent = { type: 'end', reason: 'deskPasswordWrong' };
    expect(step(state, screens, 10, identity).state.closed).toEqual(closedWith('deskPasswordWrong'));
  });

  it('does not wait longer when one sign of the end follows another', () => {
    const { state } = run([...through('channelOpen'), { type: 'channelEnded' }]);
    const told = step(state, message({ type: 'closed', sid: 's1', reason: 'deskClosed' }), 900, identity).state;
    expect(told.deadline).toBe(tunnelLimits.endingMs);
  });

  it('names the gateway’s reason at once when the channel ended and the office did it', () => {
    const events = [...through('channelOpen'), { type: 'channelEnded' } as const];
    const { state } = run([...events, message({ type: 'closed', sid: 's1', reason: 'sessionEndedByOffice' })]);
    expect(state.closed).toEqual(closedWith('sessionEndedByOffice'));
  });

  it('is final when it has come', () => {
    const { state } = run([...through('channelOpen'), { type: 'end', reason: null }]);
    for (const event of [
      lostByLine,
      ...through('channelOpen'),
      { type: 'garbage' },
      { type: 'tick' },
    ] as TunnelEvent[]) {
      expect(step(state, event, 99_999, identity)).toEqual({ state, effects: [] });
    }
  });
});

describe('events out of place', () => {
  it.each([
    ['a second start', 'reached', { type: 'start', desk: 'x' }],
    ['a late TCP report', 'controlOpen', { type: 'reached' }],
    ['a second opening', 'challenge', { type: 'controlOpen' }],
    ['a channel nobody asked for', 'authOk', { type: 'channelOpen' }],
    ['a password before the challenge', 'controlOpen', { type: 'otp', otp: totp }],
    ['a second password while one is on its way', 'otp', { type: 'otp', otp: totp }],
    ['a password when signed in', 'authOk', { type: 'otp', otp: totp }],
    ['a second admission', 'admitted', { type: 'admitted' }],
    ['an admission before sign-in', 'challenge', { type: 'admitted' }],
    ['an extension before sign-in', 'challenge', { type: 'extend', otp: totp }],
    ['a renewal before sign-in', 'otp', { type: 'renew', csr: 'csr' }],
    ['news of an erasing that nobody ordered', 'channelOpen', { type: 'erased' }],
    ['news of an erasing that nobody ordered and that failed', 'otp', { type: 'eraseFailed', reason: 'storageFailed' }],
  ] as const)('change nothing when it is %s', (_, until, event) => {
    const { state } = run(through(until));
    expect(run([...through(until), event])).toEqual({ state, effects: [] });
  });

  it('do nothing when nothing has started', () => {
    for (const type of ['reached', 'controlOpen', 'channelOpen', 'channelHeard', 'tick'] as const) {
      expect(run([{ type }])).toEqual({ state: initialTunnel, effects: [] });
    }
  });
});
