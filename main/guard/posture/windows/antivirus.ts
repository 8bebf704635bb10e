import { daysText, type Finding, stateOf, told, withDetail } from '../finding.ts';
import type { Raw } from './raw.ts';

/**
 * `productState` of Windows Security Center: bits 12-15 whether the product is on (WSC_SECURITY_PRODUCT_STATE: 0 off, 1 on,
 * 2 snoozed, 3 expired), bits 4-7 whether its definitions are old (WSC_SECURITY_SIGNATURE_STATUS: 0 up to date, 1 old).
 */
export function decodeProductState(state: number): Readonly<{ on: boolean; fresh: boolean }> {
  return { on: ((state >> 12) & 0xf) === 1, fresh: ((state >> 4) & 0xf) === 0 };
}

/** What Get-MpComputerStatus says of definitions that were never there: 65535 or 4294967295. */
const mostDays = 10_000;

export function antivirus({ products, defender }: NonNullable<Raw['antivirus']>): Finding {
  const decoded = (products ?? []).map(({ name, state }) => ({ name, ...decodeProductState(state) }));
  const best = decoded.find((one) => one.on && one.fresh) ?? decoded.find((one) => one.on);
  const age = defender?.on && defender.ageDays >= 0 && defender.ageDays < mostDays ? defender.ageDays : null;
  if (best === undefined) {
    // Windows Server has no Security Center, but has Defender.
    if (defender?.on && products === null) return ofDefender(age);
    const effective = told(products === null && defender === null ? null : false);
    const names = decoded.map((one) => one.name).join(', ');
    return withDetail({ state: stateOf(effective), set: effective, effective }, names && `${names}: off`);
  }
  if (/\b(Defender|Windows)\b/.test(best.name) && best.fresh && age !== null) return ofDefender(age, best.name);
  const finding = { state: best.fresh ? 'good' : 'bad', set: 'yes', effective: 'yes' } as const;
  return withDetail(finding, `${best.name}, definitions ${best.fresh ? 'up to date' : 'old'}`);
}

function ofDefender(age: number | null, name = 'Microsoft Defender'): Finding {
  const finding = { set: 'yes', effective: 'yes' } as const;
  if (age === null) return withDetail({ state: 'unknown', ...finding }, `${name}, age of definitions cannot be seen`);
  return withDetail({ state: 'good', ...finding, ageDays: age }, `${name}, definitions ${daysText(age)} old`);
}
