import { beforeEach, describe, expect, test } from 'vitest';
import { buildWasm } from '#build/bundle/wasm.ts';
import type { CursorShape } from '#renderer/screen/core/cursor-shape.ts';
import { ScreenEnd } from '#renderer/screen/core/screen-end.ts';
import { ClassicGraphics } from '#renderer/screen/rdp/bitmap/classic.ts';
import { type RdpCodec, rdpCodecFactory } from '#renderer/screen/rdp/codec.ts';
import { Writer } from '#renderer/screen/rdp/writer.ts';

const newCodec = rdpCodecFactory(await buildWasm('rdp'));
const [width, height] = [16, 12];
const code = { bitmap: 1, palette: 2, synchronize: 3, surface: 4, hidden: 5, normal: 6, position: 8 } as const;
const pointer = { colour: 9, cached: 10, new: 11, large: 12 } as const;
const remotefx = 3;

let codec: RdpCodec;
let graphics: ClassicGraphics;
let said: string[];
let shapes: CursorShape[];
let decoded: string[];

beforeEach(() => {
  codec = newCodec(8 * 1024 * 1024);
  said = [];
  shapes = [];
  decoded = [];
  graphics = new ClassicGraphics(
    codec,
    {
      remotefx: (bytes, _, x, y) => {
        decoded.push(`${Buffer.from(bytes).toString('hex')} at ${x},${y}`);
        return [{ x, y, w: 2, h: 2 }];
      },
    },
    {
      frame: (damage) =>
        said.push(
          damage
            .take()
            .map(({ x, y, w, h }) => `${x},${y} ${w}x${h}`)
            .join(' '),
        ),
      acknowledge: (frame) => said.push(`ack ${frame}`),
      cursor: (shape) => shapes.push(shape),
    },
  );
  graphics.reset(remotefx);
  graphics.resize(width, height);
});

const pixel = (x: number, y: number): string => {
  const at = graphics.framebuffer!.at + (y * width + x) * 4;
  return Buffer.from(codec.memory.bytes.subarray(at, at + 4)).toString('hex');
};
/** Of one colour: 32 bits a pixel, uncompressed. */
const fill = (colour: number, count: number) => {
  const writer = new Writer();
  for (let i = 0; i < count; i++) writer.u32(colour);
  return writer.done();
};
type Place = Readonly<{ x: number; y: number; x2: number; y2: number; w?: number; h?: number; flags?: number }>;
function bitmaps(...parts: readonly (Place & Readonly<{ bits?: number; data: Uint8Array }>)[]): Uint8Array {
  const writer = new Writer().u16(1).u16(parts.length);
  for (const { x, y, x2, y2, w = x2 - x + 1, h = y2 - y + 1, flags = 0, bits = 32, data } of parts) {
    for (const value of [x, y, x2, y2, w, h, bits, flags, data.length]) writer.u16(value);
    writer.raw(data);
  }
  return writer.done();
}
const surfaceBits = (
  x: number,
  y: number,
  w: number,
  h: number,
  codecId: number,
  data: Uint8Array,
  extended = false,
) => {
  const writer = new Writer()
    .u16(1)
    .u16(x)
    .u16(y)
    .u16(x + w)
    .u16(y + h);
  writer
    .u8(32)
    .u8(extended ? 1 : 0)
    .u8(0)
    .u8(codecId)
    .u16(w)
    .u16(h)
    .u32(data.length);
  return writer
    .zeros(extended ? 24 : 0)
    .raw(data)
    .done();
};
const marker = (action: number, frame: number) => new Writer().u16(4).u16(action).u32(frame).done();
const joined = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

describe('bitmap updates', () => {
  test('end the session when a few bytes stand for far more pixels than there are', () => {
    // 16-bit run-length orders: one background run of 65,535 pixels, again and again.
    const run = Buffer.from('f0ffff'.repeat(64), 'hex');
    const many = Array.from({ length: 4 }, () => ({
      ...{ x: 0, y: 0, x2: 0, y2: 0, w: 2048, h: 2048, bits: 16, flags: 0x0401, data: run },
    }));
    expect(() => graphics.update(code.bitmap, bitmaps(...many))).toThrow(ScreenEnd);
    expect(said).toEqual([]);
    // Nor one alone, whose pixels would all need room before one is shown.
    expect(() => graphics.update(code.bitmap, bitmaps({ ...many[0]!, w: width * 4, h: height + 1 }))).toThrow(
      ScreenEnd,
    );
    expect(said).toEqual([]);
  });

  test('may cover the screen more than once in one update', () => {
    const screen = { x: 0, y: 0, x2: width - 1, y2: height - 1, data: fill(0x112233, width * height) };
    graphics.update(code.bitmap, bitmaps(screen, screen, screen, screen));
    expect(said).toHaveLength(1);
    expect(() => graphics.update(code.bitmap, bitmaps(screen, screen, screen, screen, screen))).toThrow(ScreenEnd);
  });

  test('are drawn where they say, and shown together', () => {
    const one = { x: 1, y: 2, x2: 4, y2: 3, data: fill(0x112233, 8) };
    const two = { x: 8, y: 0, x2: 8, y2: 0, data: fill(0x445566, 1) };
    graphics.update(code.bitmap, bitmaps(one, two));
    expect([pixel(1, 2), pixel(4, 3), pixel(8, 0), pixel(5, 2)]).toEqual([
      '112233ff',
      '112233ff',
      '445566ff',
      '000000ff',
    ]);
    expect(said).toHaveLength(1);
  });

  test.each([
    ['with a header before compressed data', 0x0001, '0000000000000000'],
    ['without one', 0x0401, ''],
  ])('%s come out alike', (_, flags, header) => {
    // RDP 6.0 planar with plain planes: red, green, blue.
    const data = Buffer.from(`${header}20${'11'.repeat(4)}${'22'.repeat(4)}${'33'.repeat(4)}`, 'hex');
    graphics.update(code.bitmap, bitmaps({ x: 0, y: 0, x2: 1, y2: 1, flags, data }));
    expect(pixel(1, 1)).toBe('112233ff');
  });

  test('end at the screen’s edge, with their padding columns beyond it', () => {
    graphics.update(code.bitmap, bitmaps({ x: 14, y: 11, x2: 17, y2: 14, data: fill(0x778899, 16) }));
    expect(said).toEqual(['14,11 2x1']);
    graphics.update(code.bitmap, bitmaps({ x: 40, y: 3, x2: 43, y2: 3, data: fill(0x778899, 4) }));
    expect(said).toHaveLength(1);
  });

  test.each([
    ['another type', new Writer().u16(2).u16(0).done()],
    ['more than there are', new Writer().u16(1).u16(2).done()],
    ['an empty rectangle', bitmaps({ x: 4, y: 4, x2: 3, y2: 4, data: fill(0, 1) })],
    ['no width', bitmaps({ x: 0, y: 0, x2: 0, y2: 0, w: 0, data: fill(0, 1) })],
    ['too little data', bitmaps({ x: 0, y: 0, x2: 3, y2: 0, data: fill(0, 3) })],
    ['a depth that was not offered', bitmaps({ x: 0, y: 0, x2: 3, y2: 0, bits: 8, data: fill(0, 4) })],
  ])('with %s end the session', (_, bytes) => {
    expect(() => graphics.update(code.bitmap, bytes)).toThrow(ScreenEnd);
  });
});

describe('surface commands', () => {
  test('between markers are shown at the end, and then acknowledged', () => {
    const begun = joined(marker(0, 7), surfaceBits(0, 0, 2, 2, 0, fill(0xabcdef, 4)));
    graphics.update(code.surface, begun);
    expect(said).toEqual([]);
    graphics.update(code.surface, joined(surfaceBits(4, 0, 1, 1, 0, fill(0x010203, 1), true), marker(1, 7)));
    expect(said).toHaveLength(2);
    expect(said[1]).toBe('ack 7');
    expect([pixel(1, 1), pixel(4, 0)]).toEqual(['abcdefff', '010203ff']);
  });

  test('without markers are shown at once', () => {
    graphics.update(code.surface, surfaceBits(0, 0, 2, 2, 0, fill(0xabcdef, 4)));
    expect(said).toEqual(['0,0 2x2']);
  });

  test('give RemoteFX its bytes and its place', () => {
    graphics.update(code.surface, surfaceBits(3, 4, 8, 8, remotefx, Uint8Array.of(1, 2, 3)));
    expect([decoded, said]).toEqual([['010203 at 3,4'], ['3,4 2x2']]);
  });

  test.each([
    ['a codec that was not agreed on', surfaceBits(0, 0, 1, 1, 1, fill(0, 1))],
    ['a command that is none', new Writer().u16(9).done()],
    ['a marker that is none', marker(2, 1)],
    ['too little data', surfaceBits(0, 0, 2, 2, 0, fill(0, 3))],
    ['a length that lies', surfaceBits(0, 0, 1, 1, 0, fill(0, 1)).subarray(0, 23)],
  ])('with %s end the session', (_, bytes) => {
    expect(() => graphics.update(code.surface, bytes)).toThrow(ScreenEnd);
  });
});

describe('pointers', () => {
  const shape = (index: number, size: readonly [number, number], xor: Uint8Array, and: Uint8Array, hot = [0, 0]) =>
    new Writer()
      .u16(index)
      .u16(hot[0]!)
      .u16(hot[1]!)
      .u16(size[0])
      .u16(size[1])
      .u16(and.length)
      .u16(xor.length)
      .raw(xor)
      .raw(and)
      .done();
  const rgba = (i = shapes.length - 1) => Buffer.from(shapes[i]!.rgba).toString('hex').match(/.{8}/g);

  test('of 24 bits: masked, black under the mask shows through, anything else there inverts', () => {
    // Two by two, rows from the bottom up, each row padded to 16 bits.
    const xor = Buffer.from('0000ff 00ff00  ffffff 000000'.replaceAll(' ', ''), 'hex');
    const and = Buffer.from('0000c000', 'hex');
    graphics.update(pointer.colour, shape(0, [2, 2], xor, and, [1, 9]));
    expect(rgba()).toEqual(['000000ff', '00000000', 'ff0000ff', '00ff00ff']);
    expect(shapes[0]).toMatchObject({ width: 2, height: 2, hotX: 1, hotY: 1 });
  });

  test.each([
    [1, '8000', ['ffffffff', '000000ff']],
    [4, '9c00', ['ff0000ff', '0000ffff']],
    [8, '40ff', ['404040ff', 'ffffffff']],
    [16, '007c 1f00', ['ff0000ff', '0000ffff']],
    [24, '0000ff ff0000', ['ff0000ff', '0000ffff']],
    [32, '0000ff80 ff000000', ['ff000080', '0000ff00']],
  ])('of %i bits', (depth, hex, want) => {
    const xor = Buffer.from(hex.replaceAll(' ', ''), 'hex');
    const bytes = joined(new Writer().u16(depth).done(), shape(3, [2, 1], xor, Buffer.from('0000', 'hex')));
    graphics.update(pointer.new, bytes);
    expect(rgba()).toEqual(want);
  });

  test('large ones have long lengths, and are kept like the others', () => {
    const side = 200;
    const xor = new Uint8Array(side * side * 4).fill(0x7f);
    const and = new Uint8Array(2 * Math.ceil(side / 16) * side);
    const writer = new Writer().u16(32).u16(24).u16(5).u16(6).u16(side).u16(side).u32(and.length).u32(xor.length);
    graphics.update(pointer.large, writer.raw(xor).raw(and).done());
    graphics.update(pointer.cached, new Writer().u16(24).done());
    expect(shapes[1]).toBe(shapes[0]);
    expect(shapes[0]).toMatchObject({ width: side, height: side, hotX: 5, hotY: 6 });
  });

  test('the hidden one shows nothing, the default is an arrow, and a new share forgets none', () => {
    graphics.update(code.hidden, new Uint8Array());
    graphics.update(code.normal, new Uint8Array());
    expect(shapes[0]!.rgba.every((part) => part === 0)).toBe(true);
    expect(shapes[1]).toMatchObject({ hotX: 0, hotY: 0 });
    expect(rgba(1)![0]).toBe('000000ff');
    graphics.update(pointer.colour, shape(0, [1, 1], Uint8Array.of(1, 2, 3, 0), new Uint8Array(2)));
    graphics.reset(null);
    graphics.update(pointer.cached, new Writer().u16(0).done());
    expect(shapes[3]).toBe(shapes[2]);
  });

  test('one that never came is an arrow', () => {
    graphics.update(pointer.cached, new Writer().u16(7).done());
    graphics.update(code.normal, new Uint8Array());
    expect(shapes[0]).toBe(shapes[1]);
  });

  test('of one bit have their rows from the top, of more from the bottom', () => {
    const two = (depth: number, hex: string) => {
      const xor = Buffer.from(hex.replaceAll(' ', ''), 'hex');
      graphics.update(pointer.new, joined(new Writer().u16(depth).done(), shape(3, [1, 2], xor, new Uint8Array(4))));
      return rgba(shapes.length - 1);
    };
    expect(two(1, '8000 0000')).toEqual(['ffffffff', '000000ff']);
    expect(two(24, 'ffffff00 00000000')).toEqual(['000000ff', 'ffffffff']);
  });

  test('with alpha obey the other mask where they are opaque, and keep the edges that are not', () => {
    const xor = Buffer.from('000000ff ffffffff 0000ff80 00000000'.replaceAll(' ', ''), 'hex');
    const bytes = joined(new Writer().u16(32).done(), shape(3, [4, 1], xor, Buffer.from('f000', 'hex')));
    graphics.update(pointer.new, bytes);
    expect(rgba()).toEqual(['00000000', 'ffffffff', 'ff000080', '00000000']);
  });

  test('where the desk would have the pointer, and its palette, change nothing', () => {
    for (const one of [code.position, code.palette, code.synchronize]) graphics.update(one, new Uint8Array(4));
    expect([said, shapes]).toEqual([[], []]);
  });

  test.each([
    ['an index that is not kept', shape(25, [1, 1], new Uint8Array(4), new Uint8Array(2))],
    ['more than 96 pixels', shape(0, [97, 1], new Uint8Array(97 * 3 + 1), new Uint8Array(14))],
    ['too little of the colours', shape(0, [2, 2], new Uint8Array(11), new Uint8Array(4))],
    ['too little of the mask', shape(0, [2, 2], new Uint8Array(12), new Uint8Array(3))],
    ['a length that lies', shape(0, [2, 2], new Uint8Array(12), new Uint8Array(4)).subarray(0, 20)],
  ])('with %s end the session', (_, bytes) => {
    expect(() => graphics.update(pointer.colour, bytes)).toThrow(ScreenEnd);
  });

  test('of a depth that is none end the session', () => {
    const bytes = joined(new Writer().u16(5).done(), shape(0, [1, 1], new Uint8Array(4), new Uint8Array(2)));
    expect(() => graphics.update(pointer.new, bytes)).toThrow(ScreenEnd);
  });
});

test('a framebuffer is freed for the next, and none is there before it is asked for', () => {
  const { used } = codec.memory;
  graphics.resize(width, height);
  expect(codec.memory.used).toBe(used);
  graphics.reset(null);
  expect(graphics.framebuffer).toBeUndefined();
  expect(() => graphics.update(code.bitmap, bitmaps({ x: 0, y: 0, x2: 0, y2: 0, data: fill(0, 1) }))).toThrow(
    ScreenEnd,
  );
});
