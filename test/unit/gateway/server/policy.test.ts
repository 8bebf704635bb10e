import { describe, expect, it } from 'vitest';
import { mayOpen, maySignIn, mayUse, mayWork, type UseFacts } from '#gateway/server/policy.ts';

const address = { host: 'h', port: 1, mac: null, wakeTo: null, security: null, certificate: null } as const;
const desk = { id: 'pc-1', name: 'Desk', protocol: 'vnc', ...address, class: null, created: 0 } as const;

describe('mayWork and maySignIn', () => {
  it('refuse what is unknown or stopped, and nothing else', () => {
    const device = { id: 'd', user: 'yamada' };
    expect(mayWork({ refusal: 'deviceSuspended' })).toBe('deviceSuspended');
    expect(mayWork({ device, mode: 'eraseOnly' })).toBe('deviceRevoked');
    expect(mayWork({ device, mode: 'normal' })).toBeUndefined();
    expect(maySignIn(undefined)).toBe('signInRefused');
    expect(maySignIn({ status: 'stopped' })).toBe('signInRefused');
    expect(maySignIn({ status: 'active' })).toBeUndefined();
  });
});

describe('mayOpen', () => {
  const rules = () => undefined;
  const facts = { desk, assigned: true, rules, taken: false, draining: false, held: 0, limit: 4 };
  const reason = (change: Partial<Parameters<typeof mayOpen>[0]>) => mayOpen({ ...facts, ...change })?.reason;
  const broken = () => ({ reason: 'outsideHours', details: { opens: '11/23 08:30' } }) as const;

  it('allows an assigned desk', () => expect(mayOpen(facts)).toBeUndefined());
  it('answers the same for an unknown desk and for one of another user, whatever the rules say', () => {
    expect(reason({ desk: undefined, assigned: false })).toBe('deskNotAssigned');
    expect(reason({ assigned: false, rules: broken, taken: true })).toBe('deskNotAssigned');
  });
  it('gives the rules’ own reason with what they say of it', () => {
    expect(mayOpen({ ...facts, rules: broken, taken: true, draining: true })).toEqual(broken());
  });
  it('refuses a desk that another device uses', () => {
    expect(reason({ taken: true, draining: true })).toBe('deskInUse');
  });
  it('says busy while stopping and at the limit, but never tells that of a desk that is not theirs', () => {
    expect(reason({ draining: true })).toBe('gatewayBusy');
    expect(reason({ held: 4 })).toBe('gatewayBusy');
    expect(reason({ held: 4, assigned: false })).toBe('deskNotAssigned');
  });
});

describe('mayUse', () => {
  const fingerprint = 'f'.repeat(43);
  const good: UseFacts = {
    claims: {
      ...{ iss: 'i', aud: 'hanare-relay', sub: 'yamada', dst: 'pc-1', sid: 's', jti: 'j', iat: 0, exp: 60 },
      cnf: { 'x5t#S256': fingerprint },
    },
    fingerprint,
    door: { device: { id: 'd', user: 'yamada' }, mode: 'normal' },
    user: { status: 'active' },
    target: { desk: 'pc-1', protocol: 'vnc' },
    desk: { protocol: 'vnc' },
    assigned: true,
    session: { device: 'd', fingerprint, user: 'yamada', desk: 'pc-1', state: 'granted' },
  };
  it('allows a grant when every fact agrees', () => expect(mayUse(good)).toBeUndefined());

  const session = good.session!;
  const owner = { id: 'd', user: 'yamada' };
  const satos = { device: { ...owner, user: 'sato' }, mode: 'normal' } as const;
  const cases: readonly [string, Partial<UseFacts>, string, string][] = [
    ['another certificate', { fingerprint: 'x'.repeat(43) }, 'grantRefused', 'certificate'],
    ['a device revoked by now', { door: { refusal: 'deviceRevoked' } }, 'deviceRevoked', 'device'],
    ['a device suspended by now', { door: { refusal: 'deviceSuspended' } }, 'deviceSuspended', 'device'],
    ['a device that must erase itself', { door: { device: owner, mode: 'eraseOnly' } }, 'deviceRevoked', 'device'],
    ['a device of another user by now', { door: satos }, 'grantRefused', 'subject'],
    ['a user stopped by now', { user: { status: 'stopped' } }, 'grantRefused', 'subject'],
    ['another desk in the line', { target: { desk: 'pc-2', protocol: 'vnc' } }, 'grantRefused', 'destination'],
    ['another protocol', { target: { desk: 'pc-1', protocol: 'rdp' } }, 'grantRefused', 'protocol'],
    ['a desk that is gone', { desk: undefined }, 'deskNotAssigned', 'assignment'],
    ['a desk unassigned by now', { assigned: false }, 'deskNotAssigned', 'assignment'],
    ['a session that ended', { session: undefined }, 'grantRefused', 'session'],
    ['a session of another device', { session: { ...session, device: 'e' } }, 'grantRefused', 'session'],
    ['a session of another certificate', { session: { ...session, fingerprint: 'y' } }, 'grantRefused', 'session'],
    ['a session of another user', { session: { ...session, user: 'sato' } }, 'grantRefused', 'session'],
    ['a session for another desk', { session: { ...session, desk: 'pc-2' } }, 'grantRefused', 'session'],
    ['a session that is open', { session: { ...session, state: 'open' } }, 'grantRefused', 'used'],
  ];
  it.each(cases)('refuses %s', (_, change, refusal, problem) => {
    expect(mayUse({ ...good, ...change })).toEqual({ refusal, problem });
  });
});
