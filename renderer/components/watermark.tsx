import { useEffect, useId, useState } from 'react';
import './watermark.css';

export type WatermarkProps = Readonly<{ user: string; device: string }>;

const minuteMs = 60_000;
/** Of the tile, in pixels. It turns as a whole, so that its lines meet at the edges. */
const turn = -25;
const lineHeight = 26;
const rowHeight = 128;
const gap = 88;
/** The dark letter shows beside the light one, as if pressed into the picture: so they do not cancel out on grey. */
const tones = [
  { name: 'dark', by: 1.25 },
  { name: 'light', by: 0 },
] as const;
const fullWidth = 18;
const halfWidth = 10;

/**
 * User, laptop and time, faint, all over the picture, so that a photograph of it tells where it was taken. Each letter is
 * there dark and light, and so is seen on any picture. Painted anew only when the minute changes.
 */
export function Watermark({ user, device }: WatermarkProps) {
  const tile = useId().replace(/\W/g, '');
  const lines = [`${user} · ${device}`, stamp(useMinute())];
  const width = Math.max(...lines.map(widthOf)) + gap;
  const block = (x: number, y: number) =>
    lines.flatMap((line, index) =>
      tones.map(({ name, by }) => (
        <text
          key={`${x} ${line} ${name}`}
          className={`watermark__text watermark__text--${name}`}
          x={x + by}
          y={y + index * lineHeight + by}
        >
          {line}
        </text>
      )),
    );
  return (
    <svg className="watermark" aria-hidden="true" width="100%" height="100%">
      <defs>
        <pattern
          id={tile}
          width={width}
          height={rowHeight * 2}
          patternUnits="userSpaceOnUse"
          patternTransform={`rotate(${turn})`}
        >
          {block(gap / 2, lineHeight * 2)}
          {/* Every other row begins half a tile further on, once on either side of the tile's edge. */}
          {block(gap / 2 + width / 2, rowHeight + lineHeight * 2)}
          {block(gap / 2 - width / 2, rowHeight + lineHeight * 2)}
        </pattern>
      </defs>
      <rect width="100%" height="100%" fill={`url(#${tile})`} />
    </svg>
  );
}

/** About as wide as the text will be; a name is not known to be Japanese or not. */
function widthOf(text: string): number {
  return [...text].reduce((sum, letter) => sum + (letter.charCodeAt(0) < 0x250 ? halfWidth : fullWidth), 0);
}

/** The same in every language: who looks at a photograph may not know which one it was. */
function stamp(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** The present minute; ms since 1970. */
function useMinute(): number {
  const [at, setAt] = useState(() => Date.now());
  useEffect(() => {
    const timer = setTimeout(() => setAt(Date.now()), minuteMs - (at % minuteMs));
    return () => clearTimeout(timer);
  }, [at]);
  return at;
}
