import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Zgfx } from '#renderer/screen/rdp/egfx/zgfx.ts';
import { Compressor, distanceBits, encodeOps, multipart, type Op, packBits, single } from './zgfx-encoder.ts';

const hex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const expand = (data: Uint8Array, zgfx = new Zgfx()) => Buffer.from(zgfx.decompress(data));
const problem = (text: string) =>
  expect.objectContaining({ failure: expect.objectContaining({ details: { problem: text } }) });
const plain = (bytes: ArrayLike<number>) => Uint8Array.from([0x04, ...Array.from(bytes)]);
const fox = 'The quick brown fox jumps over the lazy dog';

/** Bytes with much that repeats, and some that does not. */
const text = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc
        .tuple(fc.uint8Array({ minLength: 1, maxLength: 9 }), fc.integer({ min: 1, max: 60 }))
        .map(([bytes, count]) => Uint8Array.from(Array.from({ length: count }, () => [...bytes]).flat())),
    ),
    { maxLength: 12 },
  )
  .map((parts) => new Uint8Array(Buffer.concat(parts)));

test('gives the text of the specification when it is one plain segment or three, the last one compressed', () => {
  expect(expand(single(plain(Buffer.from(fox)))).toString()).toBe(fox);
  const parts = hex(
    'e103002b000000 11000000 0454686520717569636b2062726f776e20 0e000000 04666f78206a756d7073206f7665 10000000 2439080e91f8d8613d1e440643799c02',
  );
  expect(expand(parts).toString()).toBe(fox);
});

test('gives the examples of 3.1.9.1.2.5 when they are encoded by hand', () => {
  const ten = Uint8Array.from([0x24, ...packBits('001001001' + '1000100001' + '110001')]);
  expect([...expand(single(ten))]).toEqual(Array(10).fill(0x49));
});

test('gives every literal when it has its shortest token', () => {
  const all = Array.from({ length: 256 }, (_, i) => i);
  expect([...expand(single(encodeOps(all)))]).toEqual(all);
});

test('gives back what an encoder made when texts follow each other in one history', () => {
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 6 }), (texts) => {
      const zgfx = new Zgfx();
      const encoder = new Compressor();
      for (const bytes of texts)
        expect(expand(single(encodeOps(encoder.ops(bytes))), zgfx)).toEqual(Buffer.from(bytes));
    }),
    { numRuns: 60 },
  );
});

test('gives back all of it when segments are mixed: plain, compressed, with unencoded runs', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(text, fc.constantFrom('plain', 'coded', 'raw')), { maxLength: 8 }), (parts) => {
      const encoder = new Compressor();
      const segments = parts.map(([bytes, how]) => {
        const ops = encoder.ops(bytes);
        if (how === 'plain') return plain(bytes);
        return encodeOps(how === 'coded' ? ops : [{ raw: bytes }]);
      });
      const whole = Buffer.concat(parts.map(([bytes]) => bytes));
      expect(expand(multipart(segments, whole.length))).toEqual(whole);
    }),
    { numRuns: 60 },
  );
});

test('goes on after an unencoded run when tokens stand on both sides of it', () => {
  const ops: Op[] = [
    65,
    66,
    67,
    { raw: Buffer.from('xyz') },
    { distance: 6, length: 3 },
    68,
    { raw: new Uint8Array() },
    69,
  ];
  expect(expand(single(encodeOps(ops))).toString()).toBe('ABCxyzABCDE');
});

test.each([1, 2, 15, 16, 31, 32, 159, 160, 671, 672, 1695, 1696, 5791, 5792, 22_175, 22_176, 54_943, 54_944])(
  'reaches back when the distance is %i, for every kind of length',
  (distance) => {
    const past = Uint8Array.from({ length: 65_000 }, (_, i) => (i * 7919) >> 5);
    const lengths = [
      3, 4, 7, 8, 15, 16, 31, 32, 33, 63, 64, 127, 128, 255, 256, 511, 512, 1023, 2048, 4096, 8192, 16_384,
    ];
    const zgfx = new Zgfx();
    expand(single(plain(past)), zgfx);
    const wanted = [...past];
    for (const length of lengths) for (let i = 0; i < length; i++) wanted.push(wanted[wanted.length - distance]!);
    const got = expand(single(encodeOps(lengths.map((length) => ({ distance, length })))), zgfx);
    expect(got.equals(Uint8Array.from(wanted.slice(past.length)))).toBe(true);
  },
);

test.each([317_087, 317_088, 1_365_663, 1_365_664, 2_414_239, 2_414_240, 2_500_000])(
  'still knows its history when it is %i bytes old and the memory has been moved many times',
  (distance) => {
    const zgfx = new Zgfx();
    const segment = plain(new Uint8Array(65_000));
    const feed = (at: number) => {
      new DataView(segment.buffer).setUint32(1, at);
      expand(single(segment), zgfx);
    };
    const count = 170;
    for (let i = 0; i < count; i++) feed(i);
    const at = count * 65_000 - distance;
    // The start of the next segment that is still within reach.
    const ahead = (65_000 - (at % 65_000)) % 65_000;
    const wanted = Math.ceil(at / 65_000);
    if (ahead > 0) expand(single(plain(new Uint8Array(ahead))), zgfx);
    const got = expand(single(encodeOps([{ distance, length: 4 }])), zgfx);
    expect(got.readUInt32BE()).toBe(wanted);
  },
);

test('gives 65,535 bytes when one match is as long as a segment may be, and refuses one more', () => {
  expect(expand(single(encodeOps([1, { distance: 1, length: 65_534 }]))).length).toBe(65_535);
  expect(() => expand(single(encodeOps([1, { distance: 1, length: 65_535 }])))).toThrow(problem('bits of a segment'));
  expect(() => expand(single(encodeOps([1, { distance: 1, length: 65_534 }, 2])))).toThrow(
    problem('bits of a segment'),
  );
  expect(() => expand(single(plain(new Uint8Array(65_536))))).toThrow(problem('size of a segment'));
});

test.each([
  ['', 'PDU too short'],
  ['e2 04 00', 'descriptor of segmented data'],
  ['e0', 'header of a segment'],
  ['e0 05 00', 'header of a segment'],
  ['e0 24', 'size of a segment'],
  ['e0 24 08', 'size of a segment'],
  ['e0 24 01', 'size of a segment'],
  ['e0 24 00 08', 'size of a segment'],
  ['e1 01 00 00 00 00 00', 'count of segments'],
  ['e1 01 00 ff ff 00 00 02 00 00 00 04 41', 'size of segmented data'],
  ['e1 01 00 00 00 01 00 02 00 00 00 04 41', 'count of segments'],
  ['e1 01 00 00 00 00 00 02 00 00 00 04 41', 'size of segmented data'],
  ['e1 01 00 01 00 00 00 02 00 00 00 04 41 00', 'size of segmented data'],
  ['e1 01 00 01 00 00 00 ff 00 00 00 04 41', 'PDU too short'],
  ['e1 ff ff ff ff ff ff', 'size of segmented data'],
])('ends the session when data is %s', (data, wanted) => {
  expect(() => expand(hex(data))).toThrow(problem(wanted));
});

test.each([
  ['a token that is not defined', '10000' + '0000', 'token of a segment'],
  ['a long token that is not defined', '10111110' + '0000', 'token of a segment'],
  ['a token that is cut off', '0010', 'bits of a segment'],
  ['a length that is cut off', `001000001${distanceBits(1)}1111`, 'bits of a segment'],
  ['a length of fifteen ones', `001000001${distanceBits(1)}${'1'.repeat(15)}0${'0'.repeat(16)}`, 'length in a segment'],
  ['a distance before the beginning', `001000001${distanceBits(2)}0`, 'distance in a segment'],
  ['a run that is cut off', `1000100000${'1'.repeat(15)}0000000`, 'bits of a segment'],
])('ends the session when there is %s', (_, bits, wanted) => {
  expect(() => expand(single(Uint8Array.from([0x24, ...packBits(bits)])))).toThrow(problem(wanted));
});

test('refuses a distance past 2,500,000 when the history is longer', () => {
  const zgfx = new Zgfx();
  for (let i = 0; i < 60; i++) expand(single(plain(new Uint8Array(65_000))), zgfx);
  const bits = `10111101${(2_500_001 - 2_414_240).toString(2).padStart(21, '0')}0`;
  expect(() => expand(single(Uint8Array.from([0x24, ...packBits(bits)])), zgfx)).toThrow(
    problem('distance in a segment'),
  );
});

test('refuses to reach back when it was reset', () => {
  const zgfx = new Zgfx();
  expand(single(plain([1, 2, 3, 4])), zgfx);
  zgfx.reset();
  expect(() => expand(single(encodeOps([{ distance: 4, length: 3 }])), zgfx)).toThrow(problem('distance in a segment'));
});

test('refuses more than it may put out when many short segments say so', () => {
  const zgfx = new Zgfx(100_000);
  const segment = encodeOps([1, { distance: 1, length: 65_000 }]);
  expect(() => zgfx.decompress(multipart([segment, segment], 130_002))).toThrow(problem('size of segmented data'));
});

test('puts out what fits or ends the session when bytes are any', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom([0xe0, 0x24], [0xe1, 1, 0], []), (bytes, start) => {
      const zgfx = new Zgfx();
      try {
        expect(zgfx.decompress(Uint8Array.from([...start, ...bytes])).length).toBeLessThanOrEqual(65_535 * 60);
      } catch (error) {
        expect(error).toMatchObject({ name: 'ScreenEnd' });
      }
    }),
    { numRuns: 300 },
  );
});
