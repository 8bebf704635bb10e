import { describe, expect, it } from 'vitest';
import { diskEncryption } from '#main/guard/posture/linux/disk-encryption.ts';
import { createFakeSystem, type Tree } from '#test/fakes/fake-system.ts';
import { blockDevices, type Disk, home, mountinfo, now, ownFolder } from '#test/fixtures/system/linux.ts';

const luks = 'CRYPT-LUKS2-0f7b3c9a4d5e4b1c8e2f1a2b3c4d5e6f-root';
const swaps = (...lines: readonly string[]) => `Filename\t\t\tType\t\tSize\tUsed\tPriority\n${lines.join('\n')}\n`;
const plain: Readonly<Record<string, Disk>> = {
  sda: { number: '8:0' },
  sda1: { number: '8:1', partitionOf: 'sda' },
  sda2: { number: '8:2', partitionOf: 'sda' },
};

async function look(disks: Readonly<Record<string, Disk>>, files: Record<string, string>, more: Tree = {}) {
  const system = await createFakeSystem(blockDevices(disks));
  await system.add({ files: { '/proc/swaps': swaps(), '/etc/fstab': '', ...files } });
  await system.add(more);
  return diskEncryption({ system, home, ownFolder, now });
}
const onRoot = (device: string, type = 'ext4') => ({ '/proc/self/mountinfo': mountinfo(`${device} / ${type}`) });

describe('disk encryption on Linux', () => {
  it('is good when the root is on LUKS', async () => {
    const disks = { ...plain, 'dm-0': { number: '253:0', uuid: luks, slaves: ['sda2'] } };
    const files = { ...onRoot('253:0'), '/etc/crypttab': '# none\nroot UUID=1 none luks\n' };
    expect(await look(disks, files)).toEqual({ state: 'good', set: 'yes', effective: 'yes', detail: 'LUKS2' });
  });

  it('is good for a volume group on LUKS, and for LUKS on a RAID', async () => {
    const disks: Record<string, Disk> = {
      ...plain,
      md0: { number: '9:0', slaves: ['sda1', 'sda2'] },
      'dm-0': { number: '253:0', uuid: 'CRYPT-LUKS1-0-raid', slaves: ['md0'] },
      'dm-1': { number: '253:1', uuid: 'LVM-abc', slaves: ['dm-0'] },
    };
    expect(await look(disks, onRoot('253:1'))).toMatchObject({ state: 'good', effective: 'yes', detail: 'LUKS1' });
  });

  it('looks below a partition of a RAID', async () => {
    const disks: Record<string, Disk> = {
      ...plain,
      'dm-0': { number: '253:0', uuid: luks, slaves: ['sda1'] },
      'dm-1': { number: '253:1', uuid: luks, slaves: ['sda2'] },
      md0: { number: '9:0', slaves: ['dm-0', 'dm-1'] },
      md0p1: { number: '259:1', partitionOf: 'md0' },
    };
    expect(await look(disks, onRoot('259:1'))).toMatchObject({ state: 'good', detail: 'LUKS2' });
  });

  it('is bad when one half of a mirror is not encrypted', async () => {
    const disks: Record<string, Disk> = {
      ...plain,
      'dm-0': { number: '253:0', uuid: luks, slaves: ['sda1'] },
      md0: { number: '9:0', slaves: ['dm-0', 'sda2'] },
    };
    expect(await look(disks, onRoot('9:0'))).toMatchObject({ state: 'bad', effective: 'no' });
  });

  it('is bad on a plain partition, whatever crypttab says', async () => {
    const found = await look(plain, { ...onRoot('8:2'), '/etc/crypttab': 'data UUID=1 none\n' });
    expect(found).toEqual({ state: 'bad', set: 'yes', effective: 'no', detail: 'system disk not encrypted' });
  });

  it('does not take a verified or integrity-checked disk for an encrypted one', async () => {
    for (const uuid of ['CRYPT-VERITY-0-root', 'CRYPT-INTEGRITY-0-root', 'CRYPTO-LUKS2-x', 'mpath-CRYPT-LUKS2-x']) {
      const disks = { ...plain, 'dm-0': { number: '253:0', uuid, slaves: ['sda2'] } };
      expect(await look(disks, onRoot('253:0'))).toMatchObject({ state: 'bad', effective: 'no' });
    }
  });

  it("is bad when this program's folder is on another, plain disk", async () => {
    const disks = { ...plain, 'dm-0': { number: '253:0', uuid: luks, slaves: ['sda2'] } };
    const files = { '/proc/self/mountinfo': mountinfo('253:0 / ext4', `8:1 ${ownFolder} ext4`) };
    expect(await look(disks, files)).toMatchObject({ state: 'bad', detail: 'system disk not encrypted' });
  });

  it('follows a link to the folder before it looks which disk it is on', async () => {
    const disks = { ...plain, 'dm-0': { number: '253:0', uuid: luks, slaves: ['sda2'] } };
    const files = { '/proc/self/mountinfo': mountinfo('253:0 / ext4', '8:1 /data ext4') };
    expect(await look(disks, files)).toMatchObject({ state: 'good' });
    expect(await look(disks, files, { links: { '/home': '/data' } })).toMatchObject({ state: 'bad' });
  });

  describe('of swap', () => {
    const disks: Record<string, Disk> = {
      ...plain,
      'dm-0': { number: '253:0', uuid: luks, slaves: ['sda2'] },
      'dm-1': { number: '253:1', uuid: 'CRYPT-PLAIN-swap', slaves: ['sda1'] },
      zram0: { number: '252:0' },
      zram1: { number: '252:1', files: { backing_dev: '/dev/sda1\n' } },
      zram2: { number: '252:2', files: { backing_dev: 'none\n' } },
    };
    const withSwap = (...lines: readonly string[]) =>
      look(disks, { ...onRoot('253:0'), '/proc/swaps': swaps(...lines) });

    it('is bad on a plain partition', async () => {
      const found = await withSwap('/dev/sda1                               partition\t4194300\t0\t-2');
      expect(found).toMatchObject({ state: 'bad', effective: 'no', detail: 'swap not encrypted' });
    });

    it('is good on dm-crypt, in a file on LUKS, in zram without a disk behind it', async () => {
      const found = await withSwap(
        '/dev/dm-1 partition 1 0 -2',
        '/swap\\040file file 1 0 -3',
        '/dev/zram0 partition 1 0 5',
      );
      expect(found).toMatchObject({ state: 'good', effective: 'yes' });
      expect(await withSwap('/dev/zram2 partition 1 0 5')).toMatchObject({ state: 'good' });
    });

    it('is bad when zram writes back to a plain disk', async () => {
      expect(await withSwap('/dev/zram1 partition 1 0 5')).toMatchObject({ state: 'bad' });
    });

    it('finds a device by its link in /dev/mapper', async () => {
      const tree = { links: { '/dev/mapper/swap': '../dm-1' } };
      const files = { ...onRoot('253:0'), '/proc/swaps': swaps('/dev/mapper/swap partition 1 0 -2') };
      expect(await look(disks, files, tree)).toMatchObject({ state: 'good' });
    });

    it('is unknown when the device or the list cannot be seen', async () => {
      const found = await withSwap('/dev/sdz9 partition 1 0 -2');
      expect(found).toMatchObject({ state: 'unknown', detail: 'swap: cannot be told' });
    });
  });

  describe('where it cannot be told', () => {
    it.each(['zfs', 'overlay', 'nfs4'])('is unknown on %s', async (type) => {
      const found = await look(plain, onRoot('0:30', type));
      expect(found).toMatchObject({
        state: 'unknown',
        effective: 'unknown',
        detail: `system disk: cannot be told (${type})`,
      });
    });

    it('is good on btrfs only when each disk of each btrfs is encrypted', async () => {
      const disks: Record<string, Disk> = {
        ...plain,
        'dm-0': { number: '253:0', uuid: luks, slaves: ['sda2'] },
      };
      const one = '/sys/fs/btrfs/8f7b3c9a-4d5e-4b1c-8e2f-1a2b3c4d5e6f/devices';
      const two = '/sys/fs/btrfs/9f7b3c9a-4d5e-4b1c-8e2f-1a2b3c4d5e6f/devices';
      const files = { ...onRoot('0:30', 'btrfs'), '/sys/fs/btrfs/features/': '', [`${one}/dm-0`]: '' };
      expect(await look(disks, files)).toMatchObject({ state: 'good', detail: 'LUKS2' });
      expect(await look(disks, { ...files, [`${two}/sda1`]: '' })).toMatchObject({ state: 'unknown' });
      expect(await look(disks, { ...files, [`${two}/`]: '' })).toMatchObject({ state: 'unknown' });
      expect(await look(disks, onRoot('0:30', 'btrfs'))).toMatchObject({ state: 'unknown' });
    });

    it('is unknown on a loop device, on a device that is not there, and with a chain without end', async () => {
      const loop = { loop0: { number: '7:0', files: { 'loop/backing_file': '/image\n' } } };
      expect(await look(loop, onRoot('7:0'))).toMatchObject({ state: 'unknown' });
      expect(await look(plain, onRoot('8:99'))).toMatchObject({ state: 'unknown' });
      const ring: Record<string, Disk> = {
        'dm-0': { number: '253:0', uuid: 'LVM-a', slaves: ['dm-1'] },
        'dm-1': { number: '253:1', uuid: 'LVM-b', slaves: ['dm-0', 'dm-0x'] },
      };
      expect(await look(ring, onRoot('253:0'))).toMatchObject({ state: 'unknown' });
    });

    it('is unknown without a list of mounts or of swap', async () => {
      const system = await createFakeSystem();
      expect(await diskEncryption({ system, home, ownFolder, now })).toMatchObject({ state: 'unknown' });
      await system.add({ files: onRoot('0:30', 'tmpfs') });
      expect(await diskEncryption({ system, home, ownFolder, now })).toMatchObject({ state: 'unknown' });
    });
  });

  it('is set also by the command line of the kernel; unknown when crypttab may not be read', async () => {
    expect(await look(plain, { ...onRoot('8:2'), '/proc/cmdline': 'quiet rd.luks.uuid=luks-1 ro\n' })).toMatchObject({
      set: 'yes',
    });
    expect(await look(plain, { ...onRoot('8:2'), '/proc/cmdline': 'quiet ro\n' })).toMatchObject({ set: 'no' });
    // A folder of that name stands for a file that cannot be read.
    expect(await look(plain, { ...onRoot('8:2'), '/etc/crypttab/': '' })).toMatchObject({ set: 'unknown' });
    expect(await look(plain, { ...onRoot('8:2'), '/etc/crypttab': '# root UUID=1 none\n' })).toMatchObject({
      set: 'no',
    });
  });
});
