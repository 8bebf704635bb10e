import { describe, expect, it } from 'vitest';
import { allOf, anyOf, daysSince, withDetail, within } from '#main/guard/posture/finding.ts';

describe('weighing answers', () => {
  it('needs all, and at least one, for all of them; a no outweighs what is not known', () => {
    expect([allOf([]), allOf(['yes', 'yes']), allOf(['yes', 'unknown']), allOf(['unknown', 'no'])]).toEqual([
      'unknown',
      'yes',
      'unknown',
      'no',
    ]);
  });

  it('needs one for any of them; a yes outweighs what is not known', () => {
    expect([anyOf([]), anyOf(['no', 'no']), anyOf(['no', 'unknown']), anyOf(['unknown', 'yes'])]).toEqual([
      'unknown',
      'no',
      'unknown',
      'yes',
    ]);
  });
});

describe('days since', () => {
  const day = 86_400_000;
  const now = 100 * day;
  it('counts whole days, and forgives a clock that is less than a day behind', () => {
    expect([daysSince(now - 2.9 * day, now), daysSince(now + 0.9 * day, now)]).toEqual([2, 0]);
  });

  it.each([null, Number.NaN, Number.POSITIVE_INFINITY, 0, -5, now + 2 * day])('is null for %s', (time) => {
    expect(daysSince(time, now)).toBeNull();
  });
});

describe('a bound of time', () => {
  it('gives the answer that is in time, and the other for one that fails or never comes', async () => {
    expect(await within(5_000, Promise.resolve('seen'), 'unseen')).toBe('seen');
    expect(await within(5_000, Promise.reject(new Error('no')), 'unseen')).toBe('unseen');
    expect(await within(10, new Promise(() => undefined), 'unseen')).toBe('unseen');
  });
});

describe('a detail', () => {
  const finding = { state: 'good', set: 'yes', effective: 'yes' } as const;
  it('is cleaned, cut, and left out when nothing remains of it', () => {
    expect(withDetail(finding, ' a\u0000\nb\u202e ')).toEqual({ ...finding, detail: 'a b' });
    expect(withDetail(finding, 'x'.repeat(500)).detail).toHaveLength(120);
    expect(withDetail(finding, '\u0007')).toEqual(finding);
    expect(withDetail(finding, undefined)).toEqual(finding);
  });
});
