import { expect, test } from 'vitest';
import { RemoteFx } from '#renderer/screen/rdp/rfx/remote-fx.ts';
import { Writer } from '#renderer/screen/rdp/writer.ts';
import {
  block,
  budget,
  distance,
  framed,
  newCodec,
  pixelAt,
  randomNumbers,
  sampleTile,
  tilePixels,
} from './pictures.ts';
import { sampleCb, sampleCr, sampleQuant, sampleY } from './published-sample.ts';
import {
  bandLengths,
  differential,
  forwardDwt,
  inverseDwt,
  mapBands,
  rlgrEncode,
  toPlanes,
  toRgb,
} from './reference.ts';

type Tile = Readonly<{ column: number; row: number; data: readonly ArrayLike<number>[] }>;

const headers = Buffer.concat([
  block(0xccc0, new Writer().u32(0xcaccacca).u16(0x0100).done()),
  block(0xccc3, new Writer().u8(1).u8(0xff).u8(0).u16(64).u16(0x0828).done()),
  block(0xccc1, new Writer().u8(1).u8(1).u16(0x0100).done()),
  block(0xccc2, new Writer().u8(1).u8(0).u16(64).u16(64).done()),
]);

function tileSet(mode: 1 | 3, quants: Uint8Array, tiles: readonly Tile[]): Uint8Array {
  const writer = new Writer().u8(1).u8(0).u16(0xcac2).u16(0);
  writer
    .u16(mode === 1 ? 0x0451 : 0x1051)
    .u8(quants.length / 5)
    .u8(64);
  writer.u16(tiles.length).u32(0).raw(quants);
  for (const { column, row, data } of tiles) {
    const body = new Writer().u8(0).u8(0).u8(0).u16(column).u16(row);
    for (const part of data) body.u16(part.length);
    for (const part of data) body.raw(part);
    writer.raw(block(0xcac3, body.done()));
  }
  return block(0xccc7, writer.done());
}

function frame(rects: readonly (readonly number[])[], set: Uint8Array): Uint8Array {
  const region = new Writer().u8(1).u8(0).u8(1).u16(rects.length);
  region.raw(new Uint8Array(Uint16Array.from(rects.flat()).buffer));
  region.u16(0xcac1).u16(1);
  return Buffer.concat([
    block(0xccc4, new Writer().u8(1).u8(0).u32(0).u16(1).done()),
    block(0xccc6, region.done()),
    set,
    block(0xccc5, new Writer().u8(1).u8(0).done()),
  ]);
}

const sample: Tile = { column: 0, row: 0, data: [sampleY, sampleCb, sampleCr] };

test('shows the three bands of the published tile', () => {
  const codec = newCodec(budget);
  const { target, untouched } = framed(codec, 64, 64);
  const rects = new RemoteFx(codec).decode(
    Buffer.concat([headers, frame([[0, 0, 64, 64]], tileSet(3, sampleQuant, [sample]))]),
    target,
    0,
    0,
  );
  const band = (i: number): readonly [number, number, number] =>
    (i & 63) < 21 ? [255, 0, 0] : (i & 63) < 44 ? [0, 255, 0] : [0, 0, 255];
  expect(sampleY.length + sampleCb.length + sampleCr.length).toBe(0x126 + 0x13d + 0x148);
  expect(rects).toEqual([{ x: 0, y: 0, w: 64, h: 64 }]);
  expect(
    distance(
      tilePixels(codec, target, 0, 0),
      Array.from({ length: 4096 }, (_, i) => band(i)),
    ),
  ).toBeLessThanOrEqual(5);
  expect(untouched()).toBe(true);
});

test.each([1, 3] as const)('equals a second implementation when entropy coded by RLGR%i', (mode) => {
  const factors = [6, 7, 6, 6, 8, 6, 6, 6, 6, 6];
  // HL1, LH1, HH1, HL2, LH2, HH2, HL3, LH3, HH3, LL3 to LL3, LH3, HL3, HH3, LH2, HL2, HH2, LH1, HL1, HH1.
  const wire = [9, 7, 6, 8, 4, 3, 5, 1, 0, 2].map((band) => factors[band]!);
  const quant = Uint8Array.from({ length: 5 }, (_, i) => wire[2 * i]! | (wire[2 * i + 1]! << 4));
  for (const seed of [0, 1, 77]) {
    const codec = newCodec(budget);
    const { target, untouched } = framed(codec, 100, 70);
    const original = sampleTile(seed);
    const coarse = toPlanes(original).map((plane) =>
      mapBands(forwardDwt(plane, 'plain'), 'plain', (value, band) => Math.round(value / 2 ** (factors[band]! - 1))),
    );
    const data = coarse.map((values) => rlgrEncode(mode, differential(values, 'plain')));
    const expected = toRgb(
      coarse.map((values) =>
        inverseDwt(
          mapBands(values, 'plain', (value, band) => value * 2 ** (factors[band]! - 1)),
          'plain',
        ),
      ),
    );
    const rfx = new RemoteFx(codec);
    rfx.decode(headers, target, 0, 0);
    rfx.decode(frame([], tileSet(mode, quant, [{ column: 0, row: 0, data }])), target, 20, 3);
    const shown = tilePixels(codec, target, 20, 3);
    expect(distance(shown, expected)).toBeLessThanOrEqual(1);
    expect(distance(shown, original)).toBeLessThan(40);
    expect(shown.every((pixel) => pixel[3] === 255)).toBe(true);
    expect(untouched()).toBe(true);
  }
});

test('keeps tiles within the rectangles and the picture when they reach out of them', () => {
  const codec = newCodec(budget);
  const { target, untouched } = framed(codec, 80, 50);
  const tiles = [sample, { ...sample, column: 1 }, { ...sample, column: 1000, row: 1000 }];
  const rfx = new RemoteFx(codec);
  rfx.decode(headers, target, 0, 0);
  const rects = rfx.decode(
    frame(
      [
        [2, 3, 10, 4],
        [60, 40, 60_000, 60_000],
      ],
      tileSet(3, sampleQuant, tiles),
    ),
    target,
    1,
    0,
  );
  expect(rects).toEqual([
    { x: 3, y: 3, w: 10, h: 4 },
    { x: 61, y: 40, w: 19, h: 10 },
  ]);
  expect(pixelAt(codec, target, 3, 3)[0]).toBeGreaterThan(240);
  expect(pixelAt(codec, target, 2, 3)).toEqual([0x5a, 0x5a, 0x5a, 0x5a]);
  expect(pixelAt(codec, target, 79, 49)[3]).toBe(255);
  expect(untouched()).toBe(true);
});

test('keeps quantisation factors from one message to the next', () => {
  const codec = newCodec(budget);
  const { target } = framed(codec, 64, 64);
  const rfx = new RemoteFx(codec);
  rfx.decode(Buffer.concat([headers, frame([], tileSet(3, sampleQuant, []))]), target, 0, 0);
  rfx.decode(frame([], tileSet(3, new Uint8Array(0), [sample])), target, 0, 0);
  expect(pixelAt(codec, target, 50, 20)[2]).toBeGreaterThan(240);
});

test('refuses headers and indices that are not defined', () => {
  const codec = newCodec(budget);
  const { target } = framed(codec, 64, 64);
  const whole = tileSet(3, sampleQuant, [sample]);
  const refused = [
    block(0xccc3, new Writer().u8(1).u8(0xff).u8(0).u16(64).u16(0x0428).done()),
    block(0xccc3, new Writer().u8(1).u8(0xff).u8(0).u16(32).u16(0x0828).done()),
    block(0xccc0, new Writer().u32(1).u16(0x0100).done()),
    block(0xccc8, new Uint8Array(4)),
    new Writer().u16(0xccc5).u32(3).done(),
    Buffer.concat([headers, frame([], tileSet(3, new Uint8Array(0), [sample]))]),
    Buffer.concat([headers, frame([], tileSet(3, new Uint8Array(5), [sample]))]),
    Buffer.concat([headers, frame([], tileSet(3, sampleQuant, new Array(40).fill(sample)))]),
    Buffer.concat([headers, frame(new Array(40).fill([0, 0, 64, 64]), whole)]),
  ];
  for (const bytes of refused) {
    expect(() => new RemoteFx(codec).decode(bytes, target, 0, 0)).toThrow('screenProtocolError');
  }
});

test('ends in a picture or in a protocol error when the message is cut or changed', () => {
  const codec = newCodec(budget);
  const { target, untouched } = framed(codec, 60, 60);
  const good = Buffer.concat([headers, frame([[0, 0, 64, 64]], tileSet(3, sampleQuant, [sample]))]);
  const random = randomNumbers(5);
  const attempt = (bytes: Uint8Array): void => {
    try {
      new RemoteFx(codec).decode(bytes, target, 0, 0);
    } catch (error) {
      expect((error as Error).message).toBe('screenProtocolError');
    }
  };
  const started = performance.now();
  for (let length = 0; length < good.length; length += 7) attempt(good.subarray(0, length));
  for (let i = 0; i < 400; i++) {
    const bad = Uint8Array.from(good);
    for (let n = random(6); n >= 0; n--) bad[random(i % 2 === 0 ? bad.length : 160)] = random(256);
    attempt(bad);
  }
  expect(untouched()).toBe(true);
  expect(performance.now() - started).toBeLessThan(10_000);
});

test('leaves coefficients at zero when a component has no data', () => {
  const codec = newCodec(budget);
  const { target } = framed(codec, 64, 64);
  const bytes = Buffer.concat([headers, frame([], tileSet(1, sampleQuant, [{ ...sample, data: [[], [], []] }]))]);
  new RemoteFx(codec).decode(bytes, target, 0, 0);
  expect(pixelAt(codec, target, 30, 30)).toEqual([128, 128, 128, 255]);
  expect(bandLengths('plain').reduce((sum, length) => sum + length, 0)).toBe(4096);
});
