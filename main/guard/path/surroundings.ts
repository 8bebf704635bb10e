import type { Address } from '#contract/wire/enrol.ts';
import type { System } from '../system.ts';
import { readLinux } from './linux.ts';
import { proxyOf } from './proxy.ts';
import { readWindows } from './windows.ts';

/** What there is around the laptop that traffic could go to. */
export type Surroundings = Readonly<{
  /** Addresses of the DNS servers it is told to use. */
  resolvers: readonly string[];
  proxies: readonly Address[];
  /** Routers first, then what else it has spoken to on its own network; addresses, IPv6 with its zone. */
  neighbours: readonly string[];
  /** Whether it has an IPv6 address that is good beyond its own link. */
  ipv6: boolean;
}>;

export type Environment = Readonly<Record<string, string | undefined>>;

export async function lookAround(system: System, environment: Environment): Promise<Surroundings> {
  const seen = await (system.platform === 'win32' ? readWindows(system) : readLinux(system));
  const told = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'].flatMap(
    (name) => proxyOf(environment[name] ?? '') ?? [],
  );
  const proxies = new Map([...told, ...seen.proxies].map((address) => [`${address.host} ${address.port}`, address]));
  return {
    resolvers: [...new Set(seen.resolvers)],
    proxies: [...proxies.values()],
    neighbours: [...new Set(seen.neighbours)],
    ipv6: seen.ipv6,
  };
}
