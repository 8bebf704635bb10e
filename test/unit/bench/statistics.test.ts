import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { frameFigures, percentile, ratio } from '#test/bench/statistics.ts';

describe('percentile', () => {
  test('takes the nearest rank, in any order of values', () => {
    expect(percentile([5, 1, 4, 2, 3], 0.5)).toBe(3);
    expect(percentile([4, 1, 3, 2], 0.5)).toBe(2);
    const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
    expect(percentile(hundred, 0.95)).toBe(95);
    expect(percentile(hundred, 0)).toBe(1);
    expect(percentile(hundred, 1)).toBe(100);
    expect(percentile([7], 0.95)).toBe(7);
  });

  test('is not a number without values', () => expect(percentile([], 0.5)).toBeNaN());

  test('is one of the values, with its share of them at or below it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer(), { minLength: 1 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, share) => {
          const found = percentile(values, share);
          expect(values).toContain(found);
          expect(values.filter((value) => value <= found).length).toBeGreaterThanOrEqual(share * values.length - 1e-9);
        },
      ),
    );
  });
});

test('a ratio to nothing is not a number', () => {
  expect(ratio(30, 60)).toBe(0.5);
  expect(ratio(30, 0)).toBeNaN();
  expect(ratio(30, Number.NaN)).toBeNaN();
});

describe('the figures of frames', () => {
  const painted = new Map([
    [1, 900_000],
    [2, 1_010_000],
    [3, 1_020_000],
    [4, 1_030_000],
    [5, 2_100_000],
  ]);

  test('count what was seen in the span, and time each frame from its painting', () => {
    const shown = [
      { frame: 1, us: 905_000 },
      { frame: 2, us: 1_020_000 },
      { frame: 4, us: 1_060_000 },
      { frame: 5, us: 2_200_000 },
    ];
    expect(frameFigures(painted, shown, 1_000_000, 2_000_000)).toEqual({
      fps: 2,
      p50: 10,
      p95: 30,
      shown: 2,
      painted: 3,
    });
  });

  test('take no time from a frame that the painter did not log, and none below zero', () => {
    const shown = [
      { frame: 3, us: 1_019_000 },
      { frame: 77, us: 1_040_000 },
    ];
    expect(frameFigures(painted, shown, 1_000_000, 1_500_000)).toMatchObject({ fps: 4, p50: 0, p95: 0, shown: 2 });
  });

  test('have no latency when nothing was seen', () => {
    const { fps, p50, shown } = frameFigures(painted, [], 1_000_000, 2_000_000);
    expect({ fps, shown }).toEqual({ fps: 0, shown: 0 });
    expect(p50).toBeNaN();
  });
});
