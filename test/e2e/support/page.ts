import { setTimeout as sleep } from 'node:timers/promises';
import type { LaunchedApp } from '#build/host/launch.ts';
import type { Bridge } from '#contract/ipc/bridge.ts';
import type { SessionState } from '#contract/ipc/state.ts';

type Scope = { hanare: Bridge };

export async function sessionState(app: LaunchedApp): Promise<SessionState> {
  return await app.page.evaluate(() => (globalThis as unknown as Scope).hanare.session.state());
}

/** Waits until something holds. @throws Error that names it when it does not within the limit, ms */
export async function until(what: string, holds: () => Promise<boolean> | boolean, limitMs = 15_000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited in vain: ${what}`);
    await sleep(100);
  }
}

/** The limit leaves room for the next one-time password: each is good once, and there is one every 30 seconds. */
export async function waitForPhase(
  app: LaunchedApp,
  phase: SessionState['phase'],
  limitMs = 75_000,
): Promise<SessionState> {
  let state: SessionState | undefined;
  const reached = async () => {
    state = await sessionState(app).catch(() => undefined);
    return state?.phase === phase;
  };
  await until(`phase ${phase}`, reached, limitMs).catch((error: unknown) => {
    throw new Error(`${(error as Error).message}; it is ${JSON.stringify(state)}; ${app.log().slice(-5).join(' | ')}`);
  });
  return state!;
}
