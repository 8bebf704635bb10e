import { mkdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openSystem, type Ran, type System } from '#main/guard/system.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** What a program prints when it is run; a function is told its arguments; 'hangs' never ends. */
export type Program = string | Partial<Ran> | 'hangs' | ((args: readonly string[]) => string | Partial<Ran>);

export type Tree = Readonly<{
  /** Files by their absolute path, their folders made with them. A path that ends in `/` is an empty folder. */
  files?: Readonly<Record<string, string | Buffer>>;
  /** Symbolic links, as they are written. Absolute ones lead out of the made-up root: only what reads links sees those. */
  links?: Readonly<Record<string, string>>;
  /** When files or folders were changed, ms since 1970. */
  modified?: Readonly<Record<string, number>>;
  /** Programs by their absolute path. Others cannot be started. */
  programs?: Readonly<Record<string, Program>>;
  platform?: NodeJS.Platform;
}>;

export type FakeSystem = System & Readonly<{ ran: readonly (readonly string[])[]; add(tree: Tree): Promise<void> }>;

/** A made-up system in a folder of the running test's own, read by the real port; only its programs are pretended. */
export async function createFakeSystem(tree: Tree = {}): Promise<FakeSystem> {
  const root = await temporaryFolder();
  const real = openSystem(root, tree.platform ?? 'linux');
  const programs = new Map<string, Program>();
  const ran: (readonly string[])[] = [];
  const add = async (more: Tree) => {
    await write(root, more);
    for (const [path, program] of Object.entries(more.programs ?? {})) programs.set(path, program);
  };
  await add(tree);
  return {
    ...real,
    ran,
    add,
    run: async (path, args) => {
      ran.push([path, ...args]);
      const program = programs.get(path);
      if (program === 'hangs') return new Promise(() => undefined);
      const answer = typeof program === 'function' ? program(args) : program;
      if (answer === undefined) return { code: null, stdout: '', stderr: '' };
      return { code: 0, stdout: '', stderr: '', ...(typeof answer === 'string' ? { stdout: answer } : answer) };
    },
  };
}

async function write(root: string, { files = {}, links = {}, modified = {} }: Tree): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const at = join(root, path);
    await mkdir(path.endsWith('/') ? at : dirname(at), { recursive: true });
    if (!path.endsWith('/')) await writeFile(at, content);
  }
  for (const [path, target] of Object.entries(links)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await symlink(target, join(root, path));
  }
  for (const [path, time] of Object.entries(modified)) await utimes(join(root, path), time / 1000, time / 1000);
}
