import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

/** Saves a picture of the window into the folder that HANARE_SHOTS names; without it, nothing. */
export async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env.HANARE_SHOTS;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
