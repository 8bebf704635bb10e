import type { CursorShape } from '../core/cursor-shape.ts';

/** Chromium shows no larger pointer than this. */
const most = 128;

/** Where the desk shows no pointer of its own the person still needs to see theirs: a small dot. */
function dot(): CursorShape {
  const size = 5;
  const rgba = new Uint8ClampedArray(size * size * 4);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const distance = Math.max(Math.abs(x - 2), Math.abs(y - 2));
      if (distance === 2 && Math.abs(x - 2) === Math.abs(y - 2)) continue;
      rgba.fill(distance === 2 ? 255 : 0, (y * size + x) * 4, (y * size + x) * 4 + 3);
      rgba[(y * size + x) * 4 + 3] = 255;
    }
  }
  return { width: size, height: size, hotX: 2, hotY: 2, rgba };
}

export function isInvisible(shape: CursorShape): boolean {
  for (let at = 3; at < shape.rgba.length; at += 4) if (shape.rgba[at] !== 0) return false;
  return true;
}

/**
 * A CSS cursor value for the desk's pointer, in pixels of the display.
 * @param toDataUrl paints pixels, shrunk to `width` x `height`, and gives them as a data URL
 */
export function cursorCss(
  shape: CursorShape,
  ratio: number,
  toDataUrl: (shape: CursorShape, width: number, height: number) => string,
): string {
  const shown = isInvisible(shape) ? dot() : shape;
  const shrink = Math.min(1, (most * ratio) / Math.max(shown.width, shown.height));
  const width = Math.max(1, Math.floor(shown.width * shrink));
  const height = Math.max(1, Math.floor(shown.height * shrink));
  const hot = (at: number, size: number) => Math.floor((Math.min(at, size - 1) * shrink) / ratio);
  const url = toDataUrl(shown, width, height);
  return `image-set(url("${url}") ${ratio}x) ${hot(shown.hotX, shown.width)} ${hot(shown.hotY, shown.height)}, default`;
}
