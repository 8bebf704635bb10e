import { posix } from 'node:path';
import type { System } from '../../system.ts';

/* /proc/self/mountinfo, see proc(5). */

export type Mount = Readonly<{
  /** `major:minor` of the file system; major 0 is none that lies on one block device. */
  device: string;
  point: string;
  type: string;
  /** Options of the file system (not of the mount), as `key=value` or `key`. */
  options: readonly string[];
}>;

export async function readMounts(system: System): Promise<readonly Mount[] | null> {
  const text = await system.read('/proc/self/mountinfo');
  const mounts = text === null ? [] : parseMounts(text);
  return mounts.length === 0 ? null : mounts;
}

export function parseMounts(text: string): readonly Mount[] {
  return text.split('\n').flatMap((line) => {
    const fields = line.split(' ');
    const dash = fields.indexOf('-', 6);
    const [device, point, type] = [fields[2], fields[4], fields[dash + 1]];
    if (dash < 0 || !device || !point || !type || !/^\d+:\d+$/.test(device)) return [];
    return [{ device, point: unescaped(point), type, options: (fields[dash + 3] ?? '').split(',').map(unescaped) }];
  });
}

/** The mount that a path lies on: the deepest, and of those the last, which hides the others. */
export function mountOf<T extends Readonly<{ point: string }>>(mounts: readonly T[], path: string): T | null {
  let found: T | null = null;
  for (const mount of mounts) {
    if (isBelow(path, mount.point) && (found === null || mount.point.length >= found.point.length)) found = mount;
  }
  return found;
}

/** Whether a path is the folder or lies below it. */
export function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

/** The kernel writes space, tab, newline and backslash as three octal digits. */
export function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

const mostLinks = 40;

/** A path without symbolic links (mounts are known by those); null when there are too many, as in a loop. */
export async function realPath(system: System, path: string): Promise<string | null> {
  let rest = posix.normalize(path).split('/').filter(Boolean);
  let done: readonly string[] = [];
  for (let links = 0; rest.length > 0; ) {
    const [name = '', ...after] = rest;
    if (name === '..') {
      done = done.slice(0, -1);
      rest = after;
      continue;
    }
    const target = await system.link(`/${[...done, name].join('/')}`);
    if (target === null) {
      done = [...done, name];
      rest = after;
      continue;
    }
    links += 1;
    if (links > mostLinks) return null;
    if (target.startsWith('/')) done = [];
    rest = [...target.split('/').filter((part) => part !== '' && part !== '.'), ...after];
  }
  return `/${done.join('/')}`;
}
