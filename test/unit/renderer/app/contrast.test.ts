/// <reference types="node" />
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const read = (path: string) => readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');
const tokens = read('node_modules/@digital-go-jp/design-tokens/dist/tokens.css');
const theme = read('renderer/app/styles/theme.css');

function declarations(css: string): Map<string, string> {
  return new Map([...css.matchAll(/(--[\w-]+):\s*([^;]+);/g)].map(([, name, value]) => [name!, value!.trim()]));
}

const [lightCss, darkCss] = theme.split('[data-theme="dark"]') as [string, string];
const light = new Map([...declarations(tokens), ...declarations(lightCss)]);
const themes = { light, dark: new Map([...light, ...declarations(darkCss)]) };

function colour(name: string, of: ReadonlyMap<string, string>): string {
  const value = of.get(name);
  const reference = value?.match(/^var\((--[\w-]+)\)$/)?.[1];
  if (reference !== undefined) return colour(reference, of);
  if (value === undefined || !/^#[0-9a-f]{6}$/i.test(value)) throw new Error(`${name} is no plain colour: ${value}`);
  return value;
}

/** WCAG 2.2: relative luminance and contrast ratio. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const text = 4.5;
const sign = 3;
const pairs: readonly (readonly [foreground: string, background: string, least: number])[] = [
  ['--text', '--surface', text],
  ['--text', '--surface-raised', text],
  ['--text', '--surface-hover', text],
  ['--text', '--key-quiet', text],
  ['--text-quiet', '--surface', text],
  ['--text-quiet', '--surface-raised', text],
  ['--text-quiet', '--surface-quiet', text],
  ['--text-quiet', '--surface-hover', text],
  ['--key', '--surface', text],
  ['--key', '--surface-raised', text],
  ['--key', '--key-quiet', text],
  ['--key-hover', '--key-quiet', text],
  ['--on-key', '--key', text],
  ['--on-key', '--key-hover', text],
  ['--on-key', '--key-active', text],
  ['--notice-text', '--notice-surface', text],
  ['--on-bar', '--bar', text],
  ['--on-bar', '--bar-hover', text],
  ['--bar-quiet', '--bar', text],
  ['--bar-good', '--bar', sign],
  ['--bar-fair', '--bar', sign],
  ['--bar-poor', '--bar', sign],
  ['--text', '--error-quiet', text],
  ['--text-quiet', '--error-quiet', text],
  ['--text-quiet', '--key-quiet', text],
  ['--error', '--surface', text],
  ['--error', '--surface-raised', text],
  ['--error', '--key-quiet', text],
  ['--error', '--error-quiet', sign],
  ['--success-text', '--surface', text],
  ['--success-text', '--surface-raised', text],
  ['--success', '--surface', sign],
  ['--success', '--surface-raised', sign],
  ['--line-strong', '--surface-raised', sign],
  ['--line-strong', '--surface', sign],
  ['--notice-line', '--notice-surface', sign],
  ['--focus-outer', '--surface', sign],
  ['--focus-outer', '--focus-inner', sign],
];

describe.each(Object.entries(themes))('the %s theme', (_, values) => {
  it.each(pairs)('%s on %s reaches %d', (foreground, background, least) => {
    expect(contrast(colour(foreground, values), colour(background, values))).toBeGreaterThanOrEqual(least);
  });
});
