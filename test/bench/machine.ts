import { spawnSync } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';
import { findBrowser } from '#build/setup/browser.ts';

export type Machine = Readonly<{
  cores: number;
  processor: string;
  memoryGiB: number;
  kernel: string;
  node: string;
  versions: Readonly<Record<string, string>>;
}>;

const firstVersion = (command: string, ...args: string[]): string => {
  const { stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: 10_000 });
  return `${stdout ?? ''}${stderr ?? ''}`.match(/\d+\.\d[\w.]*/)?.[0] ?? 'unknown';
};

/** What the figures were measured on: they mean nothing without it. */
export function describeMachine(): Machine {
  const processors = cpus();
  const browser = findBrowser();
  return {
    cores: processors.length,
    processor: processors[0]?.model.trim() ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    kernel: release(),
    node: process.versions.node,
    versions: {
      Xtigervnc: firstVersion('Xtigervnc', '-version'),
      vncviewer: firstVersion('vncviewer', '-version'),
      ...(browser ? { Chromium: firstVersion(browser, '--version') } : {}),
    },
  };
}
