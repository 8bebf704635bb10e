import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';

/** The sources are modules for the checkers' sake; in the page they are joined into one function or worker. */
const source = (name: string) =>
  readFileSync(new URL(name, import.meta.url), 'utf8').replaceAll(/^export (?=function|const)/gm, '');
const codec = () => stripTypeScriptTypes(source('./clone-codec.ts')).replaceAll(/^export /gm, '');

/** Names that only the stand-in and its own scripts know; drawn anew for each window. */
export type PageNames = Readonly<Record<'binding' | 'deliver' | 'toIsolated' | 'toMain', string>>;

/** The worker that carries ports. */
export function pumpScript(): string {
  return `${codec()}\n${source('./page/pump.js')}`;
}

/** Electron runs a preload in every top frame; here only the app's own pages count. */
const inOurTopFrame = (port: number) => `window.top === window && location.host.endsWith('.localhost:${port}')`;

export function mainWorldScript(names: PageNames, port: number): string {
  const { toIsolated, toMain } = names;
  return `if (${inOurTopFrame(port)}) (() => {
${source('./page/bridge-end.js')}
${source('./page/main-world.js')}
installMainWorld(${JSON.stringify(toIsolated)}, ${JSON.stringify(toMain)});
})();`;
}

/**
 * The preload, in its isolated world, in the top frame of the app's own pages only.
 * @param preload the built script, its origins already exchanged.
 */
export function isolatedScript(options: {
  names: PageNames;
  port: number;
  pump: string;
  sockets: string;
  preload: string;
}): string {
  const { names, port, pump, sockets, preload } = options;
  const process = {
    type: 'renderer',
    platform: globalThis.process.platform,
    arch: globalThis.process.arch,
    versions: { ...globalThis.process.versions },
    env: {},
    sandboxed: true,
    contextIsolated: true,
    isMainFrame: true,
  };
  return `if (${inOurTopFrame(port)}) (() => {
${codec()}
${source('./page/bridge-end.js')}
${source('./page/isolated.js')}
const world = createPreloadWorld(${JSON.stringify({ ...names, pump, sockets, process })});
try {
  const module = { exports: {} };
  (function (require, module, exports, process) {
${preload}
  })(world.require, module, module.exports, world.process);
} catch (error) {
  world.failed(error);
}
})();`;
}
