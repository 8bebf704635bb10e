import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogger } from '#contract/log/logger.ts';
import { type CaptureState, captureVerdict, type OwnPicture, watchCapture } from '#main/guard/capture/capture.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A window whose protection the test takes away. */
function watch({ shown = true, onChange }: { shown?: boolean; onChange?: (state: CaptureState) => void } = {}) {
  const events = new EventEmitter();
  const seen: CaptureState[] = [];
  const lines: string[] = [];
  const window = { shown, picture: 'black' as OwnPicture | Error | 'never', protections: 0, probes: 0 };
  const capture = watchCapture({
    protect: () => {
      window.protections += 1;
    },
    shown: () => window.shown,
    probe: async () => {
      window.probes += 1;
      const { picture } = window;
      if (picture === 'never') return new Promise(() => undefined);
      if (picture instanceof Error) throw picture;
      return picture;
    },
    events: (listener) => {
      events.on('event', listener);
      return () => events.off('event', listener);
    },
    onChange: (state) => {
      seen.push(state);
      onChange?.(state);
    },
    log: createLogger({ sink: (line) => lines.push(line), now: () => 0, context: 'capture' }),
  });
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  return { window, seen, lines, capture, pass, events, happens: () => events.emit('event') };
}

describe('the watch over the window’s protection', () => {
  it('protects at once, and counts as open until it has looked', async () => {
    const { window, capture, pass, seen } = watch();
    expect([window.protections, capture.state()]).toEqual([1, 'open']);
    await pass(0);
    expect([capture.state(), seen]).toEqual(['blocked', ['blocked']]);
  });

  it('protects again at once, and looks when things have settled, when something has happened', async () => {
    const { window, pass, happens, seen } = watch();
    await pass(0);
    for (let times = 0; times < 5; times += 1) {
      happens();
      await pass(100);
    }
    expect([window.protections, window.probes]).toEqual([6, 1]);
    await pass(200);
    expect(window.probes).toBe(2);
    expect(seen).toEqual(['blocked']);
  });

  it('looks all the same when the window never rests', async () => {
    const { window, pass, happens } = watch();
    await pass(0);
    for (let times = 0; times < 30; times += 1) {
      happens();
      await pass(100);
    }
    expect(window.probes).toBe(2);
  });

  it('tells when the protection is lost, and when it is back, without waiting for a minute', async () => {
    const { window, pass, happens, seen } = watch();
    await pass(0);
    window.picture = 'visible';
    happens();
    await pass(300);
    expect(seen).toEqual(['blocked', 'open']);
    window.picture = 'black';
    await pass(5_000);
    expect(seen).toEqual(['blocked', 'open', 'blocked']);
  });

  it('looks every minute, when nothing happens', async () => {
    const { window, pass, seen } = watch();
    await pass(0);
    window.picture = 'visible';
    await pass(59_999);
    expect(seen).toEqual(['blocked']);
    await pass(1);
    expect(seen).toEqual(['blocked', 'open']);
  });

  it('keeps what it has found while there is nothing to see', async () => {
    const { window, pass, seen } = watch();
    await pass(0);
    window.shown = false;
    window.picture = 'visible';
    await pass(120_000);
    expect([window.probes, seen]).toEqual([1, ['blocked']]);
  });

  it('does not judge a picture that was taken while the window went away', async () => {
    const { window, pass, seen } = watch();
    window.shown = false;
    await pass(0);
    expect([window.probes, seen]).toEqual([1, []]);
  });

  it.each([
    ['fails', new Error('no capturer')],
    ['never answers', 'never'],
  ] as const)('takes the window for open, and says so once, when the look %s', async (_, picture) => {
    const { window, pass, happens, seen, lines } = watch();
    await pass(0);
    window.picture = picture;
    happens();
    await pass(60_000);
    expect(seen).toEqual(['blocked', 'open']);
    expect(lines.filter((line) => line.includes('could not be taken'))).toHaveLength(1);
    expect(window.probes).toBeGreaterThan(3);
  });

  it('says what the system cannot do', async () => {
    const { window, pass, capture } = watch({ shown: false });
    window.shown = true;
    window.picture = 'unsupported';
    await pass(5_000);
    expect(capture.state()).toBe('unsupported');
  });

  it('goes on when its listener fails', async () => {
    const { window, pass, lines, seen } = watch({
      onChange: () => {
        throw new Error('listener');
      },
    });
    await pass(0);
    window.picture = 'visible';
    await pass(60_000);
    expect(seen).toEqual(['blocked', 'open']);
    expect(lines.join()).toContain('could not be handled');
  });

  it('ends with all it has begun', async () => {
    const { window, pass, happens, capture, events } = watch();
    await pass(0);
    capture.stop();
    happens();
    await pass(120_000);
    expect([window.protections, window.probes, events.listenerCount('event'), vi.getTimerCount()]).toEqual([
      1, 1, 0, 0,
    ]);
  });

  it('ends when it is stopped during a look', async () => {
    const { pass, capture, seen } = watch();
    capture.stop();
    await pass(120_000);
    expect([seen, vi.getTimerCount()]).toEqual([[], 0]);
  });
});

describe('the verdict', () => {
  const failure = { reason: 'captureUnprotected', details: {} };
  it.each([
    ['blocked', 'pause', { pause: null, notice: null }],
    ['blocked', 'warn', { pause: null, notice: null }],
    ['open', 'pause', { pause: failure, notice: null }],
    ['open', 'warn', { pause: null, notice: failure }],
    ['open', 'ignore', { pause: null, notice: null }],
    ['unsupported', 'pause', { pause: failure, notice: null }],
    ['unsupported', 'warn', { pause: null, notice: failure }],
    ['unsupported', 'ignore', { pause: null, notice: null }],
  ] as const)('of a window that is %s under the rule %s', (state, rule, verdict) => {
    expect(captureVerdict(state, rule)).toEqual(verdict);
  });
});
