import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { machineSchema } from '#contract/wire/messages.ts';
import { readMachine } from '#main/identity/machine.ts';
import { temporaryFolder } from '#test/fakes/temporary-folder.ts';

type Card = { bus?: string; address: string; type?: string; assigned?: string; radio?: string };

/** A sysfs laid out as Linux's: the class folders hold links to the devices. */
async function sysfs(parts: { uuid?: string; serial?: string; cards?: Record<string, Card> }): Promise<string> {
  const root = await temporaryFolder();
  const put = (path: string, text: string) => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  if (parts.uuid !== undefined) put('class/dmi/id/product_uuid', parts.uuid);
  if (parts.serial !== undefined) put('class/dmi/id/product_serial', parts.serial);
  mkdirSync(join(root, 'class/net'), { recursive: true });
  for (const [name, card] of Object.entries(parts.cards ?? {})) {
    const device = card.bus === undefined ? 'devices/virtual' : `devices/pci0000:00/${card.bus}`;
    const at = `${device}/net/${name}`;
    put(`${at}/address`, `${card.address}\n`);
    put(`${at}/type`, `${card.type ?? '1'}\n`);
    put(`${at}/addr_assign_type`, `${card.assigned ?? '0'}\n`);
    if (card.radio !== undefined) put(`${at}/phy80211/macaddress`, `${card.radio}\n`);
    if (card.bus !== undefined) symlinkSync('../..', join(root, at, 'device'));
    symlinkSync(`../../${at}`, join(root, 'class/net', name));
  }
  return root;
}

describe('readMachine on Linux', () => {
  it('reads UUID, serial number and the built-in cards, in one form and order', async () => {
    const root = await sysfs({
      uuid: '4C4C4544-0051-3010-8053-B7C04F4D3432\n',
      serial: ' 7Q0SM42\n',
      cards: {
        wlan0: { bus: '0000:00:14.3', address: 'A0:88:69:00:00:02' },
        eth0: { bus: '0000:00:1f.6', address: '00:1b:21:aa:bb:cc' },
      },
    });
    expect(await readMachine({ platform: 'linux', sysfs: root })).toEqual({
      uuid: '4c4c4544-0051-3010-8053-b7c04f4d3432',
      serial: '7Q0SM42',
      macs: ['00:1b:21:aa:bb:cc', 'a0:88:69:00:00:02'],
    });
  });

  it('leaves out what is no built-in card: loopback, bridges, adapters on USB, other link types', async () => {
    const root = await sysfs({
      cards: {
        lo: { address: '00:00:00:00:00:00', type: '772' },
        br0: { address: '02:42:ac:11:00:02' },
        dock: { bus: '0000:00:14.0/usb1/1-2/1-2:1.0', address: '00:e0:4c:68:00:01' },
        ib0: { bus: '0000:00:02.0', address: '00:11:22:33:44:55', type: '32' },
        bad: { bus: '0000:00:03.0', address: '01:00:5e:00:00:01' },
        none: { bus: '0000:00:04.0', address: 'ff:ff:ff:ff:ff:ff' },
      },
    });
    expect((await readMachine({ platform: 'linux', sysfs: root })).macs).toEqual([]);
  });

  it('is not misled by a made-up address: takes the radio’s own, or none', async () => {
    const root = await sysfs({
      cards: {
        wlan0: { bus: '0000:00:14.3', address: '6e:11:22:33:44:55', assigned: '3', radio: 'a0:88:69:00:00:02' },
        eth0: { bus: '0000:00:1f.6', address: '6e:11:22:33:44:66', assigned: '3' },
      },
    });
    expect((await readMachine({ platform: 'linux', sysfs: root })).macs).toEqual(['a0:88:69:00:00:02']);
  });

  it.each([
    ['To Be Filled By O.E.M.', '03000200-0400-0500-0006-000700080009'],
    ['Default string', '00000000-0000-0000-0000-000000000000'],
    ['System Serial Number', 'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF'],
    ['', '\n'],
    ['x'.repeat(101), 'Not Specified'],
    ['...', '---'],
  ])('takes %o and %o for not filled in', async (serial, uuid) => {
    const root = await sysfs({ serial, uuid });
    expect(await readMachine({ platform: 'linux', sysfs: root })).toEqual({ uuid: null, serial: null, macs: [] });
  });

  it('knows nothing, and does not fail, where there is no sysfs', async () => {
    const sysfs = join(await temporaryFolder(), 'none');
    expect(await readMachine({ platform: 'linux', sysfs })).toEqual({ uuid: null, serial: null, macs: [] });
  });

  it('says of the machine that runs this test what the wire accepts', async () => {
    expect(v.safeParse(machineSchema, await readMachine()).success).toBe(true);
  });
});

describe('readMachine on Windows', () => {
  const windows = (said: string) => readMachine({ platform: 'win32', run: async () => said });

  it('asks PowerShell by its full path and reads its answer', async () => {
    const asked: string[] = [];
    const machine = await readMachine({
      platform: 'win32',
      run: async (file, args) => {
        asked.push(file, Buffer.from(args.at(-1)!, 'base64').toString('utf16le'));
        return '{"uuid":"{4C4C4544-0051-3010-8053-B7C04F4D3432}","serial":"7Q0SM42 ","macs":["A08869000002","00-1B-21-AA-BB-CC"]}\r\n';
      },
    });
    expect(machine).toEqual({
      uuid: '4c4c4544-0051-3010-8053-b7c04f4d3432',
      serial: '7Q0SM42',
      macs: ['00:1b:21:aa:bb:cc', 'a0:88:69:00:00:02'],
    });
    expect(asked[0]).toMatch(/^[A-Z]:\\.*\\powershell\.exe$/i);
    expect(asked[1]).toContain('Get-NetAdapter -Physical');
    expect(asked[1]).toContain("'HKLM:\\SYSTEM\\HardwareConfig'");
  });

  it.each(['', 'null', '[]', '{"uuid":5,"serial":{},"macs":"x"}', '{"uuid":null,"serial":null,"macs":[1,null]}', 'no'])(
    'knows nothing when it answers %o',
    async (said) => {
      expect(await windows(said)).toEqual({ uuid: null, serial: null, macs: [] });
    },
  );

  it('knows nothing when PowerShell cannot be run', async () => {
    const machine = await readMachine({ platform: 'win32', run: () => Promise.reject(new Error('ENOENT')) });
    expect(machine).toEqual({ uuid: null, serial: null, macs: [] });
  });

  it('sends no more addresses than the wire takes', async () => {
    const macs = Array.from({ length: 40 }, (_, index) => `0011223344${index.toString(16).padStart(2, '0')}`);
    const machine = await windows(JSON.stringify({ uuid: null, serial: null, macs }));
    expect(v.parse(machineSchema, machine).macs).toHaveLength(16);
  });
});

describe('readMachine elsewhere', () => {
  it('knows nothing', async () => {
    expect(await readMachine({ platform: 'darwin' })).toEqual({ uuid: null, serial: null, macs: [] });
  });
});
