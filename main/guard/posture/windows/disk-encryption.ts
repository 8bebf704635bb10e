import type { Tri } from '#contract/evidence/posture.ts';
import { allOf, type Finding, stateOf, withDetail } from '../finding.ts';
import type { Raw } from './raw.ts';

/**
 * System.Volume.BitLockerProtection of the Windows property system. `told`: BitLocker is switched on for the drive;
 * `closed`: all of it is encrypted and the key is not in the clear.
 */
const protections: Readonly<Record<number, Readonly<{ told: Tri; closed: Tri; name: string }>>> = {
  0: { told: 'no', closed: 'no', name: 'not possible' },
  1: { told: 'yes', closed: 'yes', name: 'on' },
  2: { told: 'no', closed: 'no', name: 'off' },
  3: { told: 'yes', closed: 'no', name: 'encrypting' },
  4: { told: 'no', closed: 'no', name: 'decrypting' },
  5: { told: 'yes', closed: 'no', name: 'suspended' },
  6: { told: 'yes', closed: 'yes', name: 'locked' },
  8: { told: 'yes', closed: 'no', name: 'waiting for activation' },
};
const unknown = { told: 'unknown', closed: 'unknown', name: 'cannot be told' } as const;

/** The drives of Windows, of its page files, and of this program's folder. */
export function diskEncryption(disk: NonNullable<Raw['disk']>, ownFolder: string): Finding {
  const own = /^(?:\\\\\?\\)?([A-Za-z]):/.exec(ownFolder)?.[1]?.toUpperCase();
  const letters = [...new Set([disk.system, ...(own ? [own] : []), ...disk.pageFiles])];
  const found = letters.map((letter) => {
    const protection = disk.drives.find((drive) => drive.letter === letter)?.protection ?? null;
    return { letter, ...((protection === null ? undefined : protections[protection]) ?? unknown) };
  });
  const effective = allOf(found.map((one) => one.closed));
  const finding = { state: stateOf(effective), set: allOf(found.map((one) => one.told)), effective };
  return withDetail(finding, `BitLocker ${found.map(({ letter, name }) => `${letter}: ${name}`).join(', ')}`);
}
