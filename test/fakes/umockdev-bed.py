"""A USB bus that a test can plug things into, by umockdev: a sysfs and udev events of its own, no hardware, no root.

Run by test/fakes/umockdev.ts, under umockdev-wrapper, by Debian's own Python (python3-gi, gir1.2-umockdev-1.0).
Its first line is `ready FOLDER`. Every process that is started with UMOCKDEV_DIR=FOLDER and umockdev's library in
LD_PRELOAD sees this bus in /sys and hears its events, whenever it starts, and so do its children.

Its sysfs is for all of them; its events are too, but for monitors that have the same file descriptor in two processes: of
those the last one hears them. So: one app at a time, which may be started again.

Standard input, one command a line with a number of its own, answered by the line `done NUMBER` or `failed NUMBER: why`:
  1 plug KIND      KIND: stick uas mtp card keyboard hub webcam reader blocked hostile
  2 unplug KIND
  3 fill reader    a card is put into the reader; `empty reader` takes it out
It ends, and takes its folder away, when standard input ends.
"""

import contextlib
import gc
import os
import shutil
import sys

import gi

gi.require_version("UMockdev", "1.0")
from gi.repository import UMockdev  # noqa: E402

MASS_STORAGE = ("08", "06", "50")
ATTACHED_SCSI = ("08", "06", "62")
KEYBOARD = ("03", "01", "01")
HUB = ("09", "00", "00")
VIDEO = ("0e", "01", "00")
VENDOR = ("ff", "ff", "00")

# port, maker, product, interface, name of the interface, driver
USB = {
    "stick": ("1-1", "SanDisk", "Cruzer Blade", MASS_STORAGE, "", "usb-storage"),
    "uas": ("2-1", "Samsung", "PSSD T7", ATTACHED_SCSI, "", "uas"),
    "mtp": ("1-2", "Google", "Pixel 8", VENDOR, "MTP", ""),
    "keyboard": ("1-3", "Logitech", "USB Keyboard", KEYBOARD, "", "usbhid"),
    "hub": ("1-4", "Genesys", "USB2.0 Hub", HUB, "", "hub"),
    "webcam": ("1-5", "Chicony", "Integrated Camera", VIDEO, "", "uvcvideo"),
    "reader": ("1-6", "Generic", "USB2.0 Card Reader", MASS_STORAGE, "", "usb-storage"),
    "blocked": ("1-7", "Kingston", "DataTraveler", MASS_STORAGE, "", ""),
    "hostile": ("1-8", "Evil\x1b[2J", "$(reboot)'\"; \u202e<script>\r\nACTION=add " + "A" * 200, MASS_STORAGE, "", "usb-storage"),
}
SIZES = {"stick": "62530624", "uas": "1953525168", "hostile": "2048", "reader": "0"}


def pairs(**values):
    return [text for pair in values.items() for text in pair]


class Bus:
    def __init__(self):
        self.bed = UMockdev.Testbed.new()
        self.number = 1
        self.plugged = {}
        self.roots = {
            bus: self.bed.add_device(
                "usb",
                f"usb{bus}",
                None,
                pairs(bDeviceClass="09", idVendor="1d6b", idProduct="0002", devnum="1", product="Host Controller"),
                pairs(DEVTYPE="usb_device"),
            )
            for bus in "12"
        }
        # A disk inside the laptop, which is nothing to anybody.
        ata = self.bed.add_device("pci", "0000:00:17.0", None, [], [])
        self.bed.add_device("block", "ata1/host0/target0:0:0/0:0:0:0/block/sda", ata, pairs(size="1000215216"), pairs(DEVTYPE="disk"))

    def plug(self, kind):
        if kind in self.plugged:
            raise ValueError("is plugged in already")
        self.plugged[kind] = self.plug_card() if kind == "card" else self.plug_usb(kind)

    def add(self, parts, *device):
        path = self.bed.add_device(*device)
        parts.append(path)
        return path

    def plug_card(self):
        parts = []
        host = self.add(parts, "mmc_host", "mmc0", None, [], [])
        card = self.add(parts, "mmc", "mmc0:aaaa", host, pairs(type="SD", name="SU08G", cid="035344535530384780"), [])
        self.add(parts, "block", "block/mmcblk0", card, pairs(size="15523840", removable="0"), pairs(DEVTYPE="disk"))
        return parts

    def plug_usb(self, kind):
        port, maker, product, (main, sub, protocol), label, driver = USB[kind]
        self.number += 1
        parts = []
        device = self.add(
            parts,
            "usb",
            port,
            self.roots[port[0]],
            # No `dev`: the real udev's notes of a device of that number would be read.
            pairs(
                bDeviceClass="09" if kind == "hub" else "00",
                idVendor="0781",
                idProduct="5567",
                devnum=str(self.number),
                manufacturer=maker,
                product=product,
                removable="removable",
                authorized="1",
            ),
            pairs(DEVTYPE="usb_device", ID_MODEL_ENC=product.split("\r")[0]),
        )
        interface = self.add(
            parts,
            "usb",
            f"{port}:1.0",
            device,
            pairs(
                bInterfaceClass=main,
                bInterfaceSubClass=sub,
                bInterfaceProtocol=protocol,
                interface=label,
                authorized="0" if kind == "blocked" else "1",
            ),
            pairs(DEVTYPE="usb_interface"),
        )
        if driver:
            self.bed.set_attribute_link(interface, "driver", f"../../../../bus/usb/drivers/{driver}")
        if kind in SIZES:
            name = f"host6/target6:0:0/6:0:0:0/block/sd{'bcde'[list(SIZES).index(kind)]}"
            self.add(parts, "block", name, interface, pairs(size=SIZES[kind], removable="1"), pairs(DEVTYPE="disk"))
        return parts

    def unplug(self, kind):
        for path in reversed(self.plugged.pop(kind)):
            self.bed.uevent(path, "remove")
            self.bed.remove_device(path)
            # umockdev leaves the link to a disk, and stumbles over it when the disk comes again.
            with contextlib.suppress(FileNotFoundError):
                os.unlink(os.path.join(self.bed.get_root_dir(), "sys/block", os.path.basename(path)))

    def fill(self, kind, size="62530624"):
        disk = self.plugged[kind][-1]
        self.bed.set_attribute(disk, "size", size)
        self.bed.uevent(disk, "change")

    def empty(self, kind):
        self.fill(kind, "0")


def main():
    bus = Bus()
    folder = bus.bed.get_root_dir()
    print("ready", folder, flush=True)
    commands = {"plug": bus.plug, "unplug": bus.unplug, "fill": bus.fill, "empty": bus.empty}
    for line in sys.stdin:
        try:
            number, verb, kind = line.split()
            commands[verb](kind)
            print("done", number, flush=True)
        except Exception as error:
            print(f"failed {number}: {error!r}", flush=True)
    commands.clear()
    del bus
    gc.collect()
    shutil.rmtree(folder, ignore_errors=True)


main()
