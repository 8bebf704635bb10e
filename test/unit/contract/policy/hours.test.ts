import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { type Hours, hoursSchema, judgeHours } from '#contract/policy/hours.ts';

const office: Hours = v.parse(hoursSchema, {
  week: {
    mon: [{ from: '08:30', to: '17:15' }],
    tue: [
      { from: '08:30', to: '12:00' },
      { from: '12:00', to: '17:15' },
    ],
    wed: [
      { from: '13:00', to: '17:15' },
      { from: '08:30', to: '12:00' },
    ],
    fri: [{ from: '20:00', to: '24:00' }],
    sat: [{ from: '00:00', to: '02:00' }],
  },
  holidays: ['2026-11-23', '2026-11-24'],
  extra: [{ date: '2026-11-24', windows: [{ from: '10:00', to: '11:00' }] }],
});
/** Of Japan, where the hours are. */
const at = (text: string) => Date.parse(`${text}:00+09:00`);
const judge = (text: string) => judgeHours(office, at(text));

describe('the hours of use', () => {
  it.each([
    ['2026-11-16T08:30', '2026-11-16T17:15', 'from the first minute'],
    ['2026-11-16T17:14', '2026-11-16T17:15', 'up to the last minute'],
    ['2026-11-17T11:59', '2026-11-17T17:15', 'through two windows that touch'],
    ['2026-11-18T09:00', '2026-11-18T12:00', 'up to a break, in whatever order the windows are written'],
    ['2026-11-20T23:00', '2026-11-21T02:00', 'through midnight, as two windows'],
    ['2026-11-24T10:30', '2026-11-24T11:00', 'on an extra day, though it is a holiday'],
  ])('at %s they are open until %s: %s', (now, closes) => {
    expect(judge(now)).toEqual({ open: true, closes: at(closes) });
  });

  it.each([
    ['2026-11-16T08:29', '2026-11-16T08:30', 'before they begin'],
    ['2026-11-16T17:15', '2026-11-17T08:30', 'when they end'],
    ['2026-11-18T12:30', '2026-11-18T13:00', 'in a break'],
    ['2026-11-22T12:00', '2026-11-24T10:00', 'on a weekend before a holiday'],
    ['2026-11-24T11:00', '2026-11-25T08:30', 'after an extra day'],
  ])('at %s they are closed until %s: %s', (now, opens) => {
    expect(judge(now)).toEqual({ open: false, opens: at(opens) });
  });

  it('never open when no day has any', () => {
    expect(judgeHours({ offset: 540, week: {}, holidays: [], extra: [] }, at('2026-11-16T09:00'))).toEqual({
      open: false,
      opens: null,
    });
  });

  it('count in their own time zone', () => {
    const utc = { ...office, offset: 0 };
    expect(judgeHours(utc, Date.parse('2026-11-16T08:30:00Z')).open).toBe(true);
    expect(judgeHours(utc, at('2026-11-16T09:00')).open).toBe(false);
  });

  it('say the same of every moment up to the change that they name', () => {
    const from = at('2026-11-16T00:00');
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 14 * 24 * 60 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (minute, part) => {
          const now = from + minute * 60_000;
          const verdict = judgeHours(office, now);
          const change = verdict.open ? verdict.closes : verdict.opens;
          if (change === null) return;
          expect(change).toBeGreaterThan(now);
          expect(judgeHours(office, Math.floor(now + (change - 1 - now) * part))).toEqual(verdict);
          expect(judgeHours(office, change).open).toBe(!verdict.open);
        },
      ),
    );
  });

  it.each([
    ['a window that ends before it begins', { week: { mon: [{ from: '17:00', to: '08:00' }] } }],
    ['a time that no clock shows', { week: { mon: [{ from: '8:30', to: '17:00' }] } }],
    ['a day that is none', { week: { holiday: [] } }],
    ['a date that is none', { week: {}, holidays: ['11/23'] }],
    ['a fifth window', { week: { mon: Array(5).fill({ from: '01:00', to: '02:00' }) } }],
  ])('are refused with %s', (_, hours) => {
    expect(v.safeParse(hoursSchema, hours).success).toBe(false);
  });
});
