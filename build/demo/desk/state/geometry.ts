/** Whole pixels, origin top left. Never negative in size. */
export type Rect = Readonly<{ x: number; y: number; width: number; height: number }>;
export type Point = Readonly<{ x: number; y: number }>;
export type Size = Readonly<{ width: number; height: number }>;

export const rect = (x: number, y: number, width: number, height: number): Rect => ({ x, y, width, height });

export const isEmpty = (r: Rect): boolean => r.width <= 0 || r.height <= 0;

export const contains = (r: Rect, p: Point): boolean =>
  p.x >= r.x && p.y >= r.y && p.x < r.x + r.width && p.y < r.y + r.height;

export const encloses = (outer: Rect, inner: Rect): boolean =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;

export const sameRect = (a: Rect, b: Rect): boolean =>
  a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;

/** The common part; empty (width or height 0) when there is none. */
export function intersect(a: Rect, b: Rect): Rect {
  const x = Math.max(a.x, b.x);
  const y = Math.max(a.y, b.y);
  return rect(
    x,
    y,
    Math.max(0, Math.min(a.x + a.width, b.x + b.width) - x),
    Math.max(0, Math.min(a.y + a.height, b.y + b.height) - y),
  );
}

export const overlaps = (a: Rect, b: Rect): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

/** The smallest rectangle around both. */
function union(a: Rect, b: Rect): Rect {
  if (isEmpty(a)) return b;
  if (isEmpty(b)) return a;
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return rect(x, y, Math.max(a.x + a.width, b.x + b.width) - x, Math.max(a.y + a.height, b.y + b.height) - y);
}

export const translate = (r: Rect, by: Point): Rect => rect(r.x + by.x, r.y + by.y, r.width, r.height);

/** Grows (or with a negative margin shrinks) on every side. */
export const grow = (r: Rect, margin: number): Rect =>
  rect(r.x - margin, r.y - margin, Math.max(0, r.width + 2 * margin), Math.max(0, r.height + 2 * margin));

/** The up to four rectangles that cover `from` without `hole`. */
export function subtract(from: Rect, hole: Rect): readonly Rect[] {
  const cut = intersect(from, hole);
  if (isEmpty(cut)) return [from];
  const below = cut.y + cut.height;
  const right = cut.x + cut.width;
  return [
    rect(from.x, from.y, from.width, cut.y - from.y),
    rect(from.x, below, from.width, from.y + from.height - below),
    rect(from.x, cut.y, cut.x - from.x, cut.height),
    rect(right, cut.y, from.x + from.width - right, cut.height),
  ].filter((r) => !isEmpty(r));
}

/** Above this many rectangles a region becomes its bounding box: a cheap bound on the work of one frame. */
const maxRects = 64;

/**
 * Adds `r` to a set of disjoint rectangles. The set stays disjoint, so no pixel is painted or sent twice.
 */
export function addToRegion(region: readonly Rect[], r: Rect): readonly Rect[] {
  if (isEmpty(r) || region.some((have) => encloses(have, r))) return region;
  let pieces: readonly Rect[] = [r];
  const kept = region.filter((have) => !encloses(r, have));
  for (const have of kept) pieces = pieces.flatMap((piece) => subtract(piece, have));
  const all = [...kept, ...pieces];
  return all.length <= maxRects ? all : [all.reduce(union)];
}

export const addAll = (region: readonly Rect[], rects: readonly Rect[]): readonly Rect[] =>
  rects.reduce(addToRegion, region);
