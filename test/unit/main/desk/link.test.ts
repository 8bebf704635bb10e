import { describe, expect, it } from 'vitest';
import { pinged, startHeartbeat } from '#contract/wire/heartbeat.ts';
import { initialTunnel, type TunnelState } from '#contract/wire/tunnel-state.ts';
import { createLinkMeter } from '#main/desk/link.ts';

function start() {
  let now = 0;
  const meter = createLinkMeter(() => now);
  return { meter, at: (ms: number) => (now = ms) };
}
const withRtt = (rttMs: number | null): TunnelState => ({ ...initialTunnel, beat: { ...startHeartbeat(0), rttMs } });
const none = { down: 0, up: 0 };

describe('the link meter', () => {
  it('knows nothing when nothing was measured', () => {
    expect(start().meter.read(initialTunnel, none)).toEqual({
      rttMs: null,
      downBps: 0,
      upBps: 0,
      bytesDown: 0,
      bytesUp: 0,
      quality: 'good',
    });
  });

  it('tells bits per second when a second has passed', () => {
    const { meter, at } = start();
    at(1_000);
    expect(meter.read(initialTunnel, { down: 125_000, up: 1_000 })).toMatchObject({ downBps: 1_000_000, upBps: 8_000 });
    at(3_000);
    expect(meter.read(initialTunnel, { down: 375_000, up: 1_000 })).toMatchObject({ downBps: 1_000_000, upBps: 0 });
  });

  it('keeps the last rates when it is read again too soon', () => {
    const { meter, at } = start();
    at(1_000);
    meter.read(initialTunnel, { down: 125_000, up: 0 });
    at(1_500);
    const link = meter.read(initialTunnel, { down: 999_999, up: 9 });
    expect(link).toMatchObject({ downBps: 1_000_000, upBps: 0, bytesDown: 999_999, bytesUp: 9 });
  });

  it('never tells a negative rate when the counts begin anew', () => {
    const { meter, at } = start();
    at(1_000);
    meter.read(initialTunnel, { down: 1_000, up: 1_000 });
    at(2_000);
    expect(meter.read(initialTunnel, none)).toMatchObject({ downBps: 0, upBps: 0 });
  });

  it.each([
    [0, 'good'],
    [79.9, 'good'],
    [80, 'fair'],
    [199.9, 'fair'],
    [200, 'poor'],
    [9_000, 'poor'],
  ])('judges the line when the round trip is %d ms', (rttMs, quality) => {
    expect(start().meter.read(withRtt(rttMs), none)).toMatchObject({ rttMs, quality });
  });

  it('says silent when an answer is overdue, however short the round trip was', () => {
    const { meter, at } = start();
    const tunnel = { ...initialTunnel, beat: pinged({ ...startHeartbeat(0), rttMs: 10 }, 0) };
    at(1_499);
    expect(meter.read(tunnel, none).quality).toBe('good');
    at(1_500);
    expect(meter.read(tunnel, none).quality).toBe('silent');
  });

  it('rounds the round trip to tenths', () => {
    expect(start().meter.read(withRtt(12.3456), none).rttMs).toBe(12.3);
  });
});
