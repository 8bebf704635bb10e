import { protocolProblem } from '../core/screen-end.ts';
import type { YuvExports } from './avc/wasm-exports.ts';
import type { BitmapExports } from './bitmap/wasm-exports.ts';
import type { ClearExports } from './clear/wasm-exports.ts';
import { Memory } from './memory.ts';
import type { RfxExports } from './rfx/wasm-exports.ts';

/** What renderer/screen/rdp/wasm/index.ts exports; each decoder's part is named beside its caller. */
type Exports = Readonly<{
  memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  arenaAt(): number;
}> &
  BitmapExports &
  ClearExports &
  RfxExports &
  YuvExports;

/** The statuses of wasm/layout.ts, in words. */
const problems: Readonly<Record<number, string>> = {
  [-1]: 'too little data in a picture',
  [-2]: 'too much data in a picture',
  [-3]: 'a run or an index past its end',
  [-4]: 'a value that is not defined',
};

/** The RDP decoders with their memory. One instance serves one session. */
export class RdpCodec {
  readonly wasm: Exports;
  readonly memory: Memory;

  /** Made by `rdpCodecFactory`. @param budget bytes for all surfaces, caches and input together */
  constructor(wasm: Exports, budget: number) {
    this.wasm = wasm;
    this.memory = new Memory(wasm.memory, wasm.arenaAt(), budget);
  }
}

/** @param status of a decoder. @throws ScreenEnd when it is below zero */
export function checkStatus(status: number): void {
  if (status < 0) throw protocolProblem(problems[status] ?? 'unknown');
}

/** The part of the WebAssembly namespace that is used; its types come with the DOM, which the core does without. */
type WebAssemblyApi = Readonly<{
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { readonly exports: object };
}>;

/** Compiles once; each call of the result makes an instance with a memory of its own. */
export function rdpCodecFactory(wasm: Uint8Array): (budget: number) => RdpCodec {
  const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;
  const module = new Module(wasm);
  return (budget) => new RdpCodec(new Instance(module).exports as Exports, budget);
}
