import type { Size } from '../state/geometry.ts';
import type { Pen } from './pen.ts';
import type { SceneNode } from './scene-node.ts';

/** A calm bay in the morning: sky, hills behind one another in the mist, water. Drawn for the size, not scaled. */
export function wallpaperNode(size: Size): SceneNode {
  return {
    id: 'wallpaper',
    bounds: { x: 0, y: 0, ...size },
    key: [size.width, size.height],
    cached: true,
    paint: (pen) => paint(pen, size),
  };
}

function paint(pen: Pen, { width, height }: Size): void {
  const horizon = height * 0.6;
  sky(pen, width, horizon);
  sun(pen, width * 0.72, height * 0.3, height);
  const ranges = [
    { base: 0.47, rise: 0.085, seed: 1.3, from: '#b4cdf6', to: '#cfe0fb' },
    { base: 0.52, rise: 0.1, seed: 4.1, from: '#8fb2f2', to: '#b9d2f9' },
    { base: 0.57, rise: 0.085, seed: 7.7, from: '#6490e6', to: '#9dc0f6' },
  ];
  for (const range of ranges) hills(pen, width, height, horizon + 2, range);
  water(pen, width, height, horizon);
  const near = [
    { base: 0.8, rise: 0.1, seed: 12.4, from: '#3461c9', to: '#1f47ab' },
    { base: 0.91, rise: 0.085, seed: 17.9, from: '#173a96', to: '#0c2670' },
  ];
  for (const range of near) hills(pen, width, height, height, range);
}

function sky(pen: Pen, width: number, horizon: number): void {
  const gradient = pen.createLinearGradient(0, 0, 0, horizon);
  gradient.addColorStop(0, '#6ea6f4');
  gradient.addColorStop(0.45, '#a9cdfb');
  gradient.addColorStop(0.8, '#dcebfe');
  gradient.addColorStop(1, '#f3f7ff');
  pen.fillStyle = gradient;
  pen.fillRect(0, 0, width, horizon + 2);
}

function sun(pen: Pen, x: number, y: number, height: number): void {
  const glow = pen.createRadialGradient(x, y, 0, x, y, height * 0.62);
  glow.addColorStop(0, 'rgba(255,255,255,0.95)');
  glow.addColorStop(0.06, 'rgba(255,252,240,0.85)');
  glow.addColorStop(0.2, 'rgba(255,247,226,0.38)');
  glow.addColorStop(1, 'rgba(255,255,255,0)');
  pen.fillStyle = glow;
  pen.fillRect(x - height, y - height, height * 2, height * 2);
}

type Range = Readonly<{ base: number; rise: number; seed: number; from: string; to: string }>;

function hills(pen: Pen, width: number, height: number, bottom: number, range: Range): void {
  const ridge = (x: number): number => {
    const t = (x / width) * Math.PI * 2;
    const wave =
      Math.sin(t * 0.9 + range.seed) * 0.5 +
      Math.sin(t * 2.1 + range.seed * 1.7) * 0.3 +
      Math.sin(t * 4.3 + range.seed * 2.9) * 0.13 +
      Math.sin(t * 9.1 + range.seed * 4.3) * 0.04;
    return height * (range.base - range.rise * wave);
  };
  const gradient = pen.createLinearGradient(0, height * (range.base - range.rise), 0, bottom);
  gradient.addColorStop(0, range.from);
  gradient.addColorStop(1, range.to);
  pen.fillStyle = gradient;
  pen.beginPath();
  pen.moveTo(0, bottom);
  for (let x = 0; x <= width + 4; x += 4) pen.lineTo(x, Math.min(bottom, ridge(x)));
  pen.lineTo(width, bottom);
  pen.fill();
}

function water(pen: Pen, width: number, height: number, horizon: number): void {
  const gradient = pen.createLinearGradient(0, horizon, 0, height);
  gradient.addColorStop(0, '#cfe3fd');
  gradient.addColorStop(0.25, '#94bcf6');
  gradient.addColorStop(1, '#3f73d9');
  pen.fillStyle = gradient;
  pen.fillRect(0, horizon, width, height - horizon);
  for (let at = 0; at < 26; at++) {
    const depth = at / 26;
    const y = horizon + 4 + depth ** 1.5 * (height - horizon) * 0.5;
    const length = (0.05 + 0.13 * depth) * width * (0.6 + 0.4 * Math.sin(at * 2.3));
    const x = width * 0.72 + Math.sin(at * 5.1) * width * (0.02 + 0.09 * depth);
    pen.fillStyle = `rgba(255,255,255,${(0.5 - 0.36 * depth).toFixed(3)})`;
    pen.beginPath();
    pen.ellipse(x, y, length / 2, 0.8 + depth * 2.2, 0, 0, Math.PI * 2);
    pen.fill();
  }
}
