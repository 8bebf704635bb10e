import { type Finding, longestIdleSeconds, withDetail } from '../finding.ts';
import type { Raw } from './raw.ts';

/**
 * The limit for the whole machine, or a screen saver that asks for the password. That Windows acts on a limit cannot be seen
 * by reading, so `effective` is never yes; an administrator's limit counts as good all the same, the person's own choice too
 * while it is so.
 */
export function screenLock({ inactivity, policy, own }: NonNullable<Raw['screenLock']>): Finding {
  const saver = {
    active: policy.active ?? own.active,
    secure: policy.secure ?? own.secure,
    after: policy.after ?? own.after,
  };
  const limits = [
    { seconds: inactivity ?? 0, by: 'limit of the machine' },
    { seconds: saver.active === 1 && saver.secure === 1 ? (saver.after ?? 0) : 0, by: 'screen saver' },
  ].filter(({ seconds }) => seconds > 0 && seconds <= longestIdleSeconds);
  const first = limits.toSorted((one, other) => one.seconds - other.seconds)[0];
  if (first === undefined) return withDetail({ state: 'bad', set: 'no', effective: 'no' }, 'does not lock by itself');
  const minutes = Math.ceil(first.seconds / 60);
  return withDetail({ state: 'good', set: 'yes', effective: 'unknown' }, `locks after ${minutes} min (${first.by})`);
}
