import type { Bridge } from '#contract/ipc/bridge.ts';
import type { AppInfo, Preferences } from '#contract/ipc/state.ts';

/** What the window needs before it can show its first screen, besides what it follows. */
export type Boot = Readonly<{ info: AppInfo; preferences: Preferences }>;

/** Rejects when main does not answer at all. */
export async function boot(bridge: Bridge): Promise<Boot> {
  const [info, preferences] = await Promise.all([bridge.app.info(), bridge.preferences.get()]);
  return { info, preferences };
}
