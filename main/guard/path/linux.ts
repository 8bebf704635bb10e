import type { System } from '../system.ts';
import { gnomeProxies } from './proxy.ts';
import type { Surroundings } from './surroundings.ts';

/** The second and third name the real servers behind a stub that listens on the laptop itself. */
const resolverFiles = [
  '/etc/resolv.conf',
  '/run/systemd/resolve/resolv.conf',
  '/run/NetworkManager/no-stub-resolv.conf',
] as const;
const gsettings = '/usr/bin/gsettings';

export async function readLinux(system: System): Promise<Surroundings> {
  const read = async (path: string) => (await system.read(path)) ?? '';
  const [files, route, route6, arp, inet6, gnome] = await Promise.all([
    Promise.all(resolverFiles.map(read)),
    read('/proc/net/route'),
    read('/proc/net/ipv6_route'),
    read('/proc/net/arp'),
    read('/proc/net/if_inet6'),
    system.run(gsettings, ['list-recursively', 'org.gnome.system.proxy'], 1_500),
  ]);
  return {
    resolvers: files.flatMap(nameservers),
    proxies: gnome.code === 0 ? gnomeProxies(gnome.stdout) : [],
    neighbours: [...routers(route), ...routers6(route6), ...arpNeighbours(arp)],
    ipv6: hasIpv6(inet6),
  };
}

/** resolv.conf(5). */
export function nameservers(text: string): string[] {
  return [...text.matchAll(/^[ \t]*nameserver[ \t]+([0-9A-Fa-f.:]+(?:%[\w.-]+)?)/gm)].map(([, host = '']) => host);
}

/** /proc/net/route: addresses in hexadecimal, in the machine's byte order, which is little-endian wherever this runs. */
export function routers(text: string): string[] {
  return rows(text).flatMap(([, , gateway = '']) =>
    /^[0-9A-F]{8}$/i.test(gateway) && gateway !== '00000000'
      ? [[...Buffer.from(gateway, 'hex')].reverse().join('.')]
      : [],
  );
}

/** /proc/net/ipv6_route: the fifth column is the next hop, the tenth the interface, which a link-local address needs. */
export function routers6(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const [, , , , hop = '', , , , , device = ''] = line.trim().split(/\s+/);
    if (!/^[0-9a-f]{32}$/.test(hop) || /^0+$/.test(hop) || device === 'lo') return [];
    const address = hop.replace(/(.{4})(?!$)/g, '$1:');
    return [hop.startsWith('fe80') ? `${address}%${device}` : address];
  });
}

/** /proc/net/arp: who has answered. Flag 2 is "complete". */
export function arpNeighbours(text: string): string[] {
  return rows(text).flatMap(([address = '', , flags]) =>
    /^\d+(\.\d+){3}$/.test(address) && (Number(flags) & 2) !== 0 ? [address] : [],
  );
}

/** /proc/net/if_inet6: scope 00 holds global and unique local addresses (RFC 4007, RFC 4193). */
export function hasIpv6(text: string): boolean {
  return text.split('\n').some((line) => {
    const [, , , scope, , device] = line.trim().split(/\s+/);
    return scope === '00' && device !== 'lo';
  });
}

const rows = (text: string) =>
  text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/));
