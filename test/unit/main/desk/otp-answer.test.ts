import { describe, expect, it } from 'vitest';
import { makeCode, showCode } from '#contract/identity/code.ts';
import { readOtp } from '#main/desk/otp-answer.ts';

const emergency = makeCode(
  'emergency',
  Uint8Array.from({ length: 11 }, (_, at) => at * 9),
);

describe('a one-time password that is typed', () => {
  it.each(['012345', '012 345', ' 012345\n', '012-345', '０１２３４５', '０１２　３４５'])(
    'is read when it is %j',
    (code) => {
      expect(readOtp({ kind: 'totp', code })).toEqual({ kind: 'totp', code: '012345' });
    },
  );

  it.each([emergency, showCode(emergency).toLowerCase()])('is read when it is the emergency code %s', (code) => {
    expect(readOtp({ kind: 'emergency', code })).toEqual({ kind: 'emergency', code: emergency });
  });

  it.each([
    ['totp', ''],
    ['totp', '12345'],
    ['totp', '1234567'],
    ['totp', '12345a'],
    ['totp', '+12345'],
    ['totp', '१२३४५६'],
    ['totp', emergency],
    ['emergency', '012345'],
    ['emergency', `${emergency.slice(0, -1)}${emergency.at(-1) === '0' ? '1' : '0'}`],
  ] as const)('is refused, and not repeated, when it is the %s %j', (kind, code) => {
    expect(() => readOtp({ kind, code })).toThrow(expect.objectContaining({ reason: 'otpMalformed', details: {} }));
  });
});
