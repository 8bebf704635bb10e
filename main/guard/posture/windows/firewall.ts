import type { Tri } from '#contract/evidence/posture.ts';
import { allOf, type Finding, stateOf, told, withDetail } from '../finding.ts';
import { decodeProductState } from './antivirus.ts';
import type { Raw } from './raw.ts';

/** Windows Firewall in all three profiles, or another product that has taken its place. */
export function firewall({ service, profiles, others }: NonNullable<Raw['firewall']>): Finding {
  const other = (others ?? []).find((one) => decodeProductState(one.state).on);
  if (other) return withDetail({ state: 'good', set: 'yes', effective: 'yes' }, other.name);
  const set = allOf(
    profiles.map(({ policy, local }) => told((policy ?? local) === null ? null : (policy ?? local) === 1)),
  );
  const active = profiles.map(({ active: now }): Tri => (now === 'True' ? 'yes' : now === 'False' ? 'no' : 'unknown'));
  const runs = told(service === null ? null : service === 'Running');
  const effective = profiles.length < 3 ? 'unknown' : allOf([...active, runs]);
  const off = profiles.filter((_, index) => active[index] === 'no').map((profile) => profile.name);
  const detail = runs === 'no' ? 'service stopped' : off.length > 0 ? `off: ${off.join(', ')}` : 'Windows Firewall';
  return withDetail({ state: stateOf(effective), set, effective }, detail);
}
