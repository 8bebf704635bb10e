import { describe, expect, it } from 'vitest';
import type { ErrorName } from '#contract/errors/catalogue.ts';
import type { ErrorDetails } from '#contract/errors/hanare-error.ts';
import { type TunnelEvent, type TunnelState, tunnelLimits } from '#contract/wire/tunnel-state.ts';
import { closedWith, desk, follow, message, run, signedInAs, through, totp, until } from './tunnel-scripts.ts';

const fail = (reason: ErrorName, details: ErrorDetails = {}, final = false): TunnelEvent =>
  message({ type: 'authFail', reason, details, final });
const give = (code: string): TunnelEvent => ({ type: 'otp', otp: { kind: 'totp', code } });
const prompted = () => run(through('challenge', null, 'prompted')).state;
const accepted = message({ ...signedInAs, desks: [desk] });

describe('a password that a person gives', () => {
  it('is asked for, and the vault is not, when the gateway says so', () => {
    const { state, effects } = run(through('challenge', null, 'prompted'));
    expect(effects).toEqual([]);
    expect(state).toMatchObject({ method: 'prompted', prompt: { failure: null, busy: false } });
    expect(state.deadline).toBe(tunnelLimits.promptMs);
  });

  it('is asked for again, saying why, when it is wrong, and then taken when it is right', () => {
    const first = follow(prompted(), give('111111'), 5_000);
    expect(first.state).toMatchObject({
      prompt: { failure: null, busy: true },
      deadline: 5_000 + tunnelLimits.signInMs,
    });
    const wrong = follow(first.state, fail('otpWrong', { left: 9 }), 6_000);
    expect(wrong).toMatchObject({
      state: {
        phase: 'signIn',
        prompt: { failure: { reason: 'otpWrong', details: { left: 9 } }, busy: false },
        deadline: 6_000 + tunnelLimits.promptMs,
      },
      effects: [],
    });
    const second = follow(wrong.state, give('222222'));
    expect(second.effects).toEqual([
      { type: 'send', message: { type: 'auth', nonce: 'n0nce', otp: { kind: 'totp', code: '222222' } } },
    ]);
    expect(follow(second.state, accepted).state).toMatchObject({ phase: 'desk', prompt: null, until });
  });

  it.each(['otpUsed', 'otpClock', 'otpDelayed', 'emergencyCodeWrong'] as const)(
    'may be given again after %s',
    (reason) => {
      const { state } = follow(follow(prompted(), give('111111')).state, fail(reason, { seconds: 60 }));
      expect(state.prompt).toEqual({ failure: { reason, details: { seconds: 60 } }, busy: false });
      expect(follow(state, give('222222')).effects).toHaveLength(1);
    },
  );

  it('may be an emergency code', () => {
    const otp = { kind: 'emergency', code: 'ABCDEFGHJKMN' } as const;
    expect(follow(prompted(), { type: 'otp', otp }).effects).toMatchObject([{ message: { type: 'auth', otp } }]);
  });

  it('is waited for, but not for ever', () => {
    const { state } = follow(prompted(), { type: 'channelHeard' }, tunnelLimits.promptMs - 1);
    expect(follow(state, { type: 'tick' }, tunnelLimits.promptMs - 1).state.phase).toBe('signIn');
    const late = follow(state, { type: 'tick' }, tunnelLimits.promptMs).state;
    expect(late).toMatchObject({ prompt: null, closed: closedWith('signInTimeout') });
  });

  it('is the gateway’s to answer when it was given', () => {
    const { state } = follow(prompted(), give('111111'));
    expect(follow(state, { type: 'tick' }, tunnelLimits.signInMs).state.closed).toEqual(closedWith('gatewayTimeout'));
  });
});

describe('a refusal that is final', () => {
  const reasons = [
    ['userLocked', { seconds: 1800 }],
    ['clientTooOld', { minimum: '9.0.0' }],
    ['leaseOver', {}],
    ['signInRefused', {}],
    ['deviceCloned', {}],
  ] as const;

  it.each(reasons)('ends it with %s when it comes instead of the challenge', (reason, details) => {
    const { state, effects } = follow(run(through('controlOpen')).state, fail(reason, details, true));
    expect(state.closed).toEqual({ reason, details });
    expect(effects).toEqual([{ type: 'closeAll' }]);
  });

  it.each(reasons)('ends it with %s when it comes after a person’s password', (reason, details) => {
    const { state } = follow(follow(prompted(), give('111111')).state, fail(reason, details, true));
    expect(state).toMatchObject({ closed: { reason, details }, prompt: null });
  });

  it.each(reasons)('ends it with %s when it comes in the middle of a session', (reason, details) => {
    const { state } = follow(run(through('channelOpen')).state, { type: 'extend', otp: totp });
    expect(follow(state, fail(reason, details, true)).state.closed).toEqual({ reason, details });
  });
});

describe('a password of the laptop’s own', () => {
  const sent = () => run(through('otp')).state;

  it.each(['otpWrong', 'otpClock', 'otpDelayed'] as const)('is not tried again after %s', (reason) => {
    expect(follow(sent(), fail(reason, { seconds: 60 })).state.closed).toEqual(closedWith(reason, { seconds: 60 }));
  });

  it('is made anew when the first was used already, and not for ever', () => {
    let state = sent();
    for (const time of [1, 2]) {
      const again = follow(state, fail('otpUsed'), time);
      expect(again).toMatchObject({
        state: { phase: 'signIn', authSent: false, deadline: time + tunnelLimits.otpMs },
        effects: [{ type: 'otp', skewMs: 0 }],
      });
      state = follow(again.state, give('222222'), time).state;
    }
    expect(follow(state, accepted).state.phase).toBe('desk');
    expect(follow(state, fail('otpUsed')).state.closed).toEqual(closedWith('otpUsed'));
  });

  it('that cannot be made ends it with the reason', () => {
    const { state } = follow(run(through('challenge')).state, { type: 'end', reason: 'deviceLocked' });
    expect(state.closed).toEqual(closedWith('deviceLocked'));
  });
});

describe('what came with the sign-in', () => {
  it('ends it, before any desk is asked for, when it is rejected', () => {
    const steps = [...through('authOk'), { type: 'end', reason: 'policyRejected' } as const];
    expect(run(steps)).toMatchObject({
      state: { closed: closedWith('policyRejected'), sid: null },
      effects: [{ type: 'closeAll' }],
    });
  });
});

describe.each(['authOk', 'grant', 'channelOpen'] as const)('extending the sign-in after %s', (last) => {
  const extending = (): TunnelState => follow(run(through(last)).state, { type: 'extend', otp: totp }).state;

  it('sends the password, once at a time', () => {
    const { state, effects } = follow(run(through(last)).state, { type: 'extend', otp: totp });
    expect(effects).toEqual([{ type: 'send', message: { type: 'extend', otp: totp } }]);
    expect(follow(state, { type: 'extend', otp: totp }).effects).toEqual([]);
  });

  it('moves the end when the gateway agrees, and can be done again', () => {
    const { state } = follow(extending(), message({ type: 'extended', until: until + 1_000 }));
    expect(state).toMatchObject({ until: until + 1_000, extending: false });
    expect(follow(state, { type: 'extend', otp: totp }).effects).toHaveLength(1);
  });

  it('says why not, and goes on, when the gateway does not agree', () => {
    const before = extending();
    const { state, effects } = follow(before, fail('otpWrong', { left: 8 }));
    expect(effects).toEqual([{ type: 'extendRefused', failure: { reason: 'otpWrong', details: { left: 8 } } }]);
    expect(state).toMatchObject({ phase: before.phase, until, extending: false, prompt: null });
  });
});

describe('renewing the certificate', () => {
  const certificate = '-----BEGIN CERTIFICATE-----\n';
  const renewing = () =>
    follow(run(through('channelOpen')).state, { type: 'renew', csr: '-----BEGIN CERTIFICATE REQUEST' });

  it('sends the request, once at a time', () => {
    expect(renewing().effects).toEqual([
      { type: 'send', message: { type: 'renew', request: 2, csr: '-----BEGIN CERTIFICATE REQUEST' } },
    ]);
    expect(follow(renewing().state, { type: 'renew', csr: 'x' }).effects).toEqual([]);
  });

  it('hands over the certificate when it comes', () => {
    const { state, effects } = follow(renewing().state, message({ type: 'certificate', request: 2, certificate }));
    expect(effects).toEqual([{ type: 'certificate', certificate }]);
    expect(state).toMatchObject({ phase: 'open', renewing: false });
  });

  it('is no reason to end the session when it is refused', () => {
    const { state, effects } = follow(renewing().state, message({ type: 'refused', request: 2, reason: 'internal' }));
    expect(effects).toEqual([{ type: 'renewRefused', reason: 'internal' }]);
    expect(state).toMatchObject({ phase: 'open', renewing: false, closed: null });
  });

  it('ends the connection when the certificate is for another request', () => {
    const { state } = follow(renewing().state, message({ type: 'certificate', request: 1, certificate }));
    expect(state.closed).toEqual(closedWith('protocolMismatch'));
  });
});
