import { describe, expect, it } from 'vitest';
import { timeSync } from '#main/guard/posture/linux/time-sync.ts';
import { createFakeSystem, type Tree } from '#test/fakes/fake-system.ts';
import { enabled, home, now, ownFolder } from '#test/fixtures/system/linux.ts';

const kernel = (ntp: string, synced: string) => ({ '/usr/bin/timedatectl': `NTP=${ntp}\nNTPSynchronized=${synced}\n` });
const chrony = (status: string) => ({
  '/usr/bin/chronyc': `Reference ID    : C0A80101 (192.168.1.1)\nStratum         : 3\nLeap status     : ${status}\n`,
});
const stamp = '/run/systemd/timesync/synchronized';

async function look(tree: Tree) {
  return timeSync({ system: await createFakeSystem(tree), home, ownFolder, now });
}

describe('time on Linux', () => {
  it('is good when the kernel says that it is in step', async () => {
    const found = await look({ programs: kernel('yes', 'yes') });
    expect(found).toEqual({ state: 'good', set: 'yes', effective: 'yes', detail: 'in step (system clock)' });
  });

  it('is bad when the kernel says that it is not, though it once was', async () => {
    const found = await look({ programs: { ...kernel('yes', 'no'), ...chrony('Normal') }, files: { [stamp]: '' } });
    expect(found).toMatchObject({ state: 'bad', set: 'yes', effective: 'no' });
  });

  it.each([
    ['Normal', 'good'],
    ['Insert second', 'good'],
    ['Not synchronised', 'bad'],
  ])('asks chrony when there is no systemd: %s is %s', async (status, state) => {
    expect(await look({ programs: chrony(status) })).toMatchObject({ state });
  });

  it("goes by timesyncd's stamp when nobody answers", async () => {
    expect(await look({ files: { [stamp]: '' } })).toMatchObject({
      state: 'good',
      detail: 'in step (systemd-timesyncd)',
    });
  });

  it('is unknown when nothing is seen', async () => {
    expect(await look({})).toEqual({ state: 'unknown', set: 'unknown', effective: 'unknown' });
    const failed = {
      '/usr/bin/timedatectl': { code: 1, stdout: 'NTPSynchronized=yes\n', stderr: 'Failed to connect to bus' },
    };
    expect(await look({ programs: failed })).toMatchObject({ state: 'unknown' });
    expect(await look({ programs: { '/usr/bin/timedatectl': 'NTPSynchronized=perhaps\n' } })).toMatchObject({
      state: 'unknown',
    });
  });

  it('is set when a time service starts by itself', async () => {
    expect(await look({ files: enabled('chrony.service') })).toMatchObject({ set: 'yes' });
    expect(await look({ files: enabled('cron.service') })).toMatchObject({ set: 'unknown' });
    expect(await look({ files: enabled('cron.service'), programs: kernel('no', 'no') })).toMatchObject({ set: 'no' });
  });
});
