import { existsSync, lstatSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { ensureDebian, MissingSoftware } from '#build/setup/debian.ts';
import { ensureSuiteRoot } from './chroot.ts';
import { rdpServerPackages, type Suite, suitePackages } from './packages.ts';

/*
 * What `npm test` sets up for the suites with real RDP servers. None of it is a condition for the other suites: what
 * cannot be had is said loudly, and the suites skip it.
 */

/** Debian's packages of this system's own servers. Without root the rest could not be started, so it is not installed. */
export function ensureRdpPackages(): void {
  const { shadow, client, xrdp, roots } = rdpServerPackages;
  const isRoot = process.getuid?.() === 0;
  const packages = new Set([...shadow, ...client, ...(isRoot ? [...xrdp, ...roots] : [])]);
  try {
    const install = () => ensureDebian([...packages], 'test against real RDP servers');
    if (isRoot) withoutServices(['xrdp', 'xrdp-sesman'], install);
    else install();
  } catch (error) {
    if (!(error instanceof MissingSoftware)) throw error;
    console.warn(`\n!!! hanare: SOME RDP SERVERS ARE NOT TESTED HERE: ${error.message}\n`);
  }
}

/** The newer servers' roots, from the cache or from Debian's archive; `ensureSuiteRoot` says what it cannot have. */
export async function ensureRdpRoots(): Promise<void> {
  await Promise.all((Object.keys(suitePackages) as Suite[]).map(ensureSuiteRoot));
}

const policy = '/usr/sbin/policy-rc.d';

/**
 * Installs packages that bring services without one of them being started, now or when the system starts: a test is no
 * reason for a desk that listens on every network. Services that are there already are left as they are.
 */
function withoutServices(names: readonly string[], install: () => void): void {
  const units = names
    .filter((name) => !existsSync(`/lib/systemd/system/${name}.service`))
    .map((name) => `/etc/systemd/system/${name}.service`)
    .filter((file) => !isThere(file));
  if (units.length === 0) {
    install();
    return;
  }
  // What systemd calls masked: a unit that is /dev/null cannot be started by anybody, enabled or not.
  mkdirSync('/etc/systemd/system', { recursive: true });
  for (const unit of units) symlinkSync('/dev/null', unit);
  // Debian's own way to say so where there is no systemd (invoke-rc.d); an image for containers has such a file already.
  const isOurs = existsSync('/usr/sbin') && !isThere(policy);
  if (isOurs) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    install();
  } finally {
    if (isOurs) rmSync(policy, { force: true });
  }
}

/** Links that lead nowhere are there too. */
const isThere = (file: string): boolean => lstatSync(file, { throwIfNoEntry: false }) !== undefined;
