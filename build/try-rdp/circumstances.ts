import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import type { LaunchedApp } from '#build/host/launch.ts';
import type { TryRdpOptions } from './options.ts';
import type { Circumstances } from './report.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** @param app null when it never ran */
export async function describeCircumstances(options: TryRdpOptions, app: LaunchedApp | null): Promise<Circumstances> {
  const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { version: string };
  const agent = app
    ? await app.page
        .evaluate(() => (globalThis as unknown as { navigator: { userAgent: string } }).navigator.userAgent)
        .catch(() => '')
    : '';
  const versionOf = (name: string) => new RegExp(`\\b${name}/([\\d.]+)`).exec(agent)?.[1] ?? null;
  const browser = app?.page.context().browser()?.version();
  return {
    hanare: { version, ...commit() },
    runtime: {
      app: app?.host ?? null,
      electron: versionOf('Electron'),
      chromium: browser ?? versionOf('Chrome'),
      node: process.versions.node,
      openssl: process.versions.openssl,
    },
    system: { platform: os.platform(), release: os.release(), architecture: os.arch() },
    options: {
      security: options.desk.security,
      headless: options.headless,
      wrongPassword: options.wrongPassword,
      probeOnly: options.probeOnly,
    },
  };
}

/** Of the sources; null where they did not come by git. */
function commit(): { commit: string | null; changed: boolean | null } {
  const git = (...args: string[]) => spawnSync('git', ['-C', root, ...args], { encoding: 'utf8', timeout: 5_000 });
  const head = git('rev-parse', 'HEAD');
  const id = head.stdout?.trim() ?? '';
  if (head.status !== 0 || !/^[0-9a-f]{40,64}$/.test(id)) return { commit: null, changed: null };
  return { commit: id, changed: git('status', '--porcelain').stdout?.trim() !== '' };
}
