import { daysSince, daysText, type Finding, told, withDetail } from '../finding.ts';
import type { Raw } from './raw.ts';

export function updates({ searched, enabled, never, restart }: NonNullable<Raw['updates']>, now: number): Finding {
  const age = daysSince(searched === null ? null : Date.parse(searched), now);
  const set = told(enabled && never !== 1);
  const seen = age === null ? 'not seen when last looked for' : `looked for ${daysText(age)} ago`;
  const aged = age === null ? {} : { ageDays: age };
  if (restart) {
    return withDetail({ state: 'bad', set, effective: 'no', ...aged }, `installed, waiting for a restart; ${seen}`);
  }
  const known =
    age === null
      ? ({ state: 'unknown', effective: 'unknown' } as const)
      : ({ state: 'good', effective: 'yes' } as const);
  return withDetail({ ...known, set, ...aged }, seen);
}
