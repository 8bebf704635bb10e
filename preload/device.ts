import type { Bridge } from '#contract/ipc/bridge.ts';
import { call, listen } from './call.ts';

export const device: Bridge['device'] = {
  status: () => call('device.status'),
  unlock: (pin) => call('device.unlock', pin),
  lock: () => call('device.lock'),
  lift: (code) => call('device.lift', code),
  changePin: (old, next) => call('device.changePin', old, next),
  onChange: (listener) => listen('device.changed', listener),
};
