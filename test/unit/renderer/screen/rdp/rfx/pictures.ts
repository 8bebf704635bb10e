import { buildWasm } from '#build/bundle/wasm.ts';
import { type RdpCodec, rdpCodecFactory } from '#renderer/screen/rdp/codec.ts';
import type { Pixels } from '#renderer/screen/rdp/memory.ts';
import { Writer } from '#renderer/screen/rdp/writer.ts';
import type { Rgb } from './reference.ts';

export const newCodec = rdpCodecFactory(await buildWasm('rdp'));
export const budget = 64 << 20;

/** A picture inside a larger field, whose other pixels must stay as they are. */
export function framed(codec: RdpCodec, width: number, height: number): { target: Pixels; untouched: () => boolean } {
  const field = codec.memory.pixels(width + 8, height + 8);
  const end = field.at + field.stride * field.height;
  codec.memory.bytes.fill(0x5a, field.at, end);
  const target = { at: field.at + 4 * field.stride + 16, width, height, stride: field.stride };
  const untouched = (): boolean => {
    const copy = codec.memory.bytes.slice(field.at, end);
    for (let y = 4; y < height + 4; y++) copy.fill(0x5a, y * field.stride + 16, y * field.stride + 16 + width * 4);
    return copy.every((byte) => byte === 0x5a);
  };
  return { target, untouched };
}

export function pixelAt(codec: RdpCodec, target: Pixels, x: number, y: number): number[] {
  const at = target.at + y * target.stride + x * 4;
  return [...codec.memory.bytes.subarray(at, at + 4)];
}

export function tilePixels(codec: RdpCodec, target: Pixels, x: number, y: number): number[][] {
  return Array.from({ length: 4096 }, (_, i) => pixelAt(codec, target, x + (i & 63), y + (i >> 6)));
}

/** The greatest difference of a colour. */
export function distance(a: readonly (readonly number[])[], b: readonly Rgb[]): number {
  return Math.max(
    ...a.map((pixel, i) => Math.max(...b[i]!.map((value, channel) => Math.abs(value - pixel[channel]!)))),
  );
}

/** Gradients with edges and specks: something in every band. */
export function sampleTile(seed: number): Rgb[] {
  return Array.from({ length: 4096 }, (_, i) => {
    const x = i & 63;
    const y = i >> 6;
    if ((x * 7 + y * 13 + seed) % 31 === 0) return [255, 255, 255] as const;
    if (x > 20 && x < 40 && y > 10 + (seed & 15)) return [20, 60, 200] as const;
    return [(x * 4 + seed) & 255, (y * 4) & 255, (x + y + seed * 5) & 255] as const;
  });
}

export function block(type: number, body: Uint8Array): Uint8Array {
  return new Writer()
    .u16(type)
    .u32(body.length + 6)
    .raw(body)
    .done();
}

/** Repeatable numbers from 0 up to below `limit`. */
export function randomNumbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}
