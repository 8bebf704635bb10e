import { type Failure, toFailure } from '#contract/errors/hanare-error.ts';
import { createLogger } from '#contract/log/logger.ts';
import { createIdentity } from '#main/identity/identity.ts';
import { openKeychain } from '#main/identity/keychain.ts';

/** Says to its parent what the keychain and a laptop with the given folder are like in this process's environment. */
const folder = process.argv[2]!;
const keychain = openKeychain();
const failureOf = (work: Promise<unknown>): Promise<Failure | null> => work.then(() => null, toFailure);
const identity = createIdentity({
  folder,
  keychain,
  siteFile: `${folder}/site.json`,
  baselineFile: `${folder}/baseline.jws`,
  now: Date.now,
  log: createLogger({ sink: () => undefined, now: Date.now, context: 'test' }),
  onChange: () => undefined,
});
process.send?.({
  read: await failureOf(keychain.read()),
  write: await failureOf(keychain.write('other')),
  remove: await failureOf(keychain.remove()),
  status: await identity.status(),
});
process.disconnect?.();
