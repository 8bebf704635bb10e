import type { Tree } from '#test/fakes/fake-system.ts';

/* Pieces of a made-up sysfs, as the kernel shows devices in it. */

export type Plugged = Readonly<{
  /** `1-1.2`: bus 1, port 1, and port 2 of the hub in it. */
  port: string;
  maker?: string;
  product?: string;
  /** Class, subclass and protocol; in the order of the interfaces. */
  interfaces?: readonly Readonly<{ is: string; driver?: string; label?: string; authorized?: '0' | '1' }>[];
  /** Disks behind the first interface, by their size in sectors. */
  disks?: Readonly<Record<string, number>>;
  /** More of the device's own files. */
  files?: Readonly<Record<string, string>>;
}>;

export function usbTree(...devices: readonly Plugged[]): Tree {
  const files: Record<string, string> = { '/sys/bus/usb/devices/': '', '/sys/block/': '' };
  const links: Record<string, string> = {};
  for (const { port, maker, product, interfaces = [], disks = {}, files: more = {} } of devices) {
    const at = `/sys/bus/usb/devices/${port}`;
    const own = { devnum: '7', idVendor: '0781', idProduct: '5567', bDeviceClass: '00', ...more };
    const named = { ...own, ...(maker && { manufacturer: maker }), ...(product && { product }) };
    for (const [name, text] of Object.entries(named)) files[`${at}/${name}`] = `${text}\n`;
    interfaces.forEach(({ is, driver, label, authorized }, index) => {
      const [main = '', sub = '', protocol = ''] = is.split(' ');
      const under = `/sys/bus/usb/devices/${port}:1.${index}`;
      files[`${under}/bInterfaceClass`] = `${main}\n`;
      files[`${under}/bInterfaceSubClass`] = `${sub}\n`;
      files[`${under}/bInterfaceProtocol`] = `${protocol}\n`;
      if (label) files[`${under}/interface`] = `${label}\n`;
      if (authorized) files[`${under}/authorized`] = `${authorized}\n`;
      if (driver) links[`${under}/driver`] = `../../../../../../bus/usb/drivers/${driver}`;
    });
    for (const [name, size] of Object.entries(disks)) {
      const way = `devices/pci0000:00/0000:00:14.0/usb1/${port}/${port}:1.0/host6/target6:0:0/6:0:0:0/block/${name}`;
      files[`/sys/${way}/size`] = `${size}\n`;
      links[`/sys/block/${name}`] = `../${way}`;
    }
  }
  return { files, links };
}

/** A card, or what is soldered to the same bus, in slot `mmcN`. @param disk null: no driver has made a disk of it */
export function cardTree(
  type: string,
  { slot = 0, disk = `mmcblk${slot}` as string | null, name = 'SU08G' } = {},
): Tree {
  const id = `mmc${slot}:aaaa`;
  const at = `/sys/bus/mmc/devices/${id}`;
  const way = `devices/platform/mmc_host/mmc${slot}/${id}/block/${disk}`;
  return {
    files: {
      [`${at}/type`]: `${type}\n`,
      [`${at}/name`]: `${name}\n`,
      [`${at}/cid`]: '0353445355303847\n',
      ...(disk && { [`/sys/${way}/size`]: '15523840\n' }),
    },
    links: disk ? { [`/sys/block/${disk}`]: `../${way}` } : {},
  };
}

export const stick: Plugged = {
  ...{ port: '1-1', maker: 'SanDisk', product: 'Cruzer Blade', disks: { sdb: 62_530_624 } },
  interfaces: [{ is: '08 06 50', driver: 'usb-storage' }],
};
