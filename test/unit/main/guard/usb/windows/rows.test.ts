import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRows } from '#main/guard/usb/windows/rows.ts';
import { disk, empty, laptop, plug } from './fixtures.ts';

const parse = (rows: unknown) => parseRows(JSON.stringify(rows));
const stick = disk({
  id: String.raw`USBSTOR\DISK&VEN_SANDISK&PROD_CRUZER_BLADE&REV_1.00\4C530001&0`,
  ...{ index: 1, model: 'SanDisk Cruzer Blade USB Device', interface: 'USB', removable: true },
});
const uas = disk({ id: String.raw`SCSI\DISK&VEN_SAMSUNG&PROD_PSSD_T7\6&1A`, index: 1, model: 'Samsung PSSD T7' });
const uasPlug = plug({ id: String.raw`USB\VID_04E8&PID_4001\S5`, name: 'USB Attached SCSI', service: 'UASPStor' });

describe('what Windows tells', () => {
  it('is nothing of a laptop with a keyboard, a webcam and its own disk', () => {
    expect(parse(laptop)).toEqual([]);
  });

  it('is a stick', () => {
    expect(parse({ ...laptop, disks: [...laptop.disks, stick] })).toEqual([
      { id: `disk:${stick.id}`, name: 'SanDisk Cruzer Blade USB Device', kind: 'usb', bound: true },
    ]);
  });

  it('is a stick once, although Windows makes a drive, a device and a file system of it', () => {
    const plugs = [
      plug({ id: String.raw`USB\VID_0781&PID_5567\4C530001`, name: 'USB Mass Storage', service: 'USBSTOR' }),
      plug({ id: String.raw`SWD\WPDBUSENUM\_??_USBSTOR#DISK&VEN_SANDISK`, name: 'KINGSTON', class: 'WPD' }),
    ];
    expect(parse({ ...laptop, disks: [...laptop.disks, stick], plugs })).toHaveLength(1);
  });

  it('is a UAS disk, by its bus', () => {
    const disks = [...laptop.disks, uas];
    expect(parse({ ...laptop, disks, buses: [...laptop.buses, { index: 1, bus: 7 }], plugs: [uasPlug] })).toEqual([
      { id: `disk:${uas.id}`, name: 'Samsung PSSD T7', kind: 'uas', bound: true },
    ]);
    expect(parse({ ...laptop, disks, buses: [...laptop.buses, { index: 1, bus: 11 }] })).toEqual([]);
  });

  it('is a UAS disk also where buses may not be asked for', () => {
    expect(parse({ ...laptop, disks: [...laptop.disks, uas], buses: null, plugs: [uasPlug] })).toMatchObject([
      { kind: 'uas', bound: true },
    ]);
  });

  it('is a stick also where drives may not be asked for', () => {
    const plugs = [plug({ id: String.raw`USB\VID_0781&PID_5567\4C53`, name: 'USB Mass Storage', service: 'USBSTOR' })];
    expect(parse({ ...laptop, disks: null, plugs })).toMatchObject([{ kind: 'usb', bound: true }]);
  });

  it('is a phone', () => {
    const phone = plug({
      id: String.raw`USB\VID_18D1&PID_4EE1\2A`,
      name: 'Pixel 8',
      class: 'WPD',
      service: 'WUDFWpdMtp',
    });
    expect(parse({ ...laptop, plugs: [phone] })).toEqual([
      { id: `plug:${phone.id}`, name: 'Pixel 8', kind: 'mtp', bound: true },
    ]);
    expect(parse({ ...laptop, plugs: [{ ...phone, code: 22 }] })).toMatchObject([{ kind: 'mtp', bound: false }]);
  });

  it.each([
    ['SD, in a reader of its own bus', String.raw`SD\DISK&GENERIC&SU08G&8.0\5&1`, 12],
    ['SD, whatever its name', String.raw`X\DISK`, 12],
    ['MMC', String.raw`X\DISK`, 13],
    ['SD, in a reader on PCI Express', String.raw`PCISTOR\DISK&VEN_RSPER&PROD_RTS5208LUN0\0`, 8],
  ])('is a card: %s', (_, id, bus) => {
    const card = disk({ id, index: 1, model: 'Generic', removable: true });
    const with_ = (one: typeof card) => ({ ...laptop, disks: [one], buses: [{ index: 1, bus }] });
    expect(parse(with_(card))).toMatchObject([{ kind: 'card', bound: true }]);
    // Soldered in.
    expect(parse(with_({ ...card, removable: false }))).toEqual([]);
    expect(parse(with_({ ...card, size: 0 }))).toEqual([]);
  });

  it('is a reader on USB when a card is in it', () => {
    const reader = { ...stick, model: 'Generic STORAGE DEVICE Card Reader' };
    expect(parse({ ...empty, disks: [reader] })).toMatchObject([{ kind: 'card' }]);
    expect(parse({ ...empty, disks: [{ ...reader, size: 0 }] })).toEqual([]);
  });

  it.each([
    ['a disabled driver', { service: 'USBSTOR', code: 32 }, 'usb'],
    [
      'a refused installation',
      { compatible: String.raw`USB\Class_08&SubClass_06&Prot_50 USB\Class_08`, code: 28 },
      'usb',
    ],
    ['a disabled UAS driver', { service: 'UASPStor', code: 32 }, 'uas'],
    ['a camera that was refused', { compatible: String.raw`USB\Class_06`, code: 28 }, 'mtp'],
  ])('is what was blocked by %s, and not bound', (_, how, kind) => {
    const blocked = plug({ id: String.raw`USB\VID_0781&PID_5567\4C53`, name: 'Cruzer Blade', ...how });
    expect(parse({ ...laptop, plugs: [blocked] })).toMatchObject([{ kind, bound: false, name: 'Cruzer Blade' }]);
    expect(parse({ ...laptop, plugs: [{ ...blocked, code: 45 }] })).toEqual([]);
  });

  it.each([
    ['a broken keyboard', { id: String.raw`USB\VID_046D&PID_C31C\1`, compatible: String.raw`USB\Class_03`, code: 43 }],
    ['a printer without a driver', { id: String.raw`USB\VID_04A9\1`, compatible: String.raw`USB\Class_07`, code: 28 }],
    ['a device inside', { id: String.raw`PCI\VEN_8086\3`, compatible: String.raw`USB\Class_08`, code: 28 }],
    ['a camera that works and is no storage', { id: String.raw`USB\VID_04F2\1`, compatible: String.raw`USB\Class_06` }],
  ])('is not %s', (_, how) => {
    expect(parse({ ...laptop, plugs: [plug(how)] })).toEqual([]);
  });

  it('is written by Windows PowerShell in three ways: a list, a list of one as that one, a list in a wrapper', () => {
    const all = { ...empty, disks: [stick] };
    for (const disks of [[stick], stick, { value: [stick], Count: 1 }])
      expect(parse({ ...all, disks })).toHaveLength(1);
  });

  it('has names that were made plain', () => {
    const hostile = { ...stick, model: `\u202eEvil\r\n${'A'.repeat(3_000)}` };
    expect(parse({ ...empty, disks: [hostile] })?.[0]?.name).toBe(`Evil ${'A'.repeat(55)}`);
  });
});

describe('a line that is none of the script’s', () => {
  it.each([
    ...['', 'null', '7', '[]', '{}', 'disks', '{"disks":[', '{"disks":[7],"buses":[],"plugs":[]}'],
    '{"disks":{"value":3,"Count":1},"buses":[],"plugs":[]}',
    JSON.stringify({ ...empty, disks: Array(401).fill(stick) }),
  ])('is left aside: %.40s', (line) => {
    expect(parseRows(line)).toBeNull();
  });

  it('never throws, and never lets through what is not cleaned', () => {
    const row = fc.record({ id: fc.string(), index: fc.integer(), model: fc.string({ unit: 'binary' }) });
    const rest = { interface: 'USB', removable: true, size: 1 };
    fc.assert(
      fc.property(fc.array(row, { maxLength: 5 }), (rows) => {
        const found = parse({ ...empty, disks: rows.map((one) => ({ ...one, ...rest })) }) ?? [];
        expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
        for (const { name } of found) expect(name).toMatch(/^[^\p{C}]{1,60}$/u);
      }),
    );
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (line) => void parseRows(line)));
  });

  it('includes each beginning of a good one', () => {
    const line = JSON.stringify({ ...laptop, disks: [stick] });
    for (let cut = 0; cut < line.length; cut += 1) expect(parseRows(line.slice(0, cut))).toBeNull();
  });
});
