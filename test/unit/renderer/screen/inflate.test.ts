import { constants } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compact, Deflater, deflated, opening, rect, u8, u32, update } from './desk-bytes.ts';
import { Harness } from './harness.ts';

const tight = 7;
const zrle = 16;
const runs = Number(process.env.HANARE_PROPERTY_RUNS ?? 60);

/** Data of all kinds that deflate treats differently: noise, runs, far and near repeats, few symbols. */
const dataOf = (length: number) =>
  fc
    .tuple(
      fc.integer({ min: 1, max: 256 }),
      fc.integer({ min: 1, max: 40_000 }),
      fc.integer(),
      fc.double({ min: 0, max: 1, noNaN: true }),
    )
    .map(([symbols, period, seed, repeats]) => {
      let state = seed | 1;
      const random = () => {
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        return state >>> 0;
      };
      const data = Buffer.alloc(length);
      for (let i = 0; i < length; i++) {
        data[i] = i >= period && (random() % 1000) / 1000 < repeats ? data[i - period]! : random() % symbols;
      }
      return data;
    });

const zlibOptions = fc.record({
  level: fc.integer({ min: 0, max: 9 }),
  memLevel: fc.integer({ min: 1, max: 9 }),
  windowBits: fc.integer({ min: 9, max: 15 }),
  strategy: fc.constantFrom(
    constants.Z_DEFAULT_STRATEGY,
    constants.Z_FILTERED,
    constants.Z_HUFFMAN_ONLY,
    constants.Z_RLE,
    constants.Z_FIXED,
  ),
});

function expected(data: Buffer): number[] {
  return Array.from({ length: data.length / 3 }, (_, i) => data.readUIntBE(i * 3, 3));
}

test('a zlib stream that goes on over rectangles gives exactly what went in', async () => {
  const width = 211;
  const shape = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 4 });
  const flush = fc.constantFrom(constants.Z_SYNC_FLUSH, constants.Z_FULL_FLUSH);
  await fc.assert(
    fc.asyncProperty(
      shape,
      zlibOptions,
      flush,
      fc.infiniteStream(dataOf(width * 300 * 3)),
      async (rows, options, how, datas) => {
        const harness = new Harness().feed(opening(width, 300));
        const deflater = new Deflater(options);
        for (const count of rows) {
          const data = datas.next().value!.subarray(0, width * count * 3);
          const chunk = await deflater.take(data, how);
          harness.feed(update(rect(0, 0, width, count, tight, u8(0x00), compact(chunk.length), chunk)));
          expect(harness.end).toBeUndefined();
          expect(harness.pixels().slice(0, width * count)).toEqual(expected(data));
        }
      },
    ),
    { numRuns: runs },
  );
});

test('it does not matter where the stream is cut', async () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(dataOf(64 * 64 * 3 * 9), zlibOptions, cuts, async (data, options, pieces) => {
      const tileBytes = 64 * 64 * 3;
      const tiles = Array.from({ length: 9 }, (_, i) => [u8(0), data.subarray(i * tileBytes, (i + 1) * tileBytes)]);
      const chunk = await new Deflater(options).take(Buffer.concat(tiles.flat()));
      const bytes = update(rect(0, 0, 192, 192, zrle, u32(chunk.length), chunk));
      const harness = new Harness().feed(opening(192, 192));
      for (let at = 0, i = 0; at < bytes.length; i++) {
        const size = pieces[i % pieces.length]!;
        harness.feed(bytes.subarray(at, at + size));
        at += size;
      }
      expect(harness.end).toBeUndefined();
      const pixels = harness.pixels();
      const want = expected(data);
      const got = Array.from({ length: 9 }, (_, tile) =>
        Array.from({ length: 4096 }, (_, i) => {
          const x = (tile % 3) * 64 + (i % 64);
          return pixels[(Math.floor(tile / 3) * 64 + Math.floor(i / 64)) * 192 + x]!;
        }),
      );
      expect(got.flat()).toEqual(want);
    }),
    { numRuns: runs },
  );
});

const tightOf = (chunk: Uint8Array, w = 8, h = 8): Buffer =>
  Buffer.concat([opening(8, 8), update(rect(0, 0, w, h, tight, u8(0), compact(chunk.length), Buffer.from(chunk)))]);

test.each([
  ['no zlib header', u8(0x79, 0x9c, 0, 0), 'zlib header'],
  ['a preset dictionary', u8(0x78, 0xbb, 0, 0), 'zlib header'],
  ['a block of the fourth kind', u8(0x78, 0x9c, 0x07), 'deflate block'],
  ['a stored block whose lengths disagree', u8(0x78, 0x9c, 0x01, 1, 0, 1, 0), 'deflate block'],
  ['too many literal codes', u8(0x78, 0x9c, 0b11111101, 0, 0), 'deflate code lengths'],
  ['a repeat before the first byte', u8(0x78, 0x9c, 0x03, 0x02, 0, 0, 0, 0, 0, 0), 'deflate distance'],
  ['the end in the middle', u8(0x78, 0x9c, 0x03, 0x00), 'too little data in a rectangle'],
  ['nothing', u8(), 'too little data in a rectangle'],
])('a chunk with %s ends the session', (_, chunk, problem) => {
  expect(new Harness().feed(tightOf(chunk)).problem).toBe(problem);
});

test('a chunk with more pixels than its rectangle ends the session', async () => {
  expect(new Harness().feed(tightOf(await deflated(Buffer.alloc(8 * 8 * 3 + 1)))).problem).toBe(
    'too much data in a rectangle',
  );
});

test('a zlib bomb ends the session without taking memory', async () => {
  const bomb = await deflated(Buffer.alloc(64 * 1024 * 1024));
  const harness = new Harness();
  const before = harness.codec.bytes.length;
  harness.feed(tightOf(bomb));
  expect(harness.problem).toBe('too much data in a rectangle');
  expect(harness.codec.bytes.length - before).toBeLessThan(1024 * 1024);
});
