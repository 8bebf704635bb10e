import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createWatchdog } from '#renderer/features/desk/watchdog.ts';

describe('the watchdog', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('says nothing of a screen that has not begun to speak', () => {
    const silent = vi.fn();
    createWatchdog(silent);
    vi.advanceTimersByTime(120_000);
    expect(silent).not.toHaveBeenCalled();
  });

  it('says nothing while it hears something every second', () => {
    const silent = vi.fn();
    const { beat } = createWatchdog(silent);
    for (let second = 0; second < 60; second++) {
      beat();
      vi.advanceTimersByTime(1000);
    }
    expect(silent).not.toHaveBeenCalled();
  });

  it('speaks once, within ten seconds, when the beats stop', () => {
    const silent = vi.fn();
    const { beat } = createWatchdog(silent);
    beat();
    vi.advanceTimersByTime(4000);
    expect(silent).not.toHaveBeenCalled();
    vi.advanceTimersByTime(6000);
    expect(silent).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(60_000);
    expect(silent).toHaveBeenCalledOnce();
  });

  it('does not blame the screen for the time in which the laptop slept', () => {
    const silent = vi.fn();
    let asleep = 0;
    const { beat } = createWatchdog(silent, () => performance.now() + asleep);
    beat();
    vi.advanceTimersByTime(6000);
    asleep = 3_600_000;
    vi.advanceTimersByTime(3000);
    expect(silent).not.toHaveBeenCalled();
    beat();
    vi.advanceTimersByTime(3000);
    expect(silent).not.toHaveBeenCalled();
  });

  it('is quiet once stopped', () => {
    const silent = vi.fn();
    const { beat, stop } = createWatchdog(silent);
    beat();
    stop();
    vi.advanceTimersByTime(60_000);
    expect(silent).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });
});
