import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Electron's executable, when one is really there. Looks at files only: asking the npm package for its path starts a
 * download. HANARE_ELECTRON names an executable, ELECTRON_OVERRIDE_DIST_PATH a folder as Electron's own tools know it.
 */
export function electronBinary(root: string = repository, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const name =
    { win32: 'electron.exe', darwin: 'Electron.app/Contents/MacOS/Electron' }[process.platform as string] ?? 'electron';
  const folder = join(root, 'node_modules/electron');
  const recorded = join(folder, 'path.txt');
  const inside = existsSync(recorded) ? readFileSync(recorded, 'utf8').trim() : name;
  const candidates = [
    env.HANARE_ELECTRON,
    env.ELECTRON_OVERRIDE_DIST_PATH && join(env.ELECTRON_OVERRIDE_DIST_PATH, inside),
    join(folder, 'dist', inside),
  ];
  return candidates.find((path) => path && existsSync(path)) || undefined;
}
