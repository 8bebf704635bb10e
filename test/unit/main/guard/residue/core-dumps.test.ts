import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createLogger } from '#contract/log/logger.ts';
import { crashFolders, forbidCoreDumps } from '#main/guard/residue/core-dumps.ts';
import { openSystem } from '#main/guard/system.ts';
import { temporaryFolder } from '#test/fakes/temporary-folder.ts';

const silent = createLogger({ sink: () => undefined, now: () => 0, context: 'test' });

describe('core dumps', () => {
  it('are off for a process, by its limit and by what the kernel would write', async () => {
    const child = spawn('/bin/sleep', ['60'], { stdio: 'ignore' });
    try {
      expect(await forbidCoreDumps({ system: openSystem(), pid: child.pid!, log: silent })).toBe(true);
      expect(await readFile(`/proc/${child.pid}/limits`, 'utf8')).toMatch(/^Max core file size +0 +0 /m);
      expect((await readFile(`/proc/${child.pid}/coredump_filter`, 'utf8')).trim()).toBe('00000000');
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('are said to be possible, when neither can be set', async () => {
    const lines: string[] = [];
    const log = createLogger({ sink: (line) => lines.push(line), now: () => 0, context: 'test' });
    const system = { platform: 'linux', run: async () => ({ code: null, stdout: '', stderr: '' }) } as const;
    expect(await forbidCoreDumps({ system, pid: 1, proc: await temporaryFolder(), log })).toBe(false);
    expect(lines.join()).toContain('cannot be switched off');
  });

  it('are no matter of this program’s on Windows', async () => {
    const system = { platform: 'win32', run: () => Promise.reject(new Error('run')) } as const;
    expect(await forbidCoreDumps({ system, pid: 1, log: silent })).toBe(true);
  });
});

describe('the folders that a dump would lie in', () => {
  it.each([
    ['core', ['/dumps', '/home/x']],
    ['core.%p', ['/dumps', '/home/x']],
    ['/var/cores/%e.%p', ['/dumps', '/var/cores']],
    ['|/usr/lib/systemd/systemd-coredump %P', ['/dumps']],
  ])('where the kernel’s pattern is %s', async (pattern, folders) => {
    const proc = await temporaryFolder();
    await mkdir(join(proc, 'sys/kernel'), { recursive: true });
    await writeFile(join(proc, 'sys/kernel/core_pattern'), `${pattern}\n`);
    expect(await crashFolders({ crashDumps: '/dumps', cwd: '/home/x', proc })).toEqual(folders);
  });

  it('are Chromium’s alone where there is no such pattern', async () => {
    expect(await crashFolders({ crashDumps: '/dumps', cwd: '/', proc: '/nowhere' })).toEqual(['/dumps']);
  });
});
