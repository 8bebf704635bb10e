import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ScreenEnd } from '#renderer/screen/core/screen-end.ts';
import { Writer } from '#renderer/screen/rdp/writer.ts';
import { area, band, bgr, factor, missed, residual, Screen, stream } from './clear-screen.ts';

describe('residual layer', () => {
  test('runs make the picture when they have one, two or four bytes of length', () => {
    const pixels = [...Array<number>(7).fill(1), ...Array<number>(300).fill(0xfe4411), ...Array<number>(69693).fill(3)];
    expect(new Screen(700, 100).decode(stream({ residual: residual(pixels) })).pixels()).toEqual(pixels);
  });

  test('any picture comes back when it was encoded', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0, 0xffffff, 0x123456), { minLength: 12, maxLength: 12 }), (pixels) => {
        expect(new Screen(4, 3).decode(stream({ residual: residual(pixels) })).pixels()).toEqual(pixels);
      }),
      { numRuns: 30 },
    );
  });

  test('ends the session when runs are more or fewer than the picture', () => {
    for (const count of [11, 13, 0xffffffff]) {
      const screen = new Screen(4, 3);
      const data = stream({ residual: factor(bgr(new Writer(), 1), count) });
      expect(() => screen.decode(data)).toThrow(ScreenEnd);
      expect(screen.borderIntact()).toBe(true);
    }
  });
});

describe('bands layer', () => {
  test('draws bars from data and from both caches when they are referred to', () => {
    const bands = band(0, 3, 0, 3, 9);
    missed(bands, 1, [1, 2]);
    missed(bands, 0, []);
    bands.u16(0x4000 | 0).u8(2); // The first short bar, two rows down.
    bands.u16(0x8000 | 0); // The first bar.
    const screen = new Screen(4, 4).decode(stream({ bands }));
    expect(screen.pixels()).toEqual([9, 9, 9, 9, 1, 9, 9, 1, 2, 9, 1, 2, 9, 9, 2, 9]);
    // Bar 2 was made of the short bar; a lower band shows its upper rows.
    expect(new Screen(1, 1).pixels()).toEqual([-1]);
    screen.decode(stream({ bands: band(0, 0, 0, 2, 7).u16(0x8002) }));
    expect(screen.pixels().filter((_, i) => i % 4 === 0)).toEqual([9, 9, 1, 9]);
  });

  test('writes from the start of the caches again when they are reset', () => {
    const screen = new Screen(1, 2).decode(stream({ bands: missed(band(0, 0, 0, 1, 5), 0, [1, 2]) }));
    screen.decode(stream({ bands: missed(band(0, 0, 0, 1, 5), 0, [3, 4]) }, { flags: 4 }));
    screen.decode(stream({ bands: band(0, 0, 0, 1, 5).u16(0x8000) }));
    expect(screen.pixels()).toEqual([3, 4]);
  });

  test('draws nothing when a bar was never kept', () => {
    expect(new Screen(1, 2).decode(stream({ bands: band(0, 0, 0, 1, 5).u16(0x8123) })).pixels()).toEqual([-1, -1]);
  });

  test('ends the session when a band or a bar leaves the picture', () => {
    for (const bands of [
      missed(band(0, 4, 0, 3, 1), 0, [1]),
      missed(band(0, 0, 0, 4, 1), 0, [1]),
      missed(band(2, 1, 0, 3, 1), 0, [1]),
      missed(band(0, 0, 0, 3, 1), 3, [1, 2]),
      band(0, 0, 0, 3, 1).u16(0x4000).u8(9),
      band(0, 0, 0, 3, 1).u16((1 << 8) | 2),
    ]) {
      expect(() => new Screen(4, 4).decode(stream({ bands }))).toThrow(ScreenEnd);
    }
    expect(() => new Screen(4, 99).decode(stream({ bands: missed(band(0, 0, 0, 60, 1), 0, [1]) }))).toThrow(ScreenEnd);
  });
});

describe('subcodecs layer', () => {
  test('draws pixels as they are within their area alone when uncompressed', () => {
    const data = new Writer();
    for (const colour of [1, 2, 3, 0xff8040]) bgr(data, colour);
    const screen = new Screen(4, 3).decode(stream({ areas: area(1, 1, 2, 2, 0, data.done()) }));
    expect(screen.pixels()).toEqual([-1, -1, -1, -1, -1, 1, 2, -1, -1, 3, 0xff8040, -1]);
  });

  test('draws runs and suites of a palette when RLEX', () => {
    // Five colours take three bits: a run of 4 of colour 1, then the suite 1, 2, 3; then 0 of 4 and the suite of 4 alone.
    const data = new Writer().u8(5);
    for (const colour of [10, 11, 12, 13, 14]) bgr(data, colour);
    data
      .u8((2 << 3) | 3)
      .u8(4)
      .u8(4)
      .u8(0);
    const screen = new Screen(4, 2).decode(stream({ areas: area(0, 0, 4, 2, 2, data.done()) }));
    expect(screen.pixels()).toEqual([11, 11, 11, 11, 11, 12, 13, 14]);
  });

  test('takes one bit for the index when RLEX has a single colour', () => {
    const data = bgr(new Writer().u8(1), 6).u8(0).u8(3);
    expect(new Screen(2, 2).decode(stream({ areas: area(0, 0, 2, 2, 2, data.done()) })).pixels()).toEqual([6, 6, 6, 6]);
  });

  test('ends the session when RLEX leaves its palette or its area', () => {
    const palette = () => bgr(bgr(bgr(new Writer().u8(3), 1), 2), 3);
    for (const data of [
      palette().u8(3).u8(3),
      palette()
        .u8((2 << 2) | 1)
        .u8(1),
      palette().u8(0).u8(4),
      palette().u8(0).u8(0xff).u16(0xffff).u32(0xffffffff),
      palette().u8(0).u8(1),
      new Writer().u8(0),
      new Writer().u8(128),
    ]) {
      const screen = new Screen(2, 2);
      expect(() => screen.decode(stream({ areas: area(0, 0, 2, 2, 2, data.done()) }))).toThrow(ScreenEnd);
      expect(screen.borderIntact()).toBe(true);
    }
  });

  test('ends the session when an area leaves the picture or its codec is unknown', () => {
    for (const areas of [area(1, 0, 2, 2, 0, new Uint8Array(12)), area(0, 0, 2, 2, 3, new Uint8Array(12))]) {
      expect(() => new Screen(2, 2).decode(stream({ areas }))).toThrow(ScreenEnd);
    }
  });
});

describe('NSCodec', () => {
  // MS-RDPNSC section 4: 15 × 10, colour loss 3, subsampled chroma.
  const example = Uint8Array.from(
    Buffer.from(
      '71000000070000000b00000007000000030100006363016464006363026464006363006464016363016464016363016464006363006464' +
        '0163630064640c63630064640c63630064640c63630064640c63646404636463630064640363646403636300646363006464036563646401' +
        '636464006564640663646400636300646404646565652222222222222237371936373706373737' +
        '37ffff90ffffffff',
      'hex',
    ),
  );

  test('decodes the example of the specification', () => {
    expect(example.length).toBe(158);
    const pixels = new Screen(15, 10).decode(stream({ areas: area(0, 0, 15, 10, 1, example) })).pixels();
    // Luma 0x63, orange 0x22 << 2 and green 0x37 << 2 as bytes with a sign: −120 and −36.
    expect(pixels[0]).toBe((15 << 16) | (63 << 8) | 255);
    expect(pixels[3]).toBe((16 << 16) | (64 << 8) | 255);
    expect(pixels.every((pixel) => pixel !== -1)).toBe(true);
    // One chroma sample is another: green is 0x36 << 2 there, in the sixth column and fourth row of eight.
    expect(new Set(pixels.map((pixel) => ((pixel >> 8) & 255) - 36 - 27)).size).toBeLessThan(8);
  });

  test('decodes planes that are as they are when nothing is lost', () => {
    const data = new Writer().u32(2).u32(2).u32(2).u32(0).u8(1).u8(0).u16(0);
    data.raw([100, 200]).raw([10, 0xf6]).raw([0xfb, 20]);
    const pixels = new Screen(2, 1).decode(stream({ areas: area(0, 0, 2, 1, 1, data.done()) })).pixels();
    const of = (y: number, co: number, cg: number) => ((y - cg + co) << 16) | ((y + cg) << 8) | (y - cg - co);
    expect(pixels).toEqual([of(100, 10, -5), of(200, -10, 20)]);
  });
});

describe('glyphs', () => {
  const pixels = [1, 2, 3, 4, 5, 6];

  test('are drawn again when they hit', () => {
    const screen = new Screen(3, 2).decode(stream({ residual: residual(pixels) }, { glyph: 3999 }));
    screen.decode(stream({ residual: residual([9, 9, 9, 9, 9, 9]) }));
    expect(screen.decode(new Writer().u8(3).u8(0).u16(3999).done()).pixels()).toEqual(pixels);
    screen.clear.reset();
    expect(() => screen.decode(new Writer().u8(3).u8(0).u16(3999).done())).toThrow(ScreenEnd);
  });

  test('end the session when unknown, too large or out of the storage', () => {
    for (const bytes of [
      new Writer().u8(3).u8(0).u16(1).done(),
      new Writer().u8(2).u8(0).u16(1).done(),
      stream({ residual: residual(pixels) }, { glyph: 4000 }),
    ]) {
      expect(() => new Screen(3, 2).decode(bytes)).toThrow(ScreenEnd);
    }
    const large = stream({ residual: residual(Array<number>(1025).fill(1)) }, { glyph: 1 });
    expect(() => new Screen(1025, 1).decode(large)).toThrow(ScreenEnd);
  });

  test('memory is given back when the codec is reset', () => {
    const screen = new Screen(3, 2);
    const before = screen.codec.memory.used;
    screen.decode(stream({ residual: residual(pixels), bands: band(0, 0, 0, 1, 1).u16(0x8000) }, { glyph: 1 }));
    expect(screen.codec.memory.used).toBeGreaterThan(before + 10_000_000);
    screen.clear.reset();
    expect(screen.codec.memory.used).toBe(before);
  });
});

test('draws nothing outside the rectangle when bytes are cut off or changed', () => {
  const screen = new Screen(8, 8);
  const bands = missed(missed(band(0, 2, 1, 6, 9), 1, [1, 2]), 0, [3])
    .u16(0x4000)
    .u8(2);
  const rlex = bgr(bgr(new Writer().u8(2), 1), 2)
    .u8(3)
    .u8(14);
  const ns = new Writer().u32(7).u32(7).u32(7).u32(0).u8(2).u8(0).u16(0);
  for (let i = 0; i < 3; i++) ns.raw([5, 5, 10, 1, 2, 3, 4]);
  const areas = new Writer().raw(area(4, 4, 4, 4, 2, rlex.done()).done()).raw(area(0, 0, 4, 4, 1, ns.done()).done());
  const whole = stream({ residual: residual(Array<number>(64).fill(7)), bands, areas }, { glyph: 5 });
  screen.decode(whole);
  const attempt = (bytes: Uint8Array) => {
    try {
      screen.decode(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(ScreenEnd);
    }
  };
  for (let end = 0; end < whole.length; end++) {
    expect(() => screen.decode(whole.subarray(0, end))).toThrow(ScreenEnd);
  }
  for (let at = 0; at < whole.length; at++) {
    for (const value of [0, 1, 0x7f, 0xff, whole[at]! ^ 0x10]) {
      const bytes = whole.slice();
      bytes[at] = value;
      attempt(bytes);
    }
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => attempt(bytes)),
    { numRuns: 300 },
  );
  expect(screen.borderIntact()).toBe(true);
});
