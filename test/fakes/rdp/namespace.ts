import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Child, startChild } from '../children.ts';

/*
 * A server that is made to be a system's own (fixed paths in /etc and /run, sign-in by PAM, sessions that outlive it) in
 * a mount and a pid namespace: what it needs to find is laid over the system's files for it alone, nothing of it is ever
 * written to the host, and when its first process ends so does everything that it started. The network is the host's.
 */

export type Namespace = Readonly<{
  log(): string;
  ended(): boolean;
  /** Where a file of the inside is seen from outside, while it runs. */
  path(inside: string): string;
  /** Ends every process inside. Nothing of the namespace is left when it resolves. */
  stop(): Promise<void>;
}>;

/** @returns why namespaces cannot be made here; null when they can. */
export function noNamespace(): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'mount and pid namespaces need root on Linux';
  const args = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'true'];
  const { status, error, stderr } = spawnSync('unshare', args, { encoding: 'utf8' });
  return status === 0 ? null : `namespaces do not work here: ${(error?.message ?? stderr).trim()}`;
}

/*
 * $1 is the root, $2 the run's folder. Before the new /proc is mounted, the old one still tells this process's number
 * outside. Inside, /mnt is the folder, /tmp and /run are empty, and another root is read only.
 */
const prelude = `
set -e
root=$1; folder=$2; shift 2
read -r pid _ </proc/self/stat
echo "first process $pid"
if [ "$root" = / ]; then root=; else
  mount --bind "$root" "$root"
  mount -o remount,bind,ro "$root"
  mount --rbind /dev "$root/dev"
fi
mount -t proc proc "$root/proc"
mount --bind "$folder" "$root/mnt"
folder=$root/mnt
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mkdir -m 1777 "$root/tmp/.X11-unix"
export TMPDIR=/tmp PATH=/usr/sbin:/usr/bin:/sbin:/bin
inside() { chroot "\${root:-/}" "$@"; }
`;

/**
 * @param root the folder of a whole system, or / for this one. @param folder is at /mnt inside.
 * @param script what to run, in sh, after `prelude`: \`inside COMMAND\` runs in the root. It must not end by itself.
 */
export async function startNamespace(
  options: Readonly<{ root: string; folder: string; script: string; env?: Record<string, string> }>,
): Promise<Namespace> {
  const { root, folder, script, env = {} } = options;
  const child: Child = startChild(
    'unshare',
    ['--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', prelude + script, 'sh', root, folder],
    { env },
  );
  try {
    const [, digits] = await child.line(/^first process (\d+)$/, 10_000);
    const first = Number(digits);
    const ended = () => !existsSync(`/proc/${first}`);
    return {
      log: child.output,
      ended,
      path: (inside) => join(`/proc/${first}/root`, root, inside),
      stop: async () => {
        // It is a zombie until every other process inside has ended, and gone as soon as unshare has seen that.
        if (!ended()) process.kill(first, 'SIGKILL');
        for (let tries = 0; !ended() && tries < 200; tries += 1) await sleep(20);
        await child.stop('SIGKILL');
      },
    };
  } catch (error) {
    await child.stop('SIGKILL');
    throw error;
  }
}
