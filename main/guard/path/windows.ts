import { getServers } from 'node:dns';
import { networkInterfaces } from 'node:os';
import type { System } from '../system.ts';
import { proxyOf, windowsProxies } from './proxy.ts';
import type { Surroundings } from './surroundings.ts';

const internetSettings = [
  String.raw`HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings`,
  String.raw`HKLM\SOFTWARE\Policies\Microsoft\Windows\CurrentVersion\Internet Settings`,
] as const;

/** Written from the documentation of the three programs; docs/verification.md says what only Windows itself can show. */
export async function readWindows(system: System): Promise<Surroundings> {
  const run = async (program: string, args: readonly string[]) =>
    (await system.run(`C:\\Windows\\System32\\${program}`, args, 1_500)).stdout;
  const [route, arp, ...settings] = await Promise.all([
    run('ROUTE.EXE', ['print', '0.0.0.0']),
    run('ARP.EXE', ['-a']),
    ...internetSettings.map((key) => run('reg.exe', ['query', key])),
  ]);
  return {
    resolvers: getServers().map(withoutPort),
    proxies: settings.flatMap(registryProxies),
    neighbours: [...routeRouters(route), ...arpListing(arp)],
    ipv6: Object.values(networkInterfaces()).some((all) =>
      all?.some(({ family, internal, scopeid }) => family === 'IPv6' && !internal && scopeid === 0),
    ),
  };
}

/** `1.2.3.4:53`, `[fe80::1%3]:53`, or the address alone. */
export function withoutPort(server: string): string {
  return /^\[(.*)\](?::\d+)?$/.exec(server)?.[1] ?? server.replace(/^(\d+(?:\.\d+){3}):\d+$/, '$1');
}

/** Only numbers are looked at: the words around them are in the system's language. */
export function routeRouters(listing: string): string[] {
  return [...listing.matchAll(/^\s*0\.0\.0\.0\s+0\.0\.0\.0\s+(\d+(?:\.\d+){3})\s/gm)].map(([, router = '']) => router);
}

/** Broadcast (ff-…) and multicast (01-…) are no neighbours. */
export function arpListing(listing: string): string[] {
  return [...listing.matchAll(/^\s*(\d+(?:\.\d+){3})\s+((?:[0-9a-f]{2}-){5}[0-9a-f]{2})\s/gim)].flatMap(
    ([, address = '', hardware = '']) => (/^(ff|01)-/i.test(hardware) ? [] : [address]),
  );
}

/** @param listing of `reg query` of a key named Internet Settings. */
export function registryProxies(listing: string) {
  const value = (name: string) => new RegExp(`^\\s+${name}\\s+REG_\\w+\\s+(.*?)\\s*$`, 'im').exec(listing)?.[1] ?? '';
  const on = Number(value('ProxyEnable')) !== 0;
  const script = proxyOf(value('AutoConfigURL'));
  return [...(on ? windowsProxies(value('ProxyServer')) : []), ...(script ? [script] : [])];
}
