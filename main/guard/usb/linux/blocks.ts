import type { System } from '../../system.ts';

/** A disk as the kernel offers it. */
export type Block = Readonly<{
  name: string;
  /** The names on its way through /sys/devices: buses, devices, interfaces, hosts. */
  way: readonly string[];
}>;

export async function listBlocks(system: System): Promise<readonly Block[]> {
  const names = (await system.list('/sys/block')) ?? [];
  const links = await Promise.all(names.map((name) => system.link(`/sys/block/${name}`)));
  return names.map((name, index) => ({ name, way: (links[index] ?? '').split('/') }));
}

/** Sectors; 0 is a drive with nothing in it, as an empty card reader shows. */
export async function sizeOf(system: System, { name }: Block): Promise<number> {
  return Number(await system.read(`/sys/block/${name}/size`)) || 0;
}

/** What is missing or cannot be read is ''. */
export async function attribute(system: System, path: string): Promise<string> {
  return ((await system.read(path)) ?? '').trim();
}
