import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { answerDeskInWindow, messages, readState } from '#build/demo/window.ts';
import { fromFailure } from '#contract/errors/hanare-error.ts';
import type { Bridge } from '#contract/ipc/bridge.ts';
import { type SessionState, stages } from '#contract/ipc/state.ts';
import type { Findings } from '../findings.ts';
import { StepFailure } from '../problem.ts';
import type { Language } from '../words.ts';

type Connected = Extract<SessionState, { phase: 'connected' }>;

/** @throws HanareError when the session ended for a reason, StepFailure when it is not there */
export async function connectedState(page: Page): Promise<Connected> {
  const state = await readState(page);
  if (state?.phase === 'connected') return state;
  if (state?.phase === 'ended' && state.failure) throw fromFailure(state.failure);
  throw new StepFailure('ended');
}

/** Presses the button, answers the desk's dialog and waits until its picture is there and counted. */
export async function connect(
  page: Page,
  who: Readonly<{ language: Language; user: string; password: string }>,
  signal: AbortSignal,
): Promise<NonNullable<Findings['connected']>> {
  const begun = performance.now();
  await page.getByRole('button', { name: messages[who.language]['ready.connect'], exact: true }).click();
  void answerDeskInWindow(page, who).catch(() => undefined);
  for (;;) {
    signal.throwIfAborted();
    const state = await readState(page);
    if (state === undefined) throw new StepFailure('ended');
    if (state.phase === 'ended') throw state.failure ? fromFailure(state.failure) : new StepFailure('ended');
    if (state.phase === 'connected' && state.figures) {
      const { times } = state;
      return {
        stages: Object.fromEntries(stages.map((stage) => [stage, times[stage] ?? null])),
        firstPictureSeconds: Math.round((performance.now() - begun) / 100) / 10,
      };
    }
    await sleep(100);
  }
}

/** Ends the session in order. @returns what a look for its remains on the laptop found */
export async function signOut(page: Page, signal: AbortSignal): Promise<NonNullable<Findings['signOut']>> {
  await page.evaluate(() => (globalThis as unknown as { hanare: Bridge }).hanare.session.disconnect());
  for (;;) {
    signal.throwIfAborted();
    const state = await readState(page);
    if (state === undefined) throw new StepFailure('ended');
    if (state.phase === 'ended') {
      if (state.failure) throw fromFailure(state.failure);
      if (state.receipt === null) return { remains: 'unknown' };
      if (state.receipt !== 'pending') return { remains: state.receipt.clean ? 'clean' : 'found' };
    }
    await sleep(100);
  }
}
