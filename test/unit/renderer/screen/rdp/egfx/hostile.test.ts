import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Harness, message, pdu, say } from './harness.ts';

const problem = (text: string) =>
  expect.objectContaining({ failure: expect.objectContaining({ details: { problem: text } }) });
const ready = (parts?: ConstructorParameters<typeof Harness>[0]) =>
  new Harness(parts).say(say.confirm(), say.reset(8, 8), say.create(1, 8, 8), say.map(1));

test.each([
  ['a surface that is not there', [say.fill(2, 0, [0, 0, 1, 1])], 'unknown surface'],
  ['a mapping of no surface', [say.map(2)], 'unknown surface'],
  ['a picture for no surface', [say.wire(2, 10, [0, 0, 1, 1], [])], 'unknown surface'],
  ['a progressive picture for no surface', [say.progressive(2, 0, [])], 'unknown surface'],
  ['a copy from no surface', [say.copy(2, 1, [0, 0, 1, 1], [0, 0])], 'unknown surface'],
  ['a copy to no surface', [say.copy(1, 2, [0, 0, 1, 1], [0, 0])], 'unknown surface'],
  ['a picture of no surface for the cache', [say.cache(2, 1, [0, 0, 1, 1])], 'unknown surface'],
  ['a surface of no width', [say.create(2, 0, 1)], 'size of a surface'],
  ['a surface past all bounds', [say.create(2, 65_535, 65_535)], 'size of a surface'],
  ['a surface past the memory', [say.create(2, 5000, 5000)], 'memory for pictures'],
  ['a surface of an unknown format', [say.create(2, 1, 1, 0x22)], 'pixel format'],
  ['an output of no height', [say.reset(1, 0)], 'size of a surface'],
  ['an output past all bounds', [say.reset(32_767, 32_767)], 'size of a surface'],
  ['seventeen monitors', [say.reset(8, 8, 17)], 'count of monitors'],
  ['a reset that is short', [pdu(0x0e, (w) => w.u32(8).u32(8).u32(0))], 'length of a graphics reset'],
  ['an origin far away', [say.map(1, 0xffffffff, 0)], 'origin of a surface'],
  ['a fill outside', [say.fill(1, 0, [0, 0, 9, 1])], 'rectangle outside a surface'],
  ['a fill that is turned', [say.fill(1, 0, [4, 0, 3, 1])], 'rectangle'],
  ['a picture outside', [say.wire(1, 10, [0, 0, 1, 9], [])], 'rectangle outside a surface'],
  ['a copy from outside', [say.copy(1, 1, [0, 0, 9, 9])], 'rectangle outside a surface'],
  ['a copy to before the edge', [say.copy(1, 1, [0, 0, 2, 2], [-1, 0])], 'rectangle outside a surface'],
  ['a copy past the edge', [say.copy(1, 1, [0, 0, 2, 2], [0, 0], [7, 0])], 'rectangle outside a surface'],
  ['a cached picture of outside', [say.cache(1, 1, [0, 0, 9, 1])], 'rectangle outside a surface'],
  ['a cached picture of nothing', [say.cache(1, 1, [0, 0, 0, 1])], 'empty picture for the cache'],
  ['slot zero', [say.cache(1, 0, [0, 0, 1, 1])], 'slot of the bitmap cache'],
  ['a slot past the last', [say.cache(1, 25_601, [0, 0, 1, 1])], 'slot of the bitmap cache'],
  ['an empty slot', [say.paste(5, 1, [0, 0])], 'slot of the bitmap cache'],
  ['an evicted slot past the last', [say.evict(0xffff)], 'slot of the bitmap cache'],
  ['a paste past the edge', [say.cache(1, 1, [0, 0, 2, 2]), say.paste(1, 1, [7, 7])], 'rectangle outside a surface'],
  ['an import that was not offered', [say.imported(1)], 'import to the bitmap cache'],
  ['an unknown codec', [say.wire(1, 0x10, [0, 0, 1, 1], [])], 'graphics codec 16'],
  ['an unknown progressive codec', [say.progressive(1, 0, [], 10)], 'graphics codec 10'],
  ['capabilities twice', [say.confirm()], 'graphics capabilities'],
  ['a PDU that goes on', [pdu(0x0c, (w) => w.u32(1).u8(0))], 'length of a graphics PDU'],
  ['a PDU shorter than its header', [Uint8Array.of(0x0c, 0, 0, 0, 7, 0, 0, 0)], 'length of a graphics PDU'],
  ['a PDU longer than its message', [Uint8Array.of(0x0c, 0, 0, 0, 255, 255, 255, 255)], 'PDU too short'],
  ['rectangles that are not there', [pdu(0x04, (w) => w.u16(1).u32(0).u16(0xffff))], 'PDU too short'],
  ['data that is not there', [pdu(0x01, (w) => w.u16(1).u16(0).u8(0x20).zeros(8).u32(99))], 'length of bitmap data'],
] as const)('ends the session when there is %s', (_, pdus, wanted) => {
  const harness = ready();
  expect(() => harness.say(...pdus)).toThrow(problem(wanted));
  expect(harness.codec.memory.used).toBe(0);
  harness.say(say.end());
  expect(harness.events).toEqual(['resized 8x8']);
});

test.each([
  ['it comes first', say.reset(8, 8), 'graphics before capabilities'],
  ['a version was not offered', say.confirm(0x000a0502), 'graphics capabilities'],
  ['it is longer than it may be', pdu(0x13, (w) => w.u32(0x00080004).u32(16).zeros(16)), 'graphics capabilities'],
])('ends the session instead of going on when %s', (_, bytes, wanted) => {
  expect(() => new Harness().say(bytes)).toThrow(problem(wanted));
});

test('refuses one surface too many', () => {
  const harness = ready({ options: { surfaces: 20 } });
  const flood = () => {
    for (let id = 2; id < 30; id++) harness.say(say.create(id, 1, 1));
  };
  expect(flood).toThrow(problem('count of surfaces'));
});

test('uses no more memory when surfaces are created and deleted 10,000 times', () => {
  const harness = ready();
  const used = harness.codec.memory.used;
  const { byteLength } = harness.codec.memory.bytes;
  for (let i = 0; i < 10_000; i++) harness.say(say.create(2, 16, 16), say.map(2), say.remove(2));
  expect(harness.codec.memory.used).toBe(used);
  expect(harness.codec.memory.bytes.byteLength).toBe(byteLength);
});

test('refuses what is more than the cache may hold, but takes one slot over and over', () => {
  const harness = ready({ budget: 128 * 1024 * 1024 }).say(say.create(2, 1024, 1024));
  const used = harness.codec.memory.used;
  for (let i = 0; i < 40; i++) harness.say(say.cache(2, 7, [0, 0, 1024, 1024]));
  expect(harness.codec.memory.used).toBeLessThan(used + 5 * 1024 * 1024);
  for (let slot = 8; slot < 32; slot++) harness.say(say.cache(2, slot, [0, 0, 1024, 1024]));
  expect(() => harness.say(say.cache(2, 32, [0, 0, 1, 1]))).toThrow(problem('size of the bitmap cache'));
});

test('refuses what the memory has no room for before the cache is full', () => {
  const harness = ready({ budget: 16 * 1024 * 1024 }).say(
    say.create(2, 1024, 1024),
    say.cache(2, 1, [0, 0, 1024, 1024]),
  );
  harness.say(say.cache(2, 25_600, [0, 0, 1024, 1024]));
  expect(() => harness.say(say.cache(2, 2, [0, 0, 1024, 1024]))).toThrow(problem('memory for pictures'));
});

test('takes all slots of a small cache when they are small', () => {
  const harness = ready();
  for (let slot = 1; slot <= 4096; slot++) harness.say(say.cache(1, slot, [0, 0, 1, 1]));
  for (let slot = 1; slot <= 4096; slot++) harness.say(say.evict(slot));
  expect(harness.codec.memory.used).toBeLessThan(2000);
});

test('refuses work without end when one PDU paints all of a surface again and again', () => {
  const harness = ready().say(say.create(2, 1024, 1024));
  const all = Array.from({ length: 5000 }, () => [0, 0, 1024, 1024] as const);
  const start = performance.now();
  expect(() => harness.say(say.fill(2, 0, ...all))).toThrow(problem('too much in one graphics PDU'));
  expect(performance.now() - start).toBeLessThan(2000);
  const other = ready().say(say.create(2, 1024, 1024));
  const points = Array.from({ length: 1000 }, () => [0, 0] as const);
  expect(() => other.say(say.copy(2, 2, [0, 0, 1024, 1024], ...points))).toThrow(
    problem('too much in one graphics PDU'),
  );
});

const commands = [
  say.confirm(),
  say.reset(8, 8),
  say.create(2, 4, 4),
  say.remove(1),
  say.map(1, 1, 1),
  say.scaled(1, 8, 8),
  say.start(),
  say.end(),
  say.fill(1, 0xff, [0, 0, 2, 2], [1, 1, 3, 3]),
  say.copy(1, 1, [0, 0, 2, 2], [1, 1], [2, 2]),
  say.cache(1, 1, [0, 0, 2, 2]),
  say.paste(1, 1, [1, 1]),
  say.evict(1),
  say.imported(),
  say.wire(1, 0, [0, 0, 1, 1], [1, 2, 3, 4]),
  say.wire(1, 11, [0, 0, 1, 1], [1, 2, 3, 4]),
  say.progressive(1, 1, [1, 2, 3]),
  say.forget(1, 1),
];

test('ends with a reason when any PDU is cut off anywhere', () => {
  for (const whole of commands) {
    for (let length = 8; length < whole.length; length++) {
      const short = whole.slice(0, length);
      new DataView(short.buffer).setUint32(4, length);
      const harness = ready();
      expect(() => harness.say(short)).toThrow(expect.objectContaining({ name: 'ScreenEnd' }));
    }
  }
});

test('ends with a reason or goes on, and stays within its memory, when PDUs are changed anywhere', () => {
  const change = fc.tuple(fc.nat(), fc.constantFrom(0, 1, 2, 8, 127, 128, 255));
  const one = fc.tuple(fc.constantFrom(...commands), fc.array(change, { maxLength: 3 }));
  fc.assert(
    fc.property(fc.array(one, { maxLength: 30 }), (all) => {
      const harness = ready({ budget: 4 * 1024 * 1024 });
      const { memory } = harness.codec;
      memory.bytes.fill(0xa5, 0, 0x100000);
      try {
        for (const [whole, changes] of all) {
          const bytes = whole.slice();
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          harness.gfx.push(message(bytes));
        }
      } catch (error) {
        expect(error).toMatchObject({ name: 'ScreenEnd' });
      }
      expect(memory.used).toBeLessThanOrEqual(4 * 1024 * 1024);
      expect(memory.bytes.subarray(0, 0x100000).every((byte) => byte === 0xa5)).toBe(true);
    }),
    { numRuns: 60 },
  );
});
