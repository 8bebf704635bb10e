import { describe, expect, test } from 'vitest';
import { processKind, sampleThreads, type ThreadSample, threadShares } from '#test/bench/profile/threads.ts';

describe('the kind of a process', () => {
  test.each([
    ['/usr/lib/chromium/chromium\0--kiosk\0--app=http://a/\0', 'browser'],
    ['/usr/lib/chromium/chromium --type=renderer --lang=en --no-sandbox', 'renderer'],
    ['/usr/lib/chromium/chromium\0--type=gpu-process\0', 'gpu-process'],
    ['chromium --type=utility --utility-sub-type=network.mojom.NetworkService --lang=en', 'NetworkService'],
    ['/usr/bin/node\0/srv/hanare/gateway/index.ts\0serve\0', 'gateway'],
    ['/usr/bin/node\0--import\0register.ts\0/srv/hanare/out/main/index.js\0', 'main'],
    ['xfreerdp\0/v:127.0.0.1\0', 'xfreerdp'],
    ['', ''],
  ])('%j is %j', (commandLine, kind) => expect(processKind(commandLine)).toBe(kind));
});

describe('shares of threads', () => {
  const sample = (us: number, ...threads: [id: string, process: string, thread: string, ticks: number][]) =>
    ({
      us,
      threads: new Map(threads.map(([id, process, thread, ticks]) => [id, { process, thread, ticks }])),
    }) satisfies ThreadSample;

  test('threads of a pool are one, a new one counts whole, and what used nothing is left out', () => {
    const before = sample(0, ['1/1', 'renderer', 'Pool/0', 5], ['2/2', 'gpu', 'Viz', 7], ['3/3', 'gateway', 'node', 9]);
    const after = sample(
      1_000_000,
      ['1/1', 'renderer', 'Pool/0', 15],
      ['1/4', 'renderer', 'Pool/12', 10],
      ['2/2', 'gpu', 'Viz', 37],
      ['3/3', 'gateway', 'node', 9],
    );
    expect(threadShares(before, after)).toEqual([
      { process: 'gpu', thread: 'Viz', share: 0.3 },
      { process: 'renderer', thread: 'Pool', share: 0.2 },
    ]);
  });

  test('a real process has its threads in a sample', () => {
    const { threads } = sampleThreads([process.pid]);
    expect(threads.get(`${process.pid}/${process.pid}`)?.ticks).toBeGreaterThan(0);
  });
});
