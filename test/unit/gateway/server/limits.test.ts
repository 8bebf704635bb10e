import { describe, expect, it } from 'vitest';
import { createRateLimit } from '#gateway/server/limits.ts';

describe('createRateLimit', () => {
  it('allows the burst, then the rate', () => {
    let now = 0;
    const allow = createRateLimit(3, 2, () => now);
    expect([allow(), allow(), allow(), allow()]).toEqual([true, true, true, false]);
    now = 500;
    expect([allow(), allow()]).toEqual([true, false]);
  });

  it('never saves up more than the burst', () => {
    let now = 0;
    const allow = createRateLimit(2, 10, () => now);
    now = 3_600_000;
    expect([allow(), allow(), allow()]).toEqual([true, true, false]);
  });
});
