import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const inputs = ['contract', 'main', 'preload', 'renderer', 'build/bundle', 'package.json', 'package-lock.json'];

/** @returns a digest of everything the built app depends on, so that an unchanged tree is not built again. */
export function sourceHash(root: string): string {
  const list = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z', '--', ...inputs], { cwd: root });
  const hash = createHash('sha256');
  for (const path of [...new Set(list.toString().split('\0'))].filter(Boolean).toSorted()) {
    hash.update(`${path}\0`);
    try {
      hash.update(readFileSync(join(root, path)));
    } catch {
      // Deleted but not yet committed: its absence is part of the state, and the path alone says so.
    }
  }
  return hash.digest('hex');
}
