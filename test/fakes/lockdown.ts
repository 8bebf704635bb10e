import { spawn } from 'node:child_process';
import { lstat, mkdir, readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** The kitting script, run as it is, below a made-up root. */
const script = fileURLToPath(new URL('../../build/kitting/linux/hanare-lockdown', import.meta.url));

export type LockdownRun = Readonly<{ code: number | null; stdout: string; stderr: string }>;

/** @param options.env added to this process's. @returns code null when it was killed. */
export async function lockdown(
  args: readonly string[],
  options: { env?: Record<string, string>; uid?: number } = {},
): Promise<LockdownRun> {
  const { env, ...rest } = options;
  // A group of its own, so that a step can kill all of it and nothing else.
  const child = spawn(script, [...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    detached: true,
    ...rest,
  });
  const code = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, stdout, stderr };
}

/** @param folder need not be there. @returns everything below it: type, owner, mode, and content or destination. */
export async function snapshot(folder: string, options: { times?: boolean } = {}): Promise<Record<string, string>> {
  const all: Record<string, string> = {};
  for (const name of (await readdir(folder, { recursive: true })).sort()) {
    const path = join(folder, name);
    const { mode, uid, gid, mtimeMs, isFile, isSymbolicLink } = await lstat(path).then((found) => ({
      ...found,
      isFile: found.isFile(),
      isSymbolicLink: found.isSymbolicLink(),
    }));
    const content = isFile ? await readFile(path, 'latin1') : isSymbolicLink ? await readlink(path) : '';
    all[name] = [mode.toString(8), uid, gid, options.times && isFile ? mtimeMs : '', content].join(' ');
  }
  return all;
}

/** @param folder where `programs` go that do as the real ones do. @returns the environment to run the script in. */
export async function killingPrograms(folder: string): Promise<(step: number) => Promise<Record<string, string>>> {
  await mkdir(folder, { recursive: true });
  const counter = join(folder, 'count');
  for (const name of ['mv', 'cp', 'rm', 'mkdir', 'rmdir', 'chmod', 'chown', 'ln']) {
    // The n-th of them never runs: power is gone before it.
    const text = `#!/bin/sh
n=$(($(cat ${counter}) + 1))
echo $n >${counter}
[ "$n" -ne "$KILL_AT" ] || kill -9 0
exec /bin/${name} "$@"
`;
    await writeFile(join(folder, name), text, { mode: 0o755 });
  }
  return async (step) => {
    await writeFile(counter, '0');
    return { PATH: `${folder}:${process.env.PATH}`, KILL_AT: `${step}` };
  };
}
