import type { SKRSContext2D } from '@napi-rs/canvas';
import type { Rect } from '../state/geometry.ts';

export type Pen = SKRSContext2D;

/** Families by name, first one installed wins; draw/fonts.ts adds the last Japanese one where needed. */
const sans =
  '"Noto Sans CJK JP", "Noto Sans JP", "Hiragino Sans", "Yu Gothic UI", Meiryo, "Hanare Desk", "DejaVu Sans", sans-serif';
const serif =
  '"Noto Serif CJK JP", "Noto Serif JP", "Hiragino Mincho ProN", "Yu Mincho", "Hanare Desk", "DejaVu Serif", serif';

export const sansFont = (size: number, bold = false): string => `${bold ? 'bold' : 'normal'} ${size}px ${sans}`;
export const serifFont = (size: number, bold = false): string => `${bold ? 'bold' : 'normal'} ${size}px ${serif}`;

/** The Digital Agency's primitive colours, and a few neutral ones for windows. */
export const color = {
  ink: '#1a1a1c',
  soft: '#4d5562',
  faint: '#7a8494',
  line: '#dde3ec',
  grid: '#e4e9f1',
  panel: '#f5f7fb',
  white: '#ffffff',
  blue50: '#e8f1fe',
  blue100: '#d9e6ff',
  blue200: '#c5d7fb',
  blue300: '#9db7f9',
  blue400: '#7096f8',
  blue500: '#4979f5',
  blue600: '#3460fb',
  blue800: '#0031d8',
  blue900: '#0017c1',
  blue1000: '#00118f',
  sky300: '#97d3ff',
  sky500: '#39abff',
  sky700: '#0877d7',
  green50: '#e6f5ec',
  green500: '#2cac6e',
  green600: '#259d63',
  green800: '#197a4b',
  cyan600: '#00a3bf',
  cyan800: '#008299',
  orange300: '#ffa66d',
  orange500: '#ff7628',
  yellow: '#f2b705',
  red: '#ec0000',
  stamp: '#d6283a',
} as const;

export type LabelStyle = Readonly<{
  size?: number;
  bold?: boolean;
  color?: string;
  align?: 'left' | 'center' | 'right';
  serif?: boolean;
  /** Longest width in pixels; what does not fit ends in an ellipsis. */
  max?: number;
}>;

/** One line of text, its optical middle at `y`. */
export function label(pen: Pen, words: string, x: number, y: number, style: LabelStyle = {}): void {
  const size = style.size ?? 13;
  pen.font = style.serif ? serifFont(size, style.bold) : sansFont(size, style.bold);
  pen.fontKerning = 'none';
  pen.fillStyle = style.color ?? color.ink;
  pen.textAlign = style.align ?? 'left';
  pen.textBaseline = 'alphabetic';
  pen.fillText(style.max === undefined ? words : shorten(pen, words, style.max), x, Math.round(y + size * 0.36));
}

function shorten(pen: Pen, words: string, max: number): string {
  if (pen.measureText(words).width <= max) return words;
  const chars = [...words];
  while (chars.length > 0 && pen.measureText(`${chars.join('')}…`).width > max) chars.pop();
  return `${chars.join('')}…`;
}

export function box(pen: Pen, area: Rect, radius: number, fill: string): void {
  pen.fillStyle = fill;
  pen.beginPath();
  pen.roundRect(area.x, area.y, area.width, area.height, radius);
  pen.fill();
}

/** A one-pixel outline that lies on whole pixels. */
export function outline(pen: Pen, area: Rect, radius: number, stroke: string, width = 1): void {
  pen.strokeStyle = stroke;
  pen.lineWidth = width;
  const half = width / 2;
  pen.beginPath();
  pen.roundRect(area.x + half, area.y + half, area.width - width, area.height - width, radius);
  pen.stroke();
}

export function fill(pen: Pen, x: number, y: number, width: number, height: number, style: string): void {
  pen.fillStyle = style;
  pen.fillRect(x, y, width, height);
}

/** Strokes an open path of points given as x, y, x, y, … */
export function stroke(pen: Pen, points: readonly number[], style: string, width = 1.5): void {
  pen.strokeStyle = style;
  pen.lineWidth = width;
  pen.lineCap = 'round';
  pen.lineJoin = 'round';
  pen.beginPath();
  for (let at = 0; at + 1 < points.length; at += 2) {
    if (at === 0) pen.moveTo(points[0]!, points[1]!);
    else pen.lineTo(points[at]!, points[at + 1]!);
  }
  pen.stroke();
}

export function disc(pen: Pen, x: number, y: number, radius: number, style: string): void {
  pen.fillStyle = style;
  pen.beginPath();
  pen.arc(x, y, radius, 0, Math.PI * 2);
  pen.fill();
}
