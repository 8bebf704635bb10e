import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { creditStep, creditWindow, toMainSchema, toScreenSchema } from '#contract/ipc/byte-channel.ts';

const toMain = (value: unknown) => v.safeParse(toMainSchema, value).success;
const toScreen = (value: unknown) => v.safeParse(toScreenSchema, value).success;

describe('the credit window', () => {
  it('is several steps wide, so that a screen that gives credit in steps never stands still', () => {
    expect(creditWindow).toBeGreaterThanOrEqual(4 * creditStep);
  });
});

describe('what the screen may say', () => {
  it.each([
    { type: 'credit', bytes: 1 },
    { type: 'credit', bytes: creditStep },
    { type: 'credit', bytes: creditWindow },
    { type: 'clientInfo', user: 1001, io: 1003 },
    { type: 'clientInfo', user: 65_535, io: 65_535 },
    { type: 'close' },
  ])('is taken when it is %j', (message) => {
    expect(toMain(message)).toBe(true);
  });

  it.each([
    null,
    undefined,
    'close',
    [],
    {},
    { type: 'end' },
    { type: 'credit' },
    { type: 'credit', bytes: 0 },
    { type: 'credit', bytes: -1 },
    { type: 'credit', bytes: 0.5 },
    { type: 'credit', bytes: Number.NaN },
    { type: 'credit', bytes: '1' },
    { type: 'credit', bytes: creditWindow + 1 },
    { type: 'credit', bytes: Number.MAX_VALUE },
    { type: 'credit', bytes: 1, extra: 1 },
    { type: 'clientInfo' },
    { type: 'clientInfo', user: 1000, io: 1003 },
    { type: 'clientInfo', user: 1001, io: 65_536 },
    { type: 'clientInfo', user: 1001.5, io: 1003 },
    { type: 'clientInfo', user: 1001, io: 1003, password: 'x' },
    { type: 'close', reason: 'internal' },
  ])('is refused when it is %j', (message) => {
    expect(toMain(message)).toBe(false);
  });
});

describe('what main may say', () => {
  it.each([{ type: 'end' }, { type: 'end', reason: 'deskClosed' }])('is understood when it is %j', (message) => {
    expect(toScreen(message)).toBe(true);
  });

  it.each([
    null,
    { type: 'close' },
    { type: 'end', reason: 'nothing' },
    { type: 'end', reason: null },
    { type: 'end', x: 1 },
  ])('is refused when it is %j', (message) => {
    expect(toScreen(message)).toBe(false);
  });
});
