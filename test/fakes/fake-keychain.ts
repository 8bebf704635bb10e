import { HanareError } from '#contract/errors/hanare-error.ts';
import type { Keychain } from '#main/identity/keychain.ts';

/** A keychain of one entry in memory, which can be closed or away. It outlives the identities that use it. */
export function createFakeKeychain() {
  let text: string | null = null;
  let failure: 'keychainLocked' | 'keychainMissing' | null = null;
  const writes: string[] = [];
  const answer = async <T>(use: () => T): Promise<T> => {
    if (failure) throw new HanareError(failure);
    return use();
  };
  const keychain: Keychain = {
    read: () => answer(() => text),
    write: (next) =>
      answer(() => {
        text = next;
        writes.push(next);
      }),
    remove: () =>
      answer(() => {
        text = null;
      }),
  };
  return {
    ...keychain,
    /** Every text that was written, oldest first. */
    writes,
    text: () => text,
    put: (next: string | null) => {
      text = next;
    },
    fail: (next: typeof failure) => {
      failure = next;
    },
  };
}
