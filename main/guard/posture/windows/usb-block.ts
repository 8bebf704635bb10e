import { allOf, type Finding, stateOf, told, withDetail } from '../finding.ts';
import type { Raw } from './raw.ts';

/** Of a driver's service. */
const disabled = 4;

export function usbBlock({ denyAll, usbstor, uaspstor, drivers, disks }: NonNullable<Raw['usb']>): Finding {
  const set = told(denyAll === 1 && usbstor === disabled && uaspstor === disabled);
  const inUse = (drivers ?? 0) > 0 || (disks ?? 0) > 0;
  const effective = told(inUse ? false : drivers === null || disks === null ? null : true);
  const detail = set === 'no' ? 'block not set' : inUse ? 'a storage driver is in use' : undefined;
  return withDetail({ state: stateOf(allOf([set, effective])), set, effective }, detail);
}
