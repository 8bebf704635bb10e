import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ProgressiveContexts } from '#renderer/screen/rdp/rfx/progressive.ts';
import { budget, framed, newCodec, pixelAt } from './pictures.ts';

/** From FreeRDP's shadow server: the upper left 8 × 4 tiles of a screen with a terminal window at 51, 51. */
const captured = readFileSync(new URL('../../../../../fixtures/rdp/progressive-scroll.bin', import.meta.url));

test('shows the terminal window when a captured picture is decoded', () => {
  const codec = newCodec(budget);
  const { target, untouched } = framed(codec, 512, 256);
  const rects = new ProgressiveContexts(codec).decode(1, 0, captured, target);
  expect(rects).toEqual([{ x: 0, y: 0, w: 512, h: 256 }]);
  const luma = (x: number, y: number): number => pixelAt(codec, target, x, y)[1]!;
  const all = Array.from({ length: 512 * 256 }, (_, i) => luma(i & 511, i >> 9));
  const clear = all.filter((value) => value < 24 || value > 231);
  // Text is black on white, the screen behind it black: hardly anything lies between.
  expect(clear.length / all.length).toBeGreaterThan(0.97);
  for (const at of [10, 100, 240]) expect(luma(20, at)).toBeLessThan(24);
  for (const x of [300, 400, 505]) expect(luma(x, 53)).toBeGreaterThan(231);
  const hash = createHash('sha256');
  for (let y = 0; y < 256; y++) {
    const at = target.at + y * target.stride;
    hash.update(codec.memory.bytes.subarray(at, at + 512 * 4));
  }
  // Of the picture that was looked at.
  expect(hash.digest('hex')).toBe('c947c4bcf9cd8dee40a145bb1e8d678acc39a0c5f9fd532f3d23136c2ad16415');
  expect(untouched()).toBe(true);
});
