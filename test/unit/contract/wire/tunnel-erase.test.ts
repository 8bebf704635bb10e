import { describe, expect, it } from 'vitest';
import { type TunnelEvent, tunnelLimits } from '#contract/wire/tunnel-state.ts';
import { closedWith, desk, follow, message, run, signedInAs, through, totp, wallNow } from './tunnel-scripts.ts';

const erase = message({ type: 'erase' });
const phases = ['controlOpen', 'challenge', 'otp', 'authOk', 'admitted', 'grant', 'channelOpen'] as const;
const ordered = (last: (typeof phases)[number] = 'channelOpen') => run([...through(last), erase]);

describe('the order to erase this laptop', () => {
  it.each(phases)('is carried out at once when it comes after %s', (last) => {
    const { state, effects } = ordered(last);
    expect(effects).toEqual([{ type: 'erase' }]);
    expect(state).toMatchObject({ phase: 'erasing', prompt: null, deadline: tunnelLimits.eraseMs });
  });

  it('is carried out when it comes while a person is asked for a password', () => {
    const { state, effects } = run([...through('challenge', null, 'prompted'), erase]);
    expect(effects).toEqual([{ type: 'erase' }]);
    expect(state.prompt).toBeNull();
  });

  it('is confirmed, and everything ends, when it has been carried out', () => {
    const { state, effects } = follow(ordered().state, { type: 'erased' });
    expect(state.closed).toEqual(closedWith('deviceErased'));
    expect(effects).toEqual([{ type: 'send', message: { type: 'erased' } }, { type: 'closeAll' }]);
  });

  it('is not confirmed when it failed', () => {
    const { state, effects } = follow(ordered().state, { type: 'eraseFailed', reason: 'keychainLocked' });
    expect(state.closed).toEqual(closedWith('keychainLocked'));
    expect(effects).toEqual([{ type: 'closeAll' }]);
  });

  it('is given up, unconfirmed, when it takes too long', () => {
    const { state } = ordered();
    expect(follow(state, { type: 'tick' }, tunnelLimits.eraseMs - 1).state.phase).toBe('erasing');
    const late = follow(state, { type: 'tick' }, tunnelLimits.eraseMs);
    expect(late).toMatchObject({ state: { closed: closedWith('storageFailed') }, effects: [{ type: 'closeAll' }] });
  });

  it('keeps the connection up meanwhile', () => {
    expect(follow(ordered().state, message({ type: 'ping', n: 7 })).effects).toEqual([
      { type: 'send', message: { type: 'pong', n: 7 } },
    ]);
  });

  it.each<[string, TunnelEvent]>([
    ['the order comes twice', erase],
    ['the line is lost', { type: 'controlLost', reason: 'connectionLost' }],
    ['the user leaves', { type: 'end', reason: null }],
    ['the screen fails', { type: 'end', reason: 'screenCrashed' }],
    ['the session is closed', message({ type: 'closed', sid: 's1', reason: 'deviceRevoked' })],
    ['the channel ends', { type: 'channelEnded' }],
    ['the channel opens', { type: 'channelOpen' }],
    ['the channel fails', { type: 'channelFailed', reason: 'deviceRevoked' }],
    ['a password is there', { type: 'otp', otp: totp }],
    ['the sign-in is accepted', message({ ...signedInAs, desks: [desk] })],
    ['a desk is granted', message({ type: 'grant', request: 1, sid: 's2', desk, token: 'x', expires: wallNow })],
    ['the sign-in is stored', { type: 'admitted' }],
    ['the gateway speaks nonsense', { type: 'garbage' }],
    ['the gateway stops', message({ type: 'drain', deadline: wallNow })],
  ])('goes before everything: nothing changes when %s', (_, event) => {
    for (const last of phases) {
      const { state } = ordered(last);
      expect(follow(state, event)).toEqual({ state, effects: [] });
    }
  });
});

describe('a session that is closed because the laptop was revoked', () => {
  const revoked = message({ type: 'closed', sid: 's1', reason: 'deviceRevoked' });

  it.each(['grant', 'channelOpen'] as const)('waits for the order to erase when it was at %s', (last) => {
    const { state, effects } = run([...through(last), revoked]);
    expect(state.closed).toBeNull();
    expect(effects).toEqual([]);
    expect(follow(state, erase).effects).toEqual([{ type: 'erase' }]);
  });

  it.each<[string, TunnelEvent[]]>([
    ['the channel ends before', [{ type: 'channelEnded' }, revoked]],
    ['the channel ends after', [revoked, { type: 'channelEnded' }]],
    ['the screen says that its desk is gone', [revoked, { type: 'end', reason: 'deskClosed' }]],
    ['the user gives up', [revoked, { type: 'end', reason: null }]],
  ])('waits for it also when %s', (_, events) => {
    const { state } = run([...through('channelOpen'), ...events]);
    expect(follow(state, erase).effects).toEqual([{ type: 'erase' }]);
  });

  it('waits for it also when the channel was only being opened', () => {
    const events: TunnelEvent[] = [revoked, { type: 'channelFailed', reason: 'deviceRevoked' }];
    const { state } = run([...through('grant'), ...events]);
    expect(follow(state, erase).effects).toEqual([{ type: 'erase' }]);
    const opened = run([...through('grant'), revoked, { type: 'channelOpen' }]).state;
    expect(follow(opened, { type: 'tick' }, tunnelLimits.revokedMs).state.closed).toEqual(closedWith('deviceRevoked'));
  });

  it('says that it was revoked when no order comes', () => {
    const { state } = run([...through('channelOpen'), revoked]);
    const lost: TunnelEvent = { type: 'controlLost', reason: 'connectionLost' };
    expect(follow(state, lost).state.closed).toEqual(closedWith('deviceRevoked'));
    expect(follow(state, { type: 'tick' }, tunnelLimits.revokedMs).state.closed).toEqual(closedWith('deviceRevoked'));
  });

  it('ends at once when it was only suspended', () => {
    const { state } = run([
      ...through('channelOpen'),
      message({ type: 'closed', sid: 's1', reason: 'deviceSuspended' }),
    ]);
    expect(state.closed).toEqual(closedWith('deviceSuspended'));
  });
});
