import type { System } from '../../system.ts';
import { daysSince } from '../finding.ts';

const folder = '/var/lib/clamav';
/** `daily` is what changes; `main` counts where it is all there is. */
const databases = [
  ['daily.cld', 'daily.cvd'],
  ['main.cld', 'main.cvd'],
] as const;
const headerLength = 512;

/** Age of ClamAV's definitions, in days; null when they cannot be seen. */
export async function definitionsAge(system: System, now: number): Promise<number | null> {
  for (const names of databases) {
    const ages: number[] = [];
    for (const name of names) {
      const path = `${folder}/${name}`;
      const header = await system.read(path);
      const built = header === null ? null : parseBuilt(header);
      const age = daysSince(built, now) ?? daysSince(await system.modified(path), now);
      if (age !== null) ages.push(age);
    }
    if (ages.length > 0) return Math.min(...ages);
  }
  return null;
}

/**
 * When a database was built, ms since 1970: the ninth field of its header, seconds (ClamAV's documentation, "CVD format"):
 * `ClamAV-VDB:07 Nov 2026 08-51 +0000:27100:2000000:90:md5:signature:builder:1794041460`
 */
export function parseBuilt(text: string): number | null {
  const fields = text.slice(0, headerLength).split(':');
  const seconds = fields[8]?.trimEnd() ?? '';
  return fields[0] === 'ClamAV-VDB' && /^\d{9,11}/.test(seconds) ? Number.parseInt(seconds, 10) * 1000 : null;
}
