/** The desk's pointer. `rgba` has straight alpha; nothing visible in it means that the desk hides its pointer. */
export type CursorShape = Readonly<{
  width: number;
  height: number;
  hotX: number;
  hotY: number;
  rgba: Uint8ClampedArray<ArrayBuffer>;
}>;

/** Cursor (-239): pixels, then one bit each for whether it shows. */
export function maskedCursor(
  bytes: Uint8Array,
  width: number,
  height: number,
  hotX: number,
  hotY: number,
): CursorShape {
  const rgba = new Uint8ClampedArray(width * height * 4);
  const maskAt = width * height * 4;
  const maskRow = (width + 7) >> 3;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!((bytes[maskAt + y * maskRow + (x >> 3)]! >> (7 - (x & 7))) & 1)) continue;
      const at = (y * width + x) * 4;
      rgba.set(bytes.subarray(at, at + 3), at);
      rgba[at + 3] = 255;
    }
  }
  return { width, height, hotX, hotY, rgba };
}

/** CursorWithAlpha (-314): R, G, B multiplied by alpha, then alpha. */
export function alphaCursor(bytes: Uint8Array, width: number, height: number, hotX: number, hotY: number): CursorShape {
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (let at = 0; at < rgba.length; at += 4) {
    const alpha = bytes[at + 3]!;
    if (alpha === 0) continue;
    for (let i = 0; i < 3; i++) rgba[at + i] = Math.round((bytes[at + i]! * 255) / alpha);
    rgba[at + 3] = alpha;
  }
  return { width, height, hotX, hotY, rgba };
}
