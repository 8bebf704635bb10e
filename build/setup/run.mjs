// Starts a script of this repository from nothing but Node >= 20 and npm: installs the npm packages when they are
// missing or older than the lock file, then runs the script on Node 24 (an npm package of ours on Linux).
// Plain JavaScript, because the Node that starts it may not know TypeScript.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const stamp = join(root, 'node_modules/.hanare-lock');

function installPackages() {
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.error('hanare: installing npm packages (once; about a minute) …');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  // Not `npm ci`: it refuses a lock file without other systems' optional binaries, and the registry mirror of a closed
  // network may lack those. This installs exactly what is locked, checks each digest, and writes nothing but node_modules.
  const result = spawnSync(npm, ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (result.status !== 0) {
    console.error('hanare: npm could not install the packages; see the lines above.');
    process.exit(result.status ?? 1);
  }
  writeFileSync(stamp, lock);
}

function findNode() {
  const bundled = ['x64', 'arm64'].map((cpu) => join(root, `node_modules/node-linux-${cpu}/bin/node`)).find(existsSync);
  if (bundled) return bundled;
  const [major] = process.versions.node.split('.').map(Number);
  if (major >= 24) return process.execPath;
  console.error(`hanare: Node 24 or newer is needed on this system; this is Node ${process.versions.node}.`);
  process.exit(1);
}

installPackages();
const [script, ...rest] = process.argv.slice(2);
const child = spawn(findNode(), ['--disable-warning=ExperimentalWarning', join(root, script), ...rest], {
  stdio: 'inherit',
  env: { ...process.env, INIT_CWD: process.env.INIT_CWD ?? process.cwd() },
});
// A terminal sends Ctrl+C to the whole group; a supervisor sends it to this process alone. Both must reach the child.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 1)));
