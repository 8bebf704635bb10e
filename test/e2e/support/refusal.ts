import { expect } from 'vitest';
import type { LaunchedApp } from '#build/host/launch.ts';
import { catalogue, type ErrorName } from '#contract/errors/catalogue.ts';
import { waitForPhase } from './page.ts';

/** The title as a sentence, the code as it is read out, and what to do next: all on the screen. */
async function expectRefusal({ page }: LaunchedApp, reason: ErrorName): Promise<void> {
  await page.getByText(catalogue[reason].title.ja).first().waitFor();
  const text = ((await page.locator('body').textContent()) ?? '').replace(/\s/g, '');
  expect(text).toContain(catalogue[reason].code);
  expect(text).toContain(catalogue[reason].user.ja.replace(/\s/g, ''));
  expect(text).not.toMatch(/[{}]|undefined/);
}

/** The session ends for a reason, and the screen says so. */
export async function expectEnd(app: LaunchedApp, reason: ErrorName): Promise<void> {
  const state = await waitForPhase(app, 'ended');
  expect(state.phase === 'ended' && state.failure?.reason).toBe(reason);
  await expectRefusal(app, reason);
}
