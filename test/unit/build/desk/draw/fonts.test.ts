import { createCanvas } from '@napi-rs/canvas';
import { describe, expect, it } from 'vitest';
import { ensureJapaneseFont, fallbackFamily } from '#build/demo/desk/draw/fonts.ts';

function drawn(char: string): string {
  const canvas = createCanvas(40, 40);
  const pen = canvas.getContext('2d');
  pen.font = `30px "${fallbackFamily}"`;
  pen.fillText(char, 2, 32);
  return Buffer.from(pen.getImageData(0, 0, 40, 40).data.buffer).toString('base64');
}

describe('ensureJapaneseFont', () => {
  it('is content with a font of the system', () => {
    expect(ensureJapaneseFont((family) => family === 'Meiryo')).toBe(true);
  });

  it('brings the bundled font where the system has none, with real letters in it', () => {
    expect(ensureJapaneseFont(() => false)).toBe(true);
    const letters = [...'起案文書あア1'].map(drawn);
    expect(new Set(letters).size).toBe(letters.length);
  });
});
