import type { Tri } from '#contract/evidence/posture.ts';
import type { System } from '../../system.ts';
import { anyOf, type Finding, type Look, stateOf, told, withDetail } from '../finding.ts';
import { enabledUnits } from './units.ts';

const services = ['systemd-timesyncd', 'chrony', 'chronyd', 'ntp', 'ntpd', 'ntpsec'] as const;

/** One-time passwords and certificates depend on the laptop's clock. */
export async function timeSync({ system }: Look): Promise<Finding> {
  const [kernel, chrony, stamp, enabled] = await Promise.all([
    askKernel(system),
    askChrony(system),
    system.modified('/run/systemd/timesync/synchronized'),
    enabledUnits(system),
  ]);
  const listed = services.filter((name) => enabled?.has(`${name}.service`));
  const set = anyOf([kernel.set, told(enabled && listed.length > 0)]);
  // The kernel notices when the last correction is too long ago; the stamp says only that there was one since the start.
  const sources: readonly (readonly [Tri, string])[] = [
    [kernel.effective, 'system clock'],
    [chrony, 'chrony'],
    [stamp === null ? 'unknown' : 'yes', 'systemd-timesyncd'],
  ];
  const [effective, source] = sources.find(([answer]) => answer !== 'unknown') ?? ['unknown', ''];
  const detail = effective === 'yes' ? 'in step' : effective === 'no' ? 'not in step' : undefined;
  return withDetail({ state: stateOf(effective), set, effective }, detail && `${detail} (${source})`);
}

/** The kernel's own flag (adjtimex(2), STA_UNSYNC), which every time service sets, as systemd tells it. */
async function askKernel(system: System): Promise<Readonly<{ set: Tri; effective: Tri }>> {
  const args = ['show', '-p', 'NTP', '-p', 'NTPSynchronized'];
  const { code, stdout } = await system.run('/usr/bin/timedatectl', args, 4_000);
  const of = (name: string): Tri => {
    const value = new RegExp(`^${name}=(yes|no)$`, 'm').exec(stdout)?.[1];
    return code === 0 && value ? told(value === 'yes') : 'unknown';
  };
  return { set: of('NTP'), effective: of('NTPSynchronized') };
}

async function askChrony(system: System): Promise<Tri> {
  const { code, stdout } = await system.run('/usr/bin/chronyc', ['-n', 'tracking'], 4_000);
  const status = /^Leap status\s*:\s*(.+)$/m.exec(stdout)?.[1]?.trim();
  return code !== 0 || status === undefined ? 'unknown' : told(status !== 'Not synchronised');
}
