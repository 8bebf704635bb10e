import { expect, test } from 'vitest';
import { buildWasm } from '#build/bundle/wasm.ts';
import { rdpCodecFactory } from '#renderer/screen/rdp/codec.ts';

const codec = rdpCodecFactory(await buildWasm('rdp'))(64 << 20);
const { memory, wasm } = codec;
const guard = 0x5a;

let seed = 1;
function random(limit: number): number {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
  return Math.floor((seed / 0x100000000) * limit);
}

const byte = (value: number) => Math.max(0, Math.min(255, Math.round(value)));
/** ITU-R BT.709, full range. */
function reference(y: number, u: number, v: number): number[] {
  const [cb, cr] = [u - 128, v - 128];
  return [byte(y + 1.5748 * cr), byte(y - 0.1873 * cb - 0.4681 * cr), byte(y + 1.8556 * cb), 255];
}

type Planes = { at: number; yStride: number; cStride: number; uOffset: number; vOffset: number };
function view(width: number, height: number, sample: (x: number, y: number, plane: number) => number): Planes {
  const yStride = Math.ceil(width / 64) * 64;
  const cStride = yStride / 2;
  const uOffset = yStride * height;
  const vOffset = uOffset + (cStride * height) / 2;
  const at = memory.allocate(vOffset + uOffset);
  for (let plane = 0; plane < 3; plane++) {
    const [w, h] = plane === 0 ? [width, height] : [width / 2, height / 2];
    const start = at + [0, uOffset, vOffset][plane]!;
    for (let y = 0; y < h; y++) {
      for (let x = 0; x < w; x++) memory.bytes[start + y * (plane === 0 ? yStride : cStride) + x] = sample(x, y, plane);
    }
  }
  return { at, yStride, cStride, uOffset, vOffset };
}

/** The worst difference inside, and whether anything outside was touched. */
function compare(
  to: number,
  width: number,
  height: number,
  [left, top, right, bottom]: readonly [number, number, number, number],
  want: (x: number, y: number) => number[],
): { worst: number; outside: boolean } {
  let worst = 0;
  let outside = false;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = to + (y * width + x) * 4;
      const inside = x >= left && x < right && y >= top && y < bottom;
      const expected = inside ? want(x, y) : [guard, guard, guard, guard];
      for (let i = 0; i < 4; i++) {
        const difference = Math.abs(memory.bytes[at + i]! - expected[i]!);
        if (inside) worst = Math.max(worst, difference);
        else outside ||= difference !== 0;
      }
    }
  }
  return { worst, outside };
}

const areas = [
  [0, 0, 96, 48],
  [1, 1, 2, 2],
  [3, 5, 90, 40],
  [7, 0, 24, 3],
  [40, 47, 96, 48],
  [5, 5, 5, 9],
] as const;

test('every colour within one of the formula when luma is above each chroma', () => {
  const [w, h] = [96, 48];
  const planes = view(w, h, () => random(256));
  const { bytes } = memory;
  for (const area of areas) {
    const edges: [number, number, number, number] = [...area];
    const to = memory.allocate(w * h * 4);
    bytes.fill(guard, to, to + w * h * 4);
    const { at, yStride, cStride, uOffset, vOffset } = planes;
    wasm.yuv420Paint(at, at + uOffset, at + vOffset, yStride, cStride, to, w * 4, ...edges);
    const want = (x: number, y: number) => {
      const chroma = (y >> 1) * cStride + (x >> 1);
      return reference(bytes[at + y * yStride + x]!, bytes[at + uOffset + chroma]!, bytes[at + vOffset + chroma]!);
    };
    const { worst, outside } = compare(to, w, h, area, want);
    expect(worst).toBeLessThanOrEqual(1);
    expect(outside).toBe(false);
    memory.free(to);
  }
});

test.each([0, 1])('both views make the picture that they were made of when the layout is %i', (v2) => {
  const [w, h] = [96, 48];
  // Smooth here, sharp there: the mean is undone only where it differs much.
  const plane = (base: number) =>
    Array.from({ length: w * h }, (_, i) => ((i % w) + base < 48 ? 100 + ((i % w) >> 3) : random(256)));
  const [lumas, us, vs] = [plane(0), plane(0), plane(3)];
  const sources = [lumas, us, vs];
  const sample = (p: number, x: number, y: number) => sources[p]![y * w + x]!;
  const mean = (p: number, x: number, y: number) =>
    (sample(p, x, y) + sample(p, x + 1, y) + sample(p, x, y + 1) + sample(p, x + 1, y + 1)) >> 2;
  const main = view(w, h, (x, y, p) => (p === 0 ? sample(0, x, y) : mean(p, 2 * x, 2 * y)));
  const auxiliary = view(w, h, (x, y, p) => {
    if (v2) {
      if (p === 0) return x < w / 2 ? sample(1, 2 * x + 1, y) : sample(2, 2 * (x - w / 2) + 1, y);
      const column = x < w / 4 ? x : x - w / 4;
      return sample(x < w / 4 ? 1 : 2, 4 * column + (p === 1 ? 0 : 2), 2 * y + 1);
    }
    if (p > 0) return sample(p, 2 * x + 1, 2 * y);
    const row = 2 * ((y >> 4) * 8 + (y & 7)) + 1;
    return sample(y & 8 ? 2 : 1, x, row);
  });
  const chromaAt = (p: number, x: number, y: number) => {
    if (x & 1 || y & 1) return sample(p, x, y);
    const was = mean(p, x, y);
    const rest = sample(p, x + 1, y) + sample(p, x, y + 1) + sample(p, x + 1, y + 1);
    const undone = Math.max(0, Math.min(255, 4 * was - rest));
    return Math.abs(undone - was) < 30 ? was : undone;
  };
  for (const area of areas) {
    const edges: [number, number, number, number] = [...area];
    const to = memory.allocate(w * h * 4);
    memory.bytes.fill(guard, to, to + w * h * 4);
    const { yStride, cStride, uOffset, vOffset } = main;
    wasm.yuv444Paint(main.at, auxiliary.at, yStride, cStride, uOffset, vOffset, w, v2, to, w * 4, ...edges);
    const want = (x: number, y: number) => reference(sample(0, x, y), chromaAt(1, x, y), chromaAt(2, x, y));
    const { worst, outside } = compare(to, w, h, area, want);
    expect(worst).toBeLessThanOrEqual(1);
    expect(outside).toBe(false);
    memory.free(to);
  }
});

test('a colour comes back within two of what it was when the desk sends full range', () => {
  const [red, green, blue] = [200, 30, 40];
  const y = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  const samples = [y, (blue - y) / 1.8556 + 128, (red - y) / 1.5748 + 128].map(Math.round);
  const { at, yStride, cStride, uOffset, vOffset } = view(32, 16, (_x, _y, plane) => samples[plane]!);
  const to = memory.allocate(32 * 16 * 4);
  wasm.yuv420Paint(at, at + uOffset, at + vOffset, yStride, cStride, to, 32 * 4, 0, 0, 31, 16);
  for (const x of [0, 30]) {
    [red, green, blue].forEach((want, i) => {
      expect(Math.abs(memory.bytes[to + x * 4 + i]! - want)).toBeLessThanOrEqual(2);
    });
  }
});
