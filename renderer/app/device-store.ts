import type { Bridge } from '#contract/ipc/bridge.ts';
import type { DeviceStatus } from '#contract/ipc/state.ts';
import { readFailure } from './failure.ts';
import { createFollower, type Seen } from './follower.ts';

export type SeenDevice = Seen<DeviceStatus>;

/** Follows what the laptop knows of itself; not being able to tell is a status of its own. */
export function createDeviceStore(bridge: Bridge, now?: () => number) {
  async function read(): Promise<DeviceStatus> {
    try {
      return await bridge.device.status();
    } catch (error) {
      return { state: 'failed', failure: readFailure(error) };
    }
  }
  return createFollower<DeviceStatus>({ read, onChange: bridge.device.onChange }, now);
}

export type DeviceStore = ReturnType<typeof createDeviceStore>;
