import type { Tri } from '#contract/evidence/posture.ts';
import { anyOf, type Finding, type Look, told, withDetail } from '../finding.ts';
import { activeUnits, enabledUnits } from './units.ts';

const units = ['hanare-path', 'firewalld', 'ufw', 'nftables'] as const;

/**
 * Rules themselves are root's to read. What can be seen is whether the service that loads them is active, and, where the
 * service is active with nothing to load (ufw, nftables), whether its configuration refuses anything.
 */
export async function firewall({ system }: Look): Promise<Finding> {
  const [active, enabled, ufwText, nftText] = await Promise.all([
    activeUnits(system, units),
    enabledUnits(system),
    system.read('/etc/ufw/ufw.conf'),
    first([system.read('/etc/nftables.conf'), system.read('/etc/sysconfig/nftables.conf')]),
  ]);
  const loads: Readonly<Record<(typeof units)[number], Tri>> = {
    'hanare-path': 'yes',
    firewalld: 'yes',
    ufw: told(ufwText === null ? null : /^[ \t]*ENABLED\s*=\s*["']?yes/im.test(ufwText)),
    nftables: told(nftText === null ? null : refuses(nftText)),
  };
  const answers = units.map((unit) => {
    const set: Tri = active?.has(unit) ? 'yes' : told(enabled?.has(`${unit}.service`));
    return {
      unit,
      set: set === 'yes' ? loads[unit] : set,
      effective: active?.has(unit) ? loads[unit] : ('unknown' as const),
    };
  });
  const set = anyOf(answers.map((answer) => answer.set));
  const effective = anyOf(answers.map((answer) => answer.effective));
  const seen = answers.filter((answer) => answer.effective === 'yes').map((answer) => answer.unit);
  if (effective === 'yes') return withDetail({ state: 'good', set, effective }, seen.join(', '));
  // Some other program may have loaded rules; but nothing known is set to.
  if (set === 'no') return withDetail({ state: 'bad', set, effective }, 'none known is set');
  return { state: 'unknown', set, effective };
}

async function first(texts: readonly Promise<string | null>[]): Promise<string | null> {
  for (const text of texts) if ((await text) !== null) return text;
  return null;
}

/** What Debian ships as nftables.conf is a table that lets everything through. */
function refuses(text: string): boolean | null {
  const rules = text.replace(/#.*$/gm, '');
  if (/\b(policy\s+drop|drop|reject)\b/.test(rules)) return true;
  return /^[ \t]*include\b/m.test(rules) ? null : false;
}
