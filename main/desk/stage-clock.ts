import { type Stage, type StageTimes, stages } from '#contract/ipc/state.ts';

/** Measures how long each stage of connecting takes, ms. A stage that is passed over in no time counts 0. */
export function createStageClock(now: () => number): {
  /** @returns whether this is a new stage. */
  enter(stage: Stage): boolean;
  finish(): void;
  stage(): Stage;
  times(): StageTimes;
} {
  let present: Stage = 'network';
  let since = now();
  let times: StageTimes = {};
  const stop = () => {
    times = { ...times, [present]: Math.round((now() - since) * 10) / 10 };
    since = now();
  };
  return {
    enter(stage) {
      if (stages.indexOf(stage) <= stages.indexOf(present)) return false;
      stop();
      const passedOver = stages.slice(stages.indexOf(present) + 1, stages.indexOf(stage));
      times = { ...times, ...Object.fromEntries(passedOver.map((name) => [name, 0])) };
      present = stage;
      return true;
    },
    finish: stop,
    stage: () => present,
    times: () => times,
  };
}
