import { execFileSync } from 'node:child_process';
import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openSystem } from '#main/guard/system.ts';
import { temporaryFolder } from '#test/fakes/temporary-folder.ts';

async function made() {
  const root = await temporaryFolder();
  await mkdir(join(root, 'etc'));
  await writeFile(join(root, 'etc/name'), 'laptop\n');
  await symlink('name', join(root, 'etc/link'));
  return { root, system: openSystem(root) };
}

afterEach(() => void vi.unstubAllEnvs());

describe('the laptop’s system below a root', () => {
  it('shows files, folders, links and times', async () => {
    const { system } = await made();
    expect(await system.read('/etc/name')).toBe('laptop\n');
    expect([...(await system.list('/etc'))!].sort()).toEqual(['link', 'name']);
    expect(await system.link('/etc/link')).toBe('name');
    expect(await system.modified('/etc/name')).toBeGreaterThan(0);
  });

  it('shows what is not there, or is something else, as nothing', async () => {
    const { system } = await made();
    expect(await system.read('/etc/none')).toBeNull();
    expect(await system.read('/etc')).toBeNull();
    expect(await system.list('/etc/name')).toBeNull();
    expect(await system.link('/etc/name')).toBeNull();
    expect(await system.modified('/none')).toBeNull();
  });

  it('takes in no more than a mebibyte of a file, and waits for no pipe', async () => {
    const { root, system } = await made();
    await writeFile(join(root, 'large'), '');
    await truncate(join(root, 'large'), 3 * 1024 ** 3);
    expect(await system.read('/large')).toHaveLength(1024 * 1024);
    execFileSync('mkfifo', [join(root, 'pipe')]);
    expect(await system.read('/pipe')).toBe('');
  });

  it('runs a program of that root, and tells how it ended', async () => {
    const { root, system } = await made();
    const program = (name: string, text: string) =>
      writeFile(join(root, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    await program('says', 'echo "$1 $LC_ALL"; echo no >&2; exit 3');
    expect(await system.run('/says', ['a b; c'])).toEqual({ code: 3, stdout: 'a b; c C\n', stderr: 'no\n' });
    vi.stubEnv('GSETTINGS_BACKEND', 'memory').stubEnv('LD_PRELOAD', '').stubEnv('HOME', '/elsewhere');
    await program('shows', 'env');
    expect((await system.run('/shows', [])).stdout).toMatch(/^HOME=/m);
    expect((await system.run('/shows', [])).stdout).not.toMatch(/GSETTINGS|LD_PRELOAD|elsewhere/);
    await program('hangs', 'exec sleep 30');
    expect(await system.run('/hangs', [], 200)).toMatchObject({ code: null });
    await program('floods', 'yes');
    expect((await system.run('/floods', [])).code).toBeNull();
    expect(await system.run('/none', [])).toMatchObject({ code: null });
  });
});
