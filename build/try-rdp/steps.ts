import { problemOf } from './problem.ts';
import type { Say } from './words.ts';

/** In the order in which they are done. */
export type StepName =
  | 'negotiation'
  | 'standardRdp'
  | 'tls'
  | 'credssp'
  | 'nlaEx'
  | 'wrongPassword'
  | 'nla'
  | 'tlsOnly'
  | 'app'
  | 'connect'
  | 'pointer'
  | 'drag'
  | 'scroll'
  | 'keys'
  | 'resize'
  | 'signOut';

export type SkipReason =
  | 'unreachable'
  | 'notOffered'
  | 'notAnswered'
  | 'notAsked'
  | 'probeOnly'
  | 'refusedBefore'
  | 'noSignIn'
  | 'noApp'
  | 'notConnected'
  | 'noDisplay'
  | 'display'
  | 'nobody'
  | 'passedOver'
  | 'stopped';

export type StepRecord = Readonly<{
  step: StepName;
  outcome: 'ok' | 'failed' | 'skipped';
  /** Of a failure: a code of docs/error-codes, an errno of the system's, or a word of problem.ts. */
  code: string | null;
  /** One of our own fixed phrases that says more. */
  detail: string | null;
  because: SkipReason | null;
  seconds: number;
}>;

/** Thrown by a step that finds that it cannot be done. */
export class Skipped extends Error {
  readonly because: SkipReason;
  constructor(because: SkipReason) {
    super(because);
    this.because = because;
  }
}

type StepOptions = Readonly<{
  budgetMs: number;
  skip?: SkipReason | null;
  /** The code that this step is to fail with; anything else is a failure. */
  expect?: string;
}>;

export type Steps = Readonly<{
  /** Does one step within its time. Whatever goes wrong is written down, and the next step is done. */
  run(step: StepName, options: StepOptions, work: (signal: AbortSignal) => Promise<void> | void): Promise<StepRecord>;
  records(): readonly StepRecord[];
}>;

/** @param stop ends the step that is being done, and skips the rest */
export function createSteps({ say, stop, now }: { say: Say; stop: AbortSignal; now(): number }): Steps {
  const records: StepRecord[] = [];

  const perform = async (
    { budgetMs, expect = undefined }: StepOptions,
    work: (signal: AbortSignal) => Promise<void> | void,
  ): Promise<Pick<StepRecord, 'outcome' | 'code' | 'detail' | 'because'>> => {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(budgetMs)]);
    const nothing = { code: null, detail: null, because: null };
    try {
      await Promise.race([work(signal), aborted(signal)]);
      if (expect !== undefined) return { ...nothing, outcome: 'failed', code: 'accepted' };
      return { ...nothing, outcome: 'ok' };
    } catch (error) {
      if (stop.aborted) return { ...nothing, outcome: 'skipped', because: 'stopped' };
      if (error instanceof Skipped) return { ...nothing, outcome: 'skipped', because: error.because };
      const problem = problemOf(error);
      return { ...nothing, ...problem, outcome: problem.code === expect ? 'ok' : 'failed' };
    }
  };

  return {
    run: async (step, options, work) => {
      const skip = stop.aborted ? 'stopped' : (options.skip ?? null);
      const begun = now();
      if (skip === null) say.begin(step, options.budgetMs);
      const result =
        skip === null
          ? await perform(options, work)
          : ({ outcome: 'skipped', code: null, detail: null, because: skip } as const);
      const record = { step, ...result, seconds: Math.round((now() - begun) / 100) / 10 };
      records.push(record);
      say.end(record);
      return record;
    },
    records: () => records,
  };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
