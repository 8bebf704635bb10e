import { describe, expect, it } from 'vitest';
import { updates } from '#main/guard/posture/linux/updates.ts';
import { createFakeSystem, type Tree } from '#test/fakes/fake-system.ts';
import { day, enabled, home, now, ownFolder } from '#test/fixtures/system/linux.ts';

const stamp = '/var/lib/apt/periodic/update-success-stamp';
const auto = '/etc/apt/apt.conf.d/20auto-upgrades';

async function look(tree: Tree) {
  return updates({ system: await createFakeSystem(tree), home, ownFolder, now });
}
const looked = (days: number, files: Record<string, string> = {}): Tree => ({
  files: { [stamp]: '', ...files },
  modified: { [stamp]: now - days * day },
});

describe('updates on Linux', () => {
  it('says how long ago they were looked for', async () => {
    const found = await look(looked(4.2, { [auto]: 'APT::Periodic::Unattended-Upgrade "1";\n' }));
    expect(found).toEqual({ state: 'good', set: 'yes', effective: 'yes', ageDays: 4, detail: 'looked for 4 days ago' });
  });

  it('takes the newest of what apt and dnf leave behind', async () => {
    const tree = {
      files: { [stamp]: '', '/var/lib/apt/lists/': '', '/var/cache/dnf/last_makecache': '' },
      modified: {
        [stamp]: now - 30 * day,
        '/var/lib/apt/lists': now - 2 * day,
        '/var/cache/dnf/last_makecache': now - 9 * day,
      },
    };
    expect(await look(tree)).toMatchObject({ ageDays: 2 });
    const dnf = { files: { '/var/cache/libdnf5/': '' }, modified: { '/var/cache/libdnf5': now - day } };
    expect(await look(dnf)).toMatchObject({ state: 'good', ageDays: 1 });
  });

  it('is bad while a restart is waiting', async () => {
    const found = await look(looked(1, { '/run/reboot-required': '' }));
    expect(found).toMatchObject({ state: 'bad', effective: 'no', ageDays: 1 });
    expect(found.detail).toMatch(/restart/);
  });

  it('is unknown without a stamp, and with one from the future', async () => {
    expect(await look({})).toMatchObject({ state: 'unknown', set: 'unknown', effective: 'unknown' });
    const found = await look(looked(-9));
    expect(found).toMatchObject({ state: 'unknown' });
    expect(found).not.toHaveProperty('ageDays');
  });

  it('takes a clock that is a little behind for none at all', async () => {
    expect(await look(looked(-0.5))).toMatchObject({ state: 'good', ageDays: 0 });
  });

  it.each([
    ['"0"', 'APT::Periodic::Unattended-Upgrade "0";'],
    ['nothing', 'APT::Periodic::Update-Package-Lists "1";'],
    ['a comment', '// APT::Periodic::Unattended-Upgrade "1";'],
  ])('is not set with %s in the configuration of apt', async (_, text) => {
    expect(await look(looked(1, { [auto]: `${text}\n` }))).toMatchObject({ state: 'good', set: 'no' });
  });

  it('lets the last file win, and leaves out what apt does', async () => {
    const on = 'APT::Periodic::Unattended-Upgrade "1";\n';
    const off = 'APT::Periodic::Unattended-Upgrade "0";\n';
    const folder = '/etc/apt/apt.conf.d';
    expect(await look(looked(1, { [auto]: on, [`${folder}/99local`]: off }))).toMatchObject({ set: 'no' });
    expect(await look(looked(1, { [auto]: on, [`${folder}/99local.bak`]: off }))).toMatchObject({ set: 'yes' });
  });

  it('is set by the timer of dnf', async () => {
    expect(await look(looked(1, enabled('dnf-automatic.timer')))).toMatchObject({ set: 'yes' });
    expect(await look(looked(1, enabled('other.timer')))).toMatchObject({ set: 'no' });
  });
});
