/** What a new PIN may look like. The same rules on screen, where they explain, and in main, where they decide. */
export const pinLimits = {
  min: 6,
  max: 64,
  /** From this wrong try on there is a delay, and at `lockAt` only IT can unlock. */
  delayFrom: 3,
  lockAt: 10,
} as const;

export type PinProblem = 'tooShort' | 'tooLong' | 'sequence' | 'repeat' | 'few' | 'same';

/**
 * @param minimum the policy's, at least pinLimits.min.
 * @param old the PIN it replaces, if any.
 * @returns what is wrong with it, or undefined when it may be used.
 */
export function pinProblem(pin: string, minimum: number = pinLimits.min, old?: string): PinProblem | undefined {
  const symbols = [...pin];
  if (symbols.length < Math.max(minimum, pinLimits.min)) return 'tooShort';
  if (symbols.length > pinLimits.max) return 'tooLong';
  if (pin === old) return 'same';
  if (new Set(symbols).size === 1) return 'repeat';
  // 121212, 123123: a short piece said over and over.
  if (/^(.{1,4})\1+$/u.test(pin)) return 'repeat';
  if (new Set(symbols).size < 3) return 'few';
  return isRun(symbols) ? 'sequence' : undefined;
}

/** 123456, 987654, abcdef, 135790 the other way round: each step the same, on the digits or letters. */
function isRun(symbols: readonly string[]): boolean {
  const points = symbols.map((symbol) => symbol.codePointAt(0)!);
  const steps = points.slice(1).map((point, index) => point - points[index]!);
  // 890123 goes round at ten.
  const round = steps.map((step) => ((step % 10) + 10) % 10);
  const digits = symbols.every((symbol) => /[0-9]/.test(symbol));
  const seen = digits ? round : steps;
  return seen.every((step) => step === seen[0]);
}

/** Wait after the n-th wrong PIN in a row before the next may be tried, ms: 0, 0, 5 s, 10 s, 20 s … at most 15 min. */
export function pinDelayMs(failures: number): number {
  if (failures < pinLimits.delayFrom) return 0;
  return Math.min(5_000 * 2 ** (failures - pinLimits.delayFrom), 15 * 60_000);
}
