/** What wasm/yuv.ts exports. Addresses and strides are in bytes, edges in pixels, right and bottom beyond the last one. */
export type YuvExports = Readonly<{
  yuv420Paint(
    y: number,
    u: number,
    v: number,
    yStride: number,
    cStride: number,
    to: number,
    stride: number,
    left: number,
    top: number,
    right: number,
    bottom: number,
  ): void;
  yuv444Paint(
    main: number,
    auxiliary: number,
    yStride: number,
    cStride: number,
    uOffset: number,
    vOffset: number,
    width: number,
    v2: number,
    to: number,
    stride: number,
    left: number,
    top: number,
    right: number,
    bottom: number,
  ): void;
  yuvSplit(from: number, u: number, v: number, fromStride: number, cStride: number, w: number, h: number): void;
}>;
