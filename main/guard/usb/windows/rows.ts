import * as v from 'valibot';
import { listOf as anyListOf } from '../../powershell-list.ts';
import { shownName } from '../shown-name.ts';
import type { UsbStorage } from '../usb.ts';

/* What the script prints, taken apart without trust, and what of it is storage that was plugged in. */

/** A part that could not be asked for is null. */
const listOf = <T extends v.GenericSchema>(item: T) => v.nullable(anyListOf(item, 400));
const text = v.pipe(v.string(), v.maxLength(4_000));
const rowsSchema = v.object({
  disks: listOf(
    v.object({ id: text, index: v.number(), model: text, interface: text, removable: v.boolean(), size: v.number() }),
  ),
  buses: listOf(v.object({ index: v.number(), bus: v.number() })),
  plugs: listOf(v.object({ id: text, name: text, class: text, service: text, code: v.number(), compatible: text })),
});
type Rows = v.InferOutput<typeof rowsSchema>;
type Disk = NonNullable<Rows['disks']>[number];
type Plug = NonNullable<Rows['plugs']>[number];

/** MSFT_PhysicalDisk.BusType. */
const buses = { usb: 7, sd: 12, mmc: 13 } as const;
/** Config Manager: works; is not plugged in (what Windows only remembers). */
const works = 0;
const absent = 45;
const cardReader = /card|reader|\bSD\b|SDHC|SD\/MMC/i;

/** @returns null for a line that is none of the script's */
export function parseRows(line: string): readonly UsbStorage[] | null {
  const rows = v.safeParse(rowsSchema, parseJson(line));
  if (!rows.success) return null;
  const { disks, plugs } = rows.output;
  const found = [
    ...(disks ?? []).map((disk) => diskOf(disk, rows.output)),
    ...(plugs ?? []).map((plug) => plugOf(plug, rows.output)),
  ].filter((one) => one !== null);
  // One device, two drives (a reader's slots) have two ids; the same id twice is one.
  return [...new Map(found.map((one) => [one.id, one])).values()];
}

function diskOf(disk: Disk, { buses: known }: Rows): UsbStorage | null {
  const bus = known?.find(({ index }) => index === disk.index)?.bus;
  const isUsb = disk.interface.toUpperCase() === 'USB' || /^USBSTOR\\/i.test(disk.id) || bus === buses.usb;
  // eMMC, which is soldered in, is on the same bus as cards, but not removable.
  const isCardSlot = /^(SD|PCISTOR)\\/i.test(disk.id) || bus === buses.sd || bus === buses.mmc;
  // A reader without a card in it.
  if (disk.size === 0 || !(isUsb || (isCardSlot && disk.removable))) return null;
  const isUas = /^SCSI\\/i.test(disk.id);
  const kind = !isUsb || cardReader.test(disk.model) ? 'card' : isUas ? 'uas' : 'usb';
  return { ...identity('disk', disk.id, disk.model), kind, bound: true };
}

/** Phones and cameras, and storage that Windows was told to refuse. What works as a disk is among the disks. */
function plugOf(plug: Plug, { disks, buses: known }: Rows): UsbStorage | null {
  // Of class WPD is also what Windows makes of each stick's file system (SWD\WPDBUSENUM\…).
  if (plug.code === absent || !/^USB\\/i.test(plug.id)) return null;
  const who = identity('plug', plug.id, plug.name);
  const bound = plug.code === works;
  if (plug.class.toUpperCase() === 'WPD') return { ...who, kind: 'mtp', bound };
  const isUas = /^UASPSTOR$/i.test(plug.service);
  if (isUas || /^USBSTOR$/i.test(plug.service) || /USB\\Class_08/i.test(plug.compatible)) {
    // Without its bus a UAS disk looks like one inside the laptop.
    const isAmongDisks = bound && disks !== null && (!isUas || known !== null);
    return isAmongDisks ? null : { ...who, kind: isUas ? 'uas' : 'usb', bound };
  }
  return !bound && /USB\\Class_06/i.test(plug.compatible) ? { ...who, kind: 'mtp', bound } : null;
}

function identity(source: string, id: string, name: string): Pick<UsbStorage, 'id' | 'name'> {
  return { id: `${source}:${id.slice(0, 400)}`, name: shownName([null, name], 'USB') };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
