import type { Bridge } from '#contract/ipc/bridge.ts';
import { call } from './call.ts';

export const app: Pick<Bridge, 'app' | 'preferences'> = {
  app: { info: () => call('app.info'), quit: () => call('app.quit') },
  preferences: { get: () => call('preferences.get'), set: (next) => call('preferences.set', next) },
};
