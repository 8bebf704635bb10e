import { finishRomaji, toKatakana, typeRomaji } from './romaji.ts';

/**
 * A pocket Japanese input method: romaji becomes underlined hiragana, Space offers kanji of a small dictionary, then
 * katakana, Enter settles. Off, it lets every character through.
 */
export type Ime = Readonly<{
  on: boolean;
  kana: string;
  /** Romaji that is not a kana yet. */
  pending: string;
  /** Which candidate stands; 0 is the hiragana as typed. */
  candidate: number;
}>;

export const imeOff: Ime = { on: false, kana: '', pending: '', candidate: 0 };

const dictionary: Readonly<Record<string, readonly string[]>> = {
  かいぎ: ['会議', '懐疑'],
  かいぎしつ: ['会議室'],
  けっさい: ['決裁', '決済'],
  きあん: ['起案'],
  きむら: ['木村'],
  ざいたく: ['在宅'],
  ざいたくきんむ: ['在宅勤務'],
  きんむ: ['勤務'],
  しょるい: ['書類'],
  しりょう: ['資料', '飼料'],
  ちょうない: ['庁内', '町内'],
  たんまつ: ['端末'],
  たんとう: ['担当'],
  かくにん: ['確認'],
  しょうち: ['承知'],
  れんらく: ['連絡'],
  ぶんしょ: ['文書'],
  よてい: ['予定'],
  きょう: ['今日', '京'],
  あした: ['明日'],
  ほんじつ: ['本日'],
  ごご: ['午後'],
  ごぜん: ['午前'],
  おねがい: ['お願い'],
  おねがいします: ['お願いします'],
  おつかれさまです: ['お疲れさまです'],
  にほん: ['日本'],
  にほんご: ['日本語'],
  とうきょう: ['東京'],
  はなれ: ['離れ'],
  すいしん: ['推進'],
  じょうほう: ['情報'],
  しんせい: ['申請'],
  しょうにん: ['承認'],
};

/** The text that stands underlined at the caret; empty when nothing is being composed. */
export function composition(ime: Ime): string {
  if (ime.candidate === 0) return ime.kana + ime.pending;
  const options = candidates(ime.kana);
  return options[ime.candidate % options.length] ?? ime.kana;
}

function candidates(kana: string): readonly string[] {
  return [kana, ...(dictionary[kana] ?? []), toKatakana(kana)];
}

export type ImeStep = Readonly<{ ime: Ime; commit: string }>;

/** A printable character was typed. `commit` goes into the text before the composition. */
export function imeType(ime: Ime, char: string): ImeStep {
  if (!ime.on) return { ime, commit: char };
  if (char === ' ') {
    if (composition(ime) === '') return { ime, commit: '　' };
    const kana = ime.kana + finishRomaji(ime.pending);
    return { ime: { ...ime, kana, pending: '', candidate: ime.candidate + 1 }, commit: '' };
  }
  const settled = ime.candidate > 0 ? imeCommit(ime) : { ime, commit: '' };
  const step = typeRomaji(settled.ime.pending, char);
  return {
    ime: { ...settled.ime, kana: settled.ime.kana + step.kana, pending: step.pending },
    commit: settled.commit,
  };
}

/** Enter, or anything that moves the caret: what is composed becomes text. */
export function imeCommit(ime: Ime): ImeStep {
  const commit = composition({ ...ime, kana: ime.kana + finishRomaji(ime.pending), pending: '' });
  return { ime: { ...imeOff, on: ime.on }, commit };
}

/** Backspace inside a composition: back from a candidate, or one letter less. */
export function imeErase(ime: Ime): Ime {
  if (ime.candidate > 0) return { ...ime, candidate: 0 };
  if (ime.pending !== '') return { ...ime, pending: ime.pending.slice(0, -1) };
  return { ...ime, kana: ime.kana.slice(0, -1) };
}

export const isComposing = (ime: Ime): boolean => ime.kana !== '' || ime.pending !== '';
