import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as v from 'valibot';
import type { Rules } from '#contract/policy/policy.ts';
import { type Issued, issueCa, issueServer, newPrivateKey } from '../pki/issue.ts';
import { openStore, type Store } from '../store/store.ts';
import { loadClientCas } from './client-cas.ts';
import { type Config, configSchema, readConfig } from './config.ts';
import { ownerOnlyFolder, SiteError, syncFolder, writeAtomically } from './files.ts';

export { type Config, SiteError };

/**
 * Everything a gateway needs from its data folder. `serve` needs the CA's key too, because it answers enrolment and
 * renewal by itself (docs/decisions/0010-enrolment-port.md).
 */
export type SiteSecrets = Readonly<{
  config: Config;
  ca: Issued;
  /** CAs besides the site's own whose certificates a laptop may bring, PEM. */
  clientCas: readonly string[];
  server: Issued;
  /** P-256, PKCS#8 PEM. */
  grantKey: string;
  policyKey: string;
  /** 32 bytes; opens what is sealed in the store. */
  storeKey: Buffer;
}>;

const storeKeyBytes = 32;
const caDays = 3650;
const serverDays = 825;

export const sitePaths = (folder: string) => ({
  config: join(folder, 'config.json'),
  caCertificate: join(folder, 'ca.crt'),
  caKey: join(folder, 'ca.key'),
  serverCertificate: join(folder, 'server.crt'),
  serverKey: join(folder, 'server.key'),
  grantKey: join(folder, 'grant.key'),
  policyKey: join(folder, 'policy.key'),
  /** 32 bytes, not PEM. */
  storeKey: join(folder, 'store.key'),
  /** CAs of the site itself for device certificates; absent where there are none. */
  clientCas: join(folder, 'client-cas.pem'),
  audit: join(folder, 'audit.jsonl'),
  store: join(folder, 'store.sqlite'),
  lock: join(folder, 'serve.lock'),
});

/**
 * Makes a site in `folder`, which must be absent or empty. All or nothing: it is built beside and renamed into place.
 * @throws {SiteError} alreadyInitialised when the folder holds anything.
 */
export async function initSite(
  folder: string,
  options: {
    site: string;
    hosts: readonly string[];
    listen: { host: string; port: number };
    /** Default: no enrolment port. */
    enrol?: { host: string; port: number } | null;
    /** Rules for everybody that go into the configuration; default: none, so that the strict ones apply. */
    policy?: Rules;
    now: number;
  },
): Promise<Config> {
  refuseExisting(folder);
  const config = v.parse(configSchema, {
    version: 1,
    site: { name: options.site },
    issuer: `urn:hanare:gateway:${randomUUID()}`,
    hosts: [...options.hosts],
    listen: options.listen,
    enrol: options.enrol ?? null,
    policy: options.policy ?? {},
  } satisfies v.InferInput<typeof configSchema>);
  mkdirSync(dirname(folder), { recursive: true, mode: ownerOnlyFolder });
  const building = join(dirname(folder), `.${basename(folder)}.${randomBytes(6).toString('hex')}.new`);
  mkdirSync(building, { mode: ownerOnlyFolder });
  try {
    await fillSite(building, config, options.now);
    // Again, because making keys took a while. An empty folder must go first: Windows does not rename over one.
    refuseExisting(folder);
    if (existsSync(folder)) rmdirSync(folder);
    renameSync(building, folder);
    syncFolder(dirname(folder));
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
  return config;
}

async function fillSite(folder: string, config: Config, now: number): Promise<void> {
  const paths = sitePaths(folder);
  const ca = await issueCa({ site: config.site.name, now, days: caDays });
  const server = await issueServer(ca, { hosts: config.hosts, now, days: serverDays });
  const files: readonly (readonly [string, string])[] = [
    [paths.caCertificate, ca.certificate],
    [paths.caKey, ca.privateKey],
    [paths.serverCertificate, server.certificate],
    [paths.serverKey, server.privateKey],
    [paths.grantKey, newPrivateKey()],
    [paths.config, `${JSON.stringify(config, null, 2)}\n`],
  ];
  for (const [path, content] of files) writeAtomically(path, content, { replace: false });
  completeSite(folder);
  openStore(paths.store, { create: true }).close();
}

/**
 * Makes the keys that a folder of the first version lacks: policy.key and store.key.
 * INVARIANT: a key that was used once is never replaced: without it, what it sealed is lost and laptops refuse what is
 * signed. A folder with an audit log has used them.
 * @throws {SiteError} damaged when such a key is missing.
 */
export function completeSite(folder: string): void {
  const paths = sitePaths(folder);
  // Looked at first: another process may complete the folder and go on to use it meanwhile.
  const used = existsSync(paths.audit);
  const keys = [
    [paths.policyKey, newPrivateKey],
    [paths.storeKey, () => randomBytes(storeKeyBytes)],
  ] as const;
  for (const [path, make] of keys) {
    if (existsSync(path)) continue;
    if (used) throw new SiteError('damaged', `The file ${path} is missing; restore it from a backup.`);
    try {
      writeAtomically(path, make(), { replace: false });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function refuseExisting(folder: string): void {
  if (!existsSync(folder)) return;
  if (existsSync(sitePaths(folder).config)) {
    throw new SiteError('alreadyInitialised', `There is already a site in ${folder}; nothing was changed.`);
  }
  if (readdirSync(folder).length > 0) {
    throw new SiteError('alreadyInitialised', `The folder ${folder} is not empty; nothing was changed.`);
  }
}

/** @throws {SiteError} notInitialised or damaged. */
export function loadConfig(folder: string): Config {
  return readConfig(sitePaths(folder).config, folder);
}

/** @throws {SiteError} notInitialised or damaged. */
export function loadSite(folder: string): SiteSecrets {
  const config = loadConfig(folder);
  completeSite(folder);
  const paths = sitePaths(folder);
  const storeKey = read(paths.storeKey);
  if (storeKey.length !== storeKeyBytes) {
    throw new SiteError('damaged', `The file ${paths.storeKey} is not a key; restore it from a backup.`);
  }
  return {
    config,
    ca: { certificate: readText(paths.caCertificate), privateKey: readText(paths.caKey) },
    clientCas: loadClientCas(paths.clientCas),
    server: { certificate: readText(paths.serverCertificate), privateKey: readText(paths.serverKey) },
    grantKey: readText(paths.grantKey),
    policyKey: readText(paths.policyKey),
    storeKey,
  };
}

/**
 * Completes the folder first: whoever opens the store may write to the audit log next.
 * @throws {SiteError} and what openStore throws.
 */
export function openSiteStore(folder: string): Store {
  loadConfig(folder);
  completeSite(folder);
  return openStore(sitePaths(folder).store);
}

function readText(path: string): string {
  return read(path).toString('utf8');
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new SiteError('damaged', `The file ${path} cannot be read.`, { cause: error });
  }
}
