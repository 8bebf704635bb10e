import { describe, expect, it } from 'vitest';
import { catalogue } from '#contract/errors/catalogue.ts';
import { type UsbStorage, usbVerdict } from '#main/guard/usb/usb.ts';

const stick: UsbStorage = { id: 'usb:1-1:7', name: 'SanDisk Cruzer Blade', kind: 'usb', bound: true };
const phone: UsbStorage = { id: 'usb:1-2:8', name: 'Google Pixel 8', kind: 'mtp', bound: true };
const found = { reason: 'usbStorageFound', details: { device: 'SanDisk Cruzer Blade', count: 2 } };
const nothing = { notice: null, pause: null, end: null };

describe('the rule on USB storage', () => {
  it.each(['warn', 'pause', 'end'] as const)('asks for nothing when nothing is plugged in (%s)', (rule) => {
    expect(usbVerdict([], rule)).toEqual(nothing);
  });

  it.each([
    ['warn', 'notice'],
    ['pause', 'pause'],
    ['end', 'end'],
  ] as const)('that says %s, does that alone, and names the first and how many', (rule, effect) => {
    expect(usbVerdict([stick, phone], rule)).toEqual({ ...nothing, [effect]: found });
  });

  it('counts what the system has blocked: it is plugged in all the same', () => {
    expect(usbVerdict([{ ...stick, bound: false }], 'pause').pause).toMatchObject({ details: { count: 1 } });
  });

  it('fills the name into the text that people read', () => {
    expect(catalogue.usbStorageFound.cause.ja).toContain('{device}');
  });
});
