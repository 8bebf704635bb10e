import type { Look, Looks } from '../finding.ts';
import { antivirus } from './antivirus.ts';
import { diskEncryption } from './disk-encryption.ts';
import { firewall } from './firewall.ts';
import { readProcesses } from './processes.ts';
import { screenLock } from './screen-lock.ts';
import { storageLock } from './storage-lock.ts';
import { timeSync } from './time-sync.ts';
import { updates } from './updates.ts';
import { usbBlock } from './usb-block.ts';

/** How each item is looked at on Linux, all by what an ordinary user may read. */
export function linuxLooks(look: Look): Looks {
  // Hundreds of small files: read once for the two that need them.
  const processes = readProcesses(look.system);
  return {
    usbBlock: () => usbBlock(look),
    storageLock: () => storageLock(look),
    diskEncryption: () => diskEncryption(look),
    antivirus: async () => antivirus(look, await processes),
    updates: () => updates(look),
    firewall: () => firewall(look),
    screenLock: async () => screenLock(look, await processes),
    timeSync: () => timeSync(look),
  };
}
