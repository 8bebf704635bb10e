import { randomBytes, timingSafeEqual } from 'node:crypto';
import { generateSync, ScureBase32Plugin } from 'otplib';
import type { Failure } from '#contract/errors/hanare-error.ts';
import type { Guard } from '../store/otp-records.ts';

/** RFC 6238, both algorithms with 30 s and 6 digits. Phone apps know SHA-1 only. */
const stepSeconds = 30;
export type OtpAlgorithm = 'sha1' | 'sha256';
const secretBytes: Readonly<Record<OtpAlgorithm, number>> = { sha1: 20, sha256: 32 };

export const otpLimits = {
  /** Steps beside the gateway's own that are accepted (RFC 6238 §5.2); never more, whatever drift was seen. */
  window: 1,
  /** Within so many steps a code is recognised as one for another time, and refused as such. */
  clockSteps: 10,
  /** From this failure on there is a delay, and at `lockAt` the user is locked. */
  delayFrom: 3,
  lockAt: 10,
  firstDelayMs: 2_000,
  longestDelayMs: 60_000,
  lockMs: 30 * 60_000,
} as const;

const base32 = new ScureBase32Plugin();

export function newOtpSecret(algorithm: OtpAlgorithm): Buffer {
  return randomBytes(secretBytes[algorithm]);
}

/** Base32 (RFC 4648) without padding, as phone apps and EnrolAnswer take it. */
export function showOtpSecret(secret: Uint8Array): string {
  return base32.encode(secret, { padding: false });
}

export type OtpJudgement =
  /** `drift`: seconds by which the client is ahead. */
  | Readonly<{ verdict: 'ok'; step: number; drift: number }>
  | Readonly<{ verdict: 'used' }>
  /** Right for another time: `seconds` ahead, negative for behind. */
  | Readonly<{ verdict: 'clock'; seconds: number }>
  | Readonly<{ verdict: 'wrong' }>;

/**
 * What a code is, by itself; spending its step is the caller's.
 * @param code six digits. @param now milliseconds since 1970. @param lastStep the last one that was accepted.
 */
export function judgeOtp(
  options: { secret: Uint8Array; algorithm: OtpAlgorithm; lastStep: number; now: number },
  code: string,
): OtpJudgement {
  const { secret, algorithm, lastStep } = options;
  const present = Math.floor(options.now / 1000 / stepSeconds);
  const given = Buffer.from(code);
  const distances: number[] = [];
  // Every step is computed and compared, whatever was found, so that time tells nothing.
  for (let distance = -otpLimits.clockSteps; distance <= otpLimits.clockSteps; distance++) {
    const epoch = Math.max(0, present + distance) * stepSeconds;
    const right = Buffer.from(generateSync({ secret, algorithm, epoch, digits: 6, period: stepSeconds }));
    if (right.length === given.length && timingSafeEqual(right, given)) distances.push(distance);
  }
  const near = distances.filter((distance) => Math.abs(distance) <= otpLimits.window);
  // The latest, in the rare case of two equal codes: spending it spends the other too.
  const latest = near.at(-1);
  if (latest !== undefined) {
    const step = present + latest;
    return step > lastStep ? { verdict: 'ok', step, drift: latest * stepSeconds } : { verdict: 'used' };
  }
  if (distances.length === 0) return { verdict: 'wrong' };
  const nearest = distances.reduce((best, next) => (Math.abs(next) < Math.abs(best) ? next : best));
  return { verdict: 'clock', seconds: nearest * stepSeconds };
}

/** @returns why no code may be tried now, or undefined. Nothing is counted for it. */
export function barred(guard: Guard, now: number): Failure | undefined {
  const seconds = (until: number) => Math.ceil((until - now) / 1000);
  if (guard.lockedUntil !== null && guard.lockedUntil > now) {
    return { reason: 'userLocked', details: { seconds: seconds(guard.lockedUntil) } };
  }
  if (guard.notBefore > now) return { reason: 'otpDelayed', details: { seconds: seconds(guard.notBefore) } };
  return undefined;
}

/** One more failure. A lock that has run out begins a new count. */
export function afterFailure(guard: Guard, now: number): Guard {
  const failures = (guard.lockedUntil === null ? guard.failures : 0) + 1;
  if (failures >= otpLimits.lockAt) return { failures, notBefore: 0, lockedUntil: now + otpLimits.lockMs };
  return { failures, notBefore: now + delayMs(failures), lockedUntil: null };
}

export const noGuard: Guard = { failures: 0, notBefore: 0, lockedUntil: null };

/** Pause after the n-th failure in a row, ms: 0, 0, 2 s, 4 s, 8 s … at most a minute. */
function delayMs(failures: number): number {
  if (failures < otpLimits.delayFrom) return 0;
  return Math.min(otpLimits.firstDelayMs * 2 ** (failures - otpLimits.delayFrom), otpLimits.longestDelayMs);
}
