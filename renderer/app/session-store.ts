import type { Bridge } from '#contract/ipc/bridge.ts';
import type { SessionState } from '#contract/ipc/state.ts';
import { createStore, type Store } from './store.ts';

/** A session's state, and when this window learned of it (ms since 1970): the ended screen shows that time. */
export type SeenSession = Readonly<{ state: SessionState; seenAt: number }>;

/** Follows main's session state. `null` until main has answered for the first time. */
export function createSessionStore(bridge: Bridge, now: () => number = Date.now) {
  const store: Store<SeenSession | null> = createStore<SeenSession | null>(null);

  const see = (state: SessionState) => store.set({ state, seenAt: now() });

  /** Starts following; rejects when main does not answer. Returns through `stop` what ends it. */
  function follow(): Readonly<{ started: Promise<void>; stop: () => void }> {
    let heard = false;
    const stop = bridge.session.onChange((state) => {
      heard = true;
      see(state);
    });
    // A change that arrives while the first answer is under way is newer than that answer.
    const started = bridge.session.state().then((state) => {
      if (!heard) see(state);
    });
    return { started, stop };
  }

  return { get: store.get, subscribe: store.subscribe, set: store.set, follow };
}

export type SessionStore = ReturnType<typeof createSessionStore>;
