import { AsyncEntry } from '@napi-rs/keyring';
import { HanareError } from '#contract/errors/hanare-error.ts';

/**
 * The one entry of Hanare in the operating system's keychain: Credential Manager on Windows, Secret Service on Linux.
 * Each call throws keychainMissing or keychainLocked; only null means that there is no entry.
 */
export type Keychain = Readonly<{
  read(): Promise<string | null>;
  write(text: string): Promise<void>;
  remove(): Promise<void>;
}>;

export function openKeychain(): Keychain {
  const attempt = async <T>(use: (entry: AsyncEntry) => Promise<T>): Promise<T> => {
    try {
      // Pinned: the library would fall back to the kernel's keyring, which is empty after a restart. A new object each
      // time, so that a service that was restarted is found again.
      return await use(new AsyncEntry('Hanare', 'device', { linux: { store: 'secret-service' } }));
    } catch (error) {
      throw keychainError(error);
    }
  };
  return {
    read: () => attempt((entry) => entry.getPassword()),
    write: (text) => attempt((entry) => entry.setPassword(text)),
    remove: () => attempt((entry) => entry.deletePassword()).then(() => undefined),
  };
}

/**
 * The library has one code for everything and tells its kinds apart by the message's beginning (keyring-core's `Error`):
 * `NoStorageAccess` is a store that is there but closed, `PlatformFailure` one that does not answer.
 */
function keychainError(error: unknown): HanareError {
  const message = error instanceof Error ? error.message : '';
  const locked = message.startsWith("Couldn't access platform storage");
  return new HanareError(locked ? 'keychainLocked' : 'keychainMissing', {}, { cause: error });
}
