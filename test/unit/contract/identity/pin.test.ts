import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pinDelayMs, pinLimits, pinProblem } from '#contract/identity/pin.ts';

describe('a new PIN', () => {
  it.each(['274951', '135792', '112233', 'Zx7-pq', '八咫烏三本足', 'correct horse battery'])(
    'is good when it is %s',
    (pin) => {
      expect(pinProblem(pin)).toBeUndefined();
    },
  );

  it.each([
    ['', 'tooShort'],
    ['27495', 'tooShort'],
    ['😀😀😁😂🤣', 'tooShort'],
    [`${'27495183'.repeat(8)}1`, 'tooLong'],
    ['000000', 'repeat'],
    ['aaaaaaa', 'repeat'],
    ['121212', 'repeat'],
    ['123123', 'repeat'],
    ['12341234', 'repeat'],
    ['112112', 'repeat'],
    ['122122121', 'few'],
    ['111112', 'few'],
    ['123456', 'sequence'],
    ['345678901', 'sequence'],
    ['890123', 'sequence'],
    ['987654', 'sequence'],
    ['210987', 'sequence'],
    ['135791', 'sequence'],
    ['086420', 'sequence'],
    ['abcdef', 'sequence'],
    ['zyxwvu', 'sequence'],
  ] as const)('is refused when it is %s: %s', (pin, problem) => {
    expect(pinProblem(pin)).toBe(problem);
  });

  it('must be another one than before', () => {
    expect(pinProblem('274951', 6, '274951')).toBe('same');
    expect(pinProblem('274951', 6, '274952')).toBeUndefined();
  });

  it('must have the policy’s length, and never less than six', () => {
    expect(pinProblem('2749518', 8)).toBe('tooShort');
    expect(pinProblem('27495183', 8)).toBeUndefined();
    expect(pinProblem('27495', 1)).toBe('tooShort');
  });

  it('may have any symbols between its bounds', () => {
    expect(pinProblem(`${'27495183'.repeat(8).slice(0, pinLimits.max - 1)}x`)).toBeUndefined();
  });

  it('is never refused by an exception, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), fc.nat(40), (pin, minimum) => {
        pinProblem(pin, minimum);
      }),
    );
  });
});

describe('the wait after wrong PINs', () => {
  it('begins with the third and doubles up to a quarter of an hour', () => {
    expect(Array.from({ length: 12 }, (_, failures) => pinDelayMs(failures) / 1000)).toEqual([
      ...[0, 0, 0, 5, 10, 20, 40, 80, 160, 320, 640, 900],
    ]);
    expect(pinDelayMs(60)).toBe(900_000);
  });
});
