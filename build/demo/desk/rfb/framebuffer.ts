import type { Canvas } from '@napi-rs/canvas';
import { type Point, type Rect, rect, type Size } from '../state/geometry.ts';

const tileWidth = 64;
const tileHeight = 16;

/** A whole area that was moved unchanged, from where to where (top left). */
export type Copy = Readonly<{ from: Rect; to: Point }>;

/**
 * The picture as the clients are told it, apart from the canvas: what really changed is found by comparing the two where
 * something was painted.
 */
export type Framebuffer = Readonly<{
  size: () => Size;
  /** One word 0xAABBGGRR per pixel, row after row. */
  pixels: () => Uint32Array;
  /**
   * Takes over what was painted. With `copy`, the picture is first moved as a client that knows CopyRect will do it, so
   * that what is returned is the difference after that.
   */
  update: (canvas: Canvas, painted: readonly Rect[], copy?: Copy) => readonly Rect[];
}>;

export function createFramebuffer(): Framebuffer {
  let size: Size = { width: 0, height: 0 };
  let pixels = new Uint32Array(0);

  const move = ({ from, to }: Copy): void => {
    const rows = Array.from({ length: from.height }, (_, row) => row);
    if (to.y > from.y) rows.reverse();
    for (const row of rows) {
      const start = (from.y + row) * size.width + from.x;
      pixels.copyWithin((to.y + row) * size.width + to.x, start, start + from.width);
    }
  };

  const takeArea = (canvas: Canvas, area: Rect): readonly Rect[] => {
    const image = canvas.getContext('2d').getImageData(area.x, area.y, area.width, area.height).data;
    const fresh = new Uint32Array(image.buffer, image.byteOffset, area.width * area.height);
    const changed: Rect[] = [];
    for (let y = area.y; y < area.y + area.height; y = nextEdge(y, tileHeight)) {
      const height = Math.min(nextEdge(y, tileHeight), area.y + area.height) - y;
      let run: Rect | undefined;
      for (let x = area.x; x < area.x + area.width; x = nextEdge(x, tileWidth)) {
        const width = Math.min(nextEdge(x, tileWidth), area.x + area.width) - x;
        if (takeTile(fresh, area, rect(x, y, width, height))) {
          run = run ? rect(run.x, run.y, run.width + width, run.height) : rect(x, y, width, height);
        } else if (run) {
          changed.push(run);
          run = undefined;
        }
      }
      if (run) changed.push(run);
    }
    return stack(changed);
  };

  const takeTile = (fresh: Uint32Array, area: Rect, tile: Rect): boolean => {
    let differs = false;
    for (let y = tile.y; y < tile.y + tile.height; y++) {
      const from = (y - area.y) * area.width + tile.x - area.x;
      const to = y * size.width + tile.x;
      for (let x = 0; x < tile.width; x++) {
        if (fresh[from + x] !== pixels[to + x]) {
          differs = true;
          pixels.set(fresh.subarray(from + x, from + tile.width), to + x);
          break;
        }
      }
    }
    return differs;
  };

  return {
    size: () => size,
    pixels: () => pixels,
    update: (canvas, painted, copy) => {
      if (canvas.width !== size.width || canvas.height !== size.height) {
        size = { width: canvas.width, height: canvas.height };
        pixels = new Uint32Array(size.width * size.height);
        takeArea(canvas, rect(0, 0, size.width, size.height));
        return [rect(0, 0, size.width, size.height)];
      }
      if (copy) move(copy);
      return painted.flatMap((area) => takeArea(canvas, area));
    },
  };
}

/** Tiles keep to a grid of the whole picture, so that one change always falls into the same tiles. */
const nextEdge = (at: number, step: number): number => (Math.floor(at / step) + 1) * step;

/** Joins rectangles that lie one under the other with equal left and right edges. */
export function stack(rects: readonly Rect[]): readonly Rect[] {
  const done: Rect[] = [];
  for (const next of rects) {
    const at = done.findLastIndex(
      (have) => have.x === next.x && have.width === next.width && have.y + have.height === next.y,
    );
    const above = done[at];
    if (above) done[at] = rect(above.x, above.y, above.width, above.height + next.height);
    else done.push(next);
  }
  return done;
}
