import { readdirSync, readFileSync } from 'node:fs';
import { parseProcessStat, processTree, sampleProcessorTime, tickMs } from '../processor-time.ts';

export type ThreadSample = Readonly<{ us: number; threads: ReadonlyMap<string, Ticks> }>;
type Ticks = Readonly<{ process: string; thread: string; ticks: number }>;

/** Processor time of one thread, or of several with one name in processes of one kind; as a share of one core. */
export type ThreadShare = Readonly<{ process: string; thread: string; share: number }>;

/** @param commandLine /proc/<pid>/cmdline; Chromium's children have spaces there in place of zeros */
export function processKind(commandLine: string): string {
  const words = commandLine.split(/[\0 ]/);
  const value = (name: string) => words.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
  const type = value('type');
  if (type !== undefined) return value('utility-sub-type')?.split('.').at(-1) ?? type;
  if (words.some((word) => word.endsWith('gateway/index.ts'))) return 'gateway';
  if (words.some((word) => word.endsWith('out/main/index.js'))) return 'main';
  const program = words[0]!.split('/').at(-1)!;
  return /^(chrom|electron)/.test(program) ? 'browser' : program;
}

/** @param roots whose processes' threads are read, and those of all below them */
export function sampleThreads(roots: readonly number[]): ThreadSample {
  const { us, processes } = sampleProcessorTime();
  const threads = new Map<string, Ticks>();
  for (const pid of processTree(processes, roots)) {
    try {
      const process = processKind(readFileSync(`/proc/${pid}/cmdline`, 'latin1'));
      for (const id of readdirSync(`/proc/${pid}/task`)) {
        const stat = readFileSync(`/proc/${pid}/task/${id}/stat`, 'latin1');
        const thread = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
        threads.set(`${pid}/${id}`, { process, thread, ticks: parseProcessStat(stat).ticks });
      }
    } catch {
      // It ended while it was read.
    }
  }
  return { us, threads };
}

/** @returns what was used between two samples, most first, and without what is below one tick */
export function threadShares(before: ThreadSample, after: ThreadSample): ThreadShare[] {
  const elapsedMs = (after.us - before.us) / 1000;
  const used = new Map<string, { process: string; thread: string; share: number }>();
  for (const [id, { process, thread, ticks }] of after.threads) {
    // A pool numbers its threads.
    const name = thread.replace(/[/:\d]+$/, '');
    const key = `${process} ${name}`;
    const entry = used.get(key) ?? { process, thread: name, share: 0 };
    entry.share += ((ticks - (before.threads.get(id)?.ticks ?? 0)) * tickMs) / elapsedMs;
    used.set(key, entry);
  }
  return [...used.values()].filter(({ share }) => share > 0).sort((a, b) => b.share - a.share);
}
