import { describe, expect, test } from 'vitest';
import { compact, Deflater, deflated, jpegOf, opening, rect, u8, u16, u32, update } from './desk-bytes.ts';
import { Harness } from './harness.ts';

const raw = 0;
const copyRect = 1;
const tight = 7;
const zrle = 16;

const red = u8(0xff, 0, 0);
const blue = u8(0, 0, 0xff);
const rgbx = (...colours: readonly number[]): Buffer =>
  Buffer.concat(colours.map((colour) => u8(colour >> 16, colour >> 8, colour, 0x55)));

function open(width = 4, height = 4, options: ConstructorParameters<typeof Harness>[0] = {}): Harness {
  return new Harness(options).feed(opening(width, height));
}

describe.each([['in one piece', Number.POSITIVE_INFINITY] as const, ['byte by byte', 1] as const])('%s', (_, piece) => {
  test('raw pixels', () => {
    const harness = open().feed(update(rect(1, 2, 2, 2, raw, rgbx(0x010203, 0x040506, 0x0708ff, 0xffffff))), piece);
    const none = [-1, -1, -1, -1];
    expect(harness.pixels()).toEqual([...none, ...none, -1, 0x010203, 0x040506, -1, -1, 0x0708ff, 0xffffff, -1]);
    expect(harness.damage).toEqual([[{ x: 1, y: 2, w: 2, h: 2 }]]);
  });

  test('a copy whose source and target overlap, in each direction', () => {
    const picture = Array.from({ length: 64 }, (_, i) => i + 1);
    for (const [sx, sy, x, y] of [
      [0, 0, 1, 1],
      [2, 2, 1, 1],
      [0, 2, 2, 0],
      [2, 0, 0, 2],
      [1, 0, 2, 0],
      [2, 0, 1, 0],
    ] as const) {
      const harness = open(8, 8).feed(update(rect(0, 0, 8, 8, raw, rgbx(...picture))), piece);
      harness.feed(update(rect(x, y, 5, 5, copyRect, u16(sx, sy))), piece);
      const want = [...picture];
      for (let row = 0; row < 5; row++) {
        for (let column = 0; column < 5; column++) {
          want[(y + row) * 8 + x + column] = picture[(sy + row) * 8 + sx + column]!;
        }
      }
      expect(harness.pixels()).toEqual(want);
    }
  });

  test('Tight: fill', () => {
    const harness = open(9, 2).feed(update(rect(1, 0, 8, 2, tight, u8(0x80), u8(1, 2, 3))), piece);
    const row = [-1, ...Array(8).fill(0x010203)];
    expect(harness.pixels()).toEqual([...row, ...row]);
  });

  test('Tight: two colours, with a width that fills no byte', async () => {
    const bits = u8(0b10101010, 0b11000000, 0b00000001, 0b01000000);
    const plain = open(10, 2).feed(update(rect(0, 0, 10, 2, tight, u8(0x40, 1, 1), blue, red, bits)), piece);
    const rows = [
      [1, 0, 1, 0, 1, 0, 1, 0, 1, 1],
      [0, 0, 0, 0, 0, 0, 0, 1, 0, 1],
    ];
    expect(plain.pixels()).toEqual(rows.flat().map((bit) => (bit ? 0xff0000 : 0x0000ff)));
    const many = Buffer.concat(Array(8).fill(bits));
    const chunk = await deflated(many);
    const packed = rect(0, 0, 10, 16, tight, u8(0x50, 1, 1), blue, red, compact(chunk.length), chunk);
    const pixels = open(10, 16).feed(update(packed), piece).pixels();
    expect(pixels).toEqual(Array(8).fill(plain.pixels()).flat());
  });

  test('Tight: a palette, and an index beyond it is black', async () => {
    const indexes = u8(0, 1, 2, 1, 0, 2, 2, 9, 0, 0, 1, 1);
    const chunk = await deflated(indexes);
    const colours = Buffer.concat([red, blue, u8(9, 9, 9)]);
    const body = [u8(0x60, 1, 2), colours, compact(chunk.length), chunk];
    const pixels = open(4, 3)
      .feed(update(rect(0, 0, 4, 3, tight, ...body)), piece)
      .pixels();
    expect(pixels).toEqual([...indexes].map((i) => [0xff0000, 0x0000ff, 0x090909][i] ?? 0));
  });

  test('Tight: gradient', async () => {
    const width = 7;
    const height = 5;
    const at = (x: number, y: number, c: number) =>
      x < 0 || y < 0 ? 0 : (x * 37 + y * 91 + c * 50 + x * y * 13) & 255;
    const differences = Buffer.alloc(width * height * 3);
    for (let i = 0; i < differences.length; i++) {
      const [x, y, c] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width), i % 3] as const;
      const guess = Math.min(255, Math.max(0, at(x - 1, y, c) + at(x, y - 1, c) - at(x - 1, y - 1, c)));
      differences[i] = at(x, y, c) - guess;
    }
    const chunk = await deflated(differences);
    const harness = open(width + 1, height + 1);
    // What is around the rectangle must not leak into the prediction.
    harness.feed(update(rect(0, 0, width + 1, height + 1, tight, u8(0x80), u8(200, 100, 50))));
    harness.feed(update(rect(1, 1, width, height, tight, u8(0x70, 2), compact(chunk.length), chunk)), piece);
    const pixels = harness.pixels();
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const want = (at(x, y, 0) << 16) | (at(x, y, 1) << 8) | at(x, y, 2);
        expect(pixels[(y + 1) * (width + 1) + x + 1]).toBe(want);
      }
    }
  });

  test('Tight: four streams of their own, and a reset of one', async () => {
    const deflaters = [0, 1, 2, 3].map(() => new Deflater());
    const harness = open(4, 4);
    for (let round = 0; round < 6; round++) {
      const stream = round % 4;
      const data = Buffer.alloc(48, `${round}-abc`);
      const reset = round === 5;
      if (reset) deflaters[stream] = new Deflater();
      const chunk = await deflaters[stream]!.take(data);
      const control = (stream << 4) | (reset ? 1 << stream : 0);
      harness.feed(update(rect(0, 0, 4, 4, tight, u8(control), compact(chunk.length), chunk)), piece);
      expect(harness.end).toBeUndefined();
      expect(harness.pixels()).toEqual(Array.from({ length: 16 }, (_, i) => data.readUIntBE(i * 3, 3)));
    }
  });

  test('ZRLE: every kind of tile', async () => {
    const tiles = [
      [u8(0), Buffer.alloc(64 * 64 * 3, red)],
      [u8(1), blue],
      [u8(2), red, blue, Buffer.alloc(8 * 64, 0xaa)],
      [u8(4), red, blue, u8(1, 1, 1), u8(2, 2, 2), Buffer.alloc(16 * 64, 0b00011011)],
      [u8(5), red, blue, u8(1, 1, 1), u8(2, 2, 2), u8(3, 3, 3), Buffer.alloc(32 * 64, 0x04)],
      [u8(128), red, u8(255, 255, 1), blue, Buffer.concat([Buffer.alloc(14, 255), u8(13)])],
      [u8(130), red, blue, u8(0x81, 255, 254), u8(0), u8(0x80), Buffer.concat([Buffer.alloc(14, 255), u8(14)])],
    ];
    const chunk = await deflated(Buffer.concat(tiles.flat()));
    const harness = open(64 * 7, 64).feed(update(rect(0, 0, 64 * 7, 64, zrle, u32(chunk.length), chunk)), piece);
    expect(harness.end).toBeUndefined();
    const pixels = harness.pixels();
    const tile = (i: number) =>
      Array.from({ length: 4096 }, (_, p) => pixels[Math.floor(p / 64) * 64 * 7 + i * 64 + (p % 64)]!);
    const [r, b] = [0xff0000, 0x0000ff];
    expect(tile(0)).toEqual(Array(4096).fill(r));
    expect(tile(1)).toEqual(Array(4096).fill(b));
    expect(tile(2)).toEqual(Array.from({ length: 4096 }, (_, i) => (i % 2 === 0 ? b : r)));
    expect(tile(3)).toEqual(Array.from({ length: 4096 }, (_, i) => [r, b, 0x010101, 0x020202][i % 4]));
    expect(tile(4)).toEqual(Array.from({ length: 4096 }, (_, i) => (i % 2 === 0 ? r : 0x030303)));
    const first = 255 + 255 + 1 + 1;
    expect(tile(5)).toEqual([...Array(first).fill(r), ...Array(4096 - first).fill(b)]);
    expect(tile(6)).toEqual([...Array(510).fill(b), r, ...Array(4096 - 511).fill(r)]);
  });

  test('ZRLE: tiles at the right and lower edge are smaller', async () => {
    const chunk = await deflated(Buffer.concat([u8(1), red, u8(1), blue, u8(0), u8(1, 1, 1, 2, 2, 2), u8(1), red]));
    const harness = open(65, 66);
    // 64x64, 1x64, then 64x2 and 1x2: the third would need 384 bytes of raw pixels.
    harness.feed(update(rect(0, 0, 65, 66, zrle, u32(chunk.length), chunk)), piece);
    expect(harness.problem).toBe('too little data in a rectangle');
    const good = await deflated(Buffer.concat([u8(1), red, u8(1), blue, u8(1), blue, u8(0), u8(1, 1, 1, 2, 2, 2)]));
    const pixels = open(65, 66)
      .feed(update(rect(0, 0, 65, 66, zrle, u32(good.length), good)), piece)
      .pixels();
    expect([pixels[0], pixels[64], pixels[65 * 64], pixels[65 * 65 - 1], pixels[65 * 66 - 1]]).toEqual([
      0xff0000, 0x0000ff, 0x0000ff, 0x010101, 0x020202,
    ]);
  });
});

const jpeg = (w: number, h: number, data = jpegOf(w, h)): Buffer[] => [u8(0x90), compact(data.length), data];
const outside = 'rectangle outside the screen';

test.each([
  ['a raw rectangle over the right edge', rect(3, 0, 2, 1, raw, rgbx(1, 2)), outside],
  ['a raw rectangle over the lower edge', rect(0, 3, 1, 2, raw, rgbx(1, 2)), outside],
  ['a rectangle of the largest size', rect(0xffff, 0xffff, 0xffff, 0xffff, tight, u8(0x80, 0, 0, 0)), outside],
  ['a copy from outside', rect(0, 0, 2, 2, copyRect, u16(3, 3)), 'copy from outside the screen'],
  ['an unknown encoding', rect(0, 0, 1, 1, 5), 'encoding 5'],
  ['an unknown Tight kind', rect(0, 0, 1, 1, tight, u8(0xa0)), 'Tight compression kind'],
  ['an unknown Tight filter', rect(0, 0, 1, 1, tight, u8(0x40, 3)), 'Tight filter'],
  ['an empty Tight rectangle', rect(0, 0, 0, 1, tight, u8(0x80, 0, 0, 0)), 'empty Tight rectangle'],
  ['a JPEG of another size', rect(0, 0, 2, 2, tight, ...jpeg(3, 2)), 'size of a JPEG'],
  ['a JPEG bomb', rect(0, 0, 2, 2, tight, ...jpeg(65535, 65535)), 'size of a JPEG'],
  ['no JPEG', rect(0, 0, 2, 2, tight, ...jpeg(2, 2, Buffer.from('GIF89a'))), 'JPEG start'],
  ['an endless ZRLE rectangle', rect(0, 0, 1, 1, zrle, u32(0xffffffff)), 'length of a ZRLE rectangle'],
  ['a ZRLE rectangle that is too short', rect(0, 0, 1, 1, zrle, u32(0)), 'too little data in a rectangle'],
  ['a pointer too large', rect(0, 0, 513, 1, -239), 'size of the pointer'],
  ['a pointer in an unknown encoding', rect(0, 0, 1, 1, -314, u32(7), u32(0)), 'encoding of the pointer'],
  ['a screen without a size', rect(0, 0, 0, 600, -223), 'screen of 0x600'],
  ['a screen beyond the limit', rect(0, 0, 16384, 16384, -223), 'screen of 16384x16384'],
  ['a name without end', rect(0, 0, 0, 0, -307, u32(0x7fffffff)), 'length of the desktop name'],
])('%s ends the session', (_, bytes, problem) => {
  expect(open().feed(update(bytes)).problem).toBe(problem);
});

test.each([
  ['an unused tile kind', [u8(17)], 'ZRLE tile kind'],
  ['kind 129', [u8(129)], 'ZRLE tile kind'],
  ['a run past the tile', [u8(128), red, u8(255, 255, 0)], 'ZRLE run length'],
  ['a run of an unknown colour', [u8(130), red, blue, u8(0x02)], 'palette index'],
  ['an unknown packed colour', [u8(3), red, blue, red, u8(0xff), u8(0xff), u8(0xff), u8(0xff)], 'palette index'],
  ['more than its tiles', [u8(1), red, u8(1), red], 'too much data in a rectangle'],
  ['less than its tiles', [u8(1), u8(1)], 'too little data in a rectangle'],
])('ZRLE with %s ends the session', async (_, tile, problem) => {
  const chunk = await deflated(Buffer.concat(tile));
  expect(open().feed(update(rect(0, 0, 4, 4, zrle, u32(chunk.length), chunk))).problem).toBe(problem);
});

test('a JPEG that cannot be decoded ends the session', async () => {
  const harness = open(4, 4, { decodeJpeg: () => Promise.reject(new Error('no picture')) });
  harness.feed(update(rect(0, 0, 4, 4, tight, ...jpeg(4, 4))));
  await new Promise(setImmediate);
  expect(harness.problem).toBe('JPEG data');
});

describe('order of pictures that decode in the background', () => {
  function slow() {
    const waiting: (() => void)[] = [];
    const harness = open(8, 8, { decodeJpeg: () => new Promise<void>((resolve) => waiting.push(resolve)) });
    return { harness, waiting, settle: async () => await new Promise(setImmediate) };
  }
  const fill = (x: number, y: number, w: number, h: number) => rect(x, y, w, h, tight, u8(0x80, 1, 2, 3));

  test('what lies elsewhere is drawn meanwhile, and the frame is shown when all of it is there', async () => {
    const { harness, waiting, settle } = slow();
    harness.feed(update(rect(0, 0, 4, 4, tight, ...jpeg(4, 4)), fill(4, 4, 2, 2)));
    expect(harness.pixels()[4 * 8 + 4]).toBe(0x010203);
    expect(harness.damage).toHaveLength(0);
    waiting[0]!();
    await settle();
    expect(harness.damage).toHaveLength(1);
  });

  test.each([
    ['a fill over it', fill(3, 3, 2, 2)],
    ['a copy from it', rect(6, 6, 2, 2, copyRect, u16(3, 3))],
    ['a copy onto it', rect(3, 3, 2, 2, copyRect, u16(6, 6))],
    ['a picture over it', rect(2, 2, 4, 4, tight, ...jpeg(4, 4))],
    ['another size of the screen', rect(0, 0, 16, 16, -223)],
  ])('%s waits', async (_, next) => {
    const { harness, waiting, settle } = slow();
    harness.feed(update(rect(0, 0, 4, 4, tight, ...jpeg(4, 4)), next, fill(0, 6, 1, 1)));
    expect(harness.pixels()[6 * 8]).toBe(-1);
    waiting[0]!();
    await settle();
    waiting[1]?.();
    await settle();
    expect(harness.codec.framebuffer[6 * harness.codec.width * 4]).toBe(1);
    expect(harness.damage).toHaveLength(1);
  });

  test('bytes that come one at a time meanwhile are kept together, without credit', async () => {
    const { harness, waiting, settle } = slow();
    harness.feed(update(rect(0, 0, 8, 8, tight, ...jpeg(8, 8))));
    const before = harness.consumed;
    const chunks = Array.from({ length: 40 }, () => [...update(fill(0, 0, 8, 8))]).flat();
    const pushed = chunks.map((byte) => Uint8Array.of(byte));
    for (const chunk of pushed) harness.client.push(chunk);
    // What was pushed is the core's no more: it holds a copy, not an object for each byte.
    for (const chunk of pushed) chunk[0] = 0xee;
    expect(harness.consumed).toBe(before);
    waiting[0]!();
    await settle();
    expect(harness.end).toBeUndefined();
    expect(harness.damage).toHaveLength(41);
    expect(harness.consumed).toBe(before + chunks.length);
  });

  test('nothing is taken from the desk while waiting, beyond the inbox', async () => {
    const { harness, waiting, settle } = slow();
    harness.feed(update(rect(0, 0, 8, 8, tight, ...jpeg(8, 8))));
    const before = harness.consumed;
    harness.feed(Buffer.concat(Array(50).fill(update(fill(0, 0, 8, 8)))));
    expect(harness.consumed).toBe(before);
    waiting[0]!();
    await settle();
    expect(harness.damage).toHaveLength(51);
    expect(harness.consumed).toBe(before + 50 * 20);
  });
});
