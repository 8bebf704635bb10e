import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demoRules, type Office, startOffice } from '#build/demo/office.ts';
import type { ErrorName } from '#contract/errors/catalogue.ts';
import { type Child, startChild } from '#test/fakes/children.ts';
import { lockdown } from '#test/fakes/lockdown.ts';
import { createNetns, type Netns, noNetns, places } from '#test/fakes/netns.ts';
import { startEchoDesk } from '#test/fixtures/gateway/desks.ts';

/*
 * A whole session under the rule that its path is closed: a laptop in a namespace of its own with the kitting profile, and
 * the office's real gateway outside.
 */
const reason = await noNetns();
if (reason) console.warn(`\n!!! SKIPPED: sessions on a closed path are NOT tested here: ${reason}\n`);

const file = (name: string) => fileURLToPath(new URL(`../../fakes/${name}.ts`, import.meta.url));
const { host } = places.gateway;

describe.skipIf(reason !== null)('a session on a closed path', () => {
  let folder: string;
  let root: string;
  let net: Netns;
  let office: Office;
  const stops: (() => Promise<unknown>)[] = [];

  /** Makes a port of the office's reachable for the laptop, at the office's own address. */
  async function publish(port: number): Promise<void> {
    const path = join(folder, `${port}.sock`);
    const sockets = new Set<Socket>();
    const server: Server = createServer((socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      const other = connect(port, '127.0.0.1');
      socket.on('error', () => other.destroy());
      other.on('error', () => socket.destroy());
      socket.pipe(other).pipe(socket);
    });
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const args = ['netns', 'exec', net.outside, process.execPath, file('netns-forward'), host, `${port}`, path];
    const child: Child = startChild('ip', args);
    await child.line(/^ready$/, 20_000);
    stops.push(
      () => child.stop(),
      // What a killed laptop has left open would keep it waiting.
      () =>
        new Promise((resolve) => {
          server.close(resolve);
          for (const socket of sockets) socket.destroy();
        }),
    );
  }

  beforeAll(async () => {
    net = await createNetns();
    folder = await mkdtemp(join(tmpdir(), 'hanare-path-'));
    root = join(folder, 'root');
    await mkdir(join(root, 'etc'), { recursive: true });
    await writeFile(join(root, 'etc/resolv.conf'), `nameserver ${places.dns}\n`);
    await symlink('/proc', join(root, 'proc'));
    const policy = { ...demoRules, closedPath: 'refuse' };
    office = await startOffice({ folder, site: 'Path', host, configure: (config) => ({ ...config, policy }) });
    const desk = await startEchoDesk();
    stops.push(desk.stop, office.stop);
    await office.command('user', 'add', 'sato', '--name', '佐藤');
    const address = `127.0.0.1:${desk.port}`;
    await office.command('desk', 'add', 'pc-1', '--name', '総務課', '--protocol', 'vnc', '--address', address);
    await office.command('desk', 'assign', 'pc-1', 'sato');
    await publish(office.port);
    await publish(office.enrolPort);
    const ways = ['--gateway', `${host}:${office.port}`, '--enrol', `${host}:${office.enrolPort}`];
    expect(await lockdown(['apply', 'path', '--root', root, ...ways])).toMatchObject({ code: 0 });
  });
  afterAll(async () => {
    for (const stop of stops.reverse()) await stop();
    await net?.remove();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  /** Kits the laptop, opens one hole or none, enrols it and connects. @returns why it did not open, or `open`. */
  async function session(hole?: string): Promise<ErrorName | 'open'> {
    await net.inLaptop('nft', ['flush', 'ruleset']);
    await net.inLaptop('nft', ['-f', join(root, 'etc/hanare/path.nft')]);
    if (hole) await net.inLaptop('nft', `insert rule inet hanare_path output ${hole} accept`.split(' '));
    const { code } = await office.enrolDevice({ user: 'sato', label: 'LT' });
    const args = ['netns', 'exec', net.laptop, process.execPath, file('netns-laptop'), root, host];
    const child = startChild('ip', [...args, `${office.enrolPort}`, code, await mkdtemp(join(folder, 'laptop-'))], {
      env: { http_proxy: `http://${places.proxy.host}:${places.proxy.port}`, https_proxy: '', no_proxy: '' },
    });
    try {
      const [line] = await child.line(/^\{"reason".*$/, 60_000);
      return (JSON.parse(line) as { reason: ErrorName | 'open' }).reason;
    } finally {
      await child.stop();
    }
  }

  test('opens on a kitted laptop', async () => {
    expect(await session()).toBe('open');
  });

  test.each<[ErrorName, string]>([
    ['leakDns', `ip daddr ${places.dns} udp dport 53`],
    ['leakIpv4', `ip daddr ${places.host4} tcp dport 443`],
    ['leakIpv6', `ip6 daddr ${places.host6} tcp dport 443`],
    ['leakProxy', `ip daddr ${places.proxy.host}`],
    ['leakLan', `ip daddr ${places.neighbour}`],
  ])('is refused with %s when the rules allow: %s', async (leak, hole) => {
    expect(await session(hole)).toBe(leak);
  });

  test('has its evidence in the audit log, the leak by its name', async () => {
    const { entries } = (await office.command('audit', 'list')) as { entries: { action: string; details?: object }[] };
    const path = entries.filter(({ action }) => action === 'evidence.path');
    expect(path.length).toBeGreaterThanOrEqual(6);
    expect(JSON.stringify(path)).toContain('leakLan');
  });
});
