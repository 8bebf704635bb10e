import { daysText, type Finding, type Look, stateOf, told, withDetail } from '../finding.ts';
import { definitionsAge } from './clamav.ts';
import type { Processes } from './processes.ts';
import { enabledUnits } from './units.ts';

/** Of other products the process that scans: their agents also run with scanning turned off. */
const products = [
  { name: 'Microsoft Defender', processes: ['wdavdaemon'], unit: 'mdatp.service' },
  { name: 'Sophos', processes: ['soapd', 'sophos_threat_d', 'savscand'], unit: 'sophos-spl.service' },
  { name: 'ESET', processes: ['oaeventd', 'odfeederd', 'esets'], unit: 'eea.service' },
  { name: 'Trend Micro', processes: ['ds_am'], unit: 'ds_agent.service' },
] as const;
const clamav = { processes: ['clamd', 'clamonacc'], units: ['clamav-daemon.service', 'clamd@scan.service'] } as const;

export async function antivirus({ system, now }: Look, processes: Processes): Promise<Finding> {
  const running = new Set(processes.list.flatMap((one) => (one.ofSystem ? [one.name] : [])));
  const enabled = await enabledUnits(system);
  const isSet = (units: readonly string[]) => told(enabled && units.some((unit) => enabled.has(unit)));

  const other = products.find((product) => product.processes.some((name) => running.has(name)));
  if (other) {
    // How old their definitions are is known to their administrators only.
    const finding = { state: 'good', set: isSet([other.unit]), effective: 'yes' } as const;
    return withDetail(finding, `${other.name}, age of definitions unknown`);
  }
  if (clamav.processes.some((name) => running.has(name))) {
    const age = await definitionsAge(system, now);
    const name = running.has('clamonacc') ? 'ClamAV on access' : 'ClamAV';
    const finding = { state: age === null ? 'unknown' : 'good', set: isSet(clamav.units), effective: 'yes' } as const;
    return age === null
      ? withDetail(finding, `${name}, age of definitions cannot be seen`)
      : withDetail({ ...finding, ageDays: age }, `${name}, definitions ${daysText(age)} old`);
  }
  const effective = processes.whole ? 'no' : 'unknown';
  const set = isSet([...clamav.units, ...products.map((product) => product.unit)]);
  return withDetail(
    { state: stateOf(effective), set, effective },
    processes.whole ? 'none known is running' : undefined,
  );
}
