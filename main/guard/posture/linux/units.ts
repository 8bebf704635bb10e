import type { System } from '../../system.ts';

/** Names of the systemd units that start by themselves; null where there is no systemd to start them. */
export async function enabledUnits(system: System): Promise<ReadonlySet<string> | null> {
  const folder = '/etc/systemd/system';
  const names = await system.list(folder);
  if (names === null) return null;
  const wants = names.filter((name) => name.endsWith('.wants') || name.endsWith('.requires'));
  const lists = await Promise.all(wants.map((name) => system.list(`${folder}/${name}`)));
  return new Set(lists.flatMap((list) => list ?? []));
}

/** Those of some units that are active now; null when systemd does not say. */
export async function activeUnits(system: System, units: readonly string[]): Promise<ReadonlySet<string> | null> {
  const { stdout } = await system.run('/usr/bin/systemctl', ['is-active', '--', ...units], 4_000);
  // One line each, in order; the exit code only says whether all are.
  const lines = stdout.trimEnd().split('\n');
  if (lines.length !== units.length || !lines.every((line) => /^[a-z-]+$/.test(line))) return null;
  return new Set(units.filter((_, index) => lines[index] === 'active'));
}
