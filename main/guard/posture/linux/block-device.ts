import { posix } from 'node:path';
import type { Tri } from '#contract/evidence/posture.ts';
import type { System } from '../../system.ts';
import { allOf } from '../finding.ts';

/** Whether all that is written to a block device is encrypted, and by what. */
export type Encryption = Readonly<{ encrypted: Tri; kinds: readonly string[] }>;

/**
 * Names in a device mapper uuid of those targets of cryptsetup that encrypt. It also makes CRYPT-VERITY and
 * CRYPT-INTEGRITY, which do not.
 */
const encrypting: Readonly<Record<string, string>> = {
  LUKS1: 'LUKS1',
  LUKS2: 'LUKS2',
  PLAIN: 'dm-crypt',
  LOOPAES: 'loop-AES',
  TCRYPT: 'VeraCrypt',
  BITLK: 'BitLocker',
  FVAULT2: 'FileVault',
};
/** RAID on LUKS on LVM on a partition is 5 deep. */
const deepest = 10;
const mostDevices = 64;

/** @param device `major:minor` as in mountinfo */
export function encryptionOfNumber(system: System, device: string): Promise<Encryption> {
  return walk(system, `/sys/dev/block/${device}`, { left: mostDevices }, 0);
}

/** @param name of the device in /sys/class/block, as `dm-0` */
export function encryptionOfName(system: System, name: string): Promise<Encryption> {
  return walk(system, folderOf(name), { left: mostDevices }, 0);
}

const folderOf = (name: string) => `/sys/class/block/${posix.basename(name)}`;
const unknown: Encryption = { encrypted: 'unknown', kinds: [] };

async function walk(system: System, folder: string, budget: { left: number }, depth: number): Promise<Encryption> {
  budget.left -= 1;
  if (depth > deepest || budget.left < 0 || (await system.list(folder)) === null) return unknown;
  const uuid = (await system.read(`${folder}/dm/uuid`)) ?? '';
  const kind = encrypting[/^CRYPT-([A-Z0-9]+)-/.exec(uuid)?.[1] ?? ''];
  if (kind !== undefined) return { encrypted: 'yes', kinds: [kind] };

  const below = (await system.list(`${folder}/slaves`)) ?? [];
  if (below.length > 0) {
    const parts: Encryption[] = [];
    for (const name of below) parts.push(await walk(system, folderOf(name), budget, depth + 1));
    return join(parts);
  }
  // A partition has no slaves of its own: what its disk lies on counts (a partition of a RAID of LUKS devices).
  if ((await system.read(`${folder}/partition`)) !== null) {
    const target = await system.link(folder);
    return target === null ? unknown : walk(system, folderOf(posix.dirname(target)), budget, depth + 1);
  }
  // What a loop device's file lies on is not followed.
  if ((await system.list(`${folder}/loop`)) !== null) return unknown;
  return { encrypted: 'no', kinds: [] };
}

export function join(parts: readonly Encryption[]): Encryption {
  return {
    encrypted: allOf(parts.map((part) => part.encrypted)),
    kinds: [...new Set(parts.flatMap((part) => part.kinds))],
  };
}
