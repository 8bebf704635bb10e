import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const sources = join(import.meta.dirname, 'native');
const headers = ['barcode.h', 'clock.h', 'photo.h'];
const libraries = { painter: ['-lX11', '-lXext', '-lm'], probe: ['-lX11', '-lXtst', '-lm'] } as const;
const run = promisify(execFile);

export type NativeTools = Readonly<{ painter: string; probe: string; text: string }>;

/** Compiles painter and probe into a cache folder named by their sources' hash; finds them there the next time. */
export async function buildNativeTools(): Promise<NativeTools> {
  const hash = createHash('sha256');
  for (const name of ['painter.c', 'probe.c', ...headers]) hash.update(readFileSync(join(sources, name)));
  const cache = join(import.meta.dirname, '../../node_modules/.cache');
  const folder = join(cache, `hanare-bench-${hash.digest('hex').slice(0, 16)}`);
  mkdirSync(folder, { recursive: true });
  await Promise.all(
    (['painter', 'probe'] as const).map(async (name) => {
      if (existsSync(join(folder, name))) return;
      const fresh = join(folder, `${name}.${process.pid}`);
      await run('cc', [
        '-O2',
        '-Wall',
        '-Wextra',
        '-Werror',
        '-o',
        fresh,
        join(sources, `${name}.c`),
        ...libraries[name],
      ]);
      renameSync(fresh, join(folder, name));
    }),
  );
  // What the scroll shows: real text, and the same for every run.
  return { painter: join(folder, 'painter'), probe: join(folder, 'probe'), text: join(sources, 'painter.c') };
}
