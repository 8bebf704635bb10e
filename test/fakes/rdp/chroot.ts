import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Shadow, type ShadowOptions, startShadow } from './freerdp-shadow.ts';
import { noNamespace } from './namespace.ts';
import { type Suite, suitePackages } from './packages.ts';
import { startXrdp, type Xrdp, type XrdpOptions } from './xrdp.ts';

/*
 * Servers of newer Debian suites (FreeRDP 3, xrdp 0.10), each in a root of its own that mmdebstrap makes from Debian's
 * archive. A root is kept, unpacked and packed, in a cache and only ever read: a run lays its files over it.
 */
const run = promisify(execFile);

const recipe = (packages: readonly string[]) => [
  ...['--mode=root', '--variant=essential', '--format=directory', '--quiet'],
  // Suites that are not released are signed for a week, and a cache of the archive may be older.
  ...[`--aptopt=Acquire::Check-Valid-Until "false"`, '--aptopt=APT::Install-Recommends "false"'],
  '--aptopt=Acquire::Languages "none"',
  ...['doc', 'man', 'locale', 'icons'].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
  // Packages start their services when they are installed, unless this says no.
  `--essential-hook=mkdir -p "$1/usr/sbin"; printf '#!/bin/sh\\nexit 101\\n' >"$1/usr/sbin/policy-rc.d"; chmod 755 "$1/usr/sbin/policy-rc.d"`,
  `--include=${packages.join(',')}`,
];

/** $HANARE_CACHE where it is set, else in the user's own cache. */
function cacheFolder(): string {
  const base = process.env.HANARE_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'hanare');
  return join(base, 'rdp-servers');
}

/** Another list of packages or another recipe is another root. */
function suiteRoot(suite: Suite): string {
  const key = createHash('sha256').update(recipe(suitePackages[suite]).join('\n')).digest('hex').slice(0, 12);
  return join(cacheFolder(), `${suite}-${key}`);
}

/**
 * Makes sure that a suite's root is there: from the cache, else from its packed file (which a continuous integration may
 * keep alone), else from Debian's archive, in about a minute. Needs root, and Linux.
 * @returns the folder, or null, said loudly, when it cannot be had here
 */
export async function ensureSuiteRoot(suite: Suite): Promise<string | null> {
  const root = suiteRoot(suite);
  const because = noNamespace();
  if (because !== null) return refuse(suite, because);
  if (existsSync(root)) return root;
  await mkdir(cacheFolder(), { recursive: true });
  // Another process may make the same one: whoever renames first has made it, and nobody sees a half-made one.
  const partial = await mkdtemp(join(cacheFolder(), `${suite}-partial-`));
  const [made, packed] = [join(partial, 'root'), `${root}.tar.zst`];
  try {
    if (existsSync(packed)) {
      await mkdir(made, { mode: 0o755 });
      await run('tar', ['-C', made, '--numeric-owner', '-I', 'zstd', '-xpf', packed]);
    } else {
      if (spawnSync('which', ['mmdebstrap']).status !== 0) return refuse(suite, 'mmdebstrap is not installed');
      console.warn(`hanare: making a root of Debian ${suite} with ${suitePackages[suite].join(', ')} …`);
      await run('mmdebstrap', [...recipe(suitePackages[suite]), suite, made], { maxBuffer: 64 * 1024 * 1024 });
      const file = join(partial, 'packed');
      await run('tar', ['-C', made, '--numeric-owner', '-I', 'zstd -3 -T0', '-cf', file, '.']);
      await rename(file, packed);
    }
    await rename(made, root).catch((error) => {
      if (!existsSync(root)) throw error;
    });
    return root;
  } catch (error) {
    return refuse(suite, String((error as { stderr?: string }).stderr || error).slice(-400));
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

function refuse(suite: Suite, because: string): null {
  console.warn(`hanare: NO ROOT OF DEBIAN ${suite.toUpperCase()}, its RDP server is not tested: ${because.trim()}`);
  return null;
}

/** FreeRDP 3's shadow server: AVC420, AVC444, Progressive and RemoteFX by the graphics channel. @param root of trixie */
export const startShadow3 = (root: string, options: ShadowOptions): Promise<Shadow> =>
  startShadow(options, { root, command: 'freerdp-shadow-cli3' });

/** xrdp 0.10: H.264 and Progressive by the graphics channel, TLS with a sign-in by PAM. @param root of sid */
export const startXrdp010 = (root: string, options: XrdpOptions): Promise<Xrdp> => startXrdp(options, root);
