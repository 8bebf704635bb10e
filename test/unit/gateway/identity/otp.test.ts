import fc from 'fast-check';
import { generateSync, ScureBase32Plugin } from 'otplib';
import { describe, expect, it } from 'vitest';
import {
  afterFailure,
  barred,
  judgeOtp,
  newOtpSecret,
  noGuard,
  otpLimits,
  showOtpSecret,
} from '#gateway/identity/otp.ts';
import type { Guard } from '#gateway/store/otp-records.ts';

/** RFC 6238, appendix B: its secrets, and the last six of its eight digits. */
const vectors = [
  [59, 'sha1', '287082'],
  [59, 'sha256', '119246'],
  [1_111_111_109, 'sha1', '081804'],
  [1_111_111_109, 'sha256', '084774'],
  [20_000_000_000, 'sha1', '353130'],
  [20_000_000_000, 'sha256', '737706'],
] as const;
const rfcSecrets = {
  sha1: Buffer.from('12345678901234567890'),
  sha256: Buffer.from('12345678901234567890123456789012'),
} as const;

const secrets = fc.uint8Array({ minLength: 20, maxLength: 32 });
const moments = fc.integer({ min: 1_000_000_000_000, max: 4_000_000_000_000 });
const algorithms = fc.constantFrom('sha1' as const, 'sha256' as const);
const codeOf = (secret: Uint8Array, algorithm: 'sha1' | 'sha256', step: number) =>
  generateSync({ secret, algorithm, epoch: step * 30, digits: 6, period: 30 });

describe('a one-time password by itself', () => {
  it.each(vectors)('of the standard for second %i by %s is right', (second, algorithm, code) => {
    const options = { secret: rfcSecrets[algorithm], algorithm, lastStep: 0, now: second * 1000 };
    expect(judgeOtp(options, code)).toEqual({ verdict: 'ok', step: Math.floor(second / 30), drift: 0 });
  });

  it('is judged by its distance from the gateway’s step and by the last step used, at any time', () => {
    fc.assert(
      fc.property(
        secrets,
        algorithms,
        moments,
        fc.integer({ min: -10, max: 10 }),
        fc.integer({ min: -12, max: 12 }),
        (secret, algorithm, now, distance, last) => {
          const present = Math.floor(now / 30_000);
          const codes = Array.from({ length: 21 }, (_, index) => codeOf(secret, algorithm, present + index - 10));
          // Two steps may have the same code, once in a million: then either answer is right.
          fc.pre(new Set(codes).size === codes.length);
          const judged = judgeOtp({ secret, algorithm, lastStep: present + last, now }, codes[distance + 10]!);
          if (Math.abs(distance) > otpLimits.window) {
            expect(judged).toEqual({ verdict: 'clock', seconds: distance * 30 });
          } else if (distance <= last) {
            expect(judged).toEqual({ verdict: 'used' });
          } else {
            expect(judged).toEqual({ verdict: 'ok', step: present + distance, drift: distance * 30 });
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is wrong when it is none of the codes nearby, of any length', () => {
    fc.assert(
      fc.property(secrets, algorithms, moments, fc.string({ maxLength: 8 }), (secret, algorithm, now, code) => {
        const present = Math.floor(now / 30_000);
        for (let away = -10; away <= 10; away++) fc.pre(code !== codeOf(secret, algorithm, present + away));
        expect(judgeOtp({ secret, algorithm, lastStep: 0, now }, code)).toEqual({ verdict: 'wrong' });
      }),
      { numRuns: 40 },
    );
  });

  it('has a secret of its own length in Base32, which reads back', () => {
    for (const [algorithm, length] of [
      ['sha1', 20],
      ['sha256', 32],
    ] as const) {
      const secret = newOtpSecret(algorithm);
      expect(secret).toHaveLength(length);
      expect(showOtpSecret(secret)).toMatch(/^[A-Z2-7]+$/);
      expect(Buffer.from(new ScureBase32Plugin().decode(showOtpSecret(secret))).equals(secret)).toBe(true);
    }
  });
});

describe('failures in a row', () => {
  it('never let more than ten guesses pass between two locks, however they are timed', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 90_000 }), { minLength: 30, maxLength: 200 }), (pauses) => {
        let guard: Guard = noGuard;
        let now = 1_000_000;
        let guesses = 0;
        let lastLock = Number.NEGATIVE_INFINITY;
        for (const pause of pauses) {
          now += pause;
          if (barred(guard, now) !== undefined) continue;
          guard = afterFailure(guard, now);
          guesses += 1;
          if (guard.lockedUntil === null) continue;
          expect(guesses).toBe(otpLimits.lockAt);
          expect(now - lastLock).toBeGreaterThanOrEqual(otpLimits.lockMs);
          [guesses, lastLock] = [0, now];
        }
        expect(guesses).toBeLessThan(otpLimits.lockAt);
      }),
    );
  });

  it('bar for at least a second as long as they bar at all', () => {
    const guard: Guard = { failures: 3, notBefore: 2_000, lockedUntil: null };
    expect(barred(guard, 1_999)).toEqual({ reason: 'otpDelayed', details: { seconds: 1 } });
    expect(barred(guard, 2_000)).toBeUndefined();
    expect(barred({ ...guard, lockedUntil: 2_000 }, 500)).toEqual({ reason: 'userLocked', details: { seconds: 2 } });
  });
});
