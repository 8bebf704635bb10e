import type { Tri } from '#contract/evidence/posture.ts';
import type { System } from '../../system.ts';
import { daysSince, daysText, type Finding, type Look, withDetail } from '../finding.ts';
import { enabledUnits } from './units.ts';

/** Touched whenever updates were looked for: by apt, PackageKit's apt, and the three generations of dnf. */
const stamps = [
  '/var/lib/apt/periodic/update-success-stamp',
  '/var/lib/apt/lists',
  '/var/cache/dnf/last_makecache',
  '/var/cache/dnf/expired_repos.json',
  '/var/cache/libdnf5',
] as const;
const restartWanted = ['/run/reboot-required', '/var/run/reboot-required'] as const;
const timers = ['dnf-automatic.timer', 'dnf-automatic-install.timer', 'dnf5-automatic.timer'] as const;

export async function updates({ system, now }: Look): Promise<Finding> {
  const [times, restarts, set] = await Promise.all([
    Promise.all(stamps.map((path) => system.modified(path))),
    Promise.all(restartWanted.map((path) => system.modified(path))),
    isSet(system),
  ]);
  const ages = times.map((time) => daysSince(time, now)).filter((age) => age !== null);
  const age = ages.length === 0 ? null : Math.min(...ages);
  const seen = age === null ? 'not seen when last looked for' : `looked for ${daysText(age)} ago`;
  const aged = age === null ? {} : { ageDays: age };
  if (restarts.some((time) => time !== null)) {
    return withDetail({ state: 'bad', set, effective: 'no', ...aged }, `installed, waiting for a restart; ${seen}`);
  }
  const known =
    age === null
      ? ({ state: 'unknown', effective: 'unknown' } as const)
      : ({ state: 'good', effective: 'yes' } as const);
  return withDetail({ ...known, set, ...aged }, seen);
}

const mostFiles = 100;

/** Whether the system installs updates by itself. */
async function isSet(system: System): Promise<Tri> {
  const enabled = await enabledUnits(system);
  if (timers.some((timer) => enabled?.has(timer))) return 'yes';
  const folder = '/etc/apt/apt.conf.d';
  const names = await system.list(folder);
  if (names === null) return enabled === null ? 'unknown' : 'no';
  // Read in the order of their names, later ones win; names with another ending are left out (apt.conf(5)).
  const files = names.filter((name) => /^[\w-]+(\.conf)?$/.test(name)).toSorted();
  const texts = await Promise.all(files.slice(0, mostFiles).map((name) => system.read(`${folder}/${name}`)));
  const values = texts.flatMap((text) =>
    [...(text ?? '').matchAll(/^[ \t]*APT::Periodic::Unattended-Upgrade[ \t]+"([^"\n]*)"/gm)].map(
      (match) => match[1] ?? '',
    ),
  );
  return /^[1-9]|^always$/.test(values.at(-1) ?? '0') ? 'yes' : 'no';
}
