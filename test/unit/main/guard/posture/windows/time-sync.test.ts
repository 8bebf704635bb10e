import { describe, expect, it } from 'vitest';
import { inStep, timeSync } from '#main/guard/posture/windows/time-sync.ts';

const english = (leap: string, stratum: string) =>
  `\r\nLeap Indicator: ${leap}\r\nStratum: ${stratum}\r\nPrecision: -23 (119.209ns per tick)\r\n`;
const good = english('0(no warning)', '4 (secondary reference - syncd by (S)NTP)');

describe('what w32tm prints', () => {
  it.each([
    [good, 'yes'],
    ['閏インジケーター: 0 (警告なし)\r\n階層: 3 (二次参照 - (S)NTP で同期)\r\n', 'yes'],
    ['\uFFFD\uFFFD\uFFFD: 0(\uFFFD\uFFFD)\n\uFFFD\uFFFD: 3 (\uFFFD)\n', 'yes'],
    [english('3(not synchronized)', '0 (unspecified)'), 'no'],
    ['閏インジケーター:3(未同期)\n階層: 0 (未指定)\n', 'no'],
    [english('0(no warning)', '16 (unspecified)'), 'no'],
    [english('1(last minute has 61 seconds)', '2 (secondary)'), 'yes'],
    ['The following error occurred: Access is denied. (0x80070005)', 'unknown'],
    ['', 'unknown'],
    ['a: 9 (x)\nb: 1 (y)', 'unknown'],
  ])('%j: %s', (text, answer) => expect(inStep(text)).toBe(answer));
});

describe('time on Windows', () => {
  const base = { status: good, code: 0, type: 'NTP', start: 3 };

  it('is bad when the service is disabled or told not to synchronise', () => {
    const off = { ...base, status: null, code: -2_147_023_834 };
    expect(timeSync({ ...off, start: 4 })).toMatchObject({ state: 'bad', set: 'no', effective: 'no' });
    expect(timeSync({ ...off, type: 'NoSync' })).toMatchObject({ state: 'bad', set: 'no', effective: 'no' });
  });

  it('is unknown when w32tm may not say', () => {
    expect(timeSync({ ...base, code: 5 })).toMatchObject({ state: 'unknown', set: 'yes', effective: 'unknown' });
    expect(timeSync({ ...base, status: null, type: null })).toMatchObject({ state: 'unknown', set: 'unknown' });
  });
});
