import { type SessionState, type Stage, stages } from '#contract/ipc/state.ts';
import type { EnrolTimes } from './window.ts';

/** What `--json` saves. Times in milliseconds. */
export type DemoReport = Readonly<{
  host: 'electron' | 'stand-in';
  headless: boolean;
  desk: string;
  /** Finding the office by the code, then each step of enrolling; null when it was not done. */
  enrolment: EnrolTimes | null;
  stages: Readonly<Record<Stage, number | null>>;
  /** From the press of the button to the first picture. */
  firstPictureMs: number | null;
  framesShown: number;
  bytesDown: number;
  bytesUp: number;
  roundTripMs: number | null;
  screen: Readonly<{ width: number; height: number; fps: number }> | null;
  errors: readonly string[];
  seconds: number;
}>;

/** @param state the last state in which the session was up, or the one in which it failed. */
export function makeReport(
  state: SessionState,
  facts: Pick<DemoReport, 'host' | 'headless' | 'desk' | 'enrolment' | 'errors' | 'seconds'>,
): DemoReport {
  const times = 'times' in state ? state.times : {};
  const connected = state.phase === 'connected' ? state : null;
  const complete = stages.every((stage) => times[stage] !== undefined);
  return {
    ...facts,
    stages: Object.fromEntries(stages.map((stage) => [stage, times[stage] ?? null])) as DemoReport['stages'],
    firstPictureMs: complete ? Math.round(stages.reduce((sum, stage) => sum + (times[stage] ?? 0), 0) * 10) / 10 : null,
    framesShown: connected?.figures?.frames ?? 0,
    bytesDown: connected?.link.bytesDown ?? 0,
    bytesUp: connected?.link.bytesUp ?? 0,
    roundTripMs: connected?.link.rttMs ?? null,
    screen: connected?.figures
      ? { width: connected.figures.width, height: connected.figures.height, fps: connected.figures.fps }
      : null,
  };
}
