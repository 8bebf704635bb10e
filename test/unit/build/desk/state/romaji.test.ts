import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finishRomaji, toKatakana, typeRomaji } from '#build/demo/desk/state/romaji.ts';

function typed(romaji: string): string {
  let kana = '';
  let pending = '';
  for (const char of romaji) {
    const step = typeRomaji(pending, char);
    kana += step.kana;
    ({ pending } = step);
  }
  return kana + finishRomaji(pending);
}

describe('typeRomaji', () => {
  it.each([
    ['konnnichiha', 'こんにちは'],
    ['konnichiha', 'こんいちは'],
    ['kekkonn', 'けっこん'],
    ['kaigi', 'かいぎ'],
    ['shinsei', 'しんせい'],
    ['sinsei', 'しんせい'],
    ['toukyou', 'とうきょう'],
    ['gyuunyuu', 'ぎゅうにゅう'],
    ["kin'yuu", 'きんゆう'],
    ['zyouhou', 'じょうほう'],
    ['jouhou', 'じょうほう'],
    ['tsukue', 'つくえ'],
    ['tukue', 'つくえ'],
    ['fairu', 'ふぁいる'],
    ['mati-', 'まちー'],
    ['hai.', 'はい。'],
    ['xtu', 'っ'],
    ['san', 'さん'],
    ['KAI', 'かい'],
    ['12', '１２'],
  ])('makes %s into %s', (romaji, kana) => {
    expect(typed(romaji)).toBe(kana);
  });

  it('keeps letters that make no kana', () => {
    expect(typed('q')).toBe('q');
    expect(typed('kyk')).toBe('kyk');
  });

  it('never loses a character nor holds more than three, whatever is typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'aiueokstnhmyrwgzdbpjcfxlv-.,1Q') }), (keys) => {
        let pending = '';
        let kana = '';
        for (const char of keys) {
          const step = typeRomaji(pending, char);
          kana += step.kana;
          ({ pending } = step);
          expect(pending.length).toBeLessThanOrEqual(3);
        }
        expect((kana + pending).length > 0).toBe(keys.length > 0);
      }),
    );
  });
});

it('turns hiragana into katakana and leaves the rest', () => {
  expect(toKatakana('てれわーくA漢')).toBe('テレワークA漢');
});
