import { describe, expect, it } from 'vitest';
import { type CodeKind, codeLengths, makeCode, showCode } from '#contract/identity/code.ts';
import { enrolmentLine } from '#contract/wire/enrol.ts';
import { readTyped, regroup, showFingerprint } from '#renderer/components/code-groups.ts';

const bytes = Uint8Array.from({ length: 20 }, (_, index) => (index * 7 + 19) & 31);
const code = makeCode('enrolment', bytes);
const office = { enrol: { host: 'enrol.example', port: 8443 }, fingerprint: 'ab'.repeat(32) };

/** What is in the field after each key, typed at the end. */
function typeAll(keys: string): string {
  return [...keys].reduce((value, key) => regroup(value + key, value.length + 1).shown, '');
}

describe('a code in groups', () => {
  it('stands in groups of four as it is typed, without a hyphen at its end', () => {
    expect(typeAll('abcd')).toBe('ABCD');
    expect(typeAll('abcde')).toBe('ABCD-E');
    expect(typeAll(code.toLowerCase())).toBe(showCode(code));
  });

  it('takes any separators, full-width letters, and what looks like a digit', () => {
    expect(regroup('ａｂ－ｃｄ　ef_g.h', 0).shown).toBe('ABCD-EFGH');
    expect(regroup('oOiIlL', 0).shown).toBe('0011-11');
  });

  it.each([
    ['at the end', 'ABCDE', 5, 6],
    ['right after a whole group', 'ABCDEF', 4, 4],
    ['in the middle', 'ABCDEFGHJ', 6, 7],
    ['at the beginning', 'ABCDE', 0, 0],
  ])('leaves the caret %s', (_, typed, caret, after) => {
    expect(regroup(typed, caret).caret).toBe(after);
  });

  it('can be deleted backwards over a hyphen', () => {
    // Backspace behind the hyphen removes it alone: the caret is then before it, and the next one removes a symbol.
    const once = regroup('ABCDEF', 4);
    expect(once).toEqual({ shown: 'ABCD-EF', caret: 4 });
    expect(regroup('ABC-EF', 3)).toEqual({ shown: 'ABCE-F', caret: 3 });
  });

  it('keeps what cannot belong to a code, for the eye to find', () => {
    expect(regroup('AB*U', 4).shown).toBe('AB*U');
  });

  it('leaves the line of the label’s QR code as the scanner types it', () => {
    const line = enrolmentLine(office, code);
    expect(typeAll(line)).toBe(line);
    expect(readTyped('enrolment', typeAll(line))).toEqual({ state: 'line', office: 'enrol.example:8443' });
  });
});

describe('what is said of a code while it is typed', () => {
  it.each(Object.keys(codeLengths) as CodeKind[])('counts, and checks a whole code of kind %s', (kind) => {
    const whole = makeCode(kind, bytes);
    expect(readTyped(kind, '')).toEqual({ state: 'empty' });
    expect(readTyped(kind, whole.slice(0, 3))).toEqual({ state: 'typing', left: codeLengths[kind] - 3 });
    expect(readTyped(kind, showCode(whole))).toEqual({ state: 'good' });
    expect(readTyped(kind, `${whole}0`)).toEqual({ state: 'wrong' });
  });

  it('finds each single wrong symbol', () => {
    for (let at = 0; at < code.length; at += 1) {
      const wrong = code[at] === '2' ? '3' : '2';
      expect(readTyped('enrolment', code.slice(0, at) + wrong + code.slice(at + 1))).toEqual({ state: 'wrong' });
    }
  });

  it('finds a symbol that no code has, before the code is whole', () => {
    expect(readTyped('enrolment', 'ABU')).toEqual({ state: 'wrong' });
    expect(readTyped('enrolment', 'AB*')).toEqual({ state: 'wrong' });
  });

  it.each([
    ['cut short', enrolmentLine(office, code).slice(0, -2)],
    ['of another kind', 'HANARE1 something else'],
    ['with a wrong code', enrolmentLine(office, `0${code.slice(1)}`)],
  ])('says of a scanned line %s that it was not read', (_, line) => {
    expect(readTyped('enrolment', line)).toEqual({ state: 'lineWrong' });
  });

  it('takes no scanned line where another code is asked for', () => {
    expect(readTyped('emergency', enrolmentLine(office, code))).toEqual({ state: 'wrong' });
  });
});

describe('a fingerprint', () => {
  it('is shown in sixteen groups of four, as on the sheet', () => {
    expect(showFingerprint('0123456789abcdef'.repeat(4))).toHaveLength(16);
    expect(showFingerprint('0123456789abcdef'.repeat(4)).slice(0, 4)).toEqual(['0123', '4567', '89AB', 'CDEF']);
  });
});
