import { describe, expect, it } from 'vitest';
import { describeKeys } from '#build/try-rdp/session/keys.ts';
import { compare, describeScreen } from '#build/try-rdp/session/measure.ts';
import { judge } from '#build/try-rdp/session/resize.ts';
import type { ScreenFigures } from '#contract/ipc/state.ts';

const figures = (frames: number, more: Partial<ScreenFigures> = {}): ScreenFigures => ({
  ...{ width: 1280, height: 720, frames, fps: 0, bytes: frames * 1_000, firstPictureMs: 5, decodeMs: 1, presentMs: 2 },
  ...more,
});
const rdp = (codecs: NonNullable<ScreenFigures['rdp']>['codecs']) => ({
  rdp: { version: 0x80004, channels: 3, pipeline: 0xa0701, codecs, resize: true },
});

describe('what was measured', () => {
  it('counts from one count of the screen to the last, by codec too', () => {
    const samples = [
      { at: 1_000, figures: figures(100, { fps: 99, ...rdp({ avc420: 7, clear: 3 }) }) },
      { at: 2_000, figures: figures(120, { fps: 20, ...rdp({ avc420: 20, clear: 3 }) }) },
      { at: 3_500, figures: figures(175, { fps: 30.04, ...rdp({ avc420: 80, clear: 3, planar: 2 }) }) },
    ];
    expect(compare(samples)).toEqual({
      ...{ seconds: 2.5, frames: 75, fps: 30, bestFps: 30, megabitsPerSecond: 0.2 },
      codecs: { avc420: 73, planar: 2 },
    });
  });

  it.each([[[]], [[{ at: 5, figures: figures(9) }]]])('is nothing when the screen did not count twice', (samples) => {
    expect(compare(samples)).toMatchObject({ frames: 0, fps: 0, codecs: {} });
  });

  it('tells what an RDP desk chose, versions as the specifications write them', () => {
    expect(describeScreen(figures(3, rdp({ clear: 2 })))).toMatchObject({
      ...{ rdpVersion: '0x00080004', dynamicChannels: 3, pipeline: '0x000a0701', codecs: { clear: 2 } },
      displayControl: true,
    });
    expect(describeScreen(figures(3))).toMatchObject({ rdpVersion: null, pipeline: null, codecs: {} });
  });
});

describe('the keys', () => {
  it('are told in the order of a table, whatever the order in which they were pressed', () => {
    const pressed = { codes: ['KeyZ', 'KeyA', 'Convert', 'LaunchMail'], scancodes: [0x79, 0x2c, 0x1e, 0x66] };
    const facts = describeKeys(pressed);
    expect(facts).toEqual(
      describeKeys({ codes: pressed.codes.toReversed(), scancodes: pressed.scancodes.toReversed() }),
    );
    expect(facts.pressed).toEqual([
      { key: 'KeyA', scancode: '0x1e', sent: true },
      { key: 'KeyZ', scancode: '0x2c', sent: true },
      { key: 'Convert', scancode: '0x79', sent: true },
    ]);
    expect(facts.others).toBe(2);
  });

  it('are the six when all have gone to the desk, and one is missing when it was only pressed', () => {
    const all = describeKeys({ codes: [], scancodes: [0x29, 0x79, 0x7b, 0x70, 0x7d, 0x73] });
    expect(Object.values(all.japanese)).toEqual([true, true, true, true, true, true]);
    const one = describeKeys({ codes: ['IntlYen'], scancodes: [] });
    expect(one.japanese['￥']).toBe(false);
    expect(one.pressed).toEqual([{ key: 'IntlYen', scancode: '0x7d', sent: false }]);
  });
});

describe('another size of the window', () => {
  const size = (at: number, width: number, height: number, anew = false) => ({ at, width, height, anew });

  it('was followed when the desk took the last wish, its width made even', () => {
    const taken = [size(150, 800, 600), size(340, 1206, 634)];
    expect(judge([size(10, 800, 600), size(100, 1207, 634)], taken)).toEqual({
      ...{ width: 1207, height: 634, followed: true, anew: false, afterMs: 240 },
    });
    expect(judge([size(100, 1207, 634)], [size(900, 1206, 634, true)])).toMatchObject({ anew: true });
  });

  it.each([
    ['it took another', [size(150, 1280, 720)]],
    ['it had it before', [size(50, 1207, 634)]],
    ['it took none', []],
  ])('was not followed when %s', (_, taken) => {
    expect(judge([size(100, 1207, 634)], taken)).toMatchObject({ followed: false, afterMs: null });
  });

  it('has nothing to tell when nothing was wished', () => {
    expect(judge([], [size(1, 2, 3)])).toBeNull();
  });
});
