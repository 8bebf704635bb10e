import { parseArgs } from 'node:util';
import { type DeskName, deskNames } from './desks.ts';
import { type WorkloadName, workloadNames } from './workloads.ts';

export const viewerNames = ['vncviewer', 'xfreerdp', 'direct', 'app'] as const;
export type ViewerName = (typeof viewerNames)[number];

export type BenchOptions = Readonly<{
  workloads: readonly WorkloadName[];
  viewers: readonly ViewerName[];
  desk: DeskName;
  /** Measured seconds of each run. */
  seconds: number;
  /** Where to write the figures as JSON. */
  json?: string;
  /** Of one workload: tells where the time goes. */
  profile: boolean;
  help: boolean;
}>;

/** What differs from another in a setting of VNC's. */
const vncOnly: ReadonlySet<WorkloadName> = new Set(['full-q2', 'typing-240']);

/** A wrong argument; the message is for the person at the terminal. */
export class UsageError extends Error {}

export const usage = `npm run bench -- [options]      the remote screen, measured from outside with a barcode probe
  --only NAMES      workloads, by comma: ${workloadNames.join(', ')}
  --viewer NAMES    viewers, by comma: ${viewerNames.join(', ')}
  --desk NAME       what they show: ${deskNames.join(', ')} (default vnc)
  --seconds N       measured seconds of each run, 1 to 60 (default 5)
  --quick           drag and full-screen only, 2 seconds each
  --profile         with one workload: where each viewer's time goes, which slows it; builds the app with its names kept
  --json FILE       also writes every figure to FILE`;

function choose<T extends string>(
  text: string | undefined,
  known: readonly T[],
  what: string,
): readonly T[] | undefined {
  if (text === undefined) return undefined;
  const names = text.split(',').filter(Boolean);
  for (const name of names) {
    if (!known.some((one) => one === name))
      throw new UsageError(`no ${what} "${name}"; there are: ${known.join(', ')}`);
  }
  if (names.length === 0) throw new UsageError(`no ${what} is named`);
  return known.filter((name) => names.includes(name));
}

/** @throws UsageError */
export function parseBenchArguments(args: readonly string[]): BenchOptions {
  const values = (() => {
    try {
      return parseArgs({
        args: [...args],
        options: {
          only: { type: 'string' },
          viewer: { type: 'string' },
          desk: { type: 'string' },
          seconds: { type: 'string' },
          json: { type: 'string' },
          profile: { type: 'boolean', default: false },
          quick: { type: 'boolean', default: false },
          help: { type: 'boolean', default: false },
        },
      }).values;
    } catch (error) {
      throw new UsageError(error instanceof Error ? error.message : String(error));
    }
  })();
  const seconds = values.seconds === undefined ? (values.quick ? 2 : 5) : Number(values.seconds);
  if (!(seconds >= 1 && seconds <= 60)) throw new UsageError('--seconds must be from 1 to 60');
  const [desk = 'vnc', another] = choose(values.desk, deskNames, 'desk') ?? [];
  if (another !== undefined) throw new UsageError('one desk at a time');
  const peer = desk === 'vnc' ? 'xfreerdp' : 'vncviewer';
  const able = viewerNames.filter((name) => name !== peer);
  const usual = desk === 'vnc' ? workloadNames : workloadNames.filter((name) => !vncOnly.has(name));
  const workloads = choose(values.only, usual, 'workload') ?? (values.quick ? ['drag', 'full'] : usual);
  if (values.profile && workloads.length !== 1) throw new UsageError('--profile needs one workload: --only NAME');
  return {
    desk,
    workloads,
    profile: values.profile,
    viewers: choose(values.viewer, able, 'viewer') ?? able,
    seconds,
    ...(values.json === undefined ? {} : { json: values.json }),
    help: values.help,
  };
}
