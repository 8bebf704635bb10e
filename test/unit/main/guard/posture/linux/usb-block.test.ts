import { describe, expect, it } from 'vitest';
import { usbBlock } from '#main/guard/posture/linux/usb-block.ts';
import { createFakeSystem } from '#test/fakes/fake-system.ts';
import { home, now, ownFolder } from '#test/fixtures/system/linux.ts';

const rules = '/etc/udev/rules.d/90-hanare-usb-storage.rules';
const modprobe = '/etc/modprobe.d/hanare-usb-storage.conf';
const rule =
  'ACTION=="add", SUBSYSTEM=="usb", ENV{DEVTYPE}=="usb_interface", ATTR{bInterfaceClass}=="08", ATTR{authorized}="0"';
const set = {
  [rules]: `# storage\n${rule}\n`,
  [modprobe]: 'install usb-storage /bin/false\ninstall uas /bin/false\n',
};
const quiet = {
  '/proc/modules': 'xhci_hcd 331776 1 xhci_pci, Live 0x0000000000000000\nusbhid 65536 0 - Live 0x0\n',
  '/sys/bus/usb/drivers/usbhid/1-2:1.0': '',
};

async function look(files: Record<string, string>) {
  return usbBlock({ system: await createFakeSystem({ files }), home, ownFolder, now });
}

describe('USB block on Linux', () => {
  it('is good when it is set and no storage driver is there', async () => {
    expect(await look({ ...set, ...quiet })).toEqual({ state: 'good', set: 'yes', effective: 'yes' });
  });

  it.each([
    ['no rules', { [rules]: '' }],
    ['the rule in a comment', { [rules]: `# ${rule}\n` }],
    ['a rule that allows', { [rules]: rule.replace('"0"', '"1"') }],
    ['a rule for phones only', { [rules]: rule.replace('08', '06') }],
    ['one driver not refused', { [modprobe]: 'install usb-storage /bin/false\n' }],
    ['the refusals in comments', { [modprobe]: '#install usb-storage /bin/false\n# install uas /bin/false\n' }],
    [
      'drivers that are loaded after all',
      { [modprobe]: 'install usb-storage /sbin/modprobe usb-storage\ninstall uas /bin/false' },
    ],
  ])('is bad and not set with %s', async (_, files) => {
    expect(await look({ ...set, ...quiet, ...files })).toMatchObject({ state: 'bad', set: 'no', effective: 'yes' });
  });

  it.each(['usb_storage', 'uas'])('is bad when %s is loaded although the block is set', async (module) => {
    const files = { ...set, ...quiet, '/proc/modules': `${module} 81920 1 - Live 0x0\n` };
    expect(await look(files)).toMatchObject({ state: 'bad', set: 'yes', effective: 'no' });
  });

  it.each(['usb-storage', 'uas'])('is bad when a device is bound to %s, built into the kernel', async (driver) => {
    const files = { ...set, ...quiet, [`/sys/bus/usb/drivers/${driver}/1-1.4:1.0`]: '' };
    expect(await look(files)).toMatchObject({ state: 'bad', set: 'yes', effective: 'no' });
  });

  it("does not take a driver's own files, or modules with such a name in them, for storage", async () => {
    const files = {
      ...set,
      ...quiet,
      '/proc/modules': 'scsi_mod 1 1 usb_storage_like, Live 0x0\nuasx 1 0 - Live 0x0\n',
      '/sys/bus/usb/drivers/usb-storage/new_id': '',
      '/sys/bus/usb/drivers/usb-storage/module/': '',
    };
    expect(await look(files)).toMatchObject({ state: 'good', effective: 'yes' });
  });

  it('is unknown when modules cannot be listed or nothing can be seen', async () => {
    expect(await look({ ...set, '/sys/bus/usb/': '' })).toMatchObject({
      state: 'unknown',
      set: 'yes',
      effective: 'unknown',
    });
    expect(await look({})).toMatchObject({ state: 'unknown', set: 'unknown', effective: 'unknown' });
  });
});
