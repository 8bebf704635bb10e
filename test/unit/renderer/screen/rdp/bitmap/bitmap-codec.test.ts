import { beforeAll, describe, expect, test } from 'vitest';
import { buildWasm } from '#build/bundle/wasm.ts';
import { ScreenEnd } from '#renderer/screen/core/screen-end.ts';
import { type Bitmap, decodeBitmap, decodePlanar } from '#renderer/screen/rdp/bitmap/bitmap-codec.ts';
import { type RdpCodec, rdpCodecFactory } from '#renderer/screen/rdp/codec.ts';
import type { Pixels } from '#renderer/screen/rdp/memory.ts';
import { planarBytes, type Rgb, rlePixels } from './encoders.ts';

let codec: RdpCodec;
beforeAll(async () => {
  codec = rdpCodecFactory(await buildWasm('rdp'))(64 * 1024 * 1024);
});

/** Pictures of a few runs and some noise, as screens are; the same for the same seed. */
function random(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
function picture(width: number, height: number, seed: number): Rgb[] {
  const next = random(seed);
  const colours = Array.from({ length: 4 }, () => Math.floor(next() * 0x1000000));
  let colour = 0;
  return Array.from({ length: width * height }, (_, i) => {
    if (next() < 0.2) colour = next() < 0.3 ? Math.floor(next() * 0x1000000) : colours[Math.floor(next() * 4)]!;
    if (i % width === 0 && next() < 0.2) colour = 0;
    return colour;
  });
}

const margin = 3;
/** A target with a border that nothing may touch. @returns the rows drawn, and whether the border is as it was */
function drawn(
  width: number,
  height: number,
  draw: (target: Pixels, rect: { x: number; y: number; w: number; h: number }) => void,
) {
  const target = codec.memory.pixels(width + 2 * margin, height + 2 * margin);
  const { bytes } = codec.memory;
  bytes.fill(0x5a, target.at, target.at + target.stride * target.height);
  const used = codec.memory.used;
  let error: unknown;
  try {
    draw(target, { x: margin, y: margin, w: width, h: height });
  } catch (caught) {
    error = caught;
  }
  expect(codec.memory.used).toBe(used);
  const pixels: Rgb[] = [];
  let untouched = true;
  for (let y = 0; y < target.height; y++) {
    for (let x = 0; x < target.width; x++) {
      const at = target.at + y * target.stride + x * 4;
      const [r, g, b, a] = codec.memory.bytes.subarray(at, at + 4);
      const inside = x >= margin && y >= margin && x < margin + width && y < margin + height;
      if (inside) pixels.push(((r! << 16) | (g! << 8) | b!) >>> 0);
      else if (r !== 0x5a || g !== 0x5a || b !== 0x5a || a !== 0x5a) untouched = false;
    }
  }
  codec.memory.free(target.at);
  expect(untouched).toBe(true);
  return { pixels, error };
}
const show = (bitmap: Bitmap, width = bitmap.width, height = bitmap.height) =>
  drawn(width, height, (target, rect) => decodeBitmap(codec, bitmap, target, rect));
const flipped = (pixels: readonly Rgb[], width: number): Rgb[] =>
  Array.from({ length: pixels.length / width }, (_, y) => pixels.slice(y * width, (y + 1) * width))
    .reverse()
    .flat();

/** What the colours of 15 and 16 bits become: five and six bits spread over eight. */
const spread = (value: number, depth: number): Rgb => {
  const [r, g, b] =
    depth === 16
      ? [(value >> 11) & 31, (value >> 5) & 63, value & 31]
      : [(value >> 10) & 31, (value >> 5) & 31, value & 31];
  const five = (part: number) => (part << 3) | (part >> 2);
  return (five(r!) << 16) | ((depth === 16 ? (g! << 2) | (g! >> 4) : five(g!)) << 8) | five(b!);
};

describe('interleaved run-length encoding', () => {
  const bitmap = (bitsPerPixel: number, width: number, height: number, hex: string): Bitmap => ({
    ...{ bitsPerPixel, compressed: true, width, height },
    bytes: Buffer.from(hex.replaceAll(' ', ''), 'hex'),
  });
  const [white, a, b] = [0xffffff, 0x112233, 0x445566];
  const rows = (lower: readonly Rgb[], upper: readonly Rgb[]) => [...upper, ...lower];
  const four = (value: Rgb) => [value, value, value, value];
  /** 24 bits a pixel; the stream begins with the lowest line. */
  test.each<[string, number, string, readonly Rgb[]]>([
    [
      'a background run is black on the first line, and what lies below it after',
      4,
      '64 332211 04',
      rows(four(a), four(a)),
    ],
    [
      'a background run right after another begins with the foreground',
      4,
      '02 02 04',
      rows([0, 0, white, 0], [0, 0, white, 0]),
    ],
    ['a foreground run', 4, '24 24', rows(four(white), four(0))],
    ['a foreground run with a colour of its own', 4, 'c4 332211 c4 110000', rows(four(a), four(a ^ 0x11))],
    ['a colour run', 4, '64 332211 64 665544', rows(four(a), four(b))],
    ['a colour image', 4, '82 332211 665544 62 332211 04', rows([a, b, a, a], [a, b, a, a])],
    ['a dithered run', 4, 'e2 332211 665544 04', rows([a, b, a, b], [a, b, a, b])],
    ['white and black', 4, 'fd fe fd fe 04', rows([white, 0, white, 0], [white, 0, white, 0])],
    ['foreground and background by bits', 8, '41 05', [white, 0, white, 0, 0, 0, 0, 0]],
    ['bits with a colour of their own', 8, 'd1 332211 81', [a, 0, 0, 0, 0, 0, 0, a]],
    ['the first of the two special patterns', 8, 'f9', [white, white, 0, 0, 0, 0, 0, 0]],
    ['the second of them', 8, 'fa', [white, 0, white, 0, 0, 0, 0, 0]],
    ['mega orders', 4, 'f30400 332211 f10400', rows(four(a), four(a ^ white))],
    ['mega orders with colours of their own', 4, 'f60400 332211 f80200 332211 665544', rows(four(a), [a, b, a, b])],
  ])('%s', (_, width, hex, want) => {
    const { pixels, error } = show(bitmap(24, width, want.length / width, hex));
    expect(error).toBeUndefined();
    expect(pixels).toEqual(want);
  });

  test.each([15, 16, 24])('pictures of %i bits a pixel come out as they went in', (depth) => {
    for (let seed = 1; seed <= 60; seed++) {
      const [width, height] = [1 + ((seed * 7) % 67), 1 + ((seed * 5) % 23)];
      const mask = 2 ** depth - 1;
      const numbers = picture(width, height, seed).map((value) => value & mask);
      const bytes = rlePixels(numbers, width, depth);
      const { pixels, error } = show({ bytes, bitsPerPixel: depth, compressed: true, width, height });
      expect(error).toBeUndefined();
      const want = numbers.map((value) => (depth === 24 ? value : spread(value, depth)));
      expect(pixels).toEqual(flipped(want, width));
    }
  });

  test('the columns and rows that the rectangle lacks are left out at the right and the lower edge', () => {
    const numbers = picture(12, 9, 5);
    const bytes = rlePixels(numbers, 12, 24);
    const { pixels } = show({ bytes, bitsPerPixel: 24, compressed: true, width: 12, height: 9 }, 10, 7);
    const whole = flipped(numbers, 12);
    expect(pixels).toEqual(Array.from({ length: 7 }, (_, y) => whole.slice(y * 12, y * 12 + 10)).flat());
  });

  test.each([
    ['too little', '02'],
    ['too much', '1f 1f'],
    ['a run cut off', 'f3'],
    ['a colour cut off', '68 3322'],
    ['an image cut off', '88 332211'],
    ['bits cut off', '41'],
    ['order 5', 'a8'],
    ['mega order 5', 'f50800'],
    ['a code that is none', 'fb'],
    ['nothing', ''],
  ])('%s ends the session', (_, hex) => {
    expect(show(bitmap(24, 4, 2, hex)).error).toBeInstanceOf(ScreenEnd);
  });
});

describe('RDP 6.0 planar', () => {
  const kinds = [false, true].flatMap((runLength) =>
    [false, true].map((alpha) => ({ runLength, alpha, loss: 0, subsampled: false })),
  );
  test.each(kinds)('%o comes out as it went in, in both directions', (kind) => {
    for (let seed = 1; seed <= 60; seed++) {
      const [width, height] = [1 + ((seed * 11) % 131), 1 + ((seed * 5) % 23)];
      const pixels = picture(width, height, seed);
      const bytes = planarBytes(pixels, width, kind);
      const down = drawn(width, height, (target, rect) => decodePlanar(codec, bytes, target, rect));
      expect(down).toEqual({ pixels, error: undefined });
      const up = show({ bytes, bitsPerPixel: 32, compressed: true, width, height });
      expect(up.pixels).toEqual(flipped(pixels, width));
    }
  });

  test.each([
    { loss: 1, subsampled: false, runLength: true },
    { loss: 3, subsampled: false, runLength: false },
    { loss: 2, subsampled: true, runLength: true },
    { loss: 4, subsampled: true, runLength: false },
  ])('luma and chroma: %o is off by no more than it loses', (kind) => {
    // Flat areas of two by two, so that subsampling takes nothing away.
    const [width, height] = [38, 16];
    const small = picture(width / 2, height / 2, 9);
    const pixels = Array.from({ length: width * height }, (_, i) => {
      const [x, y] = [i % width, Math.floor(i / width)];
      return small[(y >> 1) * (width / 2) + (x >> 1)]!;
    });
    const bytes = planarBytes(pixels, width, { ...kind, alpha: false });
    const { pixels: seen, error } = drawn(width, height, (target, rect) => decodePlanar(codec, bytes, target, rect));
    expect(error).toBeUndefined();
    const most = 4 + 3 * 2 ** (kind.loss - 1);
    for (const [i, value] of seen.entries()) {
      for (const shift of [0, 8, 16]) {
        expect(Math.abs(((value >> shift) & 255) - ((pixels[i]! >> shift) & 255))).toBeLessThanOrEqual(most);
      }
    }
  });

  test('long runs have 16 or 32 more than they say', () => {
    // One row of 40: red 7 once and 31 times more (a code of 15 and 1), then eight; green and blue 40 zeros.
    const bytes = Buffer.from('30 10 07 f1 08 82 82'.replaceAll(' ', ''), 'hex');
    const { pixels, error } = drawn(40, 1, (target, rect) => decodePlanar(codec, bytes, target, rect));
    expect(error).toBeUndefined();
    expect(pixels).toEqual(Array(40).fill(0x070000));
  });

  test.each([
    ['nothing', ''],
    ['only its header', '10'],
    ['plain planes too short', '20 00 00 00'],
    ['a run past its row', '30 0f 0f'],
    ['raw bytes past its row', '30 f0 000000000000000000000000000000'],
    ['raw bytes past the end', '30 40 00'],
    ['chroma subsampled without any', '38'],
  ])('%s ends the session', (_, hex) => {
    const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
    const { error } = drawn(4, 4, (target, rect) => decodePlanar(codec, bytes, target, rect));
    expect(error).toBeInstanceOf(ScreenEnd);
  });
});

describe('plain pixels', () => {
  test.each([15, 16, 24, 32])('of %i bits, rows padded to four bytes, from the bottom up', (depth) => {
    const [width, height] = [5, 3];
    const size = (depth + 7) >> 3;
    const row = (width * size + 3) & ~3;
    const numbers = picture(width, height, 3).map((value) => (depth < 24 ? value & (2 ** depth - 1) : value));
    const bytes = Buffer.alloc(row * height, 0xee);
    for (const [i, value] of numbers.entries()) {
      const at = Math.floor(i / width) * row + (i % width) * size;
      bytes.writeUIntLE(value, at, size);
    }
    const { pixels } = show({ bytes, bitsPerPixel: depth, compressed: false, width, height });
    const want = numbers.map((value) => (depth < 24 ? spread(value, depth) : value));
    expect(pixels).toEqual(flipped(want, width));
    expect(
      show({ bytes: bytes.subarray(1), bitsPerPixel: depth, compressed: false, width, height }).error,
    ).toBeInstanceOf(ScreenEnd);
  });

  test.each([
    [8, 4, 4],
    [32, 3, 4],
    [32, 4, 3],
  ])('%i bits a pixel, %i × %i, is refused for four by four', (bitsPerPixel, width, height) => {
    const bytes = Buffer.alloc(4 * width * height);
    expect(show({ bytes, bitsPerPixel, compressed: false, width, height }, 4, 4).error).toBeInstanceOf(ScreenEnd);
  });
});

test('20,000 damaged pictures draw inside their rectangle or end the session', () => {
  const next = random(77);
  const below = (limit: number) => Math.floor(next() * limit);
  const originals = Array.from({ length: 40 }, (_, seed) => {
    const [width, height] = [1 + ((seed * 7) % 40), 1 + ((seed * 3) % 12)];
    const pixels = picture(width, height, seed + 1);
    const depth = [15, 16, 24, 32][seed % 4]!;
    const kind = { runLength: seed % 3 > 0, alpha: seed % 5 === 0, loss: seed % 4, subsampled: seed % 8 === 3 };
    const numbers = pixels.map((value) => value & (2 ** Math.min(depth, 24) - 1));
    const bytes = depth === 32 ? planarBytes(pixels, width, kind) : rlePixels(numbers, width, depth);
    return { bytes, bitsPerPixel: depth, compressed: true, width, height };
  });
  const ends = { drawn: 0, ended: 0 };
  for (let i = 0; i < 20_000; i++) {
    const original = originals[below(originals.length)]!;
    const bytes = Buffer.from(original.bytes);
    for (let changes = below(4); changes >= 0; changes--) bytes[below(bytes.length)] = below(256);
    const cut = next() < 0.3 ? bytes.subarray(0, below(bytes.length)) : bytes;
    const { error } = show({ ...original, bytes: cut });
    if (error !== undefined && !(error instanceof ScreenEnd)) throw error;
    ends[error === undefined ? 'drawn' : 'ended'] += 1;
  }
  expect(ends.drawn).toBeGreaterThan(1000);
  expect(ends.ended).toBeGreaterThan(1000);
}, 60_000);
