import { expect, test } from 'vitest';
import { Harness, message, pdu, say } from './harness.ts';
import { encodeOps, multipart } from './zgfx-encoder.ts';

const problem = (text: string) =>
  expect.objectContaining({ failure: expect.objectContaining({ details: { problem: text } }) });
const red = 0xff0000;
const blue = 0x0000ff;
const ready = (parts?: ConstructorParameters<typeof Harness>[0]) => new Harness(parts).say(say.confirm());
/** An output of 4 × 3, and a surface of its size in it. */
const open = (parts?: ConstructorParameters<typeof Harness>[0]) =>
  ready(parts).say(say.reset(4, 3), say.create(1, 4, 3), say.map(1));

test.each([
  [
    { avc420: false, avc444: false },
    ['80004:2', '80105:2', 'a0002:22', 'a0200:22', 'a0301:20', 'a0400:22', 'a0701:a2'],
  ],
  [{ avc420: true, avc444: false }, ['80004:2', '80105:12']],
  [{ avc420: true, avc444: true }, ['80004:2', '80105:12', 'a0002:2', 'a0200:2', 'a0301:0', 'a0400:2', 'a0701:82']],
])('offers only what it can do when that is %j', (capabilities, wanted) => {
  const [sent] = new Harness({ options: { capabilities } }).sent;
  const bytes = Buffer.from(sent!, 'hex');
  expect(bytes.readUInt16LE(0)).toBe(0x12);
  expect(bytes.readUInt32LE(4)).toBe(bytes.length);
  const sets = Array.from({ length: bytes.readUInt16LE(8) }, (_, i) => {
    expect(bytes.readUInt32LE(14 + i * 12)).toBe(4);
    return `${bytes.readUInt32LE(10 + i * 12).toString(16)}:${bytes.readUInt32LE(18 + i * 12).toString(16)}`;
  });
  expect(sets).toEqual(wanted);
});

test('shows a frame, then acknowledges it when it ends', () => {
  const harness = open().say(say.start(7), say.fill(1, red, [0, 0, 4, 3]), say.fill(1, blue, [1, 1, 3, 2]), say.end(7));
  expect(harness.events).toEqual(['resized 4x3', 'frame', 'acknowledged 7']);
  expect(harness.sent.at(-1)).toBe('0d0000001400000000000000' + '07000000' + '01000000');
  expect(harness.pixels()).toEqual([
    [red, red, red, red],
    [red, blue, blue, red],
    [red, red, red, red],
  ]);
  expect(harness.damage).toEqual([[{ x: 0, y: 0, w: 4, h: 3 }]]);
  expect(harness.gfx.framebuffer).toBe(harness.framebuffer);
});

test('goes on when a command is not known, or a surface is made again', () => {
  const harness = open().say(say.fill(1, red, [0, 0, 4, 3]), say.create(1, 2, 2), say.map(1), say.end(1));
  expect(harness.pixels().flat()).toEqual(Array(12).fill(0));
  harness.say(
    pdu(0x15, (w) => w.zeros(18)),
    pdu(0x7f, (w) => w.u32(9)),
    say.fill(1, blue, [0, 0, 2, 2]),
    say.end(2),
  );
  expect(harness.pixels()[0]).toEqual([blue, blue, 0, 0]);
  expect(harness.codec.memory.used).toBeLessThan(1024);
});

test('shows black when nothing was drawn on a surface', () => {
  expect(open().say(say.end()).pixels().flat()).toEqual(Array(12).fill(0));
});

test('damages only what changed when the framebuffer is the same as before', () => {
  const harness = open({ options: { side: 400 } });
  harness.say(say.end(1), say.start(2), say.fill(1, red, [1, 0, 3, 2]), say.end(2), say.end(3));
  expect(harness.damage.slice(1)).toEqual([[{ x: 1, y: 0, w: 2, h: 2 }], []]);
});

test('takes messages the same when they come in one, in many, or in compressed segments', () => {
  const pdus = [say.reset(4, 3), say.create(1, 4, 3), say.map(1), say.fill(1, red, [0, 0, 2, 1]), say.end(5)];
  const one = ready().say(...pdus);
  const many = ready();
  for (const pdu of pdus) many.say(pdu);
  const segments = ready();
  const bytes = Buffer.concat(pdus);
  const halves = [bytes.subarray(0, 200), bytes.subarray(200)].map((half) => encodeOps([...half]));
  segments.gfx.push(multipart(halves, bytes.length));
  for (const harness of [many, segments]) {
    expect(harness.pixels()).toEqual(one.pixels());
    expect(harness.events).toEqual(one.events);
  }
});

test('draws uncompressed data when it is as long as its rectangle', () => {
  const data = [3, 2, 1, 0, 6, 5, 4, 255, 9, 8, 7, 7, 12, 11, 10, 0];
  const harness = open().say(say.wire(1, 0, [2, 1, 4, 3], data), say.end());
  expect(harness.pixels()).toEqual([
    [0, 0, 0, 0],
    [0, 0, 0x010203, 0x040506],
    [0, 0, 0x070809, 0x0a0b0c],
  ]);
  expect(() => harness.say(say.wire(1, 0, [2, 1, 4, 3], data.slice(1)))).toThrow(problem('length of bitmap data'));
});

test.each([
  [
    'down and right',
    [1, 1],
    [
      [1, 2, 3, 4],
      [5, 1, 2, 3],
      [9, 5, 6, 7],
    ],
  ],
  [
    'down',
    [0, 1],
    [
      [1, 2, 3, 4],
      [1, 2, 3, 8],
      [5, 6, 7, 12],
    ],
  ],
  [
    'right',
    [1, 0],
    [
      [1, 1, 2, 3],
      [5, 5, 6, 7],
      [9, 10, 11, 12],
    ],
  ],
] as const)('copies within one surface when it goes %s over itself', (_, to, wanted) => {
  const data = Array.from({ length: 12 }, (_unused, i) => [i + 1, 0, 0, 0]).flat();
  const harness = open().say(say.wire(1, 0, [0, 0, 4, 3], data), say.copy(1, 1, [0, 0, 3, 2], [...to]), say.end());
  expect(harness.pixels()).toEqual(wanted);
});

test('copies from one surface to another, to each point in turn', () => {
  const harness = open().say(say.create(2, 1, 1), say.fill(2, red, [0, 0, 1, 1]));
  harness.say(say.copy(2, 1, [0, 0, 1, 1], [0, 0], [3, 2], [1, 1]), say.end());
  expect(harness.pixels()).toEqual([
    [red, 0, 0, 0],
    [0, red, 0, 0],
    [0, 0, 0, red],
  ]);
});

test('pastes what was cached when the surface has changed since, and even when it is gone', () => {
  const harness = open().say(say.create(2, 2, 1), say.fill(2, red, [0, 0, 2, 1]), say.cache(2, 4096, [0, 0, 2, 1]));
  harness.say(say.fill(2, blue, [0, 0, 2, 1]), say.remove(2), say.paste(4096, 1, [2, 0], [0, 2]), say.end());
  expect(harness.pixels()).toEqual([
    [0, 0, red, red],
    [0, 0, 0, 0],
    [red, red, 0, 0],
  ]);
  harness.say(say.evict(4096), say.evict(4096));
  expect(() => harness.say(say.paste(4096, 1, [0, 0]))).toThrow(problem('slot of the bitmap cache'));
});

test('puts the picture together when surfaces share the output, the later one above', () => {
  const harness = ready().say(say.reset(4, 3), say.create(1, 4, 3), say.create(2, 4, 2), say.map(1), say.map(2, 2, 1));
  harness.say(say.fill(2, blue, [0, 0, 4, 2]), say.fill(1, red, [0, 0, 4, 3]), say.end());
  const wanted = [
    [red, red, red, red],
    [red, red, blue, blue],
    [red, red, blue, blue],
  ];
  expect(harness.pixels()).toEqual(wanted);
  harness.say(say.fill(1, red, [2, 1, 4, 3]), say.end());
  expect(harness.pixels()).toEqual(wanted);
  harness.say(say.map(1), say.end());
  expect(harness.pixels().flat()).toEqual(Array(12).fill(red));
});

test('shows the one surface left when the other is deleted', () => {
  const harness = open().say(say.create(2, 1, 1), say.map(2), say.fill(1, red, [0, 0, 4, 3]), say.end());
  expect(harness.pixels()[0]).toEqual([0, red, red, red]);
  const used = harness.codec.memory.used;
  harness.say(say.remove(2), say.end());
  expect(harness.pixels()[0]).toEqual([red, red, red, red]);
  expect(harness.codec.memory.used).toBeLessThan(used);
});

test('keeps surfaces when the output gets another size', () => {
  const harness = open().say(say.fill(1, red, [0, 0, 4, 3]), say.end(), say.reset(5, 2), say.end());
  expect(harness.pixels()).toEqual([
    [red, red, red, red, 0],
    [red, red, red, red, 0],
  ]);
  expect(harness.damage.at(-1)).toEqual([{ x: 0, y: 0, w: 5, h: 2 }]);
});

test('maps a surface with a target size when that is its own, and ends the session when it is not', () => {
  const harness = ready().say(say.reset(4, 3), say.create(1, 4, 3), say.scaled(1, 4, 3));
  expect(harness.say(say.fill(1, red, [0, 0, 1, 1]), say.end()).pixels()[0]).toEqual([red, 0, 0, 0]);
  expect(() => harness.say(say.scaled(1, 8, 6))).toThrow(problem('scaled surface'));
});

test.each([
  [0x03, 'remotefx'],
  [0x08, 'clear'],
  [0x0a, 'planar'],
  [0x0b, 'avc420'],
  [0x0e, 'avc444'],
  [0x0f, 'avc444v2'],
])('hands data of codec %i to its decoder, and ends the session when there is none', (codec, name) => {
  const wire = say.wire(1, codec, [1, 1, 3, 2], [1, 2, 3]);
  expect(open().say(wire).events.at(-1)).toBe(`${name} 3 1,1 2x1 on 1`);
  expect(() => open({ decoders: {} }).say(wire)).toThrow(problem('graphics codec that was not offered'));
});

test('hands progressive data to its decoder, and tells it what is not needed any more', () => {
  const harness = open().say(say.progressive(1, 9, [1, 2]), say.forget(1, 9), say.remove(1), say.remove(1));
  expect(harness.events.slice(1)).toEqual([
    'progressive 2 on 1 4x3 context 9',
    'context 9 of 1 deleted',
    'surface 1 deleted',
  ]);
});

test('damages what a decoder says it drew, and never more than the surface', () => {
  const rects = [
    { x: 1, y: 1, w: 1, h: 1 },
    { x: 3, y: 2, w: 500, h: 500 },
    { x: 90, y: 90, w: 5, h: 5 },
    { x: -5, y: 0, w: 3, h: 3 },
  ];
  const harness = open({ decoders: { progressive: () => rects } }).say(say.end(), say.progressive(1, 0, []), say.end());
  expect(harness.damage.at(-1)).toEqual([{ x: 1, y: 1, w: 3, h: 2 }]);
});

test('changes nothing when data is of the alpha codec, or a reply is to no offer', () => {
  const harness = open().say(say.end(), say.wire(1, 0x0c, [0, 0, 4, 3], [1, 2, 3]), say.imported(), say.end());
  expect(harness.damage.at(-1)).toEqual([]);
});

test('begins anew when the channel was closed and is opened again', () => {
  const harness = open().say(say.cache(1, 1, [0, 0, 4, 3]), say.end());
  harness.gfx.reset();
  expect(harness.codec.memory.used).toBe(0);
  harness.gfx.open();
  expect(harness.sent.at(-1)).toBe(harness.sent[0]);
  harness.say(say.confirm(), say.reset(4, 3), say.create(1, 4, 3), say.map(1), say.end(3));
  expect(harness.events.at(-1)).toBe('acknowledged 3');
  expect(harness.sent.at(-1)).toMatch(/01000000$/);
});

test('is silent when it was closed', () => {
  const harness = open();
  const { length } = harness.events;
  harness.gfx.close();
  harness.gfx.push(message(say.end()));
  expect(harness.events.length).toBe(length);
  expect(harness.codec.memory.used).toBe(0);
});

test('gives credit for every message when it is done with', () => {
  const messages = [message(say.confirm()), message(say.reset(4, 3), say.end()), message()];
  const harness = new Harness();
  for (const bytes of messages) harness.gfx.push(bytes);
  expect(harness.consumed).toBe(Buffer.concat(messages).length);
  expect(harness.gfx.held).toBe(0);
});
