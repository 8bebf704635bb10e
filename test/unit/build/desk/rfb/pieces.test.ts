import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutIntoPieces, indexed, type Picture } from '#build/demo/desk/rfb/pieces.ts';
import { addAll, rect } from '#build/demo/desk/state/geometry.ts';

const width = 256;
const height = 192;
const picture = (colour: (x: number, y: number) => number): Picture => ({
  width,
  pixels: Uint32Array.from({ length: width * height }, (_, at) => colour(at % width, Math.floor(at / width))),
});
const all = rect(0, 0, width, height);
const noisy = picture((x, y) => (x * 7919 + y * 104_729) % 9973);
const plain = { photos: false, lossless: [] };

describe('cutIntoPieces', () => {
  it('makes one solid piece of one colour', () => {
    expect(
      cutIntoPieces(
        picture(() => 5),
        all,
        plain,
      ),
    ).toEqual([{ area: all, kind: 'solid' }]);
  });

  it('parts solid areas of different colours', () => {
    expect(
      cutIntoPieces(
        picture((x) => (x < 128 ? 1 : 2)),
        all,
        plain,
      ),
    ).toEqual([
      { area: rect(0, 0, 128, height), kind: 'solid' },
      { area: rect(128, 0, 128, height), kind: 'solid' },
    ]);
  });

  it('tells few colours from many', () => {
    expect(
      cutIntoPieces(
        picture((x, y) => (x + y) % 3),
        all,
        plain,
      ),
    ).toEqual([{ area: all, kind: 'few' }]);
    expect(cutIntoPieces(noisy, all, plain)).toEqual([{ area: all, kind: 'many' }]);
  });

  it('calls a photo only what touches nothing lossless', () => {
    const pieces = cutIntoPieces(noisy, all, { photos: true, lossless: [rect(70, 70, 10, 10)] });
    expect(pieces.filter((piece) => piece.kind === 'many')).toEqual([{ area: rect(64, 64, 64, 64), kind: 'many' }]);
    expect(pieces.filter((piece) => piece.kind === 'photo').length).toBeGreaterThan(1);
  });

  it('covers every pixel of any area once', () => {
    const edges = fc.tuple(
      fc.nat(width - 1),
      fc.nat(height - 1),
      fc.integer({ min: 1, max: width }),
      fc.integer({ min: 1, max: height }),
    );
    fc.assert(
      fc.property(edges, ([x, y, w, h]) => {
        const area = rect(x, y, Math.min(w, width - x), Math.min(h, height - y));
        const pieces = cutIntoPieces(
          picture((at) => (at < 100 ? 1 : at * at)),
          area,
          plain,
        ).map((piece) => piece.area);
        const sum = pieces.reduce((total, one) => total + one.width * one.height, 0);
        expect(sum).toBe(area.width * area.height);
        expect(addAll([], pieces).reduce((total, one) => total + one.width * one.height, 0)).toBe(sum);
      }),
    );
  });
});

describe('indexed', () => {
  it('names each colour once, in the order of appearance', () => {
    const found = indexed(
      picture((x) => (x % 2 ? 9 : 4)),
      rect(0, 0, 4, 1),
    )!;
    expect([found.palette, [...found.indices]]).toEqual([
      [4, 9],
      [0, 1, 0, 1],
    ]);
  });

  it('gives up beyond 256 colours', () => {
    const steps = picture((x, y) => y * width + x);
    expect(indexed(steps, rect(0, 0, 256, 1))?.palette).toHaveLength(256);
    expect(indexed(steps, rect(0, 0, 256, 2))).toBeUndefined();
  });
});
