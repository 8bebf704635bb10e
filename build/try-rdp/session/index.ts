import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import type { Findings } from '../findings.ts';
import { type Guide, leadMs, patienceMs } from '../guide.ts';
import { StepFailure } from '../problem.ts';
import type { Steps } from '../steps.ts';
import type { Language } from '../words.ts';
import { connect, connectedState, signOut } from './connect.ts';
import { watchKeyboard } from './keys.ts';
import { describeScreen, measure } from './measure.ts';
import { movePointer } from './pointer.ts';
import { resizeTo } from './resize.ts';
import { screenFrame, startWatch } from './watch.ts';

const second = 1_000;
/** How long something is looked at. */
const [lookSeconds, keySeconds] = [10, 20];
const guidedMs = patienceMs + leadMs;

export type SessionOptions = Readonly<{
  page: Page;
  language: Language;
  user: string;
  password: string;
  /** Asks somebody at the window; null where there is neither. */
  guide: Guide | null;
}>;

export const sessionSteps = ['connect', 'pointer', 'drag', 'scroll', 'keys', 'resize', 'signOut'] as const;

/** What the built app shows of the host, from the button that connects to the end of the session. */
export async function trySession(steps: Steps, findings: Findings, options: SessionOptions): Promise<void> {
  const { page, guide } = options;
  const look = async () => {
    const { figures } = await connectedState(page);
    if (figures) findings.screen = describeScreen(figures);
  };
  const connected = await steps.run('connect', { budgetMs: 90 * second }, async (signal) => {
    findings.connected = await connect(page, options, signal);
    await look();
    // Without it the session can still be tried: what needs it says so.
    await startWatch(screenFrame(page)).catch(() => undefined);
  });
  const up = () => (connected.outcome === 'ok' ? null : 'notConnected');
  const byPerson = () => up() ?? (guide ? null : 'noDisplay');

  const still = up() ?? (guide ? 'display' : null);
  await steps.run('pointer', { budgetMs: (lookSeconds + 15) * second, skip: still }, async (signal) => {
    const [measured] = await Promise.all([measure(page, lookSeconds, signal), movePointer(page, lookSeconds, signal)]);
    findings.fps = { ...findings.fps, pointer: measured };
  });
  for (const task of ['drag', 'scroll'] as const) {
    await steps.run(task, { budgetMs: guidedMs + (lookSeconds + 15) * second, skip: byPerson() }, async (signal) => {
      await guide?.ready(task, signal);
      const measured = await measure(page, lookSeconds, signal);
      findings.fps = { ...findings.fps, [task]: measured };
      if (measured.frames === 0) throw new StepFailure('noFrames');
    });
  }
  await steps.run('keys', { budgetMs: guidedMs + (keySeconds + 15) * second, skip: byPerson() }, async (signal) => {
    await guide?.ready('keys', signal);
    findings.keys = await watchKeyboard(screenFrame(page), keySeconds, signal);
    if (!Object.values(findings.keys.japanese).every(Boolean)) throw new StepFailure('keysMissing');
  });
  await steps.run('resize', { budgetMs: 60 * second, skip: up() }, async (signal) => {
    const size = await page.evaluate(() => {
      const { innerWidth: width, innerHeight: height } = globalThis as unknown as Record<string, number>;
      return { width: width ?? 0, height: height ?? 0 };
    });
    const smaller = await resizeTo(page, { width: size.width - 160, height: size.height - 90 }, signal);
    findings.resize = { smaller, back: null };
    if (!smaller.followed) {
      await page.setViewportSize(size);
      throw new StepFailure('deskKeptItsSize');
    }
    const back = await resizeTo(page, size, signal);
    findings.resize = { smaller, back };
    if (!back.followed) throw new StepFailure('notGivenBack');
  });
  await steps.run('signOut', { budgetMs: 30 * second, skip: up() }, async (signal) => {
    // The screen counts once a second.
    await sleep(1_500, undefined, { signal });
    await look();
    findings.signOut = await signOut(page, signal);
  });
}
