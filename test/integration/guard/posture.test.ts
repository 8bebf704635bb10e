import { execFile } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { type PostureItem, postureItems, postureReportSchema } from '#contract/evidence/posture.ts';
import { readPosture } from '#main/guard/posture/read-posture.ts';
import { openSystem, type System } from '#main/guard/system.ts';
import { createFakeSystem } from '#test/fakes/fake-system.ts';
import { home, mountinfo, ownFolder } from '#test/fixtures/system/linux.ts';

const run = promisify(execFile);
const lockdown = fileURLToPath(new URL('../../../build/kitting/linux/hanare-lockdown', import.meta.url));

async function read(system: System, places = { home, ownFolder }) {
  const report = await readPosture(system, { client: 'hanare/1.0', ...places, now: Date.now });
  return { report, of: (item: PostureItem) => report.facts.find((fact) => fact.item === item) };
}

describe('the posture of the machine that runs the tests', () => {
  it('has the form of the contract, and changes nothing between two readings', async () => {
    const places = { home: homedir(), ownFolder: join(homedir(), '.config/hanare') };
    const { report } = await read(openSystem(), places);
    expect(v.parse(postureReportSchema, report)).toEqual(report);
    expect(report.facts.map((fact) => fact.item)).toEqual(postureItems);
    expect((await read(openSystem(), places)).report).toEqual(report);
  });
});

describe.runIf(process.platform === 'linux')('a laptop that was kitted', () => {
  const kit = (root: string, verb: string) =>
    run('sh', [lockdown, verb, 'usb', 'storage', '--root', root, '--account', 'hanako']);

  it('has its USB and storage blocks set as kitting sets them, and not after their removal', async () => {
    const system = await createFakeSystem({
      files: {
        '/etc/passwd': `hanako:x:1000:1000::${home}:/bin/bash\n`,
        '/etc/fstab': '/dev/sda2 / ext4 defaults 0 1\n',
        '/proc/modules': 'xhci_hcd 331776 0 - Live 0x0\n',
        '/proc/self/mountinfo': mountinfo(
          '8:2 / ext4',
          `0:40 ${home} tmpfs`,
          `8:2 ${ownFolder} ext4`,
          '0:41 /tmp tmpfs',
          '0:42 /var/tmp tmpfs',
        ),
        '/sys/bus/usb/drivers/': '',
      },
    });
    const sets = async () => {
      const { of } = await read(system);
      return [of('usbBlock')?.set, of('storageLock')?.set];
    };
    expect(await sets()).toEqual(['no', 'no']);

    await kit(system.root, 'apply');
    const { of } = await read(system);
    expect(of('usbBlock')).toEqual({ item: 'usbBlock', state: 'good', set: 'yes', effective: 'yes' });
    expect(of('storageLock')).toEqual({ item: 'storageLock', state: 'good', set: 'yes', effective: 'yes' });

    await kit(system.root, 'remove');
    expect(await sets()).toEqual(['no', 'no']);
  });
});
