import { expect, test } from 'vitest';
import { describeTimeZone, ownTimeZone } from '#main/desk/rdp/time-zone.ts';

const now = Date.UTC(2026, 10, 23);

test('has no seasons when the zone has none', () => {
  expect(describeTimeZone(now, 'Asia/Tokyo')).toEqual({
    bias: -540,
    standard: { name: 'Tokyo Standard Time', starts: null, bias: 0 },
    daylight: { name: 'Tokyo Standard Time', starts: null, bias: 0 },
    key: 'Tokyo Standard Time',
  });
  expect(describeTimeZone(now, 'Asia/Kolkata').bias).toBe(-330);
  expect(describeTimeZone(now, 'UTC')).toMatchObject({ bias: 0, key: 'UTC' });
});

test('says when the clock is changed, on the wall’s clock, when the zone has summer time', () => {
  expect(describeTimeZone(now, 'America/Los_Angeles')).toEqual({
    bias: 480,
    standard: {
      name: 'Pacific Standard Time',
      starts: { month: 11, dayOfWeek: 0, week: 1, hour: 2, minute: 0 },
      bias: 0,
    },
    daylight: {
      name: 'Pacific Daylight Time',
      starts: { month: 3, dayOfWeek: 0, week: 2, hour: 2, minute: 0 },
      bias: -60,
    },
    key: null,
  });
});

test.each([
  [
    'Europe/Berlin',
    {
      bias: -60,
      standard: { starts: { month: 10, week: 5, hour: 3 } },
      daylight: { starts: { month: 3, week: 5, hour: 2 }, bias: -60 },
    },
  ],
  [
    'Australia/Lord_Howe',
    {
      bias: -630,
      standard: { starts: { month: 4, week: 1, hour: 2 } },
      daylight: { starts: { month: 10, week: 1, hour: 2 }, bias: -30 },
    },
  ],
])('knows the standard time from summer time when the zone is %s', (zone, expected) => {
  expect(describeTimeZone(now, zone)).toMatchObject(expected);
});

test('is what it is on the day when a zone gives summer time up in that year', () => {
  // Brazil had summer time until February 2019 and none after.
  const given = describeTimeZone(Date.UTC(2019, 5, 1), 'America/Sao_Paulo');
  expect(given).toMatchObject({ bias: 180, standard: { starts: null }, daylight: { starts: null, bias: 0 } });
});

test('is that of this machine when none is named', () => {
  expect(ownTimeZone(now).bias).toBe(new Date(now).getTimezoneOffset());
});
