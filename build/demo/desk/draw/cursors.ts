import { createCanvas } from '@napi-rs/canvas';
import type { CursorImage } from '../rfb/pseudo.ts';
import type { CursorShape } from '../state/hit.ts';
import type { Pen } from './pen.ts';

type Drawing = Readonly<{ size: number; hotX: number; hotY: number; paint: (pen: Pen) => void }>;

/** Draws a closed shape black with a white rim, so that it shows on any ground. */
function rimmed(pen: Pen, points: readonly number[], inside = '#000000', rim = '#ffffff'): void {
  pen.beginPath();
  for (let at = 0; at < points.length; at += 2) {
    if (at === 0) pen.moveTo(points[0]!, points[1]!);
    else pen.lineTo(points[at]!, points[at + 1]!);
  }
  pen.closePath();
  pen.lineJoin = 'round';
  pen.lineWidth = 2;
  pen.strokeStyle = rim;
  pen.stroke();
  pen.fillStyle = inside;
  pen.fill();
}

const arrow = [2, 1.5, 2, 17.5, 6, 14, 8.6, 20, 11, 19, 8.5, 13, 13.5, 13];
const four = [
  12, 1, 16, 6, 13.2, 6, 13.2, 10.8, 18, 10.8, 18, 8, 23, 12, 18, 16, 18, 13.2, 13.2, 13.2, 13.2, 18, 16, 18, 12, 23, 8,
  18, 10.8, 18, 10.8, 13.2, 6, 13.2, 6, 16, 1, 12, 6, 8, 6, 10.8, 10.8, 10.8, 10.8, 6, 8, 6,
];
const bar = [
  7, 2, 11, 3, 15, 2, 15, 4, 12, 4.6, 12, 18.4, 15, 19, 15, 21, 11, 20, 7, 21, 7, 19, 10, 18.4, 10, 4.6, 7, 4,
];
const hand = [
  8, 2, 10, 2, 10.6, 9, 12.6, 8.4, 13.4, 9.6, 15.4, 9.2, 16.2, 10.6, 18, 10.6, 18.4, 16, 16.6, 21, 9, 21, 7.4, 17, 3.6,
  12.6, 5, 11.2, 7.6, 13,
];
const cross = [
  9.5, 2, 13.5, 2, 13.5, 9.5, 21, 9.5, 21, 13.5, 13.5, 13.5, 13.5, 21, 9.5, 21, 9.5, 13.5, 2, 13.5, 2, 9.5, 9.5, 9.5,
];

const drawings: Readonly<Record<CursorShape, Drawing>> = {
  arrow: { size: 22, hotX: 2, hotY: 1, paint: (pen) => rimmed(pen, arrow) },
  text: { size: 23, hotX: 11, hotY: 11, paint: (pen) => rimmed(pen, bar) },
  hand: { size: 23, hotX: 9, hotY: 2, paint: (pen) => rimmed(pen, hand, '#ffffff', '#000000') },
  move: { size: 25, hotX: 12, hotY: 12, paint: (pen) => rimmed(pen, four) },
  cell: { size: 23, hotX: 11, hotY: 11, paint: (pen) => rimmed(pen, cross, '#ffffff', '#000000') },
};

const made = new Map<CursorShape, CursorImage>();

export function cursorImage(shape: CursorShape): CursorImage {
  const have = made.get(shape);
  if (have) return have;
  const { size, hotX, hotY, paint } = drawings[shape];
  const canvas = createCanvas(size, size);
  const pen = canvas.getContext('2d');
  paint(pen);
  const { data } = pen.getImageData(0, 0, size, size);
  const image = {
    pixels: new Uint32Array(data.buffer, data.byteOffset, size * size),
    width: size,
    height: size,
    hotX,
    hotY,
  };
  made.set(shape, image);
  return image;
}
