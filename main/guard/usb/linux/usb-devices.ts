import type { System } from '../../system.ts';
import { shownName } from '../shown-name.ts';
import type { UsbStorage } from '../usb.ts';
import { attribute, type Block, sizeOf } from './blocks.ts';

const bus = '/sys/bus/usb/devices';
/** Interface classes (usb.org, "Defined Class Codes"): mass storage; still image, which PTP and MTP use. */
const storageClass = '08';
const imageClass = '06';
/** bInterfaceProtocol of class 08, subclass 06: USB Attached SCSI. */
const attachedScsi = '62';
/** The last family serves readers of a class of their own. */
const storageDriver = /^(usb-storage|uas|ums-.+)$/;
const cardReader = /card|reader|\bSDHC\b/i;

type Interface = Readonly<{
  name: string;
  class: string;
  protocol: string;
  driver: string;
  /** Android phones offer MTP in a class of their own, and say so in the interface's name. */
  label: string;
  authorized: boolean;
}>;

/** @returns all that is mass storage, or speaks PTP or MTP; null when there is no USB to be seen. */
export async function findUsb(system: System, blocks: readonly Block[]): Promise<readonly UsbStorage[] | null> {
  const names = await system.list(bus);
  if (names === null) return null;
  const devices = names.filter((name) => /^\d+-[\d.]+$/.test(name));
  const found = devices.map(async (device) => {
    const own = names.filter((name) => name.startsWith(`${device}:`));
    const interfaces = await Promise.all(own.map((name) => readInterface(system, name)));
    const used = blocks.filter(({ name, way }) => !isCard(name) && way.some((part) => own.includes(part)));
    return (await storage(system, device, interfaces, used)) ?? (await camera(system, device, interfaces));
  });
  return (await Promise.all(found)).filter((one) => one !== null);
}

/** A card in a USB reader that is a host of the card's own bus: cards.ts has it. */
const isCard = (block: string) => /^(mmcblk|mspblk|msblk)/.test(block);

async function readInterface(system: System, name: string): Promise<Interface> {
  const [kind, protocol, label, authorized, driver] = await Promise.all([
    ...['bInterfaceClass', 'bInterfaceProtocol', 'interface', 'authorized'].map((file) =>
      attribute(system, `${bus}/${name}/${file}`),
    ),
    system.link(`${bus}/${name}/driver`),
  ]);
  const driven = driver?.split('/').at(-1) ?? '';
  return {
    ...{ name, class: kind ?? '', protocol: protocol ?? '', driver: driven, label: label ?? '' },
    authorized: authorized !== '0',
  };
}

/**
 * The device's own class is not asked: it may claim to be a hub, and its interfaces are served all the same.
 * @param blocks that lie behind it
 */
async function storage(
  system: System,
  device: string,
  interfaces: readonly Interface[],
  blocks: readonly Block[],
): Promise<UsbStorage | null> {
  const drivers = interfaces.map(({ driver }) => driver).filter((driver) => storageDriver.test(driver));
  const classed = interfaces.filter((one) => one.class === storageClass);
  const isStorage =
    drivers.length + classed.length + blocks.length > 0 ||
    (await blockedClasses(system, device, interfaces)).includes(storageClass);
  if (!isStorage) return null;
  const sizes = await Promise.all(blocks.map((block) => sizeOf(system, block)));
  // An empty reader holds nothing. One that is built in and shut by the system shows no disks at all, and nobody can take
  // it out; a stick that has just been plugged in shows none either, for a moment.
  const isEmpty = sizes.length > 0 ? sizes.every((size) => size === 0) : await isBuiltIn(system, device);
  if (isEmpty) return null;
  const who = await identity(system, device);
  const isUas = drivers.includes('uas') || classed.some(({ protocol }) => protocol === attachedScsi);
  const isReader = blocks.length > 1 || cardReader.test(who.name);
  const kind = isReader ? 'card' : isUas ? 'uas' : 'usb';
  return { ...who, kind, bound: drivers.length + blocks.length > 0 };
}

/** Phones, players and cameras. No driver of the kernel takes them: any program may use them, unless they are shut. */
async function camera(system: System, device: string, interfaces: readonly Interface[]): Promise<UsbStorage | null> {
  const speaking = interfaces.filter((one) => one.class === imageClass || /\b(MTP|PTP)\b/i.test(one.label));
  const isKnown =
    speaking.length > 0 ||
    (await blockedClasses(system, device, interfaces)).includes(imageClass) ||
    /^E:(ID_MTP_DEVICE|ID_GPHOTO2)=1$|^E:ID_MEDIA_PLAYER=./m.test(await udevData(system, device));
  if (!isKnown) return null;
  const open = (speaking.length > 0 ? speaking : interfaces).some(({ authorized }) => authorized);
  return { ...(await identity(system, device)), kind: 'mtp', bound: open };
}

/** A device that was shut as a whole (USBGuard) has no interfaces; udev knows which ones it came with. */
async function blockedClasses(
  system: System,
  device: string,
  interfaces: readonly Interface[],
): Promise<readonly string[]> {
  if (interfaces.length > 0) return [];
  const listed = /^E:ID_USB_INTERFACES=:([0-9a-f:]*)$/m.exec(await udevData(system, device))?.[1] ?? '';
  return listed.split(':').map((triple) => triple.slice(0, 2));
}

async function udevData(system: System, device: string): Promise<string> {
  const number = await attribute(system, `${bus}/${device}/dev`);
  return /^\d+:\d+$/.test(number) ? ((await system.read(`/run/udev/data/c${number}`)) ?? '') : '';
}

/** All the way to the computer: a hub inside a stick's case calls its ports fixed too, but its own port is not. */
async function isBuiltIn(system: System, device: string): Promise<boolean> {
  const ports = device.split('.');
  const way = ports.map((_, index) => ports.slice(0, index + 1).join('.'));
  const seats = await Promise.all(way.map((name) => attribute(system, `${bus}/${name}/removable`)));
  return seats.every((seat) => seat === 'fixed');
}

async function identity(system: System, device: string): Promise<Pick<UsbStorage, 'id' | 'name'>> {
  const files = ['devnum', 'manufacturer', 'product', 'idVendor', 'idProduct'];
  const values = await Promise.all(files.map((file) => attribute(system, `${bus}/${device}/${file}`)));
  const [number, maker, product, vendorId, productId] = values;
  // What a device that was never let in is called by the kernel.
  const said = [maker, product].map((text) => (text?.startsWith('n/a') ? '' : text));
  // The number is new with every plugging in.
  return { id: `usb:${device}:${number}`, name: shownName(said, `USB ${vendorId}:${productId}`) };
}
