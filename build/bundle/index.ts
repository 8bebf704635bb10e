import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { build, type InlineConfig } from 'vite';
import { sourceHash } from './source-hash.ts';
import { wasmPlugin } from './wasm.ts';

/**
 * Builds what the app is packaged from: out/main (ESM, Node), out/preload (one CommonJS file, as the sandbox demands),
 * out/renderer (the window) and out/screen (the remote screen's own origin). Left outside are Electron and the keychain's native module alone.
 */
const root = fileURLToPath(new URL('../../', import.meta.url));
const out = join(root, 'out');
const base: InlineConfig = { configFile: false, logLevel: 'warn', root, base: './', publicDir: false };

function nodeSide(target: string, name: 'main' | 'preload', format: 'es' | 'cjs'): InlineConfig {
  return {
    ...base,
    ssr: { noExternal: true, external: ['electron', '@napi-rs/keyring'], target: 'node' },
    build: {
      ssr: join(root, name, 'index.ts'),
      outDir: join(target, name),
      target: 'node24',
      minify: false,
      sourcemap: false,
      emptyOutDir: true,
      rolldownOptions: { output: { format, entryFileNames: format === 'es' ? 'index.js' : 'index.cjs' } },
    },
  };
}

function page(
  target: string,
  folder: string,
  name: 'renderer' | 'screen',
  plugins: InlineConfig['plugins'],
  names = false,
): InlineConfig {
  return {
    ...base,
    root: join(root, folder),
    ...(plugins ? { plugins } : {}),
    worker: { format: 'es', plugins: () => [wasmPlugin(names)] },
    build: {
      outDir: join(target, name),
      target: 'chrome140',
      sourcemap: false,
      ...(names ? { minify: false } : {}),
      emptyOutDir: true,
      modulePreload: false,
      // The page's content policy forbids data: fonts and scripts; every asset stays a file.
      assetsInlineLimit: 0,
      reportCompressedSize: false,
      chunkSizeWarningLimit: 2_000,
    },
  };
}

/**
 * Builds the app unless it is built from these very sources already. A new build takes the old one's place in one step,
 * so that an app which is being started meanwhile finds one or the other whole.
 * @param options.names whether the pages' functions keep theirs, for a profile
 */
export async function buildApp({ names = false } = {}): Promise<void> {
  const hash = `${sourceHash(root)}${names ? ' with names' : ''}`;
  const stamp = join(out, 'built-from');
  if ((await readFile(stamp, 'utf8').catch(() => '')) === hash) return;
  const fresh = `${out}.${process.pid}`;
  try {
    await build(nodeSide(fresh, 'main', 'es'));
    await build(nodeSide(fresh, 'preload', 'cjs'));
    await build(page(fresh, 'renderer', 'renderer', [react()], names));
    await build(page(fresh, 'renderer/screen', 'screen', [wasmPlugin(names)], names));
    await writeFile(join(fresh, 'built-from'), hash);
    await rm(out, { recursive: true, force: true });
    await rename(fresh, out);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

if (import.meta.main) await buildApp();
