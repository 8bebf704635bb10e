import type { ScriptProfile } from './profilers.ts';
import type { ThreadShare } from './threads.ts';

/** Where the time of one viewer went, in one run. */
export type RunProfile = Readonly<{ threads: readonly ThreadShare[]; scripts: readonly ScriptProfile[] }>;

const mostFunctions = 15;
const mostThreads = 20;
/** Less of one core is not worth a line. */
const leastShare = 0.001;

const percent = (share: number) => `${(share * 100).toFixed(1).padStart(6)} %`;

/** @param title of the run: its workload and viewer */
export function renderProfile(title: string, { threads, scripts }: RunProfile): string {
  const processes = new Map<string, number>();
  for (const { process, share } of threads) processes.set(process, (processes.get(process) ?? 0) + share);
  const shares = [...processes].sort(([, a], [, b]) => b - a);
  const lines = [`${title}: processor time by process, of one core, while it was profiled (which takes some itself)`];
  for (const [process, share] of shares) lines.push(`  ${percent(share)}  ${process}`);
  lines.push('', `${title}: by thread`);
  for (const { process, thread, share } of threads.slice(0, mostThreads)) {
    if (share >= leastShare) lines.push(`  ${percent(share)}  ${process}: ${thread}`);
  }
  for (const { where, spent } of scripts) {
    const busy = spent.filter(({ name, share }) => name !== '(idle)' && share >= leastShare);
    const idle = spent.find(({ name }) => name === '(idle)')?.share ?? 0;
    lines.push('', `${title}: functions of ${where}, of its time; idle ${(idle * 100).toFixed(1)} %`);
    for (const { name, place, share } of busy.slice(0, mostFunctions)) {
      lines.push(`  ${percent(share)}  ${name}${place && `  ${place}`}`);
    }
  }
  return lines.join('\n');
}
