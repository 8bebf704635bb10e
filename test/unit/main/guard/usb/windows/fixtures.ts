/* What the script prints of made-up laptops; written from Microsoft's documentation of the classes, not recorded. */

export const disk = (fields: Partial<Disk>): Disk => ({
  ...{ id: '', index: 0, model: '', interface: 'SCSI', removable: false, size: 512_105_932_800 },
  ...fields,
});
type Disk = { id: string; index: number; model: string; interface: string; removable: boolean; size: number };

export const plug = (fields: Partial<Plug>): Plug => ({
  ...{ id: '', name: '', class: '', service: '', code: 0, compatible: '' },
  ...fields,
});
type Plug = { id: string; name: string; class: string; service: string; code: number; compatible: string };

export const empty = { disks: [], buses: [], plugs: [] };

export const laptop = {
  disks: [disk({ id: String.raw`SCSI\DISK&VEN_NVME&PROD_SAMSUNG_MZVL2512\5&2E6B`, model: 'SAMSUNG MZVL2512HCJQ' })],
  buses: [{ index: 0, bus: 17 }],
  // Of all devices only those that do not work are listed.
  plugs: [plug({ id: String.raw`ACPI\VPC2004\0`, name: 'Unknown device', code: 28 })],
};
