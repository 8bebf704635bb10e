import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { postureItems, postureReportSchema } from '#contract/evidence/posture.ts';
import { readPosture } from '#main/guard/posture/read-posture.ts';
import { openSystem, type System } from '#main/guard/system.ts';
import { createFakeSystem } from '#test/fakes/fake-system.ts';
import { temporaryFolder } from '#test/fakes/temporary-folder.ts';
import { home, now, ownFolder } from '#test/fixtures/system/linux.ts';

const read = (system: System, limitMs?: number) =>
  readPosture(system, { client: 'hanare/1.0', home, ownFolder, now: () => now, ...(limitMs ? { limitMs } : {}) });

describe('reading the posture', () => {
  it('names all items and holds to the contract when nothing can be seen', async () => {
    const report = await read(await createFakeSystem());
    expect(v.parse(postureReportSchema, report)).toEqual(report);
    expect(report.facts.map((fact) => fact.item)).toEqual(postureItems);
    expect(report.facts.filter((fact) => fact.state === 'good')).toEqual([]);
  });

  it('says unknown of every item when the system is none that it knows', async () => {
    const report = await read(await createFakeSystem({ platform: 'darwin' }));
    expect(report.os).toBe('other');
    expect(report.facts.map((fact) => fact.state)).toEqual(postureItems.map(() => 'unknown'));
  });

  it('says unknown, and the rest, when every tool hangs', async () => {
    const hangs = { '/usr/bin/systemctl': 'hangs', '/usr/bin/gsettings': 'hangs', '/usr/bin/timedatectl': 'hangs' };
    const system = await createFakeSystem({
      files: { '/proc/modules': 'usb_storage 81920 0 - Live 0x0\n' },
      programs: { ...hangs, '/usr/bin/chronyc': 'hangs' },
    });
    const report = await read(system, 300);
    const state = (item: string) => report.facts.find((fact) => fact.item === item)?.state;
    expect([state('firewall'), state('screenLock'), state('timeSync')]).toEqual(['unknown', 'unknown', 'unknown']);
    expect(state('usbBlock')).toBe('bad');
  });

  it('says unknown of every item when PowerShell hangs', async () => {
    const powershell = 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe';
    const report = await read(await createFakeSystem({ platform: 'win32', programs: { [powershell]: 'hangs' } }), 200);
    expect(report.os).toBe('windows');
    expect(report.facts.map((fact) => fact.state)).toEqual(postureItems.map(() => 'unknown'));
  });

  it('says unknown of an item whose look fails, without losing the others', async () => {
    const system: System = { ...(await createFakeSystem()), run: () => Promise.reject(new Error('no')) };
    const report = await read(system);
    expect(report.facts.find((fact) => fact.item === 'timeSync')).toMatchObject({ state: 'unknown' });
    expect(report.facts).toHaveLength(postureItems.length);
  });

  it('gives up on a real program that does not end', async () => {
    const root = await temporaryFolder();
    await mkdir(join(root, 'usr/bin'), { recursive: true });
    await writeFile(join(root, 'usr/bin/timedatectl'), '#!/bin/sh\nexec sleep 60\n');
    await chmod(join(root, 'usr/bin/timedatectl'), 0o755);
    const system = openSystem(root, 'linux');
    const quick: System = { ...system, run: (program, args) => system.run(program, args, 300) };
    const report = await read(quick);
    expect(report.facts.find((fact) => fact.item === 'timeSync')).toMatchObject({ state: 'unknown' });
  });

  it('cuts the name of the client to what the contract allows', async () => {
    const system = await createFakeSystem();
    const report = await readPosture(system, { client: 'x'.repeat(99), home, ownFolder, now: () => now });
    expect(report.client).toHaveLength(40);
  });
});

describe('a hostile system', () => {
  const paths = [
    '/proc/self/mountinfo',
    '/proc/swaps',
    '/proc/cmdline',
    '/proc/modules',
    '/proc/1/status',
    '/etc/fstab',
    '/etc/crypttab',
    '/etc/ufw/ufw.conf',
    '/etc/nftables.conf',
    '/etc/apt/apt.conf.d/20auto-upgrades',
    '/etc/udev/rules.d/90-hanare-usb-storage.rules',
    '/etc/modprobe.d/hanare-usb-storage.conf',
    '/etc/xdg/kscreenlockerrc',
    `${home}/.config/kscreenlockerrc`,
    '/var/lib/clamav/daily.cvd',
  ];
  const contents = {
    'huge lines': Buffer.alloc(3 * 1024 * 1024, 'ClamAV-VDB: a\\040'),
    binary: Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 7919) % 256)),
    'a million empty lines': Buffer.alloc(1024 * 1024, '\n'),
    nothing: Buffer.alloc(0),
  };
  it.each(Object.entries(contents))(
    'is never good, and the report holds, when every file is %s',
    async (_, content) => {
      const noise = content.subarray(0, 400_000).toString('utf8');
      const system = await createFakeSystem({
        files: Object.fromEntries(paths.map((path) => [path, content])),
        programs: { '/usr/bin/gsettings': noise, '/usr/bin/timedatectl': noise, '/usr/bin/systemctl': noise },
      });
      const report = await read(system);
      expect(v.parse(postureReportSchema, report)).toEqual(report);
      expect(report.facts.filter((fact) => fact.state === 'good')).toEqual([]);
    },
  );

  it('ends when links lead in circles and folders stand where files should be', async () => {
    const root = await temporaryFolder();
    for (const path of paths.slice(0, 8)) await mkdir(join(root, path), { recursive: true });
    await mkdir(join(root, 'home'), { recursive: true });
    await symlink('hanako', join(root, home));
    await symlink('var', join(root, 'tmp'));
    await symlink('tmp', join(root, 'var'));
    const report = await read(openSystem(root, 'linux'));
    expect(report.facts.filter((fact) => fact.state === 'good')).toEqual([]);
  });

  it('says unknown of every item when nothing may be read', async () => {
    const system = await createFakeSystem({ files: Object.fromEntries(paths.map((path) => [path, 'x'])) });
    const report = await read({ ...system, read: async () => null, list: async () => null });
    expect(report.facts.map((fact) => fact.state)).toEqual(postureItems.map(() => 'unknown'));
  });
});
