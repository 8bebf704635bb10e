import type { System } from '../../system.ts';
import type { UsbStorage } from '../usb.ts';
import { listBlocks } from './blocks.ts';
import { findCards } from './cards.ts';
import { findUsb } from './usb-devices.ts';

/** What is plugged in now, as sysfs shows it to everybody. @returns null when there is no USB to be seen. */
export async function scanLinux(system: System): Promise<readonly UsbStorage[] | null> {
  const blocks = await listBlocks(system);
  const [usb, cards] = await Promise.all([findUsb(system, blocks), findCards(system, blocks)]);
  return usb === null && cards.length === 0 ? null : [...(usb ?? []), ...cards];
}
