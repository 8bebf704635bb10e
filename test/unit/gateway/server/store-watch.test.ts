import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogger } from '#contract/log/logger.ts';
import type { Controls } from '#gateway/server/controls.ts';
import { defaultLimits } from '#gateway/server/limits.ts';
import type { Sessions } from '#gateway/server/sessions.ts';
import { startStoreWatch } from '#gateway/server/store-watch.ts';
import type { Store } from '#gateway/store/store.ts';

describe('startStoreWatch', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function start(store: Partial<Store>, review: () => void = () => undefined) {
    const did: string[] = [];
    const sessions = {
      end: (sid: string, reason: string) => did.push(`end ${sid} ${reason}`),
      endEvery: (reason: string) => did.push(`end all ${reason}`),
      expire: () => undefined,
      follow: () => did.push('follow'),
      count: () => did.push('count'),
    } as unknown as Sessions;
    const controls = {
      review: () => {
        did.push('review');
        review();
      },
      closeEvery: () => did.push('close all'),
    } as unknown as Controls;
    const log: string[] = [];
    const watch = startStoreWatch({
      store: { forgetGrants: () => undefined, sessionsToEnd: () => [], changed: () => false, ...store } as Store,
      ...{ sessions, controls, limits: defaultLimits },
      clock: { now: () => Date.now(), monotonic: () => performance.now() },
      logger: createLogger({ sink: (line) => log.push(line), now: Date.now, context: 'test' }),
    });
    return { did, log, watch };
  }

  it('looks at devices again, then ends what the store and other processes say, when the store changed', () => {
    let changed = true;
    const { did, log, watch } = start({
      changed: () => changed,
      sessionsToEnd: () => [{ sid: 'a', reason: 'sessionEndedByOffice' }],
    });
    vi.advanceTimersByTime(defaultLimits.storePollMs);
    expect(did).toEqual(['review', 'end a sessionEndedByOffice', 'follow']);
    changed = false;
    vi.advanceTimersByTime(defaultLimits.storePollMs);
    expect(did).toHaveLength(3);
    expect(log).toEqual([]);
    watch.stop();
  });

  it('does not forget a change that it could not carry out', () => {
    const changes = [true];
    let broken = true;
    const { did, watch } = start({ changed: () => changes.pop() ?? false }, () => {
      if (broken) throw new Error('busy');
    });
    vi.advanceTimersByTime(defaultLimits.storePollMs);
    expect(did).toEqual(['review']);
    broken = false;
    vi.advanceTimersByTime(2 * defaultLimits.storePollMs);
    expect(did).toEqual(['review', 'review', 'follow']);
    watch.stop();
  });

  it('fails closed: ends everything when the store stays unreadable', () => {
    const { did, log, watch } = start({
      changed: () => {
        throw new Error('disk gone');
      },
    });
    vi.advanceTimersByTime(defaultLimits.storeLostMs - 1000);
    expect(did).toEqual([]);
    expect(log).toHaveLength(1);
    vi.advanceTimersByTime(2000);
    expect(did).toContain('end all gatewayBusy');
    expect(did).toContain('close all');
    watch.stop();
  });

  it('forgives a short failure', () => {
    let broken = true;
    const { did, watch } = start({
      changed: () => {
        if (broken) throw new Error('busy');
        return false;
      },
    });
    vi.advanceTimersByTime(30_000);
    broken = false;
    vi.advanceTimersByTime(1000);
    broken = true;
    vi.advanceTimersByTime(defaultLimits.storeLostMs - 2000);
    expect(did).not.toContain('end all gatewayBusy');
    watch.stop();
  });
});
