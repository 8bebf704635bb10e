import type { Tri } from '#contract/evidence/posture.ts';
import { type Finding, stateOf, told, withDetail } from '../finding.ts';
import type { Raw } from './raw.ts';

const disabled = 4;

export function timeSync({ status, code, type, start }: NonNullable<Raw['time']>): Finding {
  const off = start === disabled || type?.toLowerCase() === 'nosync';
  const set = told(off ? false : type === null ? null : true);
  const effective = code === 0 && status !== null ? inStep(status) : off ? 'no' : 'unknown';
  const detail = effective === 'yes' ? 'in step' : effective === 'no' ? 'not in step' : undefined;
  return withDetail({ state: stateOf(effective), set, effective }, detail);
}

/**
 * Reads what `w32tm /query /status` prints. Its words are in Windows' language, its order and numbers are not: first the leap
 * indicator (RFC 5905, 7.3: 3 is "not synchronised"), then the stratum (0 or 16: none).
 */
export function inStep(status: string): Tri {
  const [leap, stratum] = status
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => /[:：]\s*(\d{1,2})\s*[((]/.exec(line)?.[1]);
  if (leap === undefined || stratum === undefined || Number(leap) > 3) return 'unknown';
  return told(Number(leap) !== 3 && Number(stratum) >= 1 && Number(stratum) <= 15);
}
