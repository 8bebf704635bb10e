import { type PostureFact, type PostureItem, type PostureReport, postureItems } from '#contract/evidence/posture.ts';
import type { System } from '../system.ts';
import { type Look, type Looks, unseen, within } from './finding.ts';
import { linuxLooks } from './linux/linux.ts';
import { windowsLooks } from './windows/windows.ts';

const longestClient = 40;
/** PowerShell alone needs seconds to start on a slow laptop. */
const limits = { linux: 7_000, windows: 35_000, other: 1_000 } as const;

/**
 * Looks at the laptop's system, all items at once, read-only. Never throws: what cannot be seen, or not in time, is
 * `unknown`.
 * @param o.client name and version of this program
 * @param o.limitMs the longest that one item may take
 */
export async function readPosture(
  system: System,
  o: Readonly<{ client: string; home: string; ownFolder: string; now: () => number; limitMs?: number }>,
): Promise<PostureReport> {
  const os = system.platform === 'linux' ? 'linux' : system.platform === 'win32' ? 'windows' : 'other';
  const limitMs = o.limitMs ?? limits[os];
  const looks = looksOf(os, { system, home: o.home, ownFolder: o.ownFolder, now: o.now() });
  // A look that fails has seen nothing; one item's trouble must not cost the others.
  const look = async (item: PostureItem): Promise<PostureFact> => {
    const finding = looks?.[item]() ?? Promise.resolve(unseen('this system is not known'));
    return { item, ...(await within(limitMs, finding, unseen('could not be found out'))) };
  };
  return { os, client: o.client.slice(0, longestClient), facts: await Promise.all(postureItems.map(look)) };
}

function looksOf(os: PostureReport['os'], look: Look): Looks | null {
  switch (os) {
    case 'linux':
      return linuxLooks(look);
    case 'windows':
      return windowsLooks(look);
    case 'other':
      return null;
    default:
      return os satisfies never;
  }
}
