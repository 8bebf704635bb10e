import { setTimeout as sleep } from 'node:timers/promises';
import type { Frame } from 'playwright-core';
import { japaneseKeyboard } from '#renderer/screen/input/keys.ts';
import { readWatch, type Watched, watchKeys } from './watch.ts';

/** The keys that only a Japanese keyboard has. */
const japaneseKeys = {
  '半角/全角': 'Backquote',
  変換: 'Convert',
  無変換: 'NonConvert',
  かな: 'KanaMode',
  '￥': 'IntlYen',
  ろ: 'IntlRo',
} as const;

export type KeyFacts = Readonly<{
  /** Whether the scancode of each went to the desk. */
  japanese: Readonly<Record<keyof typeof japaneseKeys, boolean>>;
  /** Which of the 109 keys were pressed, in the order of a table, with what went to the desk; XT set 1, extended keys with bit 7. */
  pressed: readonly Readonly<{ key: string; scancode: string; sent: boolean }>[];
  /** Keys and scancodes that the table does not know. */
  others: number;
}>;

const hex = (scancode: number) => `0x${scancode.toString(16).padStart(2, '0')}`;

export function describeKeys({ codes, scancodes }: Pick<Watched, 'codes' | 'scancodes'>): KeyFacts {
  const sent = new Set(scancodes);
  const known = new Set<string>(japaneseKeyboard.map(({ code }) => code));
  const scancodeOf = new Map<string, number>(japaneseKeyboard.map(({ code, scancode }) => [code, scancode]));
  // Under an input method, some systems tell the page no code; the scancode is what counts.
  const pressed = japaneseKeyboard.filter(({ code, scancode }) => codes.includes(code) || sent.has(scancode));
  const knownScancodes = new Set(scancodeOf.values());
  const has = (code: string) => sent.has(scancodeOf.get(code)!);
  return {
    japanese: Object.fromEntries(
      Object.entries(japaneseKeys).map(([name, code]) => [name, has(code)]),
    ) as KeyFacts['japanese'],
    pressed: pressed.map(({ code, scancode }) => ({ key: code, scancode: hex(scancode), sent: sent.has(scancode) })),
    others:
      codes.filter((code) => !known.has(code)).length + scancodes.filter((code) => !knownScancodes.has(code)).length,
  };
}

/** Looks at the keyboard for so long, or until the six Japanese keys have been seen. */
export async function watchKeyboard(frame: Frame, seconds: number, signal: AbortSignal): Promise<KeyFacts> {
  await watchKeys(frame, true);
  try {
    for (const end = performance.now() + seconds * 1_000; performance.now() < end; await sleep(500)) {
      signal.throwIfAborted();
      const facts = describeKeys(await readWatch(frame));
      if (Object.values(facts.japanese).every(Boolean)) return facts;
    }
    return describeKeys(await readWatch(frame));
  } finally {
    await watchKeys(frame, false).catch(() => undefined);
  }
}
