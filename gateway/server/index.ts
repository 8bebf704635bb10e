import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createLogger, type Logger } from '#contract/log/logger.ts';
import { openAudit } from '../audit/audit.ts';
import { createTestimony } from '../evidence/testimony.ts';
import { createIdentity } from '../identity/create-identity.ts';
import type { Identity } from '../identity/identity.ts';
import { createPolicies } from '../policy/policies.ts';
import { ownerOnly } from '../site/files.ts';
import { loadSite, openSiteStore, type SiteSecrets, sitePaths } from '../site/site.ts';
import type { Store } from '../store/store.ts';
import { createGateway, type Gateway } from './gateway.ts';
import { type Clock, type Limits, systemClock } from './limits.ts';
import { createWaker, type Waker } from './wake.ts';

/** Another process of this replica's name serves this data folder. */
export class AlreadyServingError extends Error {
  constructor(folder: string, options?: ErrorOptions) {
    super(`Another gateway already serves ${folder}.`, options);
    this.name = 'AlreadyServingError';
  }
}

export type OpenGateway = Gateway & Readonly<{ site: SiteSecrets; store: Store; identity: Identity }>;

const defaultReplica = 'main';

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
  /** Another way to wake desks: tests and the demo have none that sleep. */
  waker?: Waker;
  /** Name among several processes on one data folder: a letter or digit, then up to 31 of those, `-` and `_`. */
  replica?: string;
}): OpenGateway {
  const { dataDir, clock = systemClock, limits = {}, replica = defaultReplica } = options;
  const site = loadSite(dataDir);
  const store = openSiteStore(dataDir);
  let lock: { release: () => void };
  try {
    lock = lockFolder(dataDir, replica);
  } catch (error) {
    store.close();
    throw error;
  }
  const logger = options.logger ?? createLogger({ sink: () => undefined, now: Date.now, context: 'gateway' });
  const audit = openAudit({ path: sitePaths(dataDir).audit, store, now: clock.now });
  const policies = createPolicies({ store, site, now: clock.now });
  const identity = createIdentity({ store, site, audit, now: clock.now });
  const { now, monotonic } = clock;
  const testimony = createTestimony({ store, audit, now, monotonic });
  const waker = options.waker ?? createWaker({ clock, logger });
  const gateway = createGateway({
    ...{ site, store, identity, policies, testimony, waker, logger, clock, limits, replica },
    serves: (name) => isServed(dataDir, name),
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
    identity,
    close: () => {
      closing ??= closeAll();
      return closing;
    },
  };
}

/**
 * One serving process per replica's name: two would each mark the other's sessions ended. The lock is SQLite's own file
 * lock, which the operating system drops when the process dies, however it dies.
 */
function lockFolder(folder: string, replica: string): { release: () => void } {
  if (!/^[A-Za-z0-9][\w-]{0,31}$/.test(replica)) throw new RangeError('a replica needs a short plain name');
  const path = lockPath(folder, replica);
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

function lockPath(folder: string, replica: string): string {
  return replica === defaultReplica ? sitePaths(folder).lock : join(folder, `serve-${replica}.lock`);
}

/** Whether a process holds that lock. Looks without taking it, so that a process that starts just now is not kept out. */
function isServed(folder: string, replica: string): boolean {
  const path = lockPath(folder, replica);
  if (!existsSync(path)) return false;
  const db = new DatabaseSync(path, { readOnly: true, timeout: 0 });
  try {
    db.prepare('SELECT 1 FROM sqlite_schema').get();
    return false;
  } catch {
    return true;
  } finally {
    db.close();
  }
}
