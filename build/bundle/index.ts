import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { build, type InlineConfig } from 'vite';
import { wasmPlugin } from './wasm.ts';

/**
 * Builds what the app is packaged from: out/main (ESM, Node), out/preload (one CommonJS file, as the sandbox demands),
 * out/renderer (the window) and out/screen (the remote screen's own origin). Electron is the only import left outside.
 */
const root = fileURLToPath(new URL('../../', import.meta.url));
const out = join(root, 'out');
const base: InlineConfig = { configFile: false, logLevel: 'warn', root, base: './', publicDir: false };

function nodeSide(name: 'main' | 'preload', format: 'es' | 'cjs'): InlineConfig {
  return {
    ...base,
    ssr: { noExternal: true, external: ['electron'], target: 'node' },
    build: {
      ssr: join(root, name, 'index.ts'),
      outDir: join(out, name),
      target: 'node24',
      minify: false,
      sourcemap: false,
      emptyOutDir: true,
      rolldownOptions: { output: { format, entryFileNames: format === 'es' ? 'index.js' : 'index.cjs' } },
    },
  };
}

function page(folder: string, name: 'renderer' | 'screen', plugins: InlineConfig['plugins']): InlineConfig {
  return {
    ...base,
    root: join(root, folder),
    ...(plugins ? { plugins } : {}),
    worker: { format: 'es', plugins: () => [wasmPlugin()] },
    build: {
      outDir: join(out, name),
      target: 'chrome140',
      sourcemap: false,
      emptyOutDir: true,
      modulePreload: false,
      // The page's content policy forbids data: fonts and scripts; every asset stays a file.
      assetsInlineLimit: 0,
      reportCompressedSize: false,
      chunkSizeWarningLimit: 2_000,
    },
  };
}

export async function buildApp(): Promise<void> {
  await rm(out, { recursive: true, force: true });
  await build(nodeSide('main', 'es'));
  await build(nodeSide('preload', 'cjs'));
  await build(page('renderer', 'renderer', [react()]));
  await build(page('renderer/screen', 'screen', [wasmPlugin()]));
}

if (import.meta.main) await buildApp();
