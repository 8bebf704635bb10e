import { describe, expect, test } from 'vitest';
import { ProgressiveContexts } from '#renderer/screen/rdp/rfx/progressive.ts';
import { budget, distance, framed, newCodec, pixelAt, randomNumbers, sampleTile, tilePixels } from './pictures.ts';
import { type Factors, region, stream, upgradeTile, wholeTile } from './progressive-stream.ts';
import * as reference from './reference.ts';

const factors: Factors = [7, 7, 8, 7, 6, 7, 6, 6, 6, 6];
/** Bits held back: of the first pass, of the second, of the last. */
const passes: readonly Factors[] = [
  [6, 5, 7, 4, 4, 5, 3, 3, 3, 2],
  [2, 2, 3, 2, 1, 1, 0, 1, 1, 1],
  [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
];
const whole = [[0, 0, 128, 128]] as const;

type Coefficients = readonly (readonly number[])[];

function analysed(seed: number, layout: reference.Layout): Coefficients {
  return reference.toPlanes(sampleTile(seed)).map((plane) => reference.forwardDwt(plane, layout));
}

/** Magnitudes lose their low bits; LL3 is cut towards below, so that what is added is never negative. */
function cut(value: number, band: number, held: Factors): number {
  const step = 2 ** (factors[band]! + held[band]! - 1);
  return band === 9 ? Math.floor(value / step) : Math.sign(value) * Math.floor(Math.abs(value) / step);
}

function encoded(coefficients: Coefficients, layout: reference.Layout, held: Factors): number[][] {
  return coefficients.map((values) => {
    const coarse = reference.mapBands(values, layout, (value, band) => cut(value, band, held));
    return reference.rlgrEncode(1, reference.differential(coarse, layout));
  });
}

function decoded(coefficients: Coefficients, layout: reference.Layout, held: Factors): reference.Rgb[] {
  const planes = coefficients.map((values) => {
    const kept = reference.mapBands(
      values,
      layout,
      (value, band) => cut(value, band, held) * 2 ** (factors[band]! + held[band]! - 1),
    );
    return reference.inverseDwt(kept, layout);
  });
  return reference.toRgb(planes);
}

function upgraded(coefficients: Coefficients, layout: reference.Layout, before: Factors, after: Factors): number[][] {
  return coefficients.flatMap((values) => {
    const encoder = new reference.UpgradeEncoder();
    reference.mapBands(values, layout, (value, band) => {
      const bits = before[band]! - after[band]!;
      if (bits === 0) return 0;
      const old = cut(value, band, before);
      const now = cut(value, band, after);
      if (band === 9) encoder.known(now - old * 2 ** bits, bits);
      else if (old === 0) encoder.zeroSoFar(now, bits);
      else encoder.known(Math.abs(now) - Math.abs(old) * 2 ** bits, bits);
      return 0;
    });
    const { srl, raw } = encoder.done();
    return [srl, raw];
  });
}

function setUp(width = 128, height = 128) {
  const codec = newCodec(budget);
  return { codec, contexts: new ProgressiveContexts(codec), ...framed(codec, width, height) };
}

describe.each(['plain', 'extrapolated'] as const)('%s transform', (layout) => {
  const extrapolate = layout === 'extrapolated';

  test('gives the picture of a second implementation when a tile comes at once', () => {
    const { codec, contexts, target, untouched } = setUp();
    const coefficients = analysed(3, layout);
    const tile = wholeTile([1, 0], encoded(coefficients, layout, passes[2]!));
    const rects = contexts.decode(1, 1, stream(region(extrapolate, whole, [factors], [], [tile])), target);
    expect(rects).toEqual([{ x: 0, y: 0, w: 128, h: 128 }]);
    const shown = tilePixels(codec, target, 64, 0);
    expect(distance(shown, decoded(coefficients, layout, passes[2]!))).toBeLessThanOrEqual(1);
    expect(distance(shown, sampleTile(3))).toBeLessThan(60);
    expect(pixelAt(codec, target, 63, 0)).toEqual([0x5a, 0x5a, 0x5a, 0x5a]);
    expect(untouched()).toBe(true);
  });

  test('gains exactly the bits of each pass when a tile is upgraded', () => {
    const { codec, contexts, target, untouched } = setUp();
    const coefficients = analysed(9, layout);
    const first = wholeTile([0, 1], encoded(coefficients, layout, passes[0]!), { quality: 0 });
    contexts.decode(1, 1, stream(region(extrapolate, whole, [factors], [passes[0]!], [first])), target);
    expect(distance(tilePixels(codec, target, 0, 64), decoded(coefficients, layout, passes[0]!))).toBeLessThanOrEqual(
      1,
    );

    const second = upgradeTile([0, 1], 0, upgraded(coefficients, layout, passes[0]!, passes[1]!));
    contexts.decode(1, 1, stream(region(extrapolate, whole, [factors], [passes[1]!], [second])), target);
    expect(distance(tilePixels(codec, target, 0, 64), decoded(coefficients, layout, passes[1]!))).toBeLessThanOrEqual(
      1,
    );

    const last = upgradeTile([0, 1], 0xff, upgraded(coefficients, layout, passes[1]!, passes[2]!));
    contexts.decode(1, 1, stream(region(extrapolate, whole, [factors], [], [last])), target);
    expect(distance(tilePixels(codec, target, 0, 64), decoded(coefficients, layout, passes[2]!))).toBeLessThanOrEqual(
      1,
    );
    expect(untouched()).toBe(true);
  });

  test('adds to the coefficients it has when a tile is a difference', () => {
    const { codec, contexts, target } = setUp();
    const before = analysed(4, layout).map((values) => values.map((value) => Math.trunc(value / 2 ** 8) * 2 ** 8));
    const after = analysed(5, layout).map((values) => values.map((value) => Math.trunc(value / 2 ** 8) * 2 ** 8));
    const delta = after.map((values, i) => values.map((value, n) => value - before[i]![n]!));
    const send = (coefficients: Coefficients, difference: boolean): void => {
      const tile = wholeTile([0, 0], encoded(coefficients, layout, passes[2]!), { difference });
      contexts.decode(1, 1, stream(region(extrapolate, whole, [factors], [], [tile])), target);
    };
    send(before, false);
    send(delta, true);
    expect(distance(tilePixels(codec, target, 0, 0), decoded(after, layout, passes[2]!))).toBeLessThanOrEqual(1);
  });
});

const simple = encoded(analysed(6, 'plain'), 'plain', passes[2]!);

test('paints tiles of one region into the rectangles of another when both are of one frame', () => {
  const { codec, contexts, target } = setUp();
  const first = region(false, [[0, 0, 32, 64]], [factors], [], [wholeTile([0, 0], simple)]);
  const second = region(false, [[32, 0, 8, 64]], [factors], [], []);
  contexts.decode(1, 1, stream(first, second), target);
  expect(pixelAt(codec, target, 39, 5)[3]).toBe(255);
  expect(pixelAt(codec, target, 40, 5)[3]).toBe(0x5a);
});

test('ignores a region when it is in no frame', () => {
  const { contexts, target } = setUp();
  expect(contexts.decode(1, 1, region(false, whole, [factors], [], [wholeTile([0, 0], simple)]), target)).toEqual([]);
});

test('gives its memory back when contexts and surfaces are deleted', () => {
  const { codec, contexts, target } = setUp();
  const bytes = stream(region(false, whole, [factors], [passes[0]!], [wholeTile([0, 0], simple, { quality: 0 })]));
  contexts.decode(1, 1, bytes, target);
  contexts.deleteContext(1, 1);
  const { used } = codec.memory;
  contexts.decode(1, 1, bytes, target);
  contexts.decode(1, 2, bytes, target);
  contexts.decode(2, 1, bytes, target);
  expect(codec.memory.used).toBe(used + 3 * (24_640 + 12_352));
  contexts.deleteContext(1, 2);
  contexts.deleteContext(7, 7);
  contexts.deleteSurface(1);
  contexts.reset();
  expect(codec.memory.used).toBe(used);
});

test('refuses upgrades of tiles it does not have, and what the specification does not name', () => {
  const { contexts, target } = setUp();
  const upgrade = upgradeTile([0, 0], 0xff, [[], [], [], [], [], []]);
  const first = wholeTile([0, 0], simple, { quality: 0 });
  const refused = [
    region(false, whole, [factors], [], [upgrade]),
    region(false, whole, [factors], [], [wholeTile([0, 0], simple), upgrade]),
    region(false, whole, [factors], [], [wholeTile([2, 0], simple)]),
    region(false, whole, [factors], [], [wholeTile([0, 2], simple)]),
    region(false, whole, [factors], [], [wholeTile([0, 0], simple, { quant: 1 })]),
    region(false, whole, [factors], [], [first]),
    region(false, whole, [passes[2]!], [], [wholeTile([0, 0], simple)]),
    region(false, whole, [factors], [passes[0]!], [first, upgradeTile([0, 0], 0xff, [[], [], [], [], [], []])]),
    region(false, new Array(20).fill([0, 0, 64, 64]), [factors], [], [wholeTile([0, 0], simple)]),
  ];
  for (const bytes of refused) {
    contexts.reset();
    expect(() => contexts.decode(1, 1, stream(bytes), target)).toThrow('screenProtocolError');
  }
});

test('stays within its memory when the desk sends more than the budget holds', () => {
  const codec = newCodec(1 << 20);
  const contexts = new ProgressiveContexts(codec);
  const { target } = framed(codec, 128, 128);
  const bytes = stream(region(false, whole, [factors], [], [wholeTile([0, 0], simple)]));
  expect(() => {
    for (let context = 0; context < 60; context++) contexts.decode(1, context, bytes, target);
  }).toThrow('screenProtocolError');
  expect(codec.memory.used).toBeLessThanOrEqual(1 << 20);
});

test('ends in a picture or in a protocol error when the stream is cut or changed', () => {
  const { contexts, target, untouched } = setUp(100, 100);
  const coefficients = analysed(9, 'extrapolated');
  const first = wholeTile([0, 1], encoded(coefficients, 'extrapolated', passes[0]!), { quality: 0 });
  const second = upgradeTile([0, 1], 1, upgraded(coefficients, 'extrapolated', passes[0]!, passes[1]!));
  const good = stream(region(true, [[0, 0, 100, 100]], [factors], [passes[0]!, passes[1]!], [first, second]));
  const random = randomNumbers(11);
  let painted = 0;
  const attempt = (bytes: Uint8Array): void => {
    try {
      painted += contexts.decode(1, 1, bytes, target).length;
    } catch (error) {
      expect((error as Error).message).toBe('screenProtocolError');
    }
  };
  const started = performance.now();
  for (let length = 0; length < good.length; length += 29) attempt(good.subarray(0, length));
  for (let i = 0; i < 300; i++) {
    const bad = Uint8Array.from(good);
    for (let n = random(6); n >= 0; n--) bad[random(i % 2 === 0 ? bad.length : 160)] = random(256);
    attempt(bad);
  }
  expect(painted).toBeGreaterThan(50);
  expect(untouched()).toBe(true);
  expect(performance.now() - started).toBeLessThan(10_000);
});
