import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Logger } from '#contract/log/logger.ts';
import type { System } from '../system.ts';

/**
 * Keeps this process from leaving a picture of its memory when it dies (core(5)): its limit goes to nothing where the system
 * has the program for that, and the kernel is told to put no mapping into a dump, which no limit of a pipe's reader undoes.
 * What it starts from now on inherits both. Chromium's sandboxed processes, started earlier, are not dumpable anyway.
 * @param options.proc where the kernel's /proc is. @returns whether one of the two was done; true where there is nothing to do.
 */
export async function forbidCoreDumps(options: {
  system: Pick<System, 'platform' | 'run'>;
  pid: number;
  proc?: string;
  log: Logger;
}): Promise<boolean> {
  const { system, pid, proc = '/proc', log } = options;
  if (system.platform !== 'linux') return true;
  const [limited, filtered] = await Promise.all([
    system.run('/usr/bin/prlimit', [`--pid=${pid}`, '--core=0:0']).then(({ code }) => code === 0),
    writeFile(join(proc, String(pid), 'coredump_filter'), '0x0').then(
      () => true,
      () => false,
    ),
  ]);
  if (!limited && !filtered) log.warn('core dumps cannot be switched off');
  return limited || filtered;
}

/**
 * Where dumps of this app would lie. A system that pipes them to a program (systemd-coredump) keeps them where only an
 * administrator removes them; those are not the app's, and `forbidCoreDumps` leaves nothing in them.
 */
export async function crashFolders(options: { crashDumps: string; cwd: string; proc?: string }): Promise<string[]> {
  const { crashDumps, cwd, proc = '/proc' } = options;
  const pattern = (await readFile(join(proc, 'sys/kernel/core_pattern'), 'utf8').catch(() => '|')).trim();
  if (pattern.startsWith('|')) return [crashDumps];
  return [crashDumps, pattern.startsWith('/') ? dirname(pattern) : cwd];
}
