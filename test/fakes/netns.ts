import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Child, startChild } from './children.ts';

/*
 * A laptop and everything outside it, in two network namespaces joined by one link, so that real packets meet real
 * nftables rules. On the laptop's own link are a router and a neighbour; behind the router the gateway, a DNS server, a
 * proxy and hosts at addresses that the probes try. Needs root, iproute2 and nftables.
 */
const run = promisify(execFile);
const outsideFile = fileURLToPath(new URL('./netns-outside.ts', import.meta.url));

export const places = {
  laptop: '10.77.0.2',
  router: '10.77.0.1',
  neighbour: '10.77.0.9',
  gateway: { host: '10.88.0.10', port: 8443 },
  dns: '10.88.0.53',
  proxy: { host: '10.88.0.80', port: 3128 },
  host4: '198.51.100.1',
  host6: '2001:db8::1',
  /** The router has no way there and says so (ICMP). */
  refusing: '203.0.113.1',
} as const;

export type Netns = Readonly<{
  laptop: string;
  outside: string;
  /** In the laptop's namespace. Rejects with what it said when it fails. */
  inLaptop(command: string, args: readonly string[]): Promise<string>;
  /** `transport address port` of what has reached something outside since the last call. */
  reached(): readonly string[];
  /** All that has been written to the host at `host4`. */
  said(): readonly string[];
  /** Stops what runs outside and takes the namespaces away. */
  remove(): Promise<void>;
}>;

/** @returns why namespaces cannot be made here; null when they can. */
export async function noNetns(): Promise<string | null> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'network namespaces need root on Linux';
  const name = `hanare-try-${process.pid}`;
  try {
    await run('ip', ['netns', 'add', name]);
    await run('ip', ['netns', 'exec', name, 'nft', 'add', 'table', 'inet', 'hanare_try']);
    return null;
  } catch (error) {
    return `network namespaces or nftables do not work here: ${(error as Error).message.split('\n')[1] ?? error}`;
  } finally {
    await run('ip', ['netns', 'del', name]).catch(() => {});
  }
}

let count = 0;

export async function createNetns(): Promise<Netns> {
  count += 1;
  const [laptop, outside] = ['l', 'o'].map((side) => `hanare-${side}-${process.pid}-${count}`) as [string, string];
  const ip = (...args: string[]) => run('ip', args);
  const remove = async () => {
    await child?.stop();
    for (const name of [laptop, outside]) await ip('netns', 'del', name).catch(() => {});
  };
  let child: Child | undefined;
  try {
    for (const name of [laptop, outside]) {
      await ip('netns', 'add', name);
      await ip('-n', name, 'link', 'set', 'lo', 'up');
    }
    await ip('-n', laptop, 'link', 'add', 'net0', 'type', 'veth', 'peer', 'name', 'net0', 'netns', outside);
    const own: readonly (readonly [string, string, string])[] = [
      [laptop, `${places.laptop}/24`, 'net0'],
      [laptop, 'fd77::2/64', 'net0'],
      [outside, `${places.router}/24`, 'net0'],
      [outside, `${places.neighbour}/24`, 'net0'],
      [outside, 'fd77::1/64', 'net0'],
      ...[places.gateway.host, places.dns, places.proxy.host, places.host4].map(
        (address) => [outside, `${address}/32`, 'lo'] as const,
      ),
      [outside, `${places.host6}/128`, 'lo'],
    ];
    // nodad: an IPv6 address is of no use for a second or two while it is looked for elsewhere.
    for (const [name, address, device] of own)
      await ip('-n', name, 'addr', 'add', address, 'dev', device, ...(address.includes(':') ? ['nodad'] : []));
    for (const name of [laptop, outside]) await ip('-n', name, 'link', 'set', 'net0', 'up');
    await ip('netns', 'exec', outside, 'sysctl', '-qw', 'net.ipv4.ip_forward=1', 'net.ipv4.icmp_ratelimit=0');
    await ip('-n', outside, 'route', 'add', 'unreachable', `${places.refusing}/32`);
    await ip('-n', laptop, 'route', 'add', 'default', 'via', places.router);
    await ip('-n', laptop, '-6', 'route', 'add', 'default', 'via', 'fd77::1');
    const { stdout: link } = await ip('-n', outside, '-o', 'link', 'show', 'net0');
    const hardware = /link\/ether (\S+)/.exec(link)?.[1] ?? '';
    // As if they had spoken before.
    await ip('-n', laptop, 'neigh', 'replace', places.neighbour, 'lladdr', hardware, 'dev', 'net0', 'nud', 'reachable');
    const seen: string[] = [];
    const said: string[] = [];
    child = startChild('ip', ['netns', 'exec', outside, process.execPath, outsideFile, JSON.stringify(places)], {
      onLine: (line) => {
        if (line.startsWith('reached ')) seen.push(line.slice('reached '.length));
        if (line.startsWith('said ')) said.push(line.slice('said '.length));
      },
    });
    await child.line(/^ready$/, 20_000);
    return {
      laptop,
      outside,
      inLaptop: async (command, args) => (await run('ip', ['netns', 'exec', laptop, command, ...args])).stdout,
      reached: () => seen.splice(0),
      said: () => said,
      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
