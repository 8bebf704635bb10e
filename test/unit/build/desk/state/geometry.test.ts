import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addAll, addToRegion, contains, type Rect, rect, subtract } from '#build/demo/desk/state/geometry.ts';

const small = fc.integer({ min: 0, max: 12 });
const rects = fc.tuple(small, small, small, small).map(([x, y, width, height]) => rect(x, y, width, height));
const pixels = (list: readonly Rect[]): string[] => {
  const found: string[] = [];
  for (let y = 0; y < 25; y++) {
    for (let x = 0; x < 25; x++) if (list.some((one) => contains(one, { x, y }))) found.push(`${x},${y}`);
  }
  return found;
};
const area = (list: readonly Rect[]): number => list.reduce((sum, one) => sum + one.width * one.height, 0);

describe('regions', () => {
  it('cover exactly what was added, each pixel once', () => {
    fc.assert(
      fc.property(fc.array(rects, { maxLength: 8 }), (list) => {
        const region = addAll([], list);
        expect(pixels(region)).toEqual(pixels(list));
        expect(area(region)).toBe(pixels(list).length);
      }),
    );
  });

  it('lose exactly what is cut out', () => {
    fc.assert(
      fc.property(rects, rects, (from, hole) => {
        const left = subtract(from, hole);
        expect(pixels(left)).toEqual(pixels([from]).filter((pixel) => !pixels([hole]).includes(pixel)));
        expect(area(left)).toBe(pixels(left).length);
      }),
    );
  });

  it('become one box rather than grow without bound', () => {
    let region: readonly Rect[] = [];
    for (let at = 0; at < 65; at++) region = addToRegion(region, rect(at * 3, at * 3, 1, 1));
    expect(region).toEqual([rect(0, 0, 193, 193)]);
  });
});
