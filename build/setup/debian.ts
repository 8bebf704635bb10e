import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Thrown when something must be installed that this script may not install: the message is for the person at the terminal. */
export class MissingSoftware extends Error {}

function run(command: string, args: readonly string[], stdio: 'ignore' | 'inherit'): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // apt's own words go to stderr: stdout belongs to the command that was asked for.
  return spawnSync(command, args, { stdio: stdio === 'ignore' ? 'ignore' : ['ignore', 2, 2], env }).status === 0;
}

function isInstalled(name: string): boolean {
  const result = spawnSync('dpkg-query', ['-W', '-f', '$' + '{db:Status-Abbrev}', name], { encoding: 'utf8' });
  return result.status === 0 && result.stdout.startsWith('ii');
}

/**
 * Makes sure that Debian packages are there, installing them where this process may (root, or sudo without a question).
 * @param why ends the sentence "… is needed to …". @throws MissingSoftware with the exact command to type
 */
export function ensureDebian(packages: readonly string[], why: string): void {
  const debian = existsSync('/usr/bin/apt-get');
  const missing = debian ? packages.filter((name) => !isInstalled(name)) : packages;
  if (missing.length === 0) return;
  const command = `apt-get install -y ${missing.join(' ')}`;
  if (!debian) throw new MissingSoftware(`${missing.join(', ')} (Debian's names) must be installed to ${why}.`);
  const prefix = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  if (prefix.length > 0 && !run('sudo', ['-n', 'true'], 'ignore')) {
    throw new MissingSoftware(`To ${why}, install this first:\n  sudo ${command}`);
  }
  console.error(`hanare: installing Debian packages to ${why}: ${missing.join(' ')} …`);
  const apt = [...prefix, 'apt-get', '-qq', '-o', 'Dpkg::Use-Pty=0'];
  const install = [...apt, 'install', '-y', '--no-install-recommends', ...missing];
  const [first, ...rest] = install;
  // The list of packages may be old or absent on a fresh machine: try, refresh, try again.
  if (run(first!, rest, 'ignore')) return;
  run(apt[0]!, [...apt.slice(1), 'update'], 'inherit');
  if (!run(first!, rest, 'inherit')) {
    throw new MissingSoftware(
      `Debian's packages could not be installed. To ${why}, install them by hand:\n  ${command}`,
    );
  }
}
