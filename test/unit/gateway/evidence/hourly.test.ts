import { describe, expect, it } from 'vitest';
import { createHourly } from '#gateway/evidence/hourly.ts';

describe('createHourly', () => {
  it('lets so many through, says once that it was the last, and begins anew after an hour', () => {
    let now = 0;
    const may = createHourly(2, () => now);
    expect([may('a'), may('a'), may('a'), may('a')]).toEqual(['yes', 'yes', 'last', 'no']);
    now = 3_599_999;
    expect(may('a')).toBe('no');
    now = 3_600_000;
    expect(may('a')).toBe('yes');
  });

  it('counts each laptop for itself', () => {
    const may = createHourly(1, () => 0);
    expect([may('a'), may('a'), may('b')]).toEqual(['yes', 'last', 'yes']);
  });
});
