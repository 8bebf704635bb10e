import { describe, expect, it } from 'vitest';
import { storageLock } from '#main/guard/posture/linux/storage-lock.ts';
import { createFakeSystem } from '#test/fakes/fake-system.ts';
import { home, mountinfo, now, ownFolder } from '#test/fixtures/system/linux.ts';

const fstab = [
  '/dev/sda2 / ext4 defaults 0 1',
  `tmpfs ${home} tmpfs mode=0700,uid=1000 0 0 # hanare`,
  'tmpfs /tmp tmpfs mode=1777 0 0 # hanare',
  'tmpfs /var/tmp tmpfs mode=1777 0 0 # hanare',
];
const mounts = [
  '8:2 / ext4',
  '0:25 /run tmpfs',
  `0:40 ${home} tmpfs`,
  `8:2 ${ownFolder} ext4`,
  `8:2 ${home}/.local/share/keyrings ext4`,
  '0:41 /tmp tmpfs',
  '0:42 /var/tmp tmpfs',
];

async function look(lines: readonly string[] | null, shown: readonly string[] | null, links = {}) {
  const files = {
    '/etc/passwd': '',
    ...(lines ? { '/etc/fstab': `${lines.join('\n')}\n` } : {}),
    ...(shown ? { '/proc/self/mountinfo': mountinfo(...shown) } : {}),
  };
  return storageLock({ system: await createFakeSystem({ files, links }), home, ownFolder, now });
}
const without = (list: readonly string[], word: string) => list.filter((line) => !line.includes(` ${word} `));

describe('storage lock on Linux', () => {
  it('is good when it is set and home, /tmp and /var/tmp are in memory, but for what is kept', async () => {
    expect(await look(fstab, mounts)).toEqual({ state: 'good', set: 'yes', effective: 'yes' });
  });

  it.each([home, '/tmp', '/var/tmp'])('is bad when %s is not in memory although it is set', async (place) => {
    const found = await look(fstab, without(mounts, place));
    expect(found).toMatchObject({ state: 'bad', set: 'yes', effective: 'no' });
    expect(found.detail).toContain(place === home ? 'home' : place);
  });

  it.each([home, '/tmp', '/var/tmp'])('is not set when fstab has no line of ours for %s', async (place) => {
    expect(await look(without(fstab, place), mounts)).toMatchObject({ state: 'bad', set: 'no', effective: 'yes' });
  });

  it("does not take lines of others, switched-off ones or disks for kitting's", async () => {
    const unmarked = fstab.map((line) => line.replace(' # hanare', ''));
    const off = fstab.map((line) => `# hanare-off: ${line}`);
    const disks = fstab.map((line) => line.replace(/ tmpfs mode/, ' ext4 mode'));
    for (const lines of [unmarked, off, disks, []]) expect(await look(lines, mounts)).toMatchObject({ set: 'no' });
  });

  it('is bad when another folder below the home is on a disk', async () => {
    const found = await look(fstab, [...mounts, `8:3 ${home}/Documents ext4`]);
    expect(found).toMatchObject({ state: 'bad', effective: 'no', detail: 'not in memory: a folder of the home' });
  });

  it('does not mind what a desktop mounts in the home, nor a folder beside it', async () => {
    const shown = [...mounts, `0:60 ${home}/.cache/gvfs fuse.gvfsd-fuse`, `8:3 ${home}2 ext4`];
    expect(await look(fstab, shown)).toMatchObject({ state: 'good' });
  });

  it('takes an overlay for memory only when its upper layer is in memory', async () => {
    const over = (upper: string) => [...without(mounts, home), `0:50 ${home} overlay rw,lowerdir=/a${upper}`];
    expect(await look(fstab, over(',upperdir=/run/upper,workdir=/run/work'))).toMatchObject({ state: 'good' });
    expect(await look(fstab, over(',upperdir=/var/upper'))).toMatchObject({ state: 'bad', effective: 'no' });
    expect(await look(fstab, over(''))).toMatchObject({ state: 'good' });
  });

  it('follows a home that is a link', async () => {
    const links = { '/home': '/var/home' };
    const moved = mounts.map((line) => line.replace('/home/', '/var/home/'));
    expect(await look(fstab, moved, links)).toMatchObject({ effective: 'yes' });
    expect(await look(fstab, mounts, links)).toMatchObject({ effective: 'no' });
  });

  it('is unknown without mounts, and not set without fstab', async () => {
    expect(await look(fstab, null)).toMatchObject({ state: 'unknown', set: 'yes', effective: 'unknown' });
    expect(await look(null, mounts)).toMatchObject({ state: 'bad', set: 'no' });
  });
});
