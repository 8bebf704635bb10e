import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeUse } from '#main/desk/use-limits.ts';

const now = 1_800_000_000_000;
const policy = { idleSeconds: 1800, warnSeconds: 120 };
const judge = (facts: Partial<Parameters<typeof judgeUse>[0]>) =>
  judgeUse({ idleSeconds: 0, until: now + 3_600_000, closes: null, now, policy, shown: null, ...facts });
const quiet = { ends: null, warning: null };

describe('how long a session may be used', () => {
  it('is no matter while somebody works and the sign-in lasts', () => {
    expect(judge({})).toEqual(quiet);
    expect(judge({ idleSeconds: 1679, until: now + 120_001 })).toEqual(quiet);
  });

  it.each([
    [1680, 120_000],
    [1700, 100_000],
    [1799, 1_000],
  ])('is told when nobody has touched the laptop for %i s', (idleSeconds, leftMs) => {
    expect(judge({ idleSeconds })).toEqual({ ends: null, warning: { kind: 'idle', at: now + leftMs } });
  });

  it.each([120_000, 1])('is told when the sign-in ends in %i ms', (leftMs) => {
    const until = now + leftMs;
    expect(judge({ until })).toEqual({ ends: null, warning: { kind: 'signIn', at: until } });
  });

  it('is over when nobody has touched it for the time that the rules allow', () => {
    expect(judge({ idleSeconds: 1800 })).toEqual({ ends: 'idleTooLong' });
    expect(judge({ idleSeconds: 99_999 })).toEqual({ ends: 'idleTooLong' });
  });

  it('is over when the sign-in is used up, whatever somebody does', () => {
    expect(judge({ until: now })).toEqual({ ends: 'signInExpired' });
    expect(judge({ until: now - 86_400_000 })).toEqual({ ends: 'signInExpired' });
  });

  it('is told of what comes first when both come', () => {
    expect(judge({ idleSeconds: 1700, until: now + 99_000 })).toMatchObject({ warning: { kind: 'signIn' } });
    expect(judge({ idleSeconds: 1702, until: now + 99_000 })).toMatchObject({ warning: { kind: 'idle' } });
  });

  it('is told of the sign-in, too, when a hand on the laptop has just put off the other end', () => {
    const short = { idleSeconds: 5, warnSeconds: 120 };
    expect(judge({ policy: short, until: now + 60_000 })).toMatchObject({ warning: { kind: 'signIn' } });
    expect(judge({ policy: short, until: now + 60_000, idleSeconds: 1 })).toMatchObject({ warning: { kind: 'idle' } });
  });

  it('is not told while somebody works when the warning is longer than the time itself', () => {
    expect(judge({ policy: { idleSeconds: 10, warnSeconds: 120 } })).toEqual(quiet);
  });

  it('has an end that stays where it is while whole seconds of idle time waver round it', () => {
    const shown = { kind: 'idle', at: now + 100_400 } as const;
    expect(judge({ idleSeconds: 1700, shown })).toEqual({ ends: null, warning: shown });
    expect(judge({ idleSeconds: 1690, shown })).toMatchObject({ warning: { at: now + 110_000 } });
    expect(judge({ until: now + 100_000, shown })).toEqual({
      ends: null,
      warning: { kind: 'signIn', at: now + 100_000 },
    });
  });

  it('never warns of an end in the past, and warns before any end that comes second by second', () => {
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 400 }), fc.integer({ min: 1, max: 400 }), (idleSeconds, warnSeconds) => {
        const rules = { idleSeconds, warnSeconds };
        const seen = Array.from({ length: idleSeconds + 1 }, (_, idle) =>
          judge({ idleSeconds: idle, now: now + idle * 1000, until: now + 86_400_000, policy: rules }),
        );
        expect(seen.at(-1)).toEqual({ ends: 'idleTooLong' });
        const warned = seen.filter((use) => use.ends === null && use.warning !== null).length;
        expect(warned).toBe(Math.min(warnSeconds, idleSeconds - 1));
      }),
    );
  });
});
