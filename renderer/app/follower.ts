import { createStore, type Store } from './store.ts';

/** What main said last, and when this window learned of it (ms since 1970): screens of failure show that time. */
export type Seen<T> = Readonly<{ state: T; seenAt: number }>;

export type Source<T> = Readonly<{
  read(): Promise<T>;
  onChange(listener: (state: T) => void): () => void;
  /** Whether the next only says more of the same event as the last, whose time it then keeps. */
  saysMore?(last: T, next: T): boolean;
}>;

/** Follows something that main says of itself. `null` until main has answered for the first time. */
export function createFollower<T>(source: Source<T>, now: () => number = Date.now) {
  const store: Store<Seen<T> | null> = createStore<Seen<T> | null>(null);

  const see = (state: T) => {
    const last = store.get();
    const same = last !== null && source.saysMore?.(last.state, state) === true;
    store.set({ state, seenAt: same ? last.seenAt : now() });
  };

  /** Starts following; rejects when main does not answer. Returns through `stop` what ends it. */
  function follow(): Readonly<{ started: Promise<void>; stop: () => void }> {
    let heard = false;
    const stop = source.onChange((state) => {
      heard = true;
      see(state);
    });
    // A change that arrives while the first answer is under way is newer than that answer.
    const started = source.read().then((state) => {
      if (!heard) see(state);
    });
    return { started, stop };
  }

  return {
    get: store.get,
    subscribe: store.subscribe,
    follow,
    /** Takes what a call has answered with. */
    see,
    /** Asks main again. */
    refresh: async () => see(await source.read()),
  };
}
