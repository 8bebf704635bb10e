declare module 'virtual:screen-wasm' {
  /** The compiled decoders, made by build/bundle/wasm.ts. */
  export const screenWasm: Uint8Array<ArrayBuffer>;
}
declare module 'virtual:rdp-wasm' {
  export const rdpWasm: Uint8Array<ArrayBuffer>;
}
