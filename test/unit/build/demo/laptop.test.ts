import { expect, it } from 'vitest';
import { randomPin } from '#build/demo/laptop.ts';
import { pinProblem } from '#contract/identity/pin.ts';

it('makes PINs of eight digits that the app takes, and another one each time', () => {
  const pins = Array.from({ length: 200 }, randomPin);
  for (const pin of pins) {
    expect(pin).toMatch(/^\d{8}$/);
    expect(pinProblem(pin)).toBeUndefined();
  }
  expect(new Set(pins).size).toBeGreaterThan(190);
});
