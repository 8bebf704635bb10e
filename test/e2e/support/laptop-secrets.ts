import { createLogger } from '#contract/log/logger.ts';
import { createKeeper } from '#main/identity/keeper.ts';
import { keychainOf } from './keychain.ts';
import type { Laptop } from './laptop.ts';

/** What a laptop's vault holds, opened with its PIN past the app, which must not run meanwhile. */
export async function readSecrets({ folder, keyring, pin }: Laptop): Promise<{ privateKey: string; otp: string }> {
  const { read, write } = keychainOf(keyring);
  const keeper = createKeeper({
    folder,
    keychain: { read, write, remove: () => Promise.reject(new Error('not in this test')) },
    siteFile: '',
    baselineFile: '',
    now: Date.now,
    log: createLogger({ sink: () => undefined, now: Date.now, context: 'test' }),
    onChange: () => undefined,
  });
  const { content } = await keeper.tryPin(pin);
  if (content.otp === null) throw new Error('this laptop has no OTP secret');
  return { privateKey: content.privateKey, otp: content.otp.secret };
}
