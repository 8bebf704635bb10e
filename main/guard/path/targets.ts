import { isIPv6 } from 'node:net';
import type { PathProbe } from '#contract/evidence/path.ts';
import { isLoopback } from './addresses.ts';
import type { Surroundings } from './surroundings.ts';

/** One packet that must not leave. `answers`: a DNS query is sent, and what comes back is looked at. */
export type Target = Readonly<{
  transport: 'tcp' | 'udp';
  host: string;
  port: number;
  answers?: true;
}>;
export type PathTargets = Readonly<Record<PathProbe, readonly Target[]>>;

/**
 * Addresses that nobody serves: RFC 5737 (documentation), RFC 2544 (benchmarks), RFC 3849 (documentation, IPv6). What
 * leaves for them on an open laptop reaches no service of anybody's; several ranges, because a site may use one itself.
 */
const nobody = {
  dns: '192.0.2.53',
  ipv4: ['198.51.100.1', '203.0.113.1', '198.18.0.1'],
  ipv6: ['2001:db8::1'],
} as const;

/** The most common holes in a rule set: the web, remote shells, and for UDP clocks, QUIC and tunnels. */
const ports = {
  outside: { tcp: [443, 80, 22], udp: [123, 443, 4500] },
  near: { tcp: [445, 80], udp: [137, 5353] },
} as const;

const most = { resolvers: 6, proxies: 4, neighbours: 6 } as const;

/** @param gateway its addresses, which are open by design and so are left out everywhere. */
export function planTargets(around: Surroundings, gateway: readonly string[]): PathTargets {
  const others = (hosts: readonly string[], limit: number) =>
    hosts.filter((host) => !gateway.includes(host)).slice(0, limit);
  const every = (hosts: readonly string[], { tcp, udp }: { tcp: readonly number[]; udp: readonly number[] }) =>
    hosts.flatMap((host): Target[] => [
      ...udp.map((port) => ({ transport: 'udp' as const, host, port })),
      ...tcp.map((port) => ({ transport: 'tcp' as const, host, port })),
    ]);
  return {
    dns: [
      ...others(around.resolvers, most.resolvers).flatMap(resolver),
      ...every(others([nobody.dns], 1), { tcp: [53], udp: [53] }),
    ],
    ipv4: every(others(nobody.ipv4, 3), ports.outside),
    // One TCP try: the kernel tells a connection that ICMPv6 has refused it only at the next retransmission, a second on.
    ipv6: around.ipv6 ? every(others(nobody.ipv6, 1), { ...ports.outside, tcp: [443] }) : [],
    proxy: around.proxies
      .filter(({ host }) => !gateway.includes(host))
      .slice(0, most.proxies)
      .map((address) => ({ transport: 'tcp', ...address })),
    lan: others(around.neighbours, most.neighbours).flatMap((host) =>
      every([host], isIPv6(host) ? { ...ports.near, tcp: [445] } : ports.near),
    ),
  };
}

function resolver(host: string): Target[] {
  const query = { transport: 'udp', host, port: 53, answers: true } as const;
  // A resolver on the laptop itself may always be reached; what counts is what it brings from outside.
  return isLoopback(host) ? [query] : [query, { transport: 'tcp', host, port: 53 }];
}
