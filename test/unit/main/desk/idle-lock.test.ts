import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HanareError } from '#contract/errors/hanare-error.ts';
import { createLogger } from '#contract/log/logger.ts';
import { defaultPolicy } from '#contract/policy/policy.ts';
import { startIdleLock } from '#main/desk/idle-lock.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function start(change: Partial<Parameters<typeof startIdleLock>[0]> = {}) {
  const lines: string[] = [];
  const lock = vi.fn(async () => undefined);
  let idle = 0;
  const stop = startIdleLock({
    policy: () => ({ ...defaultPolicy, idleSeconds: 60 }),
    pinUntil: () => null,
    now: Date.now,
    idleSeconds: () => idle,
    inSession: () => false,
    lock,
    log: createLogger({ sink: (line) => lines.push(line), now: () => 0, context: 'test' }),
    ...change,
  });
  return {
    ...{ lock, stop, lines },
    async look(idleSeconds: number) {
      idle = idleSeconds;
      await vi.advanceTimersByTimeAsync(5_000);
    },
  };
}

describe('an open laptop', () => {
  it('locks itself when nobody has touched it for the time of the rules', async () => {
    const t = start();
    await t.look(59);
    expect(t.lock).not.toHaveBeenCalled();
    await t.look(60);
    expect(t.lock).toHaveBeenCalledTimes(1);
    t.stop();
  });

  it('locks itself when the PIN was given too long ago, however busy somebody is', async () => {
    const pinUntil = Date.now() + 10_000;
    const t = start({ pinUntil: () => pinUntil });
    await t.look(0);
    expect(t.lock).not.toHaveBeenCalled();
    await t.look(0);
    expect(t.lock).toHaveBeenCalledTimes(1);
    t.stop();
  });

  it('locks itself when it has slept for the time of the rules, whatever the hand that woke it says', async () => {
    const t = start({ inSession: () => true });
    await t.look(0);
    vi.setSystemTime(Date.now() + 59_000);
    await t.look(0);
    expect(t.lock).not.toHaveBeenCalled();
    vi.setSystemTime(Date.now() + 60_000);
    await t.look(0);
    expect(t.lock).toHaveBeenCalledTimes(1);
    t.stop();
  });

  it('is left to its session while there is one', async () => {
    const t = start({ inSession: () => true });
    await t.look(3_600);
    expect(t.lock).not.toHaveBeenCalled();
    t.stop();
  });

  it('has nothing to lock, and nothing to log, when it is locked', async () => {
    const t = start({
      policy: () => {
        throw new HanareError('deviceLocked');
      },
    });
    await t.look(3_600);
    expect(t.lock).not.toHaveBeenCalled();
    expect(t.lines).toEqual([]);
    t.stop();
  });

  it('tries again when locking failed', async () => {
    const lock = vi.fn(() => Promise.reject(new TypeError('broken')));
    const t = start({ lock });
    await t.look(60);
    await t.look(65);
    expect(lock).toHaveBeenCalledTimes(2);
    expect(t.lines.join()).toContain('laptop could not lock itself');
    t.stop();
  });
});
