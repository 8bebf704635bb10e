import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Compiles the screen's hot loops (AssemblyScript) to WebAssembly, one module a protocol. The result is kept under
 * node_modules/.cache by the hash of its sources, because compiling takes seconds and every screen test needs it.
 */
const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
/** Where each module's sources are, and the pages of 64 KiB that its fixed regions take. */
const modules = {
  screen: { folder: join(root, 'renderer/screen/wasm'), pages: 83 },
  rdp: { folder: join(root, 'renderer/screen/rdp/wasm'), pages: 16 },
} as const;
type ModuleName = keyof typeof modules;
const options = [
  '-O3',
  '--converge',
  '--noAssert',
  '--runtime',
  'stub',
  '--enable',
  'simd,bulk-memory',
  '--use',
  'abort=',
] as const;

function readSources(folder: string): Map<string, string> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.ts'));
  return new Map(names.sort().map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

/** @param names whether functions keep theirs, for a profile. @throws Error with the compiler's own words when the sources do not compile. */
export async function buildWasm(name: ModuleName = 'screen', names = false): Promise<Uint8Array<ArrayBuffer>> {
  const { folder, pages } = modules[name];
  const files = readSources(folder);
  const all = [...options, ...(names ? ['--debug'] : []), '--initialMemory', `${pages}`];
  const compiler = readFileSync(join(root, 'node_modules/assemblyscript/package.json'), 'utf8');
  const hash = createHash('sha256')
    .update(JSON.stringify([[...files], all, compiler]))
    .digest('hex')
    .slice(0, 24);
  const cache = join(root, 'node_modules/.cache/hanare-wasm', `${hash}.wasm`);
  try {
    return new Uint8Array(readFileSync(cache));
  } catch {
    const bytes = await compile(files, all);
    mkdirSync(dirname(cache), { recursive: true });
    // Several test workers may get here at once: each writes its own file, the last rename wins with the same bytes.
    const draft = `${cache}.${process.pid}.${Math.random().toString(36).slice(2)}`;
    writeFileSync(draft, bytes);
    renameSync(draft, cache);
    return bytes;
  }
}

async function compile(files: ReadonlyMap<string, string>, all: readonly string[]): Promise<Uint8Array<ArrayBuffer>> {
  const { default: asc } = await import('assemblyscript/asc');
  let output: Uint8Array<ArrayBuffer> | undefined;
  const { error, stderr } = await asc.main(['index.ts', ...all, '--outFile', 'screen.wasm'], {
    readFile: (name: string) => files.get(name) ?? null,
    writeFile: (name: string, contents: Uint8Array | string) => {
      if (name === 'screen.wasm' && typeof contents !== 'string') output = Uint8Array.from(contents);
    },
    listFiles: () => [],
  });
  if (error !== null || output === undefined) {
    throw new Error(`the screen's WebAssembly did not compile:\n${stderr.toString()}`, { cause: error });
  }
  return output;
}

const virtualModules: Readonly<Record<string, ModuleName>> = {
  'virtual:screen-wasm': 'screen',
  'virtual:rdp-wasm': 'rdp',
};

/**
 * A Vite plugin that resolves `virtual:screen-wasm` and `virtual:rdp-wasm` to modules with the bytes in them (base64): the
 * screen's origin may fetch nothing. Give it to the page's build and, as a function, to `worker.plugins`.
 */
export function wasmPlugin(names = false) {
  return {
    name: 'hanare-screen-wasm',
    resolveId: (id: string) => (id in virtualModules ? `\0${id}` : null),
    async load(id: string) {
      const name = id.startsWith('\0') ? virtualModules[id.slice(1)] : undefined;
      if (name === undefined) return null;
      const base64 = Buffer.from(await buildWasm(name, names)).toString('base64');
      return `export const ${name}Wasm = Uint8Array.from(atob(${JSON.stringify(base64)}), (c) => c.charCodeAt(0));`;
    },
  };
}
