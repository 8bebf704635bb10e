import type { Bridge } from '#contract/ipc/bridge.ts';
import { call, listen } from './call.ts';

export const rules: Bridge['rules'] = {
  get: () => call('rules.get'),
  check: () => call('rules.check'),
  onChange: (listener) => listen('rules.changed', listener),
};
