import type { Machine } from './machine.ts';
import type { Run } from './measure.ts';
import { renderProfile } from './profile/report.ts';
import { ratio } from './statistics.ts';
import { markOf, type Workload, type WorkloadName, workloads } from './workloads.ts';

const peers: readonly string[] = ['vncviewer', 'xfreerdp'];

export const number = (value: number | undefined, digits = 1): string =>
  value === undefined || !Number.isFinite(value) ? '–' : value.toFixed(digits);

/** Columns padded to their widest cell; the first three to the left, the others to the right. */
export function renderTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => [...(row[column] ?? '')].length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => {
          const space = ' '.repeat(widths[column]! - [...cell].length);
          return column < 3 ? cell + space : space + cell;
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const words = { pass: 'pass', short: 'SHORT', none: '–' } as const;

function row(workload: Workload, run: Run, native: Run | undefined): string[] {
  const frames = workload.measures === 'frames';
  const overRdp = run.desk !== 'vnc';
  // Of VNC alone.
  const prototype = overRdp ? {} : workload.reference.prototype;
  return [
    workload.label,
    run.viewer,
    run.codec ?? '–',
    frames ? number(run.fps) : '',
    number(run.p50),
    number(run.p95),
    `${run.shown}/${run.painted}`,
    number(run.viewerMsPerFrame),
    number(run.viewerShare * 100, 0),
    number(run.serverMsPerFrame),
    number((run.server?.bytes ?? Number.NaN) / 1024 / Math.max(1, run.server?.updates ?? 1), 0),
    number(run.firstPictureMs, 0),
    // Better is more frames, or less time.
    number(native && (frames ? ratio(run.fps, native.fps) : ratio(run.p50, native.p50)), 2),
    frames ? number(prototype.fps, 0) : number(prototype.p50),
    overRdp || peers.includes(run.viewer) ? '' : words[markOf(workload, run)],
    `${number(run.foreignShare * 100, 0)}${run.discarded ? ' discarded' : ''}`,
  ];
}

const heading = [
  ...['workload', 'viewer', 'codec', 'fps', 'p50 ms', 'p95 ms', 'shown', 'CPU ms/frame', 'CPU %', 'desk ms/frame'],
  ...['KiB/update', 'first ms', '× native', 'prototype', 'mark', 'foreign %'],
];

/** @param runs of one program start; every viewer is compared with the native one's run of the same workload. */
export function renderReport(machine: Machine, runs: readonly Run[]): string {
  const names = [...new Set(runs.map((run) => run.workload))] as WorkloadName[];
  const rows = names.flatMap((name) => {
    const same = runs.filter((run) => run.workload === name);
    return same.map((run) =>
      row(
        workloads[name],
        run,
        same.find((one) => peers.includes(one.viewer)),
      ),
    );
  });
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
  return [
    `${machine.cores} × ${machine.processor}, ${machine.memoryGiB} GiB, Linux ${machine.kernel}, Node ${machine.node}, ${versions.join(', ')}`,
    '',
    renderTable([heading, ...rows]),
    '',
    '× native: frames per second (key → pixel: time) against the native viewer in this run. prototype: fps (key → pixel: p50 ms) of the',
    'earlier prototype on its machine; mark: whether ours is at least as good. CPU %: of one core. A run with more than 25 % of a',
    'core used by other programs is discarded. codec: as the desk says that it sends it, else as the viewer says.',
    ...runs.flatMap(({ workload, viewer, profile }) =>
      profile ? ['', renderProfile(`${workload} ${viewer}`, profile)] : [],
    ),
  ].join('\n');
}
