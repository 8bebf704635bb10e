import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { createLogger, type Logger } from '#contract/log/logger.ts';
import { ownerOnly } from '../site/files.ts';
import { loadSite, openSiteStore, type Site, sitePaths } from '../site/site.ts';
import type { Store } from '../store/store.ts';
import { createGateway, type Gateway } from './gateway.ts';
import type { Clock, Limits } from './limits.ts';

/** Another process serves this data folder. */
export class AlreadyServingError extends Error {
  constructor(folder: string, options?: ErrorOptions) {
    super(`Another gateway already serves ${folder}.`, options);
    this.name = 'AlreadyServingError';
  }
}

export type OpenGateway = Gateway & Readonly<{ site: Site; store: Store }>;

/**
 * Everything from a data folder to a gateway that can listen; `close` releases all of it. The root of composition for
 * the command line, the demo and tests.
 * @throws {SiteError}, {StoreError} or {AlreadyServingError}.
 */
export function openGateway(options: {
  dataDir: string;
  logger?: Logger;
  clock?: Clock;
  limits?: Partial<Limits>;
}): OpenGateway {
  const { dataDir, clock, limits } = options;
  const site = loadSite(dataDir);
  const store = openSiteStore(dataDir);
  let lock: { release: () => void };
  try {
    lock = lockFolder(dataDir);
  } catch (error) {
    store.close();
    throw error;
  }
  const logger = options.logger ?? createLogger({ sink: () => undefined, now: Date.now, context: 'gateway' });
  const gateway = createGateway({
    site,
    store,
    logger,
    ...(clock === undefined ? {} : { clock }),
    ...(limits === undefined ? {} : { limits }),
  });
  let closing: Promise<void> | undefined;
  const closeAll = async (): Promise<void> => {
    await gateway.close();
    store.close();
    lock.release();
  };
  return {
    ...gateway,
    site,
    store,
    close: () => {
      closing ??= closeAll();
      return closing;
    },
  };
}

/**
 * One serving process per folder: two would each mark the other's sessions ended. The lock is SQLite's own file lock,
 * which the operating system drops when the process dies, however it dies.
 */
function lockFolder(folder: string): { release: () => void } {
  const path = sitePaths(folder).lock;
  closeSync(openSync(path, 'a', ownerOnly));
  const db = new DatabaseSync(path, { timeout: 0 });
  try {
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    throw new AlreadyServingError(folder, { cause: error });
  }
  return { release: () => db.close() };
}
