/**
 * Romaji to hiragana, the everyday subset of what a Japanese input method accepts: enough to write a sentence in the
 * demo, not a dictionary. Rows are spelled by consonant to keep the table small enough to read.
 */
const vowels = ['a', 'i', 'u', 'e', 'o'] as const;

const rows: Readonly<Record<string, string>> = {
  '': 'あいうえお',
  k: 'かきくけこ',
  s: 'さしすせそ',
  t: 'たちつてと',
  n: 'なにぬねの',
  h: 'はひふへほ',
  m: 'まみむめも',
  y: 'や ゆ よ',
  r: 'らりるれろ',
  w: 'わ   を',
  g: 'がぎぐげご',
  z: 'ざじずぜぞ',
  d: 'だぢづでど',
  b: 'ばびぶべぼ',
  p: 'ぱぴぷぺぽ',
  x: 'ぁぃぅぇぉ',
  l: 'ぁぃぅぇぉ',
};

/** Consonants whose い-row kana combines with a small や, ゆ or よ. */
const combined: Readonly<Record<string, string>> = {
  ky: 'き',
  sy: 'し',
  sh: 'し',
  ty: 'ち',
  ch: 'ち',
  ny: 'に',
  hy: 'ひ',
  my: 'み',
  ry: 'り',
  gy: 'ぎ',
  zy: 'じ',
  jy: 'じ',
  j: 'じ',
  by: 'び',
  py: 'ぴ',
};

const small: Readonly<Record<string, string>> = { a: 'ゃ', i: '', u: 'ゅ', e: 'ぇ', o: 'ょ' };

const irregular: Readonly<Record<string, string>> = {
  fa: 'ふぁ',
  fi: 'ふぃ',
  fu: 'ふ',
  fe: 'ふぇ',
  fo: 'ふぉ',
  tsu: 'つ',
  va: 'ゔぁ',
  vi: 'ゔぃ',
  vu: 'ゔ',
  ve: 'ゔぇ',
  vo: 'ゔぉ',
  thi: 'てぃ',
  dhi: 'でぃ',
  nn: 'ん',
  "n'": 'ん',
  xtu: 'っ',
  xtsu: 'っ',
  ltu: 'っ',
  xya: 'ゃ',
  xyu: 'ゅ',
  xyo: 'ょ',
  '-': 'ー',
  ',': '、',
  '.': '。',
  '/': '・',
  '[': '「',
  ']': '」',
  '?': '?',
  '!': '!',
  '~': '〜',
  '(': '(',
  ')': ')',
};

const table: ReadonlyMap<string, string> = new Map(
  [
    ...Object.entries(rows).flatMap(([consonant, kana]) =>
      vowels.map((vowel, at): [string, string] => [consonant + vowel, kana[at] ?? ' ']),
    ),
    ...Object.entries(combined).flatMap(([consonant, kana]) =>
      vowels.map((vowel): [string, string] => [consonant + vowel, kana + (small[vowel] ?? '')]),
    ),
    ...Object.entries(irregular),
  ].filter(([, kana]) => kana !== ' '),
);

const prefixes: ReadonlySet<string> = new Set(
  [...table.keys()].flatMap((key) => Array.from({ length: key.length - 1 }, (_, at) => key.slice(0, at + 1))),
);

const wide = (char: string): string =>
  /^[0-9]$/.test(char) ? String.fromCodePoint(char.codePointAt(0)! - 0x30 + 0xff10) : char;

/**
 * @param pending romaji that did not make a kana yet, lower case.
 * @param char the next typed character.
 * @returns the kana that became certain, and what is still pending.
 */
export function typeRomaji(pending: string, char: string): Readonly<{ kana: string; pending: string }> {
  const next = pending + char.toLowerCase();
  const whole = table.get(next);
  // "n" alone is not in the table, so "na" and "nn" are decided here and only "n" + another consonant falls through.
  if (whole !== undefined) return { kana: whole, pending: '' };
  if (prefixes.has(next)) return { kana: '', pending: next };
  if (pending === '') return { kana: wide(char), pending: '' };
  if (pending === 'n') return withKana('ん', typeRomaji('', char));
  if (pending.length === 1 && pending === char.toLowerCase()) return { kana: 'っ', pending };
  return withKana(pending, typeRomaji('', char));
}

/** What stands when typing stops: a lone "n" becomes ん, other letters stay as they are. */
export const finishRomaji = (pending: string): string => (pending === 'n' ? 'ん' : pending);

const withKana = (kana: string, rest: Readonly<{ kana: string; pending: string }>) => ({
  kana: kana + rest.kana,
  pending: rest.pending,
});

/** Hiragana to katakana; other characters stay. */
export const toKatakana = (text: string): string =>
  text.replace(/[\u3041-\u3096]/g, (kana) => String.fromCodePoint(kana.codePointAt(0)! + 0x60));
