import type { Bridge } from '#contract/ipc/bridge.ts';
import type { SessionState } from '#contract/ipc/state.ts';
import { createFollower, type Seen } from './follower.ts';

export type SeenSession = Seen<SessionState>;

/** Follows main's session state. What is said of an end afterwards, its receipt, is no other end. */
export function createSessionStore(bridge: Bridge, now?: () => number) {
  const { state: read, onChange } = bridge.session;
  const { get, subscribe, follow } = createFollower<SessionState>({ read, onChange, saysMore }, now);
  return { get, subscribe, follow };
}

function saysMore(last: SessionState, next: SessionState): boolean {
  return last.phase === 'ended' && next.phase === 'ended';
}

export type SessionStore = ReturnType<typeof createSessionStore>;
