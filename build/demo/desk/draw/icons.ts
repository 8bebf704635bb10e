import { rect } from '../state/geometry.ts';
import type { AppId, IconId } from '../state/layout.ts';
import { box, color, disc, fill, type Pen, stroke } from './pen.ts';

/** Pictures of the applications, drawn on a field of 48 and scaled. */
export function appIcon(pen: Pen, icon: AppId | IconId, x: number, y: number, size: number): void {
  pen.save();
  pen.translate(x, y);
  pen.scale(size / 48, size / 48);
  painters[icon](pen);
  pen.restore();
}

const tile = (pen: Pen, from: string, to: string): void => {
  const gradient = pen.createLinearGradient(0, 2, 0, 46);
  gradient.addColorStop(0, from);
  gradient.addColorStop(1, to);
  pen.fillStyle = gradient;
  pen.beginPath();
  pen.roundRect(3, 3, 42, 42, 10);
  pen.fill();
};

const painters: Readonly<Record<AppId | IconId, (pen: Pen) => void>> = {
  writer: (pen) => {
    tile(pen, '#4979f5', '#0031d8');
    box(pen, rect(13, 10, 22, 28), 3, '#ffffff');
    for (const [at, width] of [13, 14, 14, 9].entries())
      fill(pen, 17, 16 + at * 5, width, 2.4, at ? '#9db7f9' : '#3460fb');
  },
  sheet: (pen) => {
    tile(pen, '#2cac6e', '#115a36');
    box(pen, rect(11, 11, 26, 26), 3, '#ffffff');
    fill(pen, 11, 18, 26, 1.8, '#9bd4b5');
    fill(pen, 11, 26, 26, 1.8, '#9bd4b5');
    fill(pen, 20, 13, 1.8, 24, '#9bd4b5');
    fill(pen, 24, 28, 3, 6, '#259d63');
    fill(pen, 28.5, 22, 3, 12, '#259d63');
    fill(pen, 33, 25, 3, 9, '#259d63');
  },
  chat: (pen) => {
    tile(pen, '#39abff', '#0066be');
    box(pen, rect(11, 12, 26, 19), 6, '#ffffff');
    pen.beginPath();
    pen.moveTo(17, 29);
    pen.lineTo(17, 37);
    pen.lineTo(25, 30);
    pen.fill();
    for (const at of [18, 24, 30]) disc(pen, at, 21.5, 2, '#0877d7');
  },
  mail: (pen) => {
    tile(pen, '#2bc8e4', '#006f83');
    box(pen, rect(10, 14, 28, 20), 3, '#ffffff');
    stroke(pen, [11.5, 16, 24, 26, 36.5, 16], '#008299', 2.4);
  },
  records: (pen) => {
    pen.fillStyle = '#c98a00';
    pen.beginPath();
    pen.roundRect(4, 9, 22, 14, 4);
    pen.fill();
    box(pen, rect(9, 12, 31, 20), 2, '#ffffff');
    for (const at of [0, 1]) fill(pen, 13, 16 + at * 4, 22, 1.8, '#c9d3e2');
    const gradient = pen.createLinearGradient(0, 18, 0, 42);
    gradient.addColorStop(0, '#ffd23e');
    gradient.addColorStop(1, '#eda600');
    pen.fillStyle = gradient;
    pen.beginPath();
    pen.roundRect(4, 19, 40, 23, 4);
    pen.fill();
  },
  residents: (pen) => {
    tile(pen, '#7096f8', '#264af4');
    box(pen, rect(9, 13, 30, 22), 3, '#ffffff');
    disc(pen, 18, 21, 3.6, '#3460fb');
    pen.beginPath();
    pen.arc(18, 32, 6.4, Math.PI, 0);
    pen.fill();
    for (const [at, width] of [9, 9, 6].entries()) fill(pen, 27.5, 18.5 + at * 5, width, 2.2, '#9db7f9');
  },
  bin: (pen) => {
    pen.fillStyle = 'rgba(255,255,255,0.92)';
    pen.beginPath();
    pen.moveTo(11, 14);
    pen.lineTo(37, 14);
    pen.lineTo(34, 43);
    pen.quadraticCurveTo(34, 45, 31, 45);
    pen.lineTo(17, 45);
    pen.quadraticCurveTo(14, 45, 14, 43);
    pen.closePath();
    pen.fill();
    box(pen, rect(8, 9, 32, 6), 3, '#d9e6ff');
    box(pen, rect(19, 5, 10, 5), 2, '#d9e6ff');
    for (const at of [19, 24, 29]) stroke(pen, [at, 20, at + (at - 24) * -0.12, 39], '#7096f8', 2.2);
  },
};

/** The start button's mark: a wave under the morning sun. */
export function cityMark(pen: Pen, x: number, y: number, size: number): void {
  pen.save();
  pen.translate(x, y);
  pen.scale(size / 48, size / 48);
  const gradient = pen.createLinearGradient(0, 2, 0, 46);
  gradient.addColorStop(0, '#57b8ff');
  gradient.addColorStop(1, '#0031d8');
  pen.beginPath();
  pen.arc(24, 24, 22, 0, Math.PI * 2);
  pen.fillStyle = gradient;
  pen.fill();
  pen.clip();
  disc(pen, 31, 17, 6, '#ffffff');
  for (const [at, style] of ['rgba(255,255,255,0.55)', '#ffffff'].entries()) {
    pen.fillStyle = style;
    pen.beginPath();
    pen.moveTo(0, 31 + at * 6);
    pen.bezierCurveTo(10, 20 + at * 7, 18, 38 + at * 5, 28, 30 + at * 6);
    pen.bezierCurveTo(36, 24 + at * 7, 42, 30 + at * 6, 48, 27 + at * 6);
    pen.lineTo(48, 48);
    pen.lineTo(0, 48);
    pen.fill();
  }
  pen.restore();
}

export type Glyph =
  | 'undo'
  | 'redo'
  | 'save'
  | 'alignLeft'
  | 'alignCentre'
  | 'alignRight'
  | 'bullets'
  | 'numbers'
  | 'table'
  | 'picture'
  | 'comment'
  | 'chart'
  | 'filter'
  | 'search'
  | 'more'
  | 'send'
  | 'smile'
  | 'clip'
  | 'wifi'
  | 'sound'
  | 'bell'
  | 'power'
  | 'chevron';

/** Line pictures of the tool bars on a field of 20, the pen's colour given. */
export function glyph(pen: Pen, name: Glyph, x: number, y: number, style: string = color.soft): void {
  pen.save();
  pen.translate(x, y);
  glyphs[name](pen, style);
  pen.restore();
}

const rows = (pen: Pen, style: string, widths: readonly number[], from: (width: number) => number): void => {
  for (const [at, width] of widths.entries())
    stroke(pen, [from(width), 5 + at * 3.4, from(width) + width, 5 + at * 3.4], style, 1.4);
};

const ring = (pen: Pen, x: number, y: number, radius: number, style: string, from = 0, to = Math.PI * 2): void => {
  pen.strokeStyle = style;
  pen.lineWidth = 1.5;
  pen.lineCap = 'round';
  pen.beginPath();
  pen.arc(x, y, radius, from, to);
  pen.stroke();
};

const glyphs: Readonly<Record<Glyph, (pen: Pen, style: string) => void>> = {
  undo: (pen, style) => {
    stroke(pen, [8, 4, 4.5, 7.5, 8, 11], style);
    ring(pen, 10.5, 11.5, 4, style, -Math.PI / 2, Math.PI / 2);
    stroke(pen, [5, 7.5, 10.5, 7.5], style);
  },
  redo: (pen, style) => {
    stroke(pen, [12, 4, 15.5, 7.5, 12, 11], style);
    ring(pen, 9.5, 11.5, 4, style, Math.PI / 2, -Math.PI / 2);
    stroke(pen, [15, 7.5, 9.5, 7.5], style);
  },
  save: (pen, style) => {
    stroke(pen, [4, 4, 13.5, 4, 16, 6.5, 16, 16, 4, 16, 4, 4], style);
    stroke(pen, [7, 4.5, 7, 8, 12.5, 8, 12.5, 4.5], style);
    stroke(pen, [7, 15.5, 7, 11.5, 13, 11.5, 13, 15.5], style);
  },
  alignLeft: (pen, style) => rows(pen, style, [13, 8, 13, 8], () => 3.5),
  alignCentre: (pen, style) => rows(pen, style, [13, 8, 13, 8], (width) => 10 - width / 2),
  alignRight: (pen, style) => rows(pen, style, [13, 8, 13, 8], (width) => 16.5 - width),
  bullets: (pen, style) => {
    for (const y of [5.5, 10, 14.5]) {
      disc(pen, 4.5, y, 1.4, style);
      stroke(pen, [8.5, y, 16.5, y], style);
    }
  },
  numbers: (pen, style) => {
    for (const [at, y] of [5.5, 10, 14.5].entries()) {
      label3(pen, String(at + 1), y, style);
      stroke(pen, [9, y, 16.5, y], style);
    }
  },
  table: (pen, style) => {
    stroke(pen, [3.5, 4.5, 16.5, 4.5, 16.5, 15.5, 3.5, 15.5, 3.5, 4.5], style);
    stroke(pen, [3.5, 8.5, 16.5, 8.5], style);
    stroke(pen, [10, 8.5, 10, 15.5], style);
    stroke(pen, [3.5, 12, 16.5, 12], style);
  },
  picture: (pen, style) => {
    stroke(pen, [3.5, 4.5, 16.5, 4.5, 16.5, 15.5, 3.5, 15.5, 3.5, 4.5], style);
    stroke(pen, [4, 14.5, 8.5, 9.5, 11.5, 12.5, 13.5, 10.5, 16, 13], style);
  },
  comment: (pen, style) => stroke(pen, [4, 4.5, 16, 4.5, 16, 13, 9.5, 13, 6.5, 16, 6.5, 13, 4, 13, 4, 4.5], style),
  chart: (pen, style) => {
    stroke(pen, [4, 3.5, 4, 16, 17, 16], style);
    for (const [at, top] of [10, 6, 8].entries()) stroke(pen, [7.5 + at * 3.5, top, 7.5 + at * 3.5, 13], style, 2);
  },
  filter: (pen, style) =>
    stroke(pen, [3.5, 4.5, 16.5, 4.5, 11.5, 10.5, 11.5, 15.5, 8.5, 14, 8.5, 10.5, 3.5, 4.5], style),
  search: (pen, style) => {
    ring(pen, 9, 9, 4.8, style);
    stroke(pen, [12.6, 12.6, 16.5, 16.5], style);
  },
  more: (pen, style) => {
    for (const x of [5, 10, 15]) disc(pen, x, 10, 1.4, style);
  },
  send: (pen, style) => {
    pen.fillStyle = style;
    pen.beginPath();
    pen.moveTo(3.5, 4);
    pen.lineTo(17.5, 10);
    pen.lineTo(3.5, 16);
    pen.lineTo(5.5, 10.8);
    pen.lineTo(11, 10);
    pen.lineTo(5.5, 9.2);
    pen.fill();
  },
  smile: (pen, style) => {
    ring(pen, 10, 10, 6.8, style);
    ring(pen, 10, 10.5, 3.4, style, 0.25, Math.PI - 0.25);
    disc(pen, 7.7, 8.2, 0.9, style);
    disc(pen, 12.3, 8.2, 0.9, style);
  },
  clip: (pen, style) => {
    ring(pen, 10, 12.5, 3.6, style, 0, Math.PI);
    stroke(pen, [6.4, 12.5, 6.4, 6.5], style);
    stroke(pen, [13.6, 12.5, 13.6, 6], style);
    ring(pen, 11.2, 6, 2.4, style, Math.PI, 0);
    stroke(pen, [8.8, 6, 8.8, 12], style);
  },
  wifi: (pen, style) => {
    for (const radius of [3.6, 6.8, 10]) ring(pen, 10, 15, radius, style, -Math.PI * 0.75, -Math.PI * 0.25);
    disc(pen, 10, 14.6, 1.5, style);
  },
  sound: (pen, style) => {
    stroke(pen, [3.5, 8, 6, 8, 9.5, 4.8, 9.5, 15.2, 6, 12, 3.5, 12, 3.5, 8], style);
    ring(pen, 9.5, 10, 3.6, style, -0.8, 0.8);
    ring(pen, 9.5, 10, 6.6, style, -0.8, 0.8);
  },
  bell: (pen, style) => {
    stroke(pen, [4, 14, 5.6, 12, 5.6, 8.4], style);
    ring(pen, 10, 8.4, 4.4, style, Math.PI, 0);
    stroke(pen, [14.4, 8.4, 14.4, 12, 16, 14, 4, 14], style);
    ring(pen, 10, 14.6, 1.8, style, 0.2, Math.PI - 0.2);
  },
  power: (pen, style) => {
    ring(pen, 10, 10.8, 5.8, style, -Math.PI * 0.32, Math.PI * 1.32);
    stroke(pen, [10, 3.6, 10, 9.6], style);
  },
  chevron: (pen, style) => stroke(pen, [7, 8.5, 10, 11.5, 13, 8.5], style),
};

function label3(pen: Pen, digit: string, y: number, style: string): void {
  pen.fillStyle = style;
  pen.font = '7px sans-serif';
  pen.textAlign = 'left';
  pen.fillText(digit, 2.5, y + 2.6);
}
