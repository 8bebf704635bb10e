import { describe, expect, it } from 'vitest';
import { parseCode } from '#contract/identity/code.ts';
import {
  enrolmentHash,
  findEmergencyCode,
  newEmergencyCodes,
  newRandomCode,
  unlockAnswer,
} from '#gateway/identity/codes.ts';

describe('codes', () => {
  it('are different each time, and what a person types reads back', () => {
    const codes = Array.from({ length: 100 }, () => newRandomCode('enrolment'));
    expect(new Set(codes).size).toBe(100);
    for (const code of codes) expect(parseCode('enrolment', code.toLowerCase())).toBe(code);
  });

  it('are kept as a hash that names what it is', () => {
    // printf 'hanare-code 0123456789ABCDEF' | sha256sum
    expect(enrolmentHash('0123456789ABCDEF')).toBe('b4519ccd5bcd8fed02b57bac9dbb11fd116d67a44ae662be1c04aa69f2a4ba23');
  });

  it('for emergencies are salted one by one, and found by their code alone', () => {
    const made = newEmergencyCodes();
    const kept = made.map((item) => item.kept);
    expect(new Set(kept.map(({ salt }) => Buffer.from(salt).toString('hex'))).size).toBe(10);
    for (const { code, kept: own } of made) expect(findEmergencyCode(kept, code)).toBe(own.hash);
    expect(findEmergencyCode(kept, newRandomCode('emergency'))).toBeUndefined();
    expect(findEmergencyCode([], made[0]!.code)).toBeUndefined();
  });

  it('answer a challenge as any other implementation of docs/protocol.md does', () => {
    // python3: hmac.new(bytes(range(32)), b'hanare-unlock-1 01234567', 'sha256').digest(), then seven symbols and a check
    const key = Uint8Array.from({ length: 32 }, (_, index) => index);
    expect(unlockAnswer(key, '01234567')).toBe('TQMQMPNB');
  });
});
