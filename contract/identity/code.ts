/**
 * Codes that people read, type and say over the telephone: Crockford's Base32 (no I, L, O, U), in groups of four, with a
 * check symbol at the end. The check symbol is the weighted sum of the others over GF(32): it finds every single wrong
 * symbol and every two that changed places.
 */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Symbols of each kind of code, its check symbol included. Five bits a symbol. */
export const codeLengths = {
  /** Bought from IT, buys a device's certificate: 75 bits. */
  enrolment: 16,
  /** Shown by a locked laptop, and what IT answers: 35 bits, one answer for one challenge. */
  challenge: 8,
  unlock: 8,
  /** One use instead of a one-time password: 55 bits. */
  emergency: 12,
} as const;
export type CodeKind = keyof typeof codeLengths;

/** @param random one byte a symbol, from a cryptographic source; as many as the code has symbols besides its check. */
export function makeCode(kind: CodeKind, random: Uint8Array): string {
  const wanted = codeLengths[kind] - 1;
  if (random.length < wanted) throw new RangeError(`${wanted} random bytes are needed`);
  const symbols = [...random.subarray(0, wanted)].map((byte) => byte & 31);
  return [...symbols, checkOf(symbols)].map((value) => alphabet[value]).join('');
}

/**
 * Reads what a person typed: any case, full-width letters, with or without separators, O for 0 and I or L for 1.
 * @returns the bare code, or undefined when it is not of this length or its check symbol does not fit.
 */
export function parseCode(kind: CodeKind, typed: string): string | undefined {
  const text = typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\p{Pd}ー_.]/gu, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');
  if (text.length !== codeLengths[kind]) return undefined;
  const values = [...text].map((symbol) => alphabet.indexOf(symbol));
  if (values.includes(-1) || checkOf(values.slice(0, -1)) !== values.at(-1)) return undefined;
  return text;
}

/** In groups of four, as it is printed and shown. */
export function showCode(code: string): string {
  return code.match(/.{1,4}/g)?.join('-') ?? '';
}

/** Sum of symbol i times x^(i+1) in GF(2)[x] / (x^5 + x^2 + 1), where x has order 31: no two weights are the same. */
function checkOf(symbols: readonly number[]): number {
  return symbols.reduceRight((sum, symbol) => timesX(sum ^ symbol), 0);
}

function timesX(value: number): number {
  return ((value << 1) & 31) ^ (value & 16 ? 5 : 0);
}
