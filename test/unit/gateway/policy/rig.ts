import { join } from 'node:path';
import * as v from 'valibot';
import { onTestFinished } from 'vitest';
import type { Rules } from '#contract/policy/policy.ts';
import { newPrivateKey } from '#gateway/pki/issue.ts';
import { configSchema } from '#gateway/site/config.ts';
import { openStore, type Store } from '#gateway/store/store.ts';
import { temporaryFolder } from '#test/fakes/temporary-folder.ts';

/** A real store in a folder of the running test, with two people who each have a laptop. */
export async function newStore(): Promise<Store> {
  const store = openStore(join(await temporaryFolder(), 'store.sqlite'), { create: true });
  onTestFinished(() => store.close());
  for (const [index, user] of ['sato', 'yamada'].entries()) {
    store.addUser({ id: user, name: user, created: 1 });
    store.addDevice({ id: `l-${index + 1}`, user, label: 'L', created: 1, lease: null });
  }
  return store;
}

/** What policies need of a site. @param policy as config.json gives it. */
export function policySite(policy: Rules & { version?: number } = {}) {
  const config = v.parse(configSchema, {
    ...{ version: 1, site: { name: 'Test' }, issuer: 'urn:test', hosts: ['gateway.test'] },
    ...{ listen: { host: '127.0.0.1', port: 0 }, policy },
  });
  return { config, policyKey: newPrivateKey() };
}
