import type { Command } from 'commander';
import { type Audit, openAudit } from '../audit/audit.ts';
import type { Actor } from '../audit/line.ts';
import { createIdentity } from '../identity/create-identity.ts';
import type { Identity } from '../identity/identity.ts';
import { loadSite, openSiteStore, type SiteSecrets, sitePaths } from '../site/site.ts';
import type { Store } from '../store/store.ts';
import { type Context, type GlobalOptions, globalOptions } from './outcome.ts';

export type Opened = GlobalOptions & Readonly<{ store: Store; audit: Audit; actor: Actor }>;

/** Opens the data folder's store and audit log for one command, and closes the store whatever happens. */
export async function withStore(
  command: Command,
  context: Context,
  work: (opened: Opened) => void | Promise<void>,
): Promise<void> {
  const options = globalOptions(command, context);
  const store = openSiteStore(options.data);
  try {
    const audit = openAudit({ path: sitePaths(options.data).audit, store, now: context.now });
    await work({ ...options, store, audit, actor: { kind: 'admin', name: context.account } });
  } finally {
    store.close();
  }
}

/** The same, with everything that decides about devices and sign-ins. */
export function withIdentity(
  command: Command,
  context: Context,
  work: (opened: Opened & Readonly<{ site: SiteSecrets; identity: Identity }>) => void | Promise<void>,
): Promise<void> {
  return withStore(command, context, (opened) => {
    const site = loadSite(opened.data);
    const { store, audit } = opened;
    return work({ ...opened, site, identity: createIdentity({ store, site, audit, now: context.now }) });
  });
}
