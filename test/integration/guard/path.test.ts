import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { leakOf, type PathProbe, type PathReport } from '#contract/evidence/path.ts';
import { startChild } from '../../fakes/children.ts';
import { lockdown } from '../../fakes/lockdown.ts';
import { createNetns, type Netns, noNetns, places } from '../../fakes/netns.ts';

const reason = await noNetns();
if (reason) console.warn(`\n!!! SKIPPED: the closed path is NOT tested here: ${reason}\n`);

const probeFile = fileURLToPath(new URL('../../fakes/netns-probe.ts', import.meta.url));
const gateway = `${places.gateway.host}:${places.gateway.port}`;
const proxy = { http_proxy: `http://${places.proxy.host}:${places.proxy.port}` };

describe.skipIf(reason !== null)('the closed path, in a namespace of its own', () => {
  let root: string;
  let net: Netns;

  // One pair of namespaces for all: each test loads its own rules, and none are left after it.
  beforeAll(async () => {
    net = await createNetns();
    root = await mkdtemp(join(tmpdir(), 'hanare-path-'));
    await mkdir(join(root, 'etc'));
    await writeFile(join(root, 'etc/resolv.conf'), `nameserver ${places.dns}\n`);
    // Below its own root the laptop has a resolver of its own; what the kernel shows is the namespace's.
    await symlink('/proc', join(root, 'proc'));
  });
  afterEach(() => net.inLaptop('nft', ['flush', 'ruleset']));
  afterAll(async () => {
    await net?.remove();
    if (root) await rm(root, { recursive: true, force: true });
  });

  const nft = (rule: string) => net.inLaptop('nft', rule.split(' '));
  const applyProfile = async () => {
    expect(await lockdown(['apply', 'path', '--root', root, '--gateway', gateway])).toMatchObject({ code: 0 });
    await net.inLaptop('nft', ['-f', join(root, 'etc/hanare/path.nft')]);
  };
  /** A hole in the profile, at its very beginning. */
  const allow = (match: string) => nft(`insert rule inet hanare_path output ${match} accept`);

  async function probe(env: Record<string, string> = {}): Promise<Readonly<{ report: PathReport; open: boolean }>> {
    const { host, port } = places.gateway;
    const child = startChild('ip', ['netns', 'exec', net.laptop, process.execPath, probeFile, root, host, `${port}`], {
      env: { http_proxy: '', https_proxy: '', HTTP_PROXY: '', HTTPS_PROXY: '', ALL_PROXY: '', all_proxy: '', ...env },
    });
    try {
      return JSON.parse((await child.line(/^\{"report".*$/, 30_000))[0]);
    } finally {
      await child.stop();
    }
  }
  const leaking = ({ results }: PathReport) =>
    results.filter(({ outcome }) => outcome === 'leaks').map(({ probe }) => probe);
  const outcomes = ({ results }: PathReport) =>
    Object.fromEntries(results.map(({ probe, outcome }) => [probe, outcome]));

  test('all ways out are blocked with the profile, and the gateway is reached', async () => {
    await applyProfile();
    net.reached();
    const { report, open } = await probe(proxy);
    expect(outcomes(report)).toEqual({
      dns: 'blocked',
      ipv4: 'blocked',
      ipv6: 'blocked',
      proxy: 'blocked',
      lan: 'blocked',
    });
    expect(leakOf(report)).toBeUndefined();
    expect(open).toBe(true);
    expect(net.reached()).toEqual([`tcp ${gateway.replace(':', ' ')}`]);
  });

  test.each<[PathProbe, string, string]>([
    ['dns', `ip daddr ${places.dns} udp dport 53`, places.dns],
    ['dns', `ip daddr ${places.dns} tcp dport 53`, places.dns],
    ['dns', 'udp dport 53', `${places.dns}:53`],
    ['ipv4', `ip daddr ${places.host4} tcp dport 443`, `${places.host4}:443`],
    ['ipv4', `ip daddr ${places.host4} udp dport 123`, `${places.host4}:123`],
    ['ipv6', `ip6 daddr ${places.host6} tcp dport 443`, `[${places.host6}]:443`],
    ['ipv6', 'meta nfproto ipv6 udp dport 443', `[${places.host6}]:443`],
    ['proxy', `ip daddr ${places.proxy.host}`, `${places.proxy.host}:${places.proxy.port}`],
    ['lan', `ip daddr ${places.neighbour}`, places.neighbour],
    // Where nothing listens the neighbour's reset is its answer.
    ['lan', `ip daddr ${places.neighbour} tcp dport 80`, `${places.neighbour}:80 refused elsewhere`],
  ])('only %s leaks when the rules allow: %s', async (leak, rule, detail) => {
    await applyProfile();
    await allow(rule);
    const { report } = await probe(proxy);
    expect(leaking(report)).toEqual([leak]);
    expect(report.results.find(({ probe }) => probe === leak)?.detail).toContain(detail);
  });

  test('a refusal by a router is a leak, though the laptop is told the same', async () => {
    await applyProfile();
    await allow(`ip daddr ${places.refusing} tcp dport 443`);
    const { report } = await probe();
    expect(report.results.find(({ probe }) => probe === 'ipv4')).toEqual({
      probe: 'ipv4',
      outcome: 'leaks',
      detail: `tcp ${places.refusing}:443 refused elsewhere`,
    });
  });

  test('rules that drop in silence are reported as open', async () => {
    await applyProfile();
    await nft(`insert rule inet hanare_path output ip daddr ${places.host4} tcp dport 443 drop`);
    const { report } = await probe();
    expect(leaking(report)).toEqual(['ipv4']);
  });

  test('every way out leaks without a profile', async () => {
    const { report, open } = await probe(proxy);
    expect(leaking(report)).toEqual(['dns', 'ipv4', 'ipv6', 'proxy', 'lan']);
    expect(open).toBe(true);
  });

  test('what cannot leak is untried: no proxy, no neighbour, no IPv6 address', async () => {
    const bare = await mkdtemp(join(tmpdir(), 'hanare-path-'));
    const before = root;
    try {
      root = bare;
      await mkdir(join(bare, 'etc'));
      const { report } = await probe();
      expect(outcomes(report)).toEqual({
        dns: 'leaks',
        ipv4: 'leaks',
        ipv6: 'untried',
        proxy: 'untried',
        lan: 'untried',
      });
    } finally {
      root = before;
      await rm(bare, { recursive: true, force: true });
    }
  });

  test.each([
    ['was followed by other rules', true],
    ['was followed by none', false],
  ])('a connection from before the profile carries nothing after it, when it %s', async (_, followed) => {
    if (followed) {
      await nft('add table inet other');
      await net.inLaptop('nft', ['add chain inet other followed { type filter hook output priority 0; }']);
      await nft('add rule inet other followed ct state established accept');
    }
    // The kernel goes on sending what a stopped process has written, and does once these rules are gone: told apart by tag.
    const tag = followed ? 'followed' : 'alone';
    const script = `const socket = require('node:net').connect(443, '${places.host4}');
      let n = 0;
      socket.resume();
      setInterval(() => {
        n += 1;
        const at = Date.now();
        socket.write('<${tag} ' + n + '>');
        console.log('wrote ' + n + ' ' + at);
      }, 25);`;
    const child = startChild('ip', ['netns', 'exec', net.laptop, process.execPath, '-e', script]);
    // By the clock, because what it says may reach this process late.
    const firstAfter = (moment: number) =>
      [...child.output().matchAll(/wrote (\d+) (\d+)/g)].find(([, , at]) => Number(at) > moment)?.[1];
    const before = net.said().length;
    const heard = () => net.said().slice(before).join('');
    try {
      await expect.poll(() => heard(), { timeout: 10_000 }).toContain(`<${tag} 2>`);
      await applyProfile();
      const applied = Date.now();
      await expect.poll(() => firstAfter(applied), { timeout: 10_000 }).toBeDefined();
      const after = Number(firstAfter(applied));
      await child.line(new RegExp(`^wrote ${after + 60} `), 20_000);
      expect(heard()).not.toContain(`<${tag} ${after}>`);
    } finally {
      await child.stop();
    }
  });

  test('nobody from outside can come in and fetch what must not go out', async () => {
    await applyProfile();
    const serve = `require('node:net').createServer((socket) => socket.end('secret')).listen(8080, () => console.log('ready'))`;
    const fetch = `const socket = require('node:net').connect(8080, '${places.laptop}');
      socket.setTimeout(1_000, () => socket.destroy());
      socket.on('data', (data) => console.log('got ' + data)).on('error', () => {}).on('close', () => console.log('over'));`;
    const server = startChild('ip', ['netns', 'exec', net.laptop, process.execPath, '-e', serve]);
    const children = [server];
    try {
      await server.line(/^ready$/, 10_000);
      const client = startChild('ip', ['netns', 'exec', net.outside, process.execPath, '-e', fetch]);
      children.push(client);
      await client.line(/^over$/, 20_000);
      expect(client.output()).not.toContain('got');
    } finally {
      await Promise.all(children.map((child) => child.stop()));
    }
  });
});
