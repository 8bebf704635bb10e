import type { DeviceFile } from '#contract/device/device-file.ts';
import { toFailure } from '#contract/errors/hanare-error.ts';
import type { DeviceStatus } from '#contract/ipc/state.ts';

/** What the window may know of the device file: names, never the certificate or the key. */
export async function deviceStatus(load: () => Promise<DeviceFile>): Promise<DeviceStatus> {
  try {
    const { device, user, desk } = await load();
    return { enrolled: true, device, user, desk };
  } catch (error) {
    return { enrolled: false, failure: toFailure(error) };
  }
}
