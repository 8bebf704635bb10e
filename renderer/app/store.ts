import { useSyncExternalStore } from 'react';

export type Store<T> = Readonly<{
  get(): T;
  set(next: T): void;
  subscribe(listener: () => void): () => void;
}>;

/** A value that lives outside React, for what must not be batched or lost between two renders. */
export function createStore<T>(initial: T): Store<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export function useStore<T>(store: Pick<Store<T>, 'get' | 'subscribe'>): T {
  return useSyncExternalStore(store.subscribe, store.get);
}
