import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as v from 'valibot';
import { type Issued, issueCa, issueServer, newPrivateKey } from '../pki/issue.ts';
import { openStore, type Store } from '../store/store.ts';
import { ownerOnlyFolder, syncFolder, writeAtomically } from './files.ts';

const text = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(253));
const port = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535));

const configSchema = v.strictObject({
  version: v.literal(1),
  site: v.strictObject({ name: v.pipe(text, v.maxLength(100)) }),
  /** `iss` of this gateway's grants. */
  issuer: text,
  /** Names that clients connect to; the first goes into device files. */
  hosts: v.pipe(v.array(text), v.minLength(1), v.maxLength(32)),
  listen: v.strictObject({ host: text, port }),
});
export type Config = Readonly<v.InferOutput<typeof configSchema>>;

/** Everything a running gateway needs from its data folder. */
export type Site = Readonly<{ config: Config; ca: string; server: Issued; grantKey: string }>;

/** The data folder cannot be used; `problem` chooses the exit code. */
export class SiteError extends Error {
  readonly problem: 'notInitialised' | 'alreadyInitialised' | 'damaged';
  constructor(problem: SiteError['problem'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SiteError';
    this.problem = problem;
  }
}

const caDays = 3650;
const serverDays = 825;

export const sitePaths = (folder: string) => ({
  config: join(folder, 'config.json'),
  caCertificate: join(folder, 'ca.crt'),
  caKey: join(folder, 'ca.key'),
  serverCertificate: join(folder, 'server.crt'),
  serverKey: join(folder, 'server.key'),
  grantKey: join(folder, 'grant.key'),
  store: join(folder, 'store.sqlite'),
  lock: join(folder, 'serve.lock'),
});

/**
 * Makes a site in `folder`, which must be absent or empty. All or nothing: it is built beside and renamed into place.
 * @throws {SiteError} alreadyInitialised when the folder holds anything.
 */
export async function initSite(
  folder: string,
  options: { site: string; hosts: readonly string[]; listen: { host: string; port: number }; now: number },
): Promise<Config> {
  refuseExisting(folder);
  const config = v.parse(configSchema, {
    version: 1,
    site: { name: options.site },
    issuer: `urn:hanare:gateway:${randomUUID()}`,
    hosts: [...options.hosts],
    listen: options.listen,
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
    [paths.grantKey, await newPrivateKey()],
    [paths.config, `${JSON.stringify(config, null, 2)}\n`],
  ];
  for (const [path, content] of files) writeAtomically(path, content, { replace: false });
  openStore(paths.store, { create: true }).close();
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
  const path = sitePaths(folder).config;
  if (!existsSync(path)) {
    throw new SiteError('notInitialised', `There is no site in ${folder}; make one with "hanare-gateway init".`);
  }
  let value: unknown;
  try {
    value = JSON.parse(read(path));
  } catch (error) {
    if (error instanceof SiteError) throw error;
    throw new SiteError('damaged', `The file ${path} cannot be read as JSON.`, { cause: error });
  }
  const result = v.safeParse(configSchema, value);
  if (!result.success) {
    const at = v.getDotPath(result.issues[0]) ?? 'the top level';
    throw new SiteError('damaged', `The file ${path} is not a valid configuration (see ${at}).`);
  }
  return result.output;
}

/** @throws {SiteError} notInitialised or damaged. */
export function loadSite(folder: string): Site {
  const config = loadConfig(folder);
  const paths = sitePaths(folder);
  return {
    config,
    ca: read(paths.caCertificate),
    server: { certificate: read(paths.serverCertificate), privateKey: read(paths.serverKey) },
    grantKey: read(paths.grantKey),
  };
}

/** The CA with its private key: only for issuing; `serve` never reads it. */
export function loadCa(folder: string): Issued {
  const paths = sitePaths(folder);
  return { certificate: read(paths.caCertificate), privateKey: read(paths.caKey) };
}

/** @throws {SiteError} and what openStore throws. */
export function openSiteStore(folder: string): Store {
  loadConfig(folder);
  return openStore(sitePaths(folder).store);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new SiteError('damaged', `The file ${path} cannot be read.`, { cause: error });
  }
}
