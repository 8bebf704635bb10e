import { allOf, type Finding, stateOf, told, withDetail } from '../finding.ts';
import type { Raw } from './raw.ts';

/** One bit a drive, A to Z. */
const allDrives = 0x3ffffff;
/** `State` of a profile in ProfileList: mandatory, to be deleted at sign-out, guest's, temporary. All leave nothing behind. */
const fleeting = 0x0001 | 0x0020 | 0x0080 | 0x0800;
/** Most days after which Windows may delete a profile when it starts (policy CleanupProfiles). */
const mostCleanupDays = 1;

export function storageLock(storage: NonNullable<Raw['storage']>): Finding {
  const { noDrives, noViewOnDrive, noRecentDocs, cleanup, profile, writable } = storage;
  const hidden = noDrives === allDrives && noViewOnDrive === allDrives && noRecentDocs === 1;
  // A profile that is deleted at a later start cannot be seen to go; that Windows is told to is all there is.
  const cleaned = cleanup !== null && cleanup >= 0 && cleanup <= mostCleanupDays;
  const leavesNothing = cleaned || (profile === null ? null : (profile & fleeting) !== 0);
  const set = told(hidden && leavesNothing === true);
  const closed = writable === null ? null : writable.length === 0;
  const effective = allOf([told(leavesNothing), told(closed)]);
  const wrong = [
    ...(hidden ? [] : ['drives are shown']),
    ...(leavesNothing === false ? ['profile is kept'] : []),
    ...(closed === false ? [`${writable?.join(', ')} can be written`] : []),
  ];
  return withDetail({ state: stateOf(allOf([set, effective])), set, effective }, wrong.join('; '));
}
