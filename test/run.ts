import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildApp } from '#build/bundle/index.ts';
import { ensureDebian, MissingSoftware } from '#build/setup/debian.ts';
import { ensureHost } from '#build/setup/host.ts';
import { keyringPackages } from '#build/setup/keyring.ts';
import { ensureRdpPackages, ensureRdpRoots } from './fakes/rdp/set-up.ts';
import { findLeaks, runMark } from './leaks.ts';

/**
 * `npm test [-- FILTER…]`: sets up what is missing, builds the app, runs every suite, then looks for processes and
 * temporary files that the run left behind. Its last line is `N passed, N failed`.
 */
const root = fileURLToPath(new URL('../', import.meta.url));
const debian = [
  'tigervnc-standalone-server',
  'tigervnc-viewer',
  'xvfb',
  'xterm',
  'x11-apps',
  'x11-utils',
  'x11-xserver-utils',
  'xdotool',
  'imagemagick',
  'openssl',
  'procps',
  'iproute2',
  'nftables',
  'udev',
  'diffutils',
  'umockdev',
  'python3-gi',
  'gir1.2-umockdev-1.0',
  'wine',
  'wine64',
  ...keyringPackages,
];

type VitestReport = {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  testResults: { status: string; assertionResults: unknown[] }[];
};

async function runSuites(folder: string, filters: readonly string[]): Promise<VitestReport> {
  const output = join(folder, 'report.json');
  const temporary = join(folder, 'tmp');
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${output}`, ...filters];
  const child = spawn(join(root, 'node_modules/.bin/vitest'), args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      ...runMark(folder),
      // The bundler, run in this process, has set it to production, which React's test tools do not work in.
      NODE_ENV: 'test',
      TMPDIR: temporary,
      PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH ?? ''}`,
    },
  });
  await new Promise((resolve) => child.once('close', resolve));
  return JSON.parse(await readFile(output, 'utf8')) as VitestReport;
}

async function main(): Promise<number> {
  await ensureHost();
  ensureDebian(debian, 'test against real servers, a real keyring, and systems as real as can be');
  ensureRdpPackages();
  // Here rather than in a suite, whose time it would be.
  await Promise.all([buildApp(), ensureRdpRoots()]);
  const folder = await mkdtemp(join(tmpdir(), 'hanare-test-'));
  try {
    await mkdir(join(folder, 'tmp'));
    const report = await runSuites(folder, process.argv.slice(2));
    const leaks = [
      ...(await findLeaks(folder)),
      ...(await readdir(join(folder, 'tmp'))).map((name) => `file left behind: ${name}`),
    ];
    for (const leak of leaks) console.log(`LEAK ${leak}`);
    // A file that fails to load has no failed test of its own, and a leak belongs to none: both count as failures.
    const broken = report.testResults.filter(
      (file) => file.status === 'failed' && file.assertionResults.length === 0,
    ).length;
    const failed = report.numFailedTests + broken + (leaks.length > 0 ? 1 : 0);
    console.log(`${report.numPassedTests} passed, ${failed} failed`);
    return failed === 0 && report.numPassedTests > 0 ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof MissingSoftware)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
