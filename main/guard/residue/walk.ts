import { type Dirent, constants as flags } from 'node:fs';
import { lstat, open, readdir, realpath, unlink } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { Markers } from './markers.ts';

/** A file or link below a folder that was walked. */
export type Found = Readonly<{
  path: string;
  /** From the folder, with `/`. */
  name: string;
  size: number;
  /** When it was last made, written or renamed, ms since 1970: the time that programs cannot set back. */
  changed: number;
  /** Whether it belongs to this account; always on Windows, where nobody says so. */
  mine: boolean;
  isFile: boolean;
}>;

/** What one scan may still read. */
export type Budget = { bytes: number; readonly until: number };
/** `locked`: another process keeps it for itself, as Chromium does with some files on Windows. */
type Reading = 'clean' | 'marked' | 'gone' | 'locked' | 'unreadable' | 'overBudget';

const chunkBytes = 1 << 20;
const me = process.getuid?.();

/**
 * All files and links below a folder, newest first. Never goes through a link.
 * @param into says of a folder, by its name from the top, whether to look into it. @returns not `complete` when some folder could not be read
 */
export async function walk(
  folder: string,
  into: (name: string) => boolean = () => true,
): Promise<{ found: readonly Found[]; complete: boolean }> {
  const found: Found[] = [];
  let complete = true;

  async function visit(path: string): Promise<void> {
    let entries: readonly Dirent[];
    try {
      entries = await readdir(path, { withFileTypes: true });
    } catch (error) {
      if (!isGone(error)) complete = false;
      return;
    }
    for (const entry of entries) {
      const below = join(path, entry.name);
      const name = relative(folder, below).split(sep).join('/');
      if (entry.isDirectory()) {
        if (into(name)) await visit(below);
        continue;
      }
      // Sockets and pipes hold nothing.
      if (!entry.isFile() && !entry.isSymbolicLink()) continue;
      const stat = await lstat(below).catch(() => undefined);
      if (!stat) continue;
      found.push({
        path: below,
        name,
        size: stat.size,
        changed: Math.max(stat.ctimeMs, stat.mtimeMs),
        mine: me === undefined || stat.uid === me,
        isFile: stat.isFile(),
      });
    }
  }
  await visit(folder);
  return { found: found.sort((a, b) => b.changed - a.changed), complete };
}

/** Looks for markers in a file, in pieces that overlap. Takes from the budget what it reads. */
export async function readFor(file: Found, markers: Markers, budget: Budget): Promise<Reading> {
  let handle: Awaited<ReturnType<typeof open>>;
  try {
    // Neither follows a link that has taken the file's place, nor waits for the other end of a pipe.
    handle = await open(file.path, flags.O_RDONLY | (flags.O_NOFOLLOW ?? 0) | (flags.O_NONBLOCK ?? 0));
  } catch (error) {
    if (isGone(error)) return 'gone';
    return (error as NodeJS.ErrnoException).code === 'EBUSY' ? 'locked' : 'unreadable';
  }
  try {
    if (!(await handle.stat()).isFile()) return 'gone';
    const overlap = Math.max(0, markers.longest - 1);
    const piece = Buffer.alloc(overlap + chunkBytes);
    let carried = 0;
    for (;;) {
      if (budget.bytes <= 0 || performance.now() >= budget.until) return 'overBudget';
      const { bytesRead } = await handle.read(piece, carried, Math.min(chunkBytes, budget.bytes), null);
      if (bytesRead === 0) return 'clean';
      budget.bytes -= bytesRead;
      const filled = carried + bytesRead;
      if (markers.isIn(piece.subarray(0, filled))) return 'marked';
      carried = Math.min(overlap, filled);
      piece.copyWithin(0, filled - carried, filled);
    }
  } catch {
    return 'unreadable';
  } finally {
    await handle.close().catch(() => undefined);
  }
}

/** The first bytes of a file; empty when it cannot be read. */
export async function startOf(file: Found, bytes: number): Promise<Buffer> {
  try {
    const handle = await open(file.path, flags.O_RDONLY | (flags.O_NOFOLLOW ?? 0) | (flags.O_NONBLOCK ?? 0));
    try {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(bytes), 0, bytes, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch {
    return Buffer.alloc(0);
  }
}

/**
 * Removes a file of ours, or a link itself. What it held may still be found on the medium: a solid-state disk does not
 * overwrite in place, so that is left to the disk's encryption.
 * @returns whether it is gone. Never touches what a link on the way leads to.
 */
export async function removeBelow(folder: string, file: Found): Promise<boolean> {
  try {
    const [top, parent] = await Promise.all([realpath(folder), realpath(dirname(file.path))]);
    const expected = join(top, dirname(relative(folder, file.path)));
    if (!file.mine || parent !== expected) return false;
    await unlink(file.path);
    return true;
  } catch (error) {
    return isGone(error);
  }
}

const isGone = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';
