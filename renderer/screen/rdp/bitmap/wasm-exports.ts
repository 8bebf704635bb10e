/** What wasm/{rle,planar,pixels}.ts export. Addresses, lengths and steps are in bytes. */
export type BitmapExports = Readonly<{
  rleDecode(from: number, length: number, to: number, w: number, h: number, depth: number): number;
  planarPlane(from: number, end: number, to: number, w: number, h: number): number;
  planarPaint(
    red: number,
    green: number,
    blue: number,
    w: number,
    to: number,
    step: number,
    width: number,
    height: number,
  ): void;
  planarPaintChroma(
    luma: number,
    orange: number,
    green: number,
    w: number,
    half: number,
    loss: number,
    to: number,
    step: number,
    width: number,
    height: number,
  ): void;
  pixelsPaint(
    from: number,
    size: number,
    row: number,
    depth: number,
    to: number,
    step: number,
    width: number,
    height: number,
  ): void;
}>;
