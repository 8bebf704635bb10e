import { posix } from 'node:path';
import type { Tri } from '#contract/evidence/posture.ts';
import type { System } from '../../system.ts';
import { type Finding, type Look, stateOf, unseen, withDetail } from '../finding.ts';
import { type Encryption, encryptionOfName, encryptionOfNumber, join } from './block-device.ts';
import { type Mount, mountOf, readMounts, realPath, unescaped } from './mounts.ts';

/**
 * Whether what lies on the laptop's disk is encrypted: below `/`, below this program's folder, and in swap. A disk that
 * encrypts itself (TCG Opal) looks like any other from here and counts as not encrypted.
 */
export async function diskEncryption({ system, ownFolder }: Look): Promise<Finding> {
  const mounts = await readMounts(system);
  if (mounts === null) return unseen();
  const places = await Promise.all(['/', ownFolder].map((path) => ofPath(system, mounts, path)));
  const swap = await ofSwap(system, mounts);
  const all = join([...places, swap]);
  const finding = { state: stateOf(all.encrypted), set: await isSet(system), effective: all.encrypted };
  return withDetail(finding, inWords(all, places, swap));
}

function inWords(all: Encryption, places: readonly Encryption[], swap: Encryption): string {
  if (all.encrypted === 'yes') return all.kinds.join(', ');
  const onDisk = places.filter((one) => one.encrypted === all.encrypted);
  const inSwap = swap.encrypted === all.encrypted;
  const wrong = [...(onDisk.length > 0 ? ['system disk'] : []), ...(inSwap ? ['swap'] : [])].join(' and ');
  if (all.encrypted === 'no') return `${wrong} not encrypted`;
  const kinds = join(onDisk).kinds.join(', ');
  return `${wrong}: cannot be told${kinds && ` (${kinds})`}`;
}

async function ofPath(system: System, mounts: readonly Mount[], path: string): Promise<Encryption> {
  const real = await realPath(system, path);
  const mount = real === null ? null : mountOf(mounts, real);
  return mount === null ? { encrypted: 'unknown', kinds: [] } : ofMount(system, mount);
}

async function ofMount(system: System, { device, type }: Mount): Promise<Encryption> {
  if (type === 'tmpfs' || type === 'ramfs') return { encrypted: 'yes', kinds: ['memory'] };
  if (type === 'btrfs') return ofBtrfs(system);
  if (device.startsWith('0:')) return { encrypted: 'unknown', kinds: [type] };
  return encryptionOfNumber(system, device);
}

/** Which devices a btrfs lies on is not in mountinfo; where those of every btrfs are encrypted, so are this one's. */
async function ofBtrfs(system: System): Promise<Encryption> {
  const ids = ((await system.list('/sys/fs/btrfs')) ?? []).filter((name) => /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(name));
  const names = await Promise.all(ids.map((id) => system.list(`/sys/fs/btrfs/${id}/devices`)));
  const devices = await Promise.all(names.flatMap((some) => some ?? []).map((name) => encryptionOfName(system, name)));
  const seen = devices.length > 0 && names.every((some) => some !== null && some.length > 0);
  const all = join(devices);
  return seen && all.encrypted === 'yes' ? all : { encrypted: 'unknown', kinds: ['btrfs'] };
}

/** Pages of the session may be written to swap: on a disk it must be encrypted too. Compressed memory (zram) is none. */
async function ofSwap(system: System, mounts: readonly Mount[]): Promise<Encryption> {
  const text = await system.read('/proc/swaps');
  if (text === null) return { encrypted: 'unknown', kinds: [] };
  const areas = text
    .split('\n')
    .slice(1)
    .map((line) => line.split(/\s+/))
    .filter(([path, kind]) => path?.startsWith('/') && kind !== undefined);
  const found = await Promise.all(
    areas.map(async ([path = '', kind]): Promise<Encryption> => {
      const at = unescaped(path);
      if (kind === 'file') return ofPath(system, mounts, at);
      const name = posix.basename((await realPath(system, at)) ?? at);
      return /^zram\d+$/.test(name) ? ofZram(system, name) : encryptionOfName(system, name);
    }),
  );
  return found.length === 0 ? { encrypted: 'yes', kinds: [] } : { ...join(found), kinds: [] };
}

/** The kernel may be told to write pages that were not used for long from zram back to a disk. */
async function ofZram(system: System, name: string): Promise<Encryption> {
  const behind = (await system.read(`/sys/class/block/${name}/backing_dev`))?.trim() ?? 'none';
  return behind === 'none' ? { encrypted: 'yes', kinds: [] } : encryptionOfName(system, posix.basename(behind));
}

/** /etc/crypttab, or the kernel's command line, which is how the disk of `/` is often named. */
async function isSet(system: System): Promise<Tri> {
  const [table, line, names] = await Promise.all([
    system.read('/etc/crypttab'),
    system.read('/proc/cmdline'),
    system.list('/etc'),
  ]);
  if (/(^|\s)(rd\.luks\.(uuid|name)|luks\.(uuid|name)|cryptdevice|root=\/dev\/mapper\/luks)\S*=/m.test(line ?? '')) {
    return 'yes';
  }
  if (table !== null) return table.split('\n').some((one) => /^\s*[^#\s]+\s+\S+/.test(one)) ? 'yes' : 'no';
  return names === null || names.includes('crypttab') ? 'unknown' : 'no';
}
