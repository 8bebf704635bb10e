import { type CodeKind, codeLengths, parseCode } from '#contract/identity/code.ts';
import { parseEnrolment } from '#contract/wire/enrol.ts';

/** How far a code is that is being typed. `line`: the whole line of the label's QR code, as a scanner types it. */
export type Reading =
  | Readonly<{ state: 'empty' | 'good' | 'wrong' | 'lineWrong' }>
  | Readonly<{ state: 'typing'; left: number }>
  | Readonly<{ state: 'line'; office: string }>;

const group = 4;
const separators = /[\s\p{Pd}ー_.]/gu;
/** The scanner's first word, which the first few keys have put into groups before it was known to be one. */
const lineHead = /^\s*HANA-?RE1(\s)/i;

/**
 * Puts what is in a code's field into groups as it is typed; what cannot belong to a code stays, for the eye to find.
 * @param caret position in `typed`. @returns the text to show and the caret's place in it.
 */
export function regroup(typed: string, caret: number): Readonly<{ shown: string; caret: number }> {
  if (lineHead.test(typed)) {
    const shown = typed.replace(lineHead, 'HANARE1$1');
    return { shown, caret: Math.max(0, caret + shown.length - typed.length) };
  }
  const shown =
    symbolsOf(typed)
      .match(/.{1,4}/gu)
      ?.join('-') ?? '';
  const before = symbolsOf(typed.slice(0, caret)).length;
  return { shown, caret: before === 0 ? 0 : before + Math.floor((before - 1) / group) };
}

/** @param typed as `regroup` shows it, or as it came. */
export function readTyped(kind: CodeKind, typed: string): Reading {
  if (kind === 'enrolment' && lineHead.test(typed)) {
    const office = parseEnrolment(typed)?.office;
    return office ? { state: 'line', office: `${office.enrol.host}:${office.enrol.port}` } : { state: 'lineWrong' };
  }
  const symbols = symbolsOf(typed);
  if (symbols === '') return { state: 'empty' };
  const left = codeLengths[kind] - symbols.length;
  if (/[^0-9A-Z]|U/.test(symbols) || left < 0) return { state: 'wrong' };
  if (left > 0) return { state: 'typing', left };
  return { state: parseCode(kind, symbols) === undefined ? 'wrong' : 'good' };
}

/** As parseCode reads them: full-width, lower case, O, I and L too. */
function symbolsOf(typed: string): string {
  return typed.normalize('NFKC').toUpperCase().replace(separators, '').replaceAll('O', '0').replace(/[IL]/g, '1');
}

/** A fingerprint in groups, as it is printed on the sheet. */
export function showFingerprint(hex: string): readonly string[] {
  return hex.toUpperCase().match(/.{1,4}/g) ?? [];
}
