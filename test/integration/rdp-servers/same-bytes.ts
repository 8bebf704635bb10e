import { Writer } from '#renderer/screen/rdp/writer.ts';
import { planarBytes, rlePixels } from '#test/unit/renderer/screen/rdp/bitmap/encoders.ts';
import { area, band, bgr, missed, residual, stream } from '#test/unit/renderer/screen/rdp/clear/clear-screen.ts';
import { fastPath } from '#test/unit/renderer/screen/rdp/connection/scripted-desk.ts';
import { message, say } from '#test/unit/renderer/screen/rdp/egfx/harness.ts';
import { Compressor, encodeOps, single } from '#test/unit/renderer/screen/rdp/egfx/zgfx-encoder.ts';
import { sampleTile } from '#test/unit/renderer/screen/rdp/rfx/pictures.ts';
import * as progressive from '#test/unit/renderer/screen/rdp/rfx/progressive-stream.ts';
import * as reference from '#test/unit/renderer/screen/rdp/rfx/reference.ts';

/* What a desk could say in each codec, made by encoders that share nothing with the decoders. */

export const [width, height] = [256, 192];

/** `most`: the greatest difference of a colour that a codec's rounding may make; none unless it says so. */
type Graphics = Readonly<{ title: string; graphics: readonly Uint8Array[]; most?: number }>;
type Classic = Readonly<{ title: string; updates: readonly Uint8Array[]; most?: number }>;

/** Runs, edges and noise, the same for the same seed. */
function picture(columns: number, rows: number, seed: number, mask = 0xffffff): number[] {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const colours = Array.from({ length: 5 }, () => Math.floor(next() * 0x1000000) & mask);
  let colour = colours[0]!;
  return Array.from({ length: columns * rows }, () => {
    if (next() < 0.15) colour = next() < 0.4 ? Math.floor(next() * 0x1000000) & mask : colours[Math.floor(next() * 5)]!;
    return colour;
  });
}
const raw32 = (pixels: readonly number[]) => new Uint8Array(Uint32Array.from(pixels).buffer);

/** On one surface of the output's size, each PDU a message of its own. */
function scene(title: string, pdus: readonly Uint8Array[], most = 0): Graphics {
  const [before, after] = [
    [say.confirm(0x00080105, 2), say.reset(width, height), say.create(1, width, height), say.map(1), say.start()],
    [say.end()],
  ];
  const background = say.fill(1, 0x204060, [0, 0, width, height]);
  return { title, most, graphics: [...before, background, ...pdus, ...after].map((pdu) => message(pdu)) };
}

const planar = (loss: number, runLength: boolean, alpha: boolean, subsampled = false) =>
  say.wire(
    1,
    0x0a,
    [8, 4, 8 + 120, 4 + 90],
    planarBytes(picture(120, 90, 7 + loss), 120, { loss, runLength, alpha, subsampled }),
  );

const factors = [7, 7, 8, 7, 6, 7, 6, 6, 6, 6];
type Layout = reference.Layout;
function encodedTile(seed: number, layout: Layout): number[][] {
  return reference.toPlanes(sampleTile(seed)).map((plane) => {
    const coarse = reference.mapBands(reference.forwardDwt(plane, layout), layout, (value, at) => {
      const step = 2 ** (factors[at]! - 1);
      return at === 9 ? Math.floor(value / step) : Math.sign(value) * Math.floor(Math.abs(value) / step);
    });
    return reference.rlgrEncode(1, reference.differential(coarse, layout));
  });
}
function progressiveScene(title: string, layout: Layout, most: number): Graphics {
  const tiles = (
    [
      [0, 0],
      [1, 0],
      [2, 1],
      [3, 2],
    ] as const
  ).map((place, i) => progressive.wholeTile(place, encodedTile(3 + i, layout)));
  const region = progressive.region(layout === 'extrapolated', [[0, 0, width, height]], [factors], [], tiles);
  return scene(title, [say.progressive(1, 1, progressive.stream(region))], most);
}

/** Its layers one by one, and what of them a later picture shows again. */
function clearScenes(): Graphics[] {
  const [w, h] = [40, 30];
  const bands = band(0, 39, 0, 20, 0x102030);
  for (let x = 0; x < w; x++) missed(bands, x % 15, picture(1 + (x % 5), 1, x));
  const plain = new Writer();
  for (const colour of picture(30, 20, 5)) bgr(plain, colour);
  const below = () => residual(Array<number>(w * h).fill(0x808080));
  const at = (x: number, y: number, columns: number, rows: number, data: Uint8Array) =>
    say.wire(1, 8, [x, y, x + columns, y + rows], data);
  return [
    scene('ClearCodec, residual', [
      at(3, 5, 100, 80, stream({ residual: residual(picture(100, 80, 21)) }, { flags: 4 })),
    ]),
    scene('ClearCodec, bands', [
      at(100, 7, w, h, stream({ residual: residual(picture(w, h, 22)), bands }, { flags: 4 })),
    ]),
    scene('ClearCodec, plain areas', [
      at(10, 100, w, h, stream({ residual: below(), areas: area(5, 6, 30, 20, 0, plain.done()) }, { flags: 4 })),
    ]),
    // A glyph, drawn and shown again from its cache.
    scene('ClearCodec, glyphs', [
      at(150, 100, 10, 12, stream({ residual: residual(picture(10, 12, 9)) }, { flags: 4, glyph: 3 })),
      at(170, 120, 10, 12, Uint8Array.of(3, 1, 3, 0)),
    ]),
  ];
}

function zgfxScene(): Graphics {
  const { graphics } = scene('', [say.wire(1, 0, [3, 5, 103, 85], raw32(picture(100, 80, 33)))]);
  const compressor = new Compressor();
  return {
    title: 'compressed by RDP 8.0',
    graphics: graphics.map((one) => single(encodeOps(compressor.ops(one.subarray(2))))),
  };
}

export const graphicsReplays: readonly Graphics[] = [
  scene('fills, copies and the cache', [
    say.fill(1, 0xc81e28, [10, 10, 60, 50], [100, 20, 140, 60]),
    say.copy(1, 1, [5, 5, 65, 55], [70, 90], [12, 14]),
    say.cache(1, 4, [90, 10, 150, 70]),
    say.fill(1, 0x30a050, [90, 10, 150, 70]),
    say.paste(4, 1, [180, 100], [0, 120]),
  ]),
  scene('uncompressed', [say.wire(1, 0, [3, 5, 123, 105], raw32(picture(120, 100, 1)))]),
  scene('planar, plain', [planar(0, false, false)]),
  scene('planar, run-length', [planar(0, true, false)]),
  ...clearScenes(),
  // Where sums lie between two numbers the specification leaves the choice (MS-RDPRFX 3.1.8.1.5).
  progressiveScene('RemoteFX Progressive', 'plain', 1),
  progressiveScene('RemoteFX Progressive, extrapolated', 'extrapolated', 1),
  zgfxScene(),
];

type Place = readonly [x: number, y: number, columns: number, rows: number];
const rleCompression = 0x0001 | 0x0400;
function bitmap([x, y, columns, rows]: Place, bits: number, flags: number, data: Uint8Array): Uint8Array {
  const writer = new Writer().u16(1).u16(1);
  for (const value of [x, y, x + columns - 1, y + rows - 1, columns, rows, bits, flags, data.length]) writer.u16(value);
  return fastPath(1, writer.raw(data).done());
}
const of16 = (pixel: number) => ((pixel >> 8) & 0xf800) | ((pixel >> 5) & 0x07e0) | ((pixel >> 3) & 0x1f);

export const classicReplays: readonly Classic[] = [
  { title: 'raw 32 bits', updates: [bitmap([4, 6, 60, 50], 32, 0, raw32(picture(60, 50, 41)))] },
  {
    title: 'run-length, 24 bits',
    updates: [bitmap([4, 6, 64, 48], 24, rleCompression, rlePixels(picture(64, 48, 42), 64, 24))],
  },
  {
    title: 'run-length, 16 bits',
    // Six bits of green become eight by repeating the upper ones; xfreerdp adds an eighth instead of a sixteenth.
    most: 4,
    updates: [bitmap([8, 60, 64, 48], 16, rleCompression, rlePixels(picture(64, 48, 43).map(of16), 64, 16))],
  },
  {
    title: 'planar, 32 bits',
    updates: [
      bitmap(
        [100, 6, 64, 48],
        32,
        rleCompression,
        planarBytes(picture(64, 48, 44), 64, { loss: 0, runLength: true, alpha: false, subsampled: false }),
      ),
    ],
  },
];
