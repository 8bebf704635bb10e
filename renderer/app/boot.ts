import type { Failure } from '#contract/errors/hanare-error.ts';
import type { Bridge } from '#contract/ipc/bridge.ts';
import type { AppInfo, DeviceStatus, Preferences } from '#contract/ipc/state.ts';
import { readFailure } from './failure.ts';

/** What the window needs before it can show its first screen. */
export type Boot = Readonly<{ info: AppInfo; preferences: Preferences; device: DeviceStatus }>;

/** The device's status; a failure to read it is shown as any other reason why this laptop cannot connect. */
export async function readDevice(bridge: Bridge): Promise<DeviceStatus> {
  try {
    return await bridge.device.status();
  } catch (error) {
    return { enrolled: false, failure: readFailure(error) satisfies Failure };
  }
}

/** Rejects when main does not answer at all. */
export async function boot(bridge: Bridge): Promise<Boot> {
  const [info, preferences, device] = await Promise.all([
    bridge.app.info(),
    bridge.preferences.get(),
    readDevice(bridge),
  ]);
  return { info, preferences, device };
}
