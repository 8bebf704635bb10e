import type { Bridge } from '#contract/ipc/bridge.ts';
import { call, listen } from './call.ts';

export const window: Bridge['window'] = {
  setFullScreen: (on) => call('window.setFullScreen', on),
  onFullScreen: (listener) => listen('window.fullScreenChanged', listener),
  displays: () => call('window.displays'),
  setAllDisplays: (on) => call('window.setAllDisplays', on),
  onDisplays: (listener) => listen('window.displaysChanged', listener),
};
