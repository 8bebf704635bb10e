import { describe, expect, test } from 'vitest';
import type { Run } from '#test/bench/measure.ts';
import { number, renderReport, renderTable } from '#test/bench/table.ts';
import { markOf, workloads } from '#test/bench/workloads.ts';

const machine = {
  cores: 2,
  processor: 'Test CPU',
  memoryGiB: 24,
  kernel: '6.1',
  node: '24.0.0',
  versions: { Chromium: '156.0' },
};
const run = (viewer: string, over: Partial<Run> = {}): Run => ({
  desk: 'vnc',
  workload: 'drag',
  viewer,
  fps: 60,
  p50: 8,
  p95: 12,
  keyToDeskP50: null,
  shown: 300,
  painted: 300,
  firstPictureMs: 100,
  viewerMsPerFrame: 1,
  viewerShare: 0.06,
  serverMsPerFrame: 2,
  server: { updates: 100, bytes: 1024 * 500, jpegBytes: 0 },
  foreignShare: 0.01,
  stolenShare: 0,
  discarded: false,
  codec: null,
  ...over,
});

const cellsOf = (report: string, viewer: string) => {
  const lines = report.split('\n');
  const heading = lines.find((line) => line.startsWith('workload'))!;
  const line = lines.find((text) => text.includes(` ${viewer} `))!;
  const names = heading.trim().split(/ {2,}/);
  return Object.fromEntries(
    line
      .trim()
      .split(/ {2,}/)
      .map((cell, index) => [names[index], cell]),
  );
};

test('columns are as wide as their widest cell, counted in characters', () => {
  expect(
    renderTable([
      ['a', 'b', 'c', 'n'],
      ['→→→', 'x', 'y', '10'],
    ]),
  ).toBe('a    b  c   n\n→→→  x  y  10');
});

test('a figure that is not there is a dash', () => {
  expect([number(Number.NaN), number(undefined), number(Number.POSITIVE_INFINITY), number(1.25, 0)]).toEqual([
    '–',
    '–',
    '–',
    '1',
  ]);
});

describe('the report', () => {
  test('compares each viewer with vncviewer in the same run', () => {
    const cells = cellsOf(renderReport(machine, [run('vncviewer'), run('direct', { fps: 45 })]), 'direct');
    expect(cells).toMatchObject({ fps: '45.0', '× native': '0.75', prototype: '58', mark: 'SHORT', 'KiB/update': '5' });
  });

  test('has no ratio when vncviewer was not measured', () => {
    expect(cellsOf(renderReport(machine, [run('direct')]), 'direct')).toMatchObject({ '× native': '–', mark: 'pass' });
  });

  test('compares key → pixel by time', () => {
    const keys = { workload: 'typing', fps: 0, shown: 30, painted: 30 } as const;
    const report = renderReport(machine, [
      run('vncviewer', { ...keys, p50: 10 }),
      run('direct', { ...keys, p50: 14, p95: 18 }),
    ]);
    const line = report.split('\n').find((text) => text.includes(' direct '))!;
    expect(line).toMatch(/1\.40 +15\.3 +pass/);
  });

  test('compares an RDP desk with xfreerdp alone, and says what came by which codec', () => {
    const desk = { desk: 'xrdp10', codec: 'H264', server: null } as const;
    const cells = cellsOf(
      renderReport(machine, [run('xfreerdp', desk), run('direct', { ...desk, fps: 45 })]),
      'direct',
    );
    expect(cells).toMatchObject({ codec: 'H264', '× native': '0.75' });
    expect(renderReport(machine, [run('direct', { ...desk, fps: 45 })])).not.toMatch(/SHORT|pass/);
  });

  test('has the profile of a run that was profiled below it', () => {
    const threads = [{ process: 'renderer', thread: 'DedicatedWorker', share: 0.25 }];
    expect(renderReport(machine, [run('direct', { profile: { threads, scripts: [] } })])).toMatch(
      /drag direct: by thread\n +25\.0 % {2}renderer: DedicatedWorker/,
    );
  });

  test('says which runs are discarded, and what it was measured on', () => {
    const report = renderReport(machine, [run('direct', { foreignShare: 0.6, discarded: true })]);
    expect(report).toContain('60 discarded');
    expect(report.split('\n')[0]).toBe('2 × Test CPU, 24 GiB, Linux 6.1, Node 24.0.0, Chromium 156.0');
  });
});

test('a mark is the comparison with the prototype: frames upwards, time downwards', () => {
  expect(markOf(workloads.drag, { fps: 58, p50: 0 })).toBe('pass');
  expect(markOf(workloads.drag, { fps: 57.9, p50: 0 })).toBe('short');
  expect(markOf(workloads.full, { fps: 23, p50: 0 })).toBe('pass');
  expect(markOf(workloads['full-q2'], { fps: 30.9, p50: 0 })).toBe('short');
  expect(markOf(workloads.scroll, { fps: 49, p50: 0 })).toBe('pass');
  expect(markOf(workloads.typing, { fps: 0, p50: 15.3 })).toBe('pass');
  expect(markOf(workloads.typing, { fps: 0, p50: 15.4 })).toBe('short');
});
