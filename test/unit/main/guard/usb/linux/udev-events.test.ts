import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createUdevReader, monitorArgs, type UdevEvent } from '#main/guard/usb/linux/udev-events.ts';

function read(...chunks: readonly (string | Uint8Array)[]): UdevEvent[] {
  const events: UdevEvent[] = [];
  const feed = createUdevReader((event) => events.push(event));
  for (const chunk of chunks) feed(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return events;
}

const header =
  'monitor will print the received events for:\nUDEV - the event which udev sends out after rule processing\n\n';
const plugged = `UDEV  [4711.123456] add      /devices/pci0000:00/0000:00:14.0/usb1/1-1 (usb)
ACTION=add
DEVPATH=/devices/pci0000:00/0000:00:14.0/usb1/1-1
SUBSYSTEM=usb
DEVNAME=/dev/bus/usb/001/007
DEVTYPE=usb_device
PRODUCT=781/5567/100
ID_MODEL_ENC=Cruzer\\x20Blade
ID_USB_INTERFACES=:080650:

`;
const removed = 'UDEV  [1.0] remove /devices/x (block)\nACTION=remove\nDEVPATH=/devices/x\nSUBSYSTEM=block\n\n';
const both = [
  { action: 'add', subsystem: 'usb' },
  { action: 'remove', subsystem: 'block' },
];

describe('what udevadm prints', () => {
  it('is asked for by subsystem, after the rules', () => {
    expect(monitorArgs.join(' ')).toBe('monitor --udev --property -s usb -s block -s mmc -s memstick');
  });

  it('is one event for each block, and none for its heading', () => {
    expect(read(header + plugged + removed)).toEqual(both);
  });

  it('is the same one byte at a time', () => {
    expect(read(...(header + plugged + removed))).toEqual(both);
  });

  it('is no event until its block ends', () => {
    const all = Buffer.from(plugged);
    for (let cut = 0; cut < all.length; cut += 1) expect(read(all.subarray(0, cut))).toEqual([]);
    expect(read(all)).toHaveLength(1);
  });

  it.each([
    ['an action', 'SUBSYSTEM=usb\n\n'],
    ['a subsystem', 'ACTION=add\n\n'],
    ['a subsystem that was asked for', 'ACTION=add\nSUBSYSTEM=net\n\n'],
    ['an action in letters', 'ACTION=$(reboot)\nSUBSYSTEM=usb\n\n'],
    ['keys at the start of a line', ' ACTION=add\nX_SUBSYSTEM=usb\n\n'],
  ])('is no event without %s', (_, block) => {
    expect(read(block)).toEqual([]);
  });

  it('does not take keys of one block into the next', () => {
    expect(read('ACTION=add\n\nSUBSYSTEM=usb\n\n')).toEqual([]);
  });

  it('is an event also with a value of a megabyte in it', () => {
    const block = `ACTION=add\nID_MODEL=${'A'.repeat(1024 * 1024)}\nSUBSYSTEM=usb\n\n`;
    expect(read(block)).toEqual([both[0]]);
  });

  it('is read on after garbage', () => {
    expect(read(randomBytes(1024 * 1024), '\n\n', plugged).at(-1)).toEqual(both[0]);
  });
});
