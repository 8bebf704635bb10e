import { describe, expect, test } from 'vitest';
import {
  foreignShare,
  type ProcessorSample,
  parseMachineStat,
  parseProcessStat,
  processTree,
  sampleProcessorTime,
  usedMs,
} from '#test/bench/processor-time.ts';

const sample = (us: number, busy: number, ...processes: [pid: number, parent: number, ticks: number][]) =>
  ({
    us,
    busy,
    stolen: 0,
    processes: new Map(processes.map(([pid, parent, ticks]) => [pid, { parent, ticks }])),
  }) satisfies ProcessorSample;

describe('/proc', () => {
  test('a process whose name holds spaces and parentheses is read right', () => {
    const stat = '4242 (web) (content 1) S 17 4242 17 0 -1 4194560 9 9 9 9 120 34 5 6 20 0 1 0 777 1 1 1';
    expect(parseProcessStat(stat)).toEqual({ parent: 17, ticks: 154 });
  });

  test('the machine is busy with all but idle, waiting and stolen time', () => {
    const stat = 'cpu  100 5 40 90000 300 7 8 60 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n';
    expect(parseMachineStat(stat)).toEqual({ busy: 160, stolen: 60 });
  });

  test('this process is in a real sample, with its parent', () => {
    expect(sampleProcessorTime().processes.get(process.pid)?.parent).toBe(process.ppid);
  });
});

describe('processor time between two samples', () => {
  const before = sample(1_000_000, 500, [10, 1, 50], [11, 10, 20], [90, 1, 70]);
  const after = sample(2_000_000, 640, [10, 1, 60], [11, 10, 40], [12, 11, 5], [90, 1, 160]);

  test('a tree is its roots and all below them', () => {
    expect([...processTree(after.processes, [10])].sort()).toEqual([10, 11, 12]);
    expect([...processTree(after.processes, [404])]).toEqual([]);
  });

  test('counts children, and the whole of one that is new', () => {
    expect(usedMs(before, after, [10])).toBe((10 + 20 + 5) * 10);
  });

  test('what is not ours is foreign', () => {
    expect(foreignShare(before, after, 10)).toBeCloseTo((140 - 35) / 100);
  });

  test('ticks counted unevenly never make it negative', () => {
    expect(foreignShare(before, { ...after, busy: 510 }, 10)).toBe(0);
  });
});
