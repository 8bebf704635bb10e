import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CodeKind, codeLengths, makeCode, parseCode, showCode } from '#contract/identity/code.ts';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const kinds = Object.keys(codeLengths) as CodeKind[];
const anyKind = fc.constantFrom(...kinds);
const random = fc.uint8Array({ minLength: 15, maxLength: 32 });
const code = fc.tuple(anyKind, random).map(([kind, bytes]) => ({ kind, text: makeCode(kind, bytes) }));

/** Halfway through the printed alphabet, so that every symbol appears. */
const samples: readonly { kind: CodeKind; text: string }[] = kinds.flatMap((kind) =>
  [0, 7, 19].map((start) => ({
    kind,
    text: makeCode(
      kind,
      Uint8Array.from({ length: 16 }, (_, i) => start + i * 5),
    ),
  })),
);

describe('a code', () => {
  it.each(kinds)('has its length and no letter that looks like another when it is an %s code', (kind) => {
    fc.assert(
      fc.property(random, (bytes) => {
        const text = makeCode(kind, bytes);
        expect(text).toHaveLength(codeLengths[kind]);
        expect(text).toMatch(/^[0-9A-HJKMNP-TV-Z]+$/);
      }),
    );
  });

  it('keeps five bits of each random byte', () => {
    expect(makeCode('challenge', Uint8Array.of(0, 1, 31, 32, 33, 63, 10))).toMatch(/^01Z01ZA.$/);
  });

  it.each(kinds)('is not made from too little chance when it is an %s code', (kind) => {
    expect(() => makeCode(kind, new Uint8Array(codeLengths[kind] - 2))).toThrow(RangeError);
    expect(makeCode(kind, new Uint8Array(codeLengths[kind] - 1))).toBe('0'.repeat(codeLengths[kind]));
  });

  it('has the check symbol that docs/protocol.md describes', () => {
    // By hand: sum of symbol i times x^(i+1) in GF(2)[x]/(x^5+x^2+1). Only the first symbol, 1: x = 2. Only the fifth: x^5 = x^2+1.
    expect(makeCode('challenge', Uint8Array.of(1, 0, 0, 0, 0, 0, 0)).at(-1)).toBe('2');
    expect(makeCode('challenge', Uint8Array.of(0, 0, 0, 0, 1, 0, 0)).at(-1)).toBe('5');
    expect(makeCode('challenge', Uint8Array.of(1, 0, 0, 0, 1, 0, 0)).at(-1)).toBe('7');
  });
});

describe('reading a code', () => {
  it('gives back what was made', () => {
    fc.assert(fc.property(code, ({ kind, text }) => parseCode(kind, text) === text));
  });

  it('gives back what was shown, in groups of four', () => {
    fc.assert(fc.property(code, ({ kind, text }) => parseCode(kind, showCode(text)) === text));
    expect(showCode('ABCDEFGHJKMN')).toBe('ABCD-EFGH-JKMN');
    expect(showCode('')).toBe('');
  });

  it('finds every single symbol that is wrong', () => {
    for (const { kind, text } of samples) {
      for (let at = 0; at < text.length; at += 1) {
        for (const other of alphabet) {
          const typed = text.slice(0, at) + other + text.slice(at + 1);
          expect(parseCode(kind, typed), typed).toBe(other === text[at] ? text : undefined);
        }
      }
    }
  });

  it('finds every two neighbours, and every two symbols at all, that changed places', () => {
    for (const { kind, text } of samples) {
      for (let one = 0; one < text.length; one += 1) {
        for (let other = one + 1; other < text.length; other += 1) {
          const symbols = [...text];
          [symbols[one], symbols[other]] = [symbols[other]!, symbols[one]!];
          const typed = symbols.join('');
          expect(parseCode(kind, typed), typed).toBe(typed === text ? text : undefined);
        }
      }
    }
  });

  it('finds a symbol too few and one too many', () => {
    fc.assert(
      fc.property(code, fc.nat(), ({ kind, text }, place) => {
        const at = place % text.length;
        expect(parseCode(kind, text.slice(0, at) + text.slice(at + 1))).toBeUndefined();
        expect(parseCode(kind, `${text.slice(0, at)}0${text.slice(at)}`)).toBeUndefined();
      }),
    );
  });

  const plain = makeCode('challenge', Uint8Array.of(0, 1, 10, 11, 12, 13, 14));
  const fullWidth = plain.replace(/./g, (symbol) => String.fromCharCode(symbol.charCodeAt(0) + 0xfee0));

  it.each([
    ['in small letters', plain.toLowerCase()],
    ['with O for 0 and I for 1', plain.replace('0', 'O').replace('1', 'I')],
    ['with o for 0 and l for 1', plain.replace('0', 'o').replace('1', 'l')],
    ['with L for 1', plain.replace('1', 'L')],
    ['in full-width letters', fullWidth],
    ['in small full-width letters', fullWidth.normalize('NFKC').toLowerCase()],
    ['with spaces round and in it', ` ${plain.slice(0, 4)}  ${plain.slice(4)}\n`],
    ['with full-width spaces', `${plain.slice(0, 4)}\u3000${plain.slice(4)}`],
    ['with a hyphen', `${plain.slice(0, 4)}-${plain.slice(4)}`],
    ['with the long-vowel mark that the Japanese input gives for a hyphen', `${plain.slice(0, 4)}ー${plain.slice(4)}`],
    ['with a full-width hyphen', `${plain.slice(0, 4)}－${plain.slice(4)}`],
    ['with dashes, dots and low lines', `${plain.slice(0, 2)}–${plain.slice(2, 4)}.${plain.slice(4)}_`],
  ])('takes it %s', (_, typed) => {
    expect(parseCode('challenge', typed)).toBe(plain);
  });

  it.each([
    ['nothing', ''],
    ['separators only', '----'],
    ['a letter that no code has', `U${plain.slice(1)}`],
    ['kana', 'あいうえおかきく'],
    ['pictures', '😀😀😀😀'],
  ])('refuses %s', (_, typed) => {
    expect(parseCode('challenge', typed)).toBeUndefined();
  });

  it('never throws, whatever is typed', () => {
    fc.assert(
      fc.property(anyKind, fc.string({ unit: 'binary' }), (kind, typed) => {
        parseCode(kind, typed);
      }),
    );
  });
});
