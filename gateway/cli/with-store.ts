import type { Command } from 'commander';
import { openSiteStore } from '../site/site.ts';
import type { Store } from '../store/store.ts';
import { type Context, type GlobalOptions, globalOptions } from './outcome.ts';

/** Opens the data folder's store for one command and closes it whatever happens. */
export async function withStore(
  command: Command,
  context: Context,
  work: (opened: GlobalOptions & { store: Store }) => void | Promise<void>,
): Promise<void> {
  const options = globalOptions(command, context);
  const store = openSiteStore(options.data);
  try {
    await work({ ...options, store });
  } finally {
    store.close();
  }
}
