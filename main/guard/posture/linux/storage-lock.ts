import type { Tri } from '#contract/evidence/posture.ts';
import type { System } from '../../system.ts';
import { allOf, type Finding, type Look, stateOf, told, withDetail } from '../finding.ts';
import { isBelow, type Mount, mountOf, readMounts, realPath, unescaped } from './mounts.ts';

/** Whether what a person writes is gone after a restart: home, /tmp and /var/tmp in memory. */
export async function storageLock({ system, home, ownFolder }: Look): Promise<Finding> {
  const [set, mounts] = await Promise.all([isSet(system, home), readMounts(system)]);
  const places = await Promise.all([home, '/tmp', '/var/tmp'].map((path) => realPath(system, path)));
  const kept = await Promise.all([ownFolder, `${home}/.local/share/keyrings`].map((path) => realPath(system, path)));
  const answers = places.map((path) => (mounts && path !== null ? isFleeting(mounts, path) : 'unknown'));
  const inside =
    mounts && places[0] ? mountedInside(mounts, places[0], kept).map((one) => isFleeting(mounts, one.point)) : [];
  const effective = allOf([...answers, ...inside]);
  const onDisk = [
    ...['home', '/tmp', '/var/tmp'].filter((_, index) => answers[index] === 'no'),
    ...(inside.includes('no') ? ['a folder of the home'] : []),
  ];
  const detail = onDisk.length > 0 ? `not in memory: ${onDisk.join(', ')}` : set === 'no' ? 'not set' : undefined;
  return withDetail({ state: stateOf(allOf([set, effective])), set, effective }, detail);
}

const memory = ['tmpfs', 'ramfs'] as const;
const isMemory = (mount: Mount) => memory.some((type) => type === mount.type);

function isFleeting(mounts: readonly Mount[], path: string): Tri {
  const mount = mountOf(mounts, path);
  if (mount === null) return 'unknown';
  if (mount.type !== 'overlay') return told(isMemory(mount));
  // What is written goes to the upper layer; an overlay without one cannot be written to.
  const upper = mount.options.find((option) => option.startsWith('upperdir='))?.slice('upperdir='.length);
  if (upper === undefined) return 'yes';
  const below = mountOf(
    mounts.filter((one) => one !== mount),
    upper,
  );
  return told(below && isMemory(below));
}

/** What a desktop mounts in a home by itself, and which keeps nothing there. */
const ofDesktop = ['fuse.gvfsd-fuse', 'fuse.portal', 'autofs'] as const;

/** What is mounted below the home, but for what is to be kept. */
function mountedInside(mounts: readonly Mount[], home: string, kept: readonly (string | null)[]): readonly Mount[] {
  return mounts.filter(
    ({ point, type }) =>
      point !== home &&
      isBelow(point, home) &&
      !kept.some((folder) => folder !== null && isBelow(point, folder)) &&
      !ofDesktop.some((one) => one === type),
  );
}

/** Lines of /etc/fstab that kitting has marked. */
async function isSet(system: System, home: string): Promise<Tri> {
  const text = await system.read('/etc/fstab');
  if (text === null) return (await system.list('/etc')) === null ? 'unknown' : 'no';
  const marked = text.split('\n').flatMap((line) => {
    const [entry = '', ...rest] = line.split('#');
    const [, point, type] = entry.trim().split(/\s+/);
    return point && type && /^\s*hanare\b/.test(rest.join('#')) ? [{ point: unescaped(point), type }] : [];
  });
  const fleeting = ['tmpfs', 'overlay'];
  return told([home, '/tmp', '/var/tmp'].every((path) => fleeting.includes(mountOf(marked, path)?.type ?? '')));
}
