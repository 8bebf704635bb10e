import type { System } from '../system.ts';

/** How many ICMP "destination unreachable" this laptop has made itself since it started. */
export type OwnRefusals = Readonly<{ ipv4: number; ipv6: number }>;

/**
 * Linux tells a program only "unreachable" or "refused", be it that the laptop's own firewall has rejected the packet or
 * that a router far away has. The kernel's counter of what it has made ITSELF (RFC 4293) tells the two apart, and
 * everybody may read it.
 * @returns null where there is no such counter (Windows; it names its own refusals by an error of their own).
 */
export async function readOwnRefusals(system: System): Promise<OwnRefusals | null> {
  if (system.platform !== 'linux') return null;
  const [four, six] = await Promise.all([system.read('/proc/net/snmp'), system.read('/proc/net/snmp6')]);
  const ipv4 = four === null ? null : icmpColumn(four, 'OutDestUnreachs');
  if (ipv4 === null) return null;
  return { ipv4, ipv6: Number(/^Icmp6OutDestUnreachs\s+(\d+)$/m.exec(six ?? '')?.[1] ?? 0) };
}

/** The file has two lines a protocol: names, then values. */
function icmpColumn(text: string, name: string): number | null {
  const [names, values] = text
    .split('\n')
    .filter((line) => line.startsWith('Icmp:'))
    .map((line) => line.trim().split(/\s+/));
  const value = values?.[names?.indexOf(name) ?? -1];
  return value !== undefined && /^\d+$/.test(value) ? Number(value) : null;
}
