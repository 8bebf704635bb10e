import { describe, expect, it } from 'vitest';
import { createLogger } from '#contract/log/logger.ts';
import type { GatewayMessage } from '#contract/wire/messages.ts';
import { createControlOpen } from '#gateway/server/control-open.ts';
import type { Control } from '#gateway/server/control-port.ts';
import { defaultLimits } from '#gateway/server/limits.ts';
import type { Sessions } from '#gateway/server/sessions.ts';
import type { Store } from '#gateway/store/store.ts';

describe('asking for a desk', () => {
  /* Each session is a row of the store that stays. */
  it('begins no more sessions than a person could, however often it is asked', () => {
    let monotonic = 0;
    let reserved = 0;
    const heard: GatewayMessage[] = [];
    const control = {
      caller: { device: 'd', user: 'u', fingerprint: 'f' },
      send: (message: GatewayMessage) => heard.push(message),
    } as unknown as Control;
    const sessions = {
      ...{ of: () => [], taken: () => false, end: () => undefined },
      reserve: () => {
        reserved += 1;
        return String(reserved);
      },
      grant: () => new Promise(() => undefined),
    } as unknown as Sessions;
    const open = createControlOpen(control, {
      ...{ sessions, source: '10.1.2.3', limits: defaultLimits, draining: () => false },
      store: { desk: () => ({ id: 'pc-1', class: null }), assigned: () => true } as unknown as Store,
      waker: { wake: async () => ({ ok: true }) },
      clock: { now: () => 0, monotonic: () => monotonic },
      logger: createLogger({ sink: () => undefined, now: () => 0, context: 'test' }),
      signIn: { expired: () => undefined },
      rules: { againstOpening: () => undefined, sessionBegins: () => undefined },
    });
    for (let request = 0; request < 100; request++) open(request, 'pc-1');
    expect(reserved).toBe(defaultLimits.openBurst);
    expect(heard.at(-1)).toEqual({ type: 'refused', request: 99, reason: 'gatewayBusy' });
    monotonic += 3 * (1000 / defaultLimits.opensPerSecond);
    for (let request = 100; request < 200; request++) open(request, 'pc-1');
    expect(reserved).toBe(defaultLimits.openBurst + 3);
  });
});
