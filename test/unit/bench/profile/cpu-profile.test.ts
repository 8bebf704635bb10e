import { describe, expect, test } from 'vitest';
import { type CpuProfile, selfTimes } from '#test/bench/profile/cpu-profile.ts';

const frame = (functionName: string, url = '', lineNumber = -1) => ({ functionName, url, lineNumber });
const profile: CpuProfile = {
  nodes: [
    { id: 1, callFrame: frame('(root)') },
    { id: 2, callFrame: frame('(idle)') },
    { id: 3, callFrame: frame('decode', 'http://localhost:1/assets/worker-a1.js?x#y', 41) },
    { id: 4, callFrame: frame('decode', 'http://localhost:1/assets/worker-a1.js?x#y', 41) },
    { id: 5, callFrame: frame('', 'wasm://wasm/66ee1806', 0) },
  ],
  samples: [3, 2, 4, 5, 2],
  timeDeltas: [900, 100, 500, 200, 100, 100],
};

describe('self times', () => {
  test('a sample lasts until the next; calls from different places are one function', () => {
    const spent = selfTimes(profile);
    expect(spent.map(({ name, share }) => [name, Math.round(share * 100)])).toEqual([
      ['(idle)', 60],
      ['decode', 30],
      ['(anonymous)', 10],
    ]);
  });

  test('a place is a file and a line from 1, and none for what is the engine itself', () => {
    expect(Object.fromEntries(selfTimes(profile).map(({ name, place }) => [name, place]))).toEqual({
      '(idle)': '',
      decode: 'worker-a1.js:42',
      '(anonymous)': 'wasm://wasm/66ee1806:1',
    });
  });

  test('time that runs backwards, and a profile without samples, are nothing', () => {
    expect(selfTimes({ nodes: profile.nodes })).toEqual([]);
    expect(selfTimes({ ...profile, samples: [3, 2], timeDeltas: [0, -50, 100] })).toMatchObject([
      { name: '(idle)', share: 1 },
      { name: 'decode', share: 0 },
    ]);
  });
});
