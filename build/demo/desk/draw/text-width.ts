import { createCanvas } from '@napi-rs/canvas';

const pen = createCanvas(1, 1).getContext('2d');
const widths = new Map<string, Map<string, number>>();

/**
 * The width of text as the sum of its characters' advances: what the canvas draws too, with kerning off. Remembered by
 * character, so that laying out a page costs no drawing calls.
 */
export function textWidth(words: string, font: string): number {
  let known = widths.get(font);
  if (!known) {
    known = new Map();
    widths.set(font, known);
  }
  let sum = 0;
  for (const char of words) {
    let width = known.get(char);
    if (width === undefined) {
      pen.font = font;
      pen.fontKerning = 'none';
      width = pen.measureText(char).width;
      known.set(char, width);
    }
    sum += width;
  }
  return sum;
}
