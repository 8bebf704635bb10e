import { openAudit } from '#gateway/audit/audit.ts';
import { createIdentity } from '#gateway/identity/create-identity.ts';
import type { Caller } from '#gateway/server/tls.ts';
import { loadSite, openSiteStore, sitePaths } from '#gateway/site/site.ts';

/*
 * A process of its own that tries one-time passwords on a site's store, as a serving gateway does. Started by
 * otp.test.ts with the data folder as its argument; takes a round at a time from its parent.
 */

export type Round = Readonly<{
  caller: Caller;
  code: string;
  /** The gateway's clock for this round, and when (real time) to begin, ms since 1970. */
  now: number;
  begin: number;
  tries: number;
}>;
/** How often each outcome came. */
export type Outcome = Readonly<Record<string, number>>;

const folder = process.argv[2]!;
let now = 0;
const store = openSiteStore(folder);
const audit = openAudit({ path: sitePaths(folder).audit, store });
const identity = createIdentity({ store, site: loadSite(folder), audit, now: () => now });

process.on('message', ({ caller, code, tries, begin, now: moment }: Round) => {
  now = moment;
  const outcome: Record<string, number> = {};
  // Both processes begin in the same millisecond, so that their transactions meet.
  while (Date.now() < begin);
  for (let index = 0; index < tries; index++) {
    const result = identity.signIn(caller, { kind: 'totp', code });
    const name = result.ok ? 'ok' : result.failure.reason;
    outcome[name] = (outcome[name] ?? 0) + 1;
  }
  process.send?.(outcome);
});
process.on('disconnect', () => store.close());
process.send?.('ready');
