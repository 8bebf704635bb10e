import { readdirSync, readFileSync } from 'node:fs';

/** Processor time from /proc, in clock ticks of 10 ms (USER_HZ is 100 on every Linux of ours). */
export const tickMs = 10;

type Process = Readonly<{ parent: number; ticks: number }>;

/** @param stat /proc/<pid>/stat; the name in parentheses may hold spaces and parentheses itself. */
export function parseProcessStat(stat: string): Process {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
}

/** @param stat /proc/stat. @returns ticks of all cores: in use, and taken by the host's other guests. */
export function parseMachineStat(stat: string): { busy: number; stolen: number } {
  const [user, nice, system, , , irq, softIrq, steal] = stat.split('\n')[0]!.trim().split(/\s+/).slice(1).map(Number);
  return { busy: user! + nice! + system! + irq! + softIrq!, stolen: steal ?? 0 };
}

export type ProcessorSample = Readonly<{
  us: number;
  busy: number;
  stolen: number;
  processes: ReadonlyMap<number, Process>;
}>;

export const monotonicUs = () => Number(process.hrtime.bigint() / 1000n);

export function sampleProcessorTime(): ProcessorSample {
  const processes = new Map<number, Process>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      processes.set(Number(name), parseProcessStat(readFileSync(`/proc/${name}/stat`, 'latin1')));
    } catch {
      // It ended while the list was read.
    }
  }
  return { us: monotonicUs(), ...parseMachineStat(readFileSync('/proc/stat', 'latin1')), processes };
}

/** The processes `roots` and everything below them. */
export function processTree(processes: ReadonlyMap<number, Process>, roots: readonly number[]): Set<number> {
  const tree = new Set(roots.filter((pid) => processes.has(pid)));
  for (let size = -1; size !== tree.size; ) {
    size = tree.size;
    for (const [pid, { parent }] of processes) if (tree.has(parent)) tree.add(pid);
  }
  return tree;
}

/** Milliseconds of processor time that the trees below `roots` used between two samples. */
export function usedMs(before: ProcessorSample, after: ProcessorSample, roots: readonly number[]): number {
  let ticks = 0;
  for (const pid of processTree(after.processes, roots))
    ticks += after.processes.get(pid)!.ticks - (before.processes.get(pid)?.ticks ?? 0);
  return ticks * tickMs;
}

/** What others used between two samples, as a share of one core; `own` is this program's process. */
export function foreignShare(before: ProcessorSample, after: ProcessorSample, own: number): number {
  const busyMs = (after.busy - before.busy) * tickMs;
  const elapsedMs = (after.us - before.us) / 1000;
  return Math.max(0, busyMs - usedMs(before, after, [own])) / elapsedMs;
}
