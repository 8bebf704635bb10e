import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { StepFailure } from '../problem.ts';

/** Moves the pointer in circles over the desk, pressing nothing. */
export async function movePointer(page: Page, seconds: number, signal: AbortSignal): Promise<void> {
  const box = await page.locator('iframe').boundingBox();
  if (!box) throw new StepFailure('ended');
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const end = performance.now() + seconds * 1_000;
  for (let turn = 0; performance.now() < end; turn += 0.2) {
    signal.throwIfAborted();
    await page.mouse.move(x + Math.cos(turn) * box.width * 0.3, y + Math.sin(turn) * box.height * 0.3);
    await sleep(30);
  }
}
