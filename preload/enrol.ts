import type { Bridge } from '#contract/ipc/bridge.ts';
import { call, listen } from './call.ts';

export const enrol: Bridge['enrol'] = {
  inspect: (input) => call('enrol.inspect', input),
  import: (password) => call('enrol.import', password),
  run: (input) => call('enrol.run', input),
  onStep: (listener) => listen('enrol.step', listener),
};
