import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { readWatch, type Size, screenFrame } from './watch.ts';

export type Followed = Readonly<{
  width: number;
  height: number;
  /** The desk took the size that it was asked for. */
  followed: boolean;
  /** By a new connection, as a desk without MS-RDPEDISP. */
  anew: boolean;
  /** From the wish to the desk's new size; null where it did not come. */
  afterMs: number | null;
}>;
export type ResizeFacts = Readonly<{ smaller: Followed; back: Followed | null }>;

/** Long enough for a new connection. */
const waitMs = 15_000;

/** Gives the window's page another size and waits for the desk to follow. */
export async function resizeTo(
  page: Page,
  size: { width: number; height: number },
  signal: AbortSignal,
): Promise<Followed> {
  const frame = screenFrame(page);
  const before = await readWatch(frame);
  await page.setViewportSize(size);
  for (const end = performance.now() + waitMs; performance.now() < end; await sleep(100)) {
    signal.throwIfAborted();
    const { asked, taken } = await readWatch(frame);
    const facts = judge(asked.slice(before.asked.length), taken.slice(before.taken.length));
    if (facts?.followed) return facts;
  }
  const { asked, taken } = await readWatch(frame);
  const nothing = { width: size.width, height: size.height, followed: false, anew: false, afterMs: null };
  return judge(asked.slice(before.asked.length), taken.slice(before.taken.length)) ?? nothing;
}

/** The last wish, and whether the desk has taken it since: its width is even (MS-RDPEDISP 2.2.2.2.1). Null without a wish. */
export function judge(asked: readonly Size[], taken: readonly Size[]): Followed | null {
  const wish = asked.at(-1);
  if (!wish) return null;
  const { width, height } = wish;
  const same = (size: Size) =>
    size.at >= wish.at && Math.abs(size.width - width) < 2 && Math.abs(size.height - height) < 2;
  const found = taken.find(same);
  const anew = found?.anew ?? false;
  return { width, height, followed: found !== undefined, anew, afterMs: found ? Math.round(found.at - wish.at) : null };
}
