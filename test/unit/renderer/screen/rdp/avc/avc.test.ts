import { describe, expect, test } from 'vitest';
import { buildWasm } from '#build/bundle/wasm.ts';
import { ScreenEnd } from '#renderer/screen/core/screen-end.ts';
import { Avc } from '#renderer/screen/rdp/avc/avc.ts';
import type { VideoConfig, VideoPicture, VideoPorts } from '#renderer/screen/rdp/avc/h264.ts';
import { inspect, readAvc420, readAvc444 } from '#renderer/screen/rdp/avc/stream.ts';
import { rdpCodecFactory } from '#renderer/screen/rdp/codec.ts';
import { Writer } from '#renderer/screen/rdp/writer.ts';

const factory = rdpCodecFactory(await buildWasm('rdp'));

const sps = [0, 0, 0, 1, 0x67, 0x64, 0x00, 0x28, 0xac];
const idr = (luma: number) => [...sps, 0, 0, 1, 0x65, luma];
const slice = (luma: number) => [0, 0, 0, 1, 0x41, luma];

type Box = readonly [number, number, number, number];
function part(rects: readonly Box[], unit: readonly number[]): Uint8Array<ArrayBuffer> {
  const out = new Writer().u32(rects.length);
  for (const rect of rects) for (const edge of rect) out.u16(edge);
  for (const _ of rects) out.u8(22).u8(100);
  return out.raw(unit).done();
}
const layout = (lc: number, first: Uint8Array, second: readonly number[] | Uint8Array = []) =>
  new Writer()
    .u32((((lc << 30) >>> 0) | (lc === 0 ? first.length : 0)) >>> 0)
    .raw(first)
    .raw(second)
    .done();

/** Its pictures are grey, as light as the last byte of the access unit, and count whether they were closed. */
class FakeVideo {
  format: string | null = 'I420';
  size = { codedWidth: 32, codedHeight: 16 };
  answers = true;
  readonly configs: VideoConfig[] = [];
  readonly types: string[] = [];
  open = 0;
  closedPorts = 0;
  fail: (cause: unknown) => void = () => {};

  readonly ports: VideoPorts = (output, error) => {
    this.fail = error;
    return {
      configure: (config) => this.configs.push(config),
      decode: ({ type, data }) => {
        this.types.push(type);
        if (this.answers) queueMicrotask(() => output(this.#picture(data.at(-1)!)));
      },
      close: () => {
        this.closedPorts += 1;
      },
    };
  };

  #picture(luma: number): VideoPicture {
    this.open += 1;
    const { codedWidth, codedHeight } = this.size;
    return {
      format: this.format,
      codedWidth,
      codedHeight,
      visibleRect: { x: 0, y: 0 },
      copyTo: async (to, { rect, layout: planes }) => {
        const { width, height } = rect as { width: number; height: number };
        await Promise.resolve();
        planes.forEach(({ offset, stride }, plane) => {
          const rows = plane === 0 ? height : height / 2;
          const row = plane === 0 || planes.length === 2 ? width : width / 2;
          for (let y = 0; y < rows; y++)
            to.fill(plane === 0 ? luma : 128, offset + y * stride, offset + y * stride + row);
        });
      },
      close: () => {
        this.open -= 1;
      },
    };
  }
}

function setup(options: ConstructorParameters<typeof Avc>[3] = {}) {
  const codec = factory(16 << 20);
  const target = codec.memory.pixels(20, 10);
  const video = new FakeVideo();
  const lost: number[] = [];
  const avc = new Avc(codec, video.ports, { lost: (id) => lost.push(id) }, options);
  const grey = (x: number, y: number) => {
    const at = target.at + y * target.stride + x * 4;
    const [r, g, b, a] = codec.memory.bytes.subarray(at, at + 4);
    return a === 0 ? undefined : r === g && g === b && a === 255 ? r : 'coloured';
  };
  return { codec, target, video, lost, avc, grey };
}

describe('bitmap streams', () => {
  test('tell regions and data when well formed', () => {
    const { rects, data } = readAvc420(part([[1, 2, 5, 8]], [7, 7]));
    expect(rects).toEqual([{ x: 1, y: 2, w: 4, h: 6 }]);
    expect([...data]).toEqual([7, 7]);
    const both = readAvc444(layout(0, part([], [1]), part([[0, 0, 1, 1]], [2])));
    expect([both.luma?.data[0], both.chroma?.data[0], both.chroma?.rects.length]).toEqual([1, 2, 1]);
    expect(readAvc444(layout(1, part([], [1]))).chroma).toBeUndefined();
    expect(readAvc444(layout(2, part([], [1]))).luma).toBeUndefined();
  });

  test('end the session when cut off, turned round or of no known layout', () => {
    const whole = layout(0, part([[1, 2, 5, 8]], []), part([[1, 2, 5, 8]], []));
    for (let end = 0; end < whole.length; end++) {
      expect(() => readAvc444(whole.subarray(0, end))).toThrow(ScreenEnd);
    }
    expect(() => readAvc420(part([[5, 0, 4, 9]], []))).toThrow(ScreenEnd);
    expect(() => readAvc420(new Writer().u32(0xffffffff).zeros(40).done())).toThrow(ScreenEnd);
    expect(() => readAvc444(layout(3, part([], [1])))).toThrow(ScreenEnd);
  });

  test('name their codec when they have parameters', () => {
    expect(inspect(Uint8Array.from(idr(1)))).toEqual({ key: true, slices: true, codec: 'avc1.640028' });
    expect(inspect(Uint8Array.from(slice(1)))).toEqual({ key: false, slices: true, codec: undefined });
    expect(inspect(Uint8Array.from([0, 0, 1]))).toEqual({ key: false, slices: false, codec: undefined });
  });
});

describe('pictures', () => {
  test('are drawn in their regions alone, in order, when they come one after the other', async () => {
    const { avc, video, target, grey } = setup();
    const first = avc.decode420(1, part([[0, 0, 20, 10]], idr(50)), target, { x: 0, y: 0, w: 20, h: 10 });
    const second = avc.decode420(1, part([[3, 3, 99, 99]], slice(90)), target, { x: 0, y: 0, w: 20, h: 9 });
    expect(await first).toEqual([{ x: 0, y: 0, w: 20, h: 10 }]);
    expect(await second).toEqual([{ x: 3, y: 3, w: 17, h: 6 }]);
    expect([grey(2, 3), grey(3, 2), grey(3, 3), grey(19, 8), grey(19, 9)]).toEqual([50, 50, 90, 90, 50]);
    expect(video.configs).toEqual([
      { codec: 'avc1.640028', optimizeForLatency: true, hardwareAcceleration: 'prefer-software' },
    ]);
    expect(video.types).toEqual(['key', 'delta']);
    expect(video.open).toBe(0);
  });

  test('go through one decoder when there are two views, whichever planes it gives', async () => {
    for (const format of ['I420', 'NV12']) {
      const { avc, video, target, grey } = setup();
      video.format = format;
      const bytes = layout(0, part([[0, 0, 10, 10]], idr(70)), part([[0, 0, 20, 10]], slice(128)));
      await avc.decode444(1, bytes, target, true);
      expect([grey(0, 0), grey(19, 9)]).toEqual([70, 70]);
      await avc.decode444(1, layout(1, part([[0, 0, 1, 1]], slice(30))), target, false);
      await avc.decode444(1, layout(2, part([[1, 0, 2, 1]], slice(128))), target, false);
      expect([grey(0, 0), grey(1, 0), grey(2, 0)]).toEqual([30, 30, 70]);
      expect(video.types).toEqual(['key', 'delta', 'delta', 'delta']);
    }
  });

  test('need no more memory when their surface is deleted, even while one is decoded', async () => {
    const { avc, codec, video, target, grey } = setup();
    const before = codec.memory.used;
    const one = avc.decode444(1, layout(0, part([], idr(1)), part([], slice(1))), target, false);
    await one;
    expect(codec.memory.used).toBeGreaterThan(before);
    const two = avc.decode420(1, part([[0, 0, 20, 10]], slice(9)), target);
    await Promise.resolve();
    avc.deleteSurface(1);
    expect(await two).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve));
    expect(codec.memory.used).toBe(before);
    expect([video.closedPorts, video.open, grey(0, 0)]).toEqual([1, 0, undefined]);
    avc.close();
    expect(await avc.decode420(1, part([], idr(1)), target)).toEqual([]);
  });
});

describe('a lost decoder ends the session', () => {
  const box: readonly Box[] = [[0, 0, 20, 10]];

  test('when it fails', async () => {
    const { avc, video, target, lost } = setup();
    await avc.decode420(4, part(box, idr(1)), target);
    video.answers = false;
    const next = avc.decode420(4, part(box, slice(1)), target);
    queueMicrotask(() => queueMicrotask(() => queueMicrotask(() => video.fail(new Error('broken')))));
    await expect(next).rejects.toThrow(ScreenEnd);
    expect(lost).toEqual([4]);
    await expect(avc.decode420(4, part(box, slice(1)), target)).rejects.toThrow(ScreenEnd);
  });

  test('when it gives no picture', async () => {
    const { avc, video, target, lost } = setup({ patienceMs: 5 });
    video.answers = false;
    await expect(avc.decode420(4, part(box, idr(1)), target)).rejects.toThrow(ScreenEnd);
    expect(lost).toEqual([4]);
  });

  test.each([
    ['the first access unit is no IDR picture', part(box, slice(1))],
    ['there is no slice', part(box, sps)],
    ['regions are far more than the picture', part(Array<Box>(5).fill(box[0]!), idr(1))],
  ])('when %s', async (_, bytes) => {
    const { avc, target } = setup();
    await expect(avc.decode420(4, bytes, target)).rejects.toThrow(ScreenEnd);
  });

  test('but not when chroma comes before luma, which is decoded and not drawn', async () => {
    const { avc, target } = setup();
    expect(await avc.decode444(1, layout(2, part(box, idr(1))), target, true)).toEqual([]);
    expect(await avc.decode444(1, layout(1, part(box, slice(2))), target, true)).toHaveLength(1);
  });

  test('when the picture is too small or of another format', async () => {
    const small = setup();
    small.video.size = { codedWidth: 16, codedHeight: 16 };
    await expect(small.avc.decode420(1, part(box, idr(1)), small.target)).rejects.toThrow(ScreenEnd);
    expect(small.video.open).toBe(0);
    const other = setup();
    other.video.format = 'I444';
    await expect(other.avc.decode420(1, part(box, idr(1)), other.target)).rejects.toThrow(ScreenEnd);
  });
});
