import { describe, expect, it } from 'vitest';
import { scanLinux } from '#main/guard/usb/linux/scan.ts';
import { createFakeSystem, type Tree } from '#test/fakes/fake-system.ts';
import { cardTree, type Plugged, stick, usbTree } from '../sysfs.ts';

async function scan(...trees: readonly Tree[]) {
  const system = await createFakeSystem(usbTree());
  for (const tree of trees) await system.add(tree);
  return scanLinux(system);
}
const plugged = (...devices: readonly Plugged[]) => scan(usbTree(...devices));

describe('USB storage in sysfs', () => {
  it('is a stick, with its name, and bound while a driver has it', async () => {
    expect(await plugged(stick)).toEqual([{ id: 'usb:1-1:7', name: 'SanDisk Cruzer Blade', kind: 'usb', bound: true }]);
  });

  it('is seen before its disk is there, and when nothing binds to it', async () => {
    expect(await plugged({ ...stick, disks: {} })).toMatchObject([{ bound: true }]);
    const { interfaces: _, ...bare } = stick;
    expect(await plugged({ ...bare, disks: {}, interfaces: [{ is: '08 06 50' }] })).toMatchObject([
      { kind: 'usb', bound: false },
    ]);
  });

  it('has another id when it is plugged in again, as its number is new', async () => {
    const again = await plugged({ ...stick, files: { devnum: '8' } });
    expect(again?.[0]?.id).not.toBe((await plugged(stick))?.[0]?.id);
  });

  it.each([
    ['its driver', { is: '08 06 50', driver: 'uas' }],
    ['its protocol, where no driver has it', { is: '08 06 62' }],
  ])('is UAS by %s', async (_, one) => {
    expect(await plugged({ ...stick, interfaces: [one] })).toMatchObject([{ kind: 'uas' }]);
  });

  it.each([
    ['whatever class the device itself claims', { ...stick, files: { bDeviceClass: '09' } }],
    ['behind hubs', { ...stick, port: '3-1.4.2' }],
    ['as a second interface', { ...stick, interfaces: [{ is: '03 01 01', driver: 'usbhid' }, { is: '08 06 50' }] }],
    [
      'of a class of its own, by its driver',
      { ...stick, disks: {}, interfaces: [{ is: 'ff ff ff', driver: 'ums-realtek' }] },
    ],
    ['of a class of its own, by its disk', { ...stick, interfaces: [{ is: 'ff 00 00', driver: 'new-storage' }] }],
    [
      'as a disc drive',
      { ...stick, interfaces: [{ is: '08 02 50', driver: 'usb-storage' }], disks: { sr0: 2_097_151 } },
    ],
  ] satisfies [string, Plugged][])('is found %s', async (_, device) => {
    expect(await plugged(device)).toMatchObject([{ kind: 'usb' }]);
  });

  it.each([
    ['keyboards', '03 01 01', 'usbhid'],
    ['hubs', '09 00 00', 'hub'],
    ['printers', '07 01 02', 'usblp'],
    ['webcams', '0e 01 00', 'uvcvideo'],
    ['headsets', '01 01 00', 'snd-usb-audio'],
    ['radios', 'e0 01 01', 'btusb'],
    ['readers of smart cards', '0b 00 00', 'usbfs'],
    ['network adapters', 'ff ff 00', 'r8152'],
  ])('is not %s', async (_, is, driver) => {
    expect(await plugged({ port: '1-3', product: 'Device', interfaces: [{ is, driver }] })).toEqual([]);
  });

  it('is not a disk inside the laptop, nor what is no device', async () => {
    const inside = {
      files: { '/sys/devices/pci0000:00/0000:00:17.0/ata1/block/sda/size': '1000\n' },
      links: { '/sys/block/sda': '../devices/pci0000:00/0000:00:17.0/ata1/block/sda' },
    };
    const odd = {
      files: {
        '/sys/bus/usb/devices/usb1/bDeviceClass': '09\n',
        '/sys/bus/usb/devices/..x:1.0/bInterfaceClass': '08\n',
      },
    };
    expect(await scan(inside, odd)).toEqual([]);
  });

  it('takes a disk for the device it is behind, and not for one whose name begins alike', async () => {
    const keyboard = { port: '1-11', interfaces: [{ is: '03 01 01' }] };
    expect(await plugged(stick, keyboard)).toHaveLength(1);
    expect(await plugged({ ...stick, port: '1-11' }, { ...keyboard, port: '1-1' })).toMatchObject([
      { id: 'usb:1-11:7' },
    ]);
  });
});

describe('what a device calls itself', () => {
  it('is cleaned', async () => {
    const [found] =
      (await plugged({ ...stick, maker: 'Evil\x1b[2J', product: `\u202e$(reboot)\n${'A'.repeat(300)}` })) ?? [];
    expect(found?.name).toMatch(/^Evil \[2J \$\(reboot\) A+$/);
    expect(found?.name).toHaveLength(60);
  });

  it('is its number where it says nothing, or was never let in', async () => {
    const { maker: _, product: __, ...silent } = stick;
    expect(await plugged(silent)).toMatchObject([{ name: 'USB 0781:5567' }]);
    const shut = { ...silent, maker: 'n/a (unauthorized)', product: 'n/a (unauthorized)' };
    expect(await plugged(shut)).toMatchObject([{ name: 'USB 0781:5567' }]);
  });
});

describe('a card reader on USB', () => {
  const reader: Plugged = { ...stick, maker: 'Generic', product: 'Card Reader', disks: { sdb: 0 } };

  it('is nothing while it is empty, and a card when one of its slots is not', async () => {
    expect(await plugged(reader)).toEqual([]);
    expect(await plugged({ ...reader, disks: { sdb: 0, sdc: 0 } })).toEqual([]);
    expect(await plugged({ ...reader, disks: { sdb: 0, sdc: 9 } })).toMatchObject([{ kind: 'card', bound: true }]);
    expect(await plugged({ ...reader, disks: { sdb: 9 } })).toMatchObject([{ kind: 'card' }]);
  });

  it('is nothing when it is built in and shut: nobody could take it out', async () => {
    const shut: Plugged = { ...reader, disks: {}, interfaces: [{ is: '08 06 50', authorized: '0' }] };
    expect(await plugged({ ...shut, files: { removable: 'fixed' } })).toEqual([]);
    expect(await plugged({ ...shut, files: { removable: 'unknown' } })).toHaveLength(1);
    expect(await plugged({ ...shut, files: { removable: 'removable' } })).toHaveLength(1);
  });

  it('is not taken for built in when only the hub that it brings says so', async () => {
    const hub: Plugged = { port: '1-2', interfaces: [{ is: '09 00 00' }], files: { removable: 'removable' } };
    const shut: Plugged = { ...reader, port: '1-2.1', disks: {}, files: { removable: 'fixed' } };
    expect(await plugged(hub, shut)).toHaveLength(1);
    expect(await plugged({ ...hub, files: { removable: 'fixed' } }, shut)).toEqual([]);
  });

  it('that is a host of the card bus is not counted beside the card', async () => {
    const bridge: Plugged = {
      port: '1-4',
      interfaces: [{ is: 'ff ff ff', driver: 'rtsx_usb' }],
      disks: { mmcblk0: 9 },
    };
    expect(await scan(usbTree(bridge), cardTree('SD', { disk: null }))).toMatchObject([{ kind: 'card' }]);
  });
});

describe('phones and cameras', () => {
  const phone = (one: NonNullable<Plugged['interfaces']>[number], files: Plugged['files'] = {}): Plugged => ({
    ...{ port: '1-2', maker: 'Google', product: 'Pixel 8', interfaces: [one], files },
  });

  it.each([
    ['class of still images', { is: '06 01 01' }],
    ['class of its own, named MTP', { is: 'ff ff 00', label: 'MTP' }],
    ['class of its own, named so among others', { is: 'ff ff 00', label: 'Android MTP Host' }],
  ])('are known by their %s', async (_, one) => {
    expect(await plugged(phone(one))).toEqual([{ id: 'usb:1-2:7', name: 'Google Pixel 8', kind: 'mtp', bound: true }]);
  });

  it.each(['ID_MTP_DEVICE=1', 'ID_GPHOTO2=1', 'ID_MEDIA_PLAYER=google_pixel'])(
    'are known to udev by %s',
    async (fact) => {
      const device = phone({ is: 'ff ff 00' }, { dev: '189:6' });
      const database = (text: string) => ({ files: { '/run/udev/data/c189:6': `I:1\nE:ID_BUS=usb\n${text}\n` } });
      expect(await scan(usbTree(device), database(`E:${fact}`))).toMatchObject([{ kind: 'mtp' }]);
      expect(await scan(usbTree(device), database(`E:X_${fact}`))).toEqual([]);
    },
  );

  it('are not what only charges, nor a name with those letters in it', async () => {
    expect(await plugged(phone({ is: 'ff ff 00' }))).toEqual([]);
    expect(await plugged(phone({ is: 'ff 42 01', label: 'ADB Interface' }))).toEqual([]);
    expect(await plugged(phone({ is: 'ff ff 00', label: 'SMTPD' }))).toEqual([]);
  });

  it('cannot be used where the system has shut them', async () => {
    expect(await plugged(phone({ is: '06 01 01', authorized: '0' }))).toMatchObject([{ bound: false }]);
  });

  it('are mass storage when they offer that too', async () => {
    const player = { ...phone({ is: '08 06 50' }, { dev: '189:6' }) };
    const known = { files: { '/run/udev/data/c189:6': 'E:ID_MEDIA_PLAYER=x\n' } };
    expect(await scan(usbTree(player), known)).toMatchObject([{ kind: 'usb' }]);
  });
});

describe('a device that was shut as a whole', () => {
  const shut: Plugged = { port: '1-1', product: 'Stick', files: { authorized: '0', dev: '189:6' } };
  const knownBy = (list: string, device = shut) =>
    scan(usbTree(device), { files: { '/run/udev/data/c189:6': `E:ID_USB_INTERFACES=${list}\n` } });

  it('is told by what udev wrote down of it', async () => {
    expect(await knownBy(':080650:')).toMatchObject([{ kind: 'usb', bound: false, name: 'Stick' }]);
    expect(await knownBy(':030101:080650:')).toMatchObject([{ kind: 'usb', bound: false }]);
    expect(await knownBy(':060101:')).toMatchObject([{ kind: 'mtp', bound: false }]);
    expect(await knownBy(':030101:')).toEqual([]);
    expect(await plugged(shut)).toEqual([]);
  });

  it('is nothing when it is built in', async () => {
    expect(await knownBy(':080650:', { ...shut, files: { ...shut.files, removable: 'fixed' } })).toEqual([]);
  });

  it('has no notes read but those of its own number', async () => {
    const led = { ...shut, files: { ...shut.files, dev: 'x/../../../../etc/x' } };
    expect(await scan(usbTree(led), { files: { '/etc/x': 'E:ID_USB_INTERFACES=:080650:\n' } })).toEqual([]);
  });
});

describe('memory cards', () => {
  it.each(['SD', 'SDcombo'])('of type %s are found, with or without a disk', async (type) => {
    expect(await scan(cardTree(type))).toEqual([
      { id: 'mmc:mmc0:aaaa:0353445355303847', name: 'SD SU08G', kind: 'card', bound: true },
    ]);
    expect(await scan(cardTree(type, { disk: null }))).toMatchObject([{ bound: false }]);
  });

  it.each(['MMC', 'SDIO', ''])('are not what is soldered in or is no memory (type %j)', async (type) => {
    expect(await scan(cardTree(type))).toEqual([]);
  });

  it('may be Memory Sticks', async () => {
    expect(await scan({ files: { '/sys/bus/memstick/devices/memstick0/type': 'x' } })).toMatchObject([
      { kind: 'card', name: 'Memory Stick', bound: false },
    ]);
  });

  it('are found where there is no USB', async () => {
    expect(await scanLinux(await createFakeSystem(cardTree('SD')))).toHaveLength(1);
  });
});

it('is not known where nothing can be seen', async () => {
  expect(await scanLinux(await createFakeSystem())).toBeNull();
});
