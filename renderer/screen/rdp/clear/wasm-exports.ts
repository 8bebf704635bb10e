type Layer = (from: number, length: number, to: number, stride: number, w: number, h: number) => number;

/** What wasm/clear.ts exports. Addresses, lengths and strides are in bytes. */
export type ClearExports = Readonly<{
  clearCacheSize(): number;
  clearResetCursors(cache: number): void;
  clearResidual: Layer;
  clearBands(from: number, length: number, to: number, stride: number, w: number, h: number, cache: number): number;
  clearPlain: Layer;
  clearRlex: Layer;
  nsPlane(from: number, length: number, to: number, size: number): number;
  nsColour(
    luma: number,
    orange: number,
    green: number,
    lumaStride: number,
    chromaStride: number,
    half: number,
    loss: number,
    to: number,
    stride: number,
    w: number,
    h: number,
  ): void;
}>;
