import { describe, expect, it } from 'vitest';
import { createOtpSource } from '#main/tunnel/otp-source.ts';

const halfMinute = 30_000;
const start = 60_000_000 * halfMinute;

/** A clock that goes on only while somebody waits. */
function startSource(at = start) {
  let now = at;
  const waits: number[] = [];
  const source = createOtpSource({
    otp: async (moment) => `step ${moment / halfMinute - start / halfMinute}`,
    wallNow: () => now,
    pause: async (ms) => {
      waits.push(ms);
      now += ms;
    },
  });
  const next = (skewMs = 0) => source.next(skewMs, new AbortController().signal);
  return { next, waits, source, pass: (ms: number) => (now += ms) };
}

describe('the laptop’s own one-time passwords', () => {
  it('are those of the present half minute, at once', async () => {
    const t = startSource(start + 12_345);
    expect(await t.next()).toBe('step 0');
    t.pass(5 * halfMinute);
    expect(await t.next()).toBe('step 5');
    expect(t.waits).toEqual([]);
  });

  it('are never the same twice: the second in a half minute is the next one, at once', async () => {
    const t = startSource(start + 12_345);
    await t.next();
    expect(await t.next()).toBe('step 1');
    expect(t.waits).toEqual([]);
  });

  it('are waited for when the gateway would not take them yet', async () => {
    const t = startSource(start + 12_345);
    await t.next();
    await t.next();
    expect(await t.next()).toBe('step 2');
    expect(t.waits).toEqual([halfMinute - 12_345]);
    expect(await t.next()).toBe('step 3');
    expect(t.waits).toEqual([halfMinute - 12_345, halfMinute]);
  });

  it('are waited for by the gateway’s clock', async () => {
    const ahead = startSource(start + 20_000);
    await ahead.next(25_000);
    expect(await ahead.next(25_000)).toBe('step 1');
    expect(ahead.waits).toEqual([5_000]);
    const behind = startSource(start + 20_000);
    await behind.next(-25_000);
    await behind.next(-25_000);
    expect(await behind.next(-25_000)).toBe('step 2');
    expect(behind.waits).toEqual([]);
  });

  it('are those of the clock again when it was set back', async () => {
    const t = startSource(start + 10 * halfMinute);
    await t.next();
    t.pass(-10 * halfMinute);
    expect(await t.next()).toBe('step 0');
    expect(t.waits).toEqual([]);
  });

  it('are waited for no longer when nobody needs them any more', async () => {
    const source = createOtpSource({ otp: async () => 'code', wallNow: () => start });
    const left = new AbortController();
    await source.next(0, left.signal);
    await source.next(0, left.signal);
    const third = source.next(0, left.signal);
    left.abort(new Error('left'));
    await expect(third).rejects.toThrow();
  });
});
