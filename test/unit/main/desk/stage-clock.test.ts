import { describe, expect, it } from 'vitest';
import { stages } from '#contract/ipc/state.ts';
import { createStageClock } from '#main/desk/stage-clock.ts';

function start() {
  let now = 1_000;
  const clock = createStageClock(() => now);
  return { clock, pass: (ms: number) => (now += ms) };
}

describe('the stage clock', () => {
  it('is at the network, with no times, when it starts', () => {
    const { clock } = start();
    expect(clock.stage()).toBe('network');
    expect(clock.times()).toEqual({});
  });

  it('measures each stage when they come in turn', () => {
    const { clock, pass } = start();
    for (const [index, stage] of stages.entries()) {
      if (index > 0) expect(clock.enter(stage)).toBe(true);
      pass((index + 1) * 10);
    }
    clock.finish();
    expect(clock.times()).toEqual({ network: 10, gateway: 20, signIn: 30, desk: 40, picture: 50 });
  });

  it('says that nothing is new when a stage is entered again or an earlier one is', () => {
    const { clock, pass } = start();
    clock.enter('signIn');
    pass(5);
    expect([clock.enter('signIn'), clock.enter('gateway'), clock.enter('network')]).toEqual([false, false, false]);
    expect(clock.stage()).toBe('signIn');
    pass(5);
    clock.enter('desk');
    expect(clock.times().signIn).toBe(10);
  });

  it('counts a stage as 0 when it is passed over', () => {
    const { clock, pass } = start();
    pass(7);
    clock.enter('desk');
    expect(clock.times()).toEqual({ network: 7, gateway: 0, signIn: 0 });
  });

  it('rounds to tenths of a millisecond', () => {
    const { clock, pass } = start();
    pass(1.2345);
    clock.enter('gateway');
    expect(clock.times().network).toBe(1.2);
  });

  it('does not change times that were handed out', () => {
    const { clock } = start();
    const before = clock.times();
    clock.enter('gateway');
    expect(before).toEqual({});
  });
});
