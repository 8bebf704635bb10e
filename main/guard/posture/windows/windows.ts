import type { System } from '../../system.ts';
import { type Finding, type Look, type Looks, unseen } from '../finding.ts';
import { antivirus } from './antivirus.ts';
import { diskEncryption } from './disk-encryption.ts';
import { firewall } from './firewall.ts';
import { parseRaw, type Raw } from './raw.ts';
import { screenLock } from './screen-lock.ts';
import { windowsScript } from './script.ts';
import { storageLock } from './storage-lock.ts';
import { timeSync } from './time-sync.ts';
import { updates } from './updates.ts';
import { usbBlock } from './usb-block.ts';

/** By its full path: a search through PATH would find what somebody put there. */
export const powershell = 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe';
/** More than the script gives itself, and less than the whole reading has. */
const scriptMs = 30_000;

/** How each item is looked at on Windows: one script for all, then each by what it said. */
export function windowsLooks({ system, ownFolder, now }: Look): Looks {
  const raw = ask(system);
  const of =
    <P extends keyof Raw>(part: P, judge: (part: NonNullable<Raw[P]>) => Finding) =>
    async () => {
      const found = (await raw)[part];
      return found === null ? unseen() : judge(found);
    };
  return {
    usbBlock: of('usb', usbBlock),
    storageLock: of('storage', storageLock),
    diskEncryption: of('disk', (part) => diskEncryption(part, ownFolder)),
    antivirus: of('antivirus', antivirus),
    updates: of('updates', (part) => updates(part, now)),
    firewall: of('firewall', firewall),
    screenLock: of('screenLock', screenLock),
    timeSync: of('time', timeSync),
  };
}

async function ask(system: System): Promise<Raw> {
  // UTF-16 in base64 needs no quoting on a command line; Windows allows 32 767 characters of it.
  const encoded = Buffer.from(windowsScript, 'utf16le').toString('base64');
  const args = ['-NoProfile', '-NonInteractive', '-EncodedCommand', encoded];
  return parseRaw((await system.run(powershell, args, scriptMs)).stdout);
}
