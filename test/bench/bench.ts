import type { DeskName } from './desks.ts';
import { foreignLimit, measure, type Run } from './measure.ts';
import type { NativeTools } from './native-tools.ts';
import type { Viewer } from './viewers/viewer.ts';
import { type WorkloadName, workloads } from './workloads.ts';

/** After this no discarded run is repeated, so that a run of everything stays under five minutes. */
const repeatUntilMs = 200_000;

type Failed = Readonly<{ workload: WorkloadName; viewer: string; error: string }>;
export type BenchResult = Readonly<{ runs: readonly Run[]; failed: readonly Failed[] }>;

/** Each workload with all viewers in turn, close together in time, so that they are compared under like conditions. */
export async function runBench(
  viewers: readonly Viewer[],
  names: readonly WorkloadName[],
  desk: DeskName,
  seconds: number,
  profile: boolean,
  tools: NativeTools,
  say: (line: string) => void,
  stop: AbortSignal = new AbortController().signal,
): Promise<BenchResult> {
  const began = Date.now();
  const runs: Run[] = [];
  const failed: Failed[] = [];
  for (const name of names) {
    for (const viewer of viewers) {
      if (stop.aborted) return { runs, failed };
      try {
        let run = await measure(viewer, workloads[name], desk, seconds, tools, profile);
        if (run.discarded && !stop.aborted && Date.now() - began < repeatUntilMs) {
          say(`${name} ${viewer.name}: other programs used more than ${foreignLimit * 100} % of a core; once more`);
          const again = await measure(viewer, workloads[name], desk, seconds, tools, profile);
          if (again.foreignShare < run.foreignShare) run = again;
        }
        runs.push(run);
        say(`${name} ${viewer.name}: ${run.fps > 0 ? `${run.fps.toFixed(1)} fps, ` : ''}p95 ${run.p95.toFixed(1)} ms`);
      } catch (error) {
        if (stop.aborted) return { runs, failed };
        const text = error instanceof Error ? error.message : String(error);
        failed.push({ workload: name, viewer: viewer.name, error: text });
        say(`${name} ${viewer.name}: failed: ${text}`);
      }
    }
  }
  return { runs, failed };
}
