import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { wasmPlugin } from '#build/bundle/wasm.ts';

const source = join(import.meta.dirname, '../../../renderer/screen');

/** Builds the screen's page as the app's bundle does, but into a folder of its own, gone when this process ends. */
export async function buildScreenPage(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'hanare-bench-screen-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  await build({
    configFile: false,
    logLevel: 'warn',
    root: source,
    base: './',
    publicDir: false,
    plugins: [wasmPlugin()],
    worker: { format: 'es', plugins: () => [wasmPlugin()] },
    build: {
      outDir: folder,
      target: 'chrome140',
      modulePreload: false,
      assetsInlineLimit: 0,
      reportCompressedSize: false,
    },
  });
  return folder;
}
