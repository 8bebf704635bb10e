import { describe, expect, it } from 'vitest';
import {
  composition,
  type Ime,
  imeCommit,
  imeErase,
  imeOff,
  imeType,
  isComposing,
} from '#build/demo/desk/state/ime.ts';

const on: Ime = { ...imeOff, on: true };

function type(ime: Ime, keys: string): { ime: Ime; commit: string } {
  let commit = '';
  for (const char of keys) {
    const step = imeType(ime, char);
    ({ ime } = step);
    commit += step.commit;
  }
  return { ime, commit };
}

describe('input method', () => {
  it('lets everything through when off', () => {
    expect(type(imeOff, 'kai')).toEqual({ ime: imeOff, commit: 'kai' });
  });

  it('composes kana until Enter settles them', () => {
    const { ime, commit } = type(on, 'konnnichiha');
    expect([composition(ime), commit]).toEqual(['こんにちは', '']);
    expect(imeCommit(ime)).toEqual({ ime: on, commit: 'こんにちは' });
  });

  it('shows letters that are not a kana yet', () => {
    expect(composition(type(on, 'kaiz').ime)).toBe('かいz');
  });

  it('finishes a lone n when settled', () => {
    expect(imeCommit(type(on, 'san').ime).commit).toBe('さん');
  });

  it('offers kanji, then katakana, then the kana again on Space', () => {
    const { ime } = type(on, 'kaigi');
    const seen = [ime];
    for (let at = 0; at < 4; at++) seen.push(imeType(seen.at(-1)!, ' ').ime);
    expect(seen.map(composition)).toEqual(['かいぎ', '会議', '懐疑', 'カイギ', 'かいぎ']);
  });

  it('settles a chosen candidate when the next word begins', () => {
    const step = type(on, 'kaigi sitsu');
    expect([step.commit, composition(step.ime)]).toEqual(['会議', 'しつ']);
  });

  it('types a wide space when nothing is composed', () => {
    expect(imeType(on, ' ')).toEqual({ ime: on, commit: '　' });
  });

  it('erases back from the candidate, then letter by letter', () => {
    let { ime } = type(on, 'kaigik ');
    ime = imeErase(ime);
    expect(ime.candidate).toBe(0);
    const { ime: pending } = type(on, 'kak');
    expect(composition(imeErase(pending))).toBe('か');
    expect(isComposing(imeErase(imeErase(pending)))).toBe(false);
  });
});
