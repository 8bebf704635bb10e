import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { type PostureFact, type PostureItem, postureItems, postureReportSchema } from '#contract/evidence/posture.ts';
import { readPosture } from '#main/guard/posture/read-posture.ts';
import { windowsScript } from '#main/guard/posture/windows/script.ts';
import { powershell } from '#main/guard/posture/windows/windows.ts';
import { createFakeSystem } from '#test/fakes/fake-system.ts';
import { now } from '#test/fixtures/system/linux.ts';
import { goodLaptop } from '#test/fixtures/system/windows.ts';

const client = 'hanare/1.0';
const home = 'C:\\Users\\hanako';

async function read(printed: unknown, ownFolder = `${home}\\AppData\\Roaming\\hanare`) {
  const stdout = typeof printed === 'string' ? printed : JSON.stringify(printed);
  const system = await createFakeSystem({ platform: 'win32', programs: { [powershell]: stdout } });
  const report = await readPosture(system, { client, home, ownFolder, now: () => now });
  expect(v.parse(postureReportSchema, report)).toEqual(report);
  return { report, ran: system.ran };
}

/** One item of a laptop that is good but for one part. */
async function fact(item: PostureItem, part: Record<string, unknown>, ownFolder?: string): Promise<PostureFact> {
  const { report } = await read({ ...goodLaptop, ...part }, ownFolder);
  const found = report.facts.find((one) => one.item === item);
  if (!found) throw new Error(`no ${item}`);
  return found;
}

describe('a Windows laptop', () => {
  it('is good in all items when it is as it should be', async () => {
    const { report } = await read(goodLaptop);
    expect(report.os).toBe('windows');
    expect(report.facts).toEqual([
      { item: 'usbBlock', state: 'good', set: 'yes', effective: 'yes' },
      { item: 'storageLock', state: 'good', set: 'yes', effective: 'yes' },
      { item: 'diskEncryption', state: 'good', set: 'yes', effective: 'yes', detail: 'BitLocker C: on' },
      {
        item: 'antivirus',
        state: 'good',
        set: 'yes',
        effective: 'yes',
        ageDays: 2,
        detail: 'Windows Defender, definitions 2 days old',
      },
      { item: 'updates', state: 'good', set: 'yes', effective: 'yes', ageDays: 2, detail: 'looked for 2 days ago' },
      { item: 'firewall', state: 'good', set: 'yes', effective: 'yes', detail: 'Windows Firewall' },
      {
        item: 'screenLock',
        state: 'good',
        set: 'yes',
        effective: 'unknown',
        detail: 'locks after 10 min (limit of the machine)',
      },
      { item: 'timeSync', state: 'good', set: 'yes', effective: 'yes', detail: 'in step' },
    ]);
  });

  it('is asked once, with the script and nothing of anybody in the command', async () => {
    const { ran } = await read(goodLaptop);
    expect(ran).toHaveLength(1);
    const [program, ...args] = ran[0] ?? [];
    expect(program).toBe('C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe');
    expect(args.slice(0, 3)).toEqual(['-NoProfile', '-NonInteractive', '-EncodedCommand']);
    expect(Buffer.from(args[3] ?? '', 'base64').toString('utf16le')).toBe(windowsScript);
  });

  it.each(['', 'This command is forbidden.', '{}'])(
    'is unknown in all items when PowerShell prints %j',
    async (text) => {
      const { report } = await read(text);
      expect(report.facts.map((one) => one.state)).toEqual(postureItems.map(() => 'unknown'));
    },
  );
});

describe('BitLocker', () => {
  const drives = (...list: readonly (readonly [string, number | null])[]) => ({
    disk: { drives: list.map(([letter, protection]) => ({ letter, protection })), system: 'C', pageFiles: ['C'] },
  });

  it.each([
    [0, 'bad', 'no', 'no'],
    [1, 'good', 'yes', 'yes'],
    [2, 'bad', 'no', 'no'],
    [3, 'bad', 'yes', 'no'],
    [4, 'bad', 'no', 'no'],
    [5, 'bad', 'yes', 'no'],
    [6, 'good', 'yes', 'yes'],
    [7, 'unknown', 'unknown', 'unknown'],
    [8, 'bad', 'yes', 'no'],
    [null, 'unknown', 'unknown', 'unknown'],
    [99, 'unknown', 'unknown', 'unknown'],
  ] as const)('of value %j is %s, set %s, effective %s', async (protection, state, set, effective) => {
    expect(await fact('diskEncryption', drives(['C', protection]))).toMatchObject({ state, set, effective });
  });

  it("counts the drives of this program's folder and of page files, and no other", async () => {
    const both = drives(['C', 1], ['D', 2]);
    expect(await fact('diskEncryption', both)).toMatchObject({ state: 'good' });
    for (const folder of ['d:\\hanare', '\\\\?\\D:\\hanare']) {
      expect(await fact('diskEncryption', both, folder)).toMatchObject({
        state: 'bad',
        detail: 'BitLocker C: on, D: off',
      });
    }
    const paged = { disk: { ...both.disk, pageFiles: ['C', 'D'] } };
    expect(await fact('diskEncryption', paged)).toMatchObject({ state: 'bad' });
  });

  it('is unknown when the drive of Windows is not among those that were seen', async () => {
    expect(await fact('diskEncryption', drives(['D', 1]))).toMatchObject({ state: 'unknown' });
  });
});

describe('updates of Windows', () => {
  const given = (part: Record<string, unknown>) => fact('updates', { updates: { ...goodLaptop.updates, ...part } });

  it('is bad while a restart is waiting', async () => {
    expect(await given({ restart: true })).toMatchObject({ state: 'bad', effective: 'no', ageDays: 2 });
  });

  it('is unknown when they were never looked for, or at no time', async () => {
    for (const searched of [null, 'soon', '1899-12-30T00:00:00Z', '2027-01-01T00:00:00Z']) {
      const found = await given({ searched });
      expect(found).toMatchObject({ state: 'unknown', effective: 'unknown' });
      expect(found).not.toHaveProperty('ageDays');
    }
  });

  it('is not set when the service or a policy says so', async () => {
    expect(await given({ enabled: false })).toMatchObject({ state: 'good', set: 'no' });
    expect(await given({ never: 1 })).toMatchObject({ set: 'no' });
    expect(await given({ never: 0 })).toMatchObject({ set: 'yes' });
  });
});

describe('firewall of Windows', () => {
  const given = (part: Record<string, unknown>) => fact('firewall', { firewall: { ...goodLaptop.firewall, ...part } });
  const [domain, own, open] = goodLaptop.firewall.profiles;

  it('is bad when a profile is off, and says which', async () => {
    const found = await given({ profiles: [domain, own, { ...open, active: 'False' }] });
    expect(found).toMatchObject({ state: 'bad', set: 'yes', effective: 'no', detail: 'off: Public' });
  });

  it('is bad when the service is stopped', async () => {
    expect(await given({ service: 'Stopped' })).toMatchObject({
      state: 'bad',
      effective: 'no',
      detail: 'service stopped',
    });
  });

  it('lets a policy win over the local setting when it says what is set', async () => {
    expect(await given({ profiles: [{ ...domain, policy: 0 }, own, open] })).toMatchObject({
      set: 'no',
      effective: 'yes',
    });
    expect(await given({ profiles: [{ ...domain, policy: null, local: null }, own, open] })).toMatchObject({
      set: 'unknown',
    });
  });

  it('is unknown when a profile, or all of it, cannot be seen', async () => {
    expect(await given({ profiles: [domain, own, { ...open, active: null }] })).toMatchObject({ state: 'unknown' });
    expect(await given({ profiles: [domain, own, { ...open, active: 'NotConfigured' }] })).toMatchObject({
      state: 'unknown',
    });
    expect(await given({ profiles: [domain, own] })).toMatchObject({ state: 'unknown' });
    expect(await given({ service: null })).toMatchObject({ state: 'unknown' });
  });

  it('is good when another product has taken its place and is on', async () => {
    const profiles = goodLaptop.firewall.profiles.map((profile) => ({ ...profile, active: 'False' }));
    const on = [{ name: 'ESET Firewall', state: 0x41000 }];
    expect(await given({ profiles, others: on })).toMatchObject({ state: 'good', detail: 'ESET Firewall' });
    expect(await given({ profiles, others: [{ name: 'ESET Firewall', state: 0x40000 }] })).toMatchObject({
      state: 'bad',
    });
  });
});

describe('screen lock of Windows', () => {
  const none = { active: null, secure: null, after: null };
  const given = (part: Record<string, unknown>) =>
    fact('screenLock', { screenLock: { inactivity: null, policy: none, own: none, ...part } });

  it.each([
    [1, 'good'],
    [1800, 'good'],
    [1801, 'bad'],
    [0, 'bad'],
    [null, 'bad'],
  ])('with a limit of %j seconds is %s', async (inactivity, state) => {
    expect(await given({ inactivity })).toMatchObject({ state });
  });

  it('counts a screen saver that is on, asks for the password, and comes in time', async () => {
    const saver = { active: '1', secure: '1', after: '900' };
    expect(await given({ own: saver })).toMatchObject({ state: 'good', detail: 'locks after 15 min (screen saver)' });
    for (const wrong of [{ active: '0' }, { secure: '0' }, { secure: null }, { after: '3600' }, { after: null }]) {
      expect(await given({ own: { ...saver, ...wrong } })).toMatchObject({ state: 'bad', set: 'no' });
    }
  });

  it("lets an administrator's value win over the person's, and the shorter of two limits count", async () => {
    const saver = { active: '1', secure: '1', after: '900' };
    expect(await given({ own: saver, policy: { ...none, secure: '0' } })).toMatchObject({ state: 'bad' });
    expect(await given({ own: { ...saver, secure: '0' }, policy: { ...none, secure: '1' } })).toMatchObject({
      state: 'good',
    });
    expect((await given({ own: saver, inactivity: 300 })).detail).toBe('locks after 5 min (limit of the machine)');
  });
});

describe('USB block of Windows', () => {
  const given = (part: Record<string, unknown>) => fact('usbBlock', { usb: { ...goodLaptop.usb, ...part } });

  it.each([{ denyAll: 0 }, { denyAll: null }, { usbstor: 3 }, { uaspstor: 3 }, { uaspstor: null }])(
    'is not set with %j',
    async (part) => expect(await given(part)).toMatchObject({ state: 'bad', set: 'no', detail: 'block not set' }),
  );

  it('is bad when a driver runs or a disk is there although it is set', async () => {
    expect(await given({ drivers: 1 })).toMatchObject({ state: 'bad', set: 'yes', effective: 'no' });
    expect(await given({ disks: 1, drivers: null })).toMatchObject({ state: 'bad', effective: 'no' });
  });

  it('is unknown when drivers or disks could not be counted', async () => {
    expect(await given({ drivers: null })).toMatchObject({ state: 'unknown', set: 'yes', effective: 'unknown' });
    expect(await given({ disks: null })).toMatchObject({ state: 'unknown' });
  });
});

describe('storage lock of Windows', () => {
  const given = (part: Record<string, unknown>) => fact('storageLock', { storage: { ...goodLaptop.storage, ...part } });

  it.each([{ noDrives: 4 }, { noViewOnDrive: null }, { noRecentDocs: 0 }])('is not set with %j', async (part) => {
    expect(await given(part)).toMatchObject({ state: 'bad', set: 'no', detail: 'drives are shown' });
  });

  it('is bad when the profile is kept', async () => {
    for (const cleanup of [null, 30]) {
      expect(await given({ cleanup })).toMatchObject({
        state: 'bad',
        set: 'no',
        effective: 'no',
        detail: 'profile is kept',
      });
    }
  });

  it.each([0x1, 0x20, 0x80, 0x800, 0x804])('takes a profile in state %i for one that is not kept', async (profile) => {
    expect(await given({ cleanup: null, profile })).toMatchObject({ state: 'good' });
  });

  it('is bad when another drive can be written', async () => {
    expect(await given({ writable: 'D' })).toMatchObject({ state: 'bad', effective: 'no', detail: 'D can be written' });
  });

  it('is unknown when drives or the profile cannot be seen', async () => {
    expect(await given({ writable: null })).toMatchObject({ state: 'unknown', set: 'yes', effective: 'unknown' });
    expect(await given({ profile: null, cleanup: null })).toMatchObject({ effective: 'unknown' });
  });
});
