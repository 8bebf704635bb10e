import type { Bridge } from '#contract/ipc/bridge.ts';
import type { SessionState } from '#contract/ipc/state.ts';
import { createFollower, type Seen } from './follower.ts';

export type SeenSession = Seen<SessionState>;

/** Follows main's session state. */
export function createSessionStore(bridge: Bridge, now?: () => number) {
  const { state: read, onChange } = bridge.session;
  const { get, subscribe, follow } = createFollower<SessionState>({ read, onChange }, now);
  return { get, subscribe, follow };
}

export type SessionStore = ReturnType<typeof createSessionStore>;
