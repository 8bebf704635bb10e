import type { System } from '../../system.ts';
import { shownName } from '../shown-name.ts';
import type { UsbStorage } from '../usb.ts';
import { attribute, type Block } from './blocks.ts';

/**
 * Memory cards in readers that are not USB storage themselves (most readers inside laptops). eMMC, which is soldered in, has
 * the type MMC on the same bus. A removable MMC card, the SD card's forerunner, has it too, and is not told apart.
 */
export async function findCards(system: System, blocks: readonly Block[]): Promise<readonly UsbStorage[]> {
  const [mmc, memstick] = await Promise.all([
    system.list('/sys/bus/mmc/devices'),
    system.list('/sys/bus/memstick/devices'),
  ]);
  const isBound = (name: string) => blocks.some(({ way }) => way.includes(name));
  const secureDigital = (mmc ?? []).map(async (name): Promise<UsbStorage[]> => {
    const at = `/sys/bus/mmc/devices/${name}`;
    if (!/^SD(combo)?$/i.test(await attribute(system, `${at}/type`))) return [];
    const [shown, cid] = await Promise.all([attribute(system, `${at}/name`), attribute(system, `${at}/cid`)]);
    return [{ id: `mmc:${name}:${cid}`, name: shownName(['SD', shown], name), kind: 'card', bound: isBound(name) }];
  });
  const sticks = (memstick ?? []).map(
    (name): UsbStorage => ({ id: `memstick:${name}`, name: 'Memory Stick', kind: 'card', bound: isBound(name) }),
  );
  return [...(await Promise.all(secureDigital)).flat(), ...sticks];
}
