import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { arpNeighbours, hasIpv6, nameservers, routers, routers6 } from '#main/guard/path/linux.ts';
import { readOwnRefusals } from '#main/guard/path/own-refusals.ts';
import { gnomeProxies, proxyOf, windowsProxies } from '#main/guard/path/proxy.ts';
import { lookAround } from '#main/guard/path/surroundings.ts';
import { arpListing, registryProxies, routeRouters, withoutPort } from '#main/guard/path/windows.ts';
import { openSystem, type System } from '#main/guard/system.ts';
import { temporaryFolder } from '#test/fakes/temporary-folder.ts';

async function systemWith(files: Readonly<Record<string, string>>): Promise<System> {
  const root = await temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text, { mode: 0o755 });
  }
  return openSystem(root, 'linux');
}

const route = `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
wlan0	00000000	0101A8C0	0003	0	0	600	00000000	0	0	0
wlan0	0001A8C0	00000000	0001	0	0	600	00FFFFFF	0	0	0
`;
const arp = `IP address       HW type     Flags       HW address            Mask     Device
192.168.1.1      0x1         0x2         00:11:22:33:44:55     *        wlan0
192.168.1.77     0x1         0x0         00:00:00:00:00:00     *        wlan0
192.168.1.20     0x1         0x6         00:11:22:33:44:66     *        wlan0
`;
const route6 = `00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000211220000000001 00000400 00000001 00000000 00450003    wlan0
fd000000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001    wlan0
`;
const inet6 = `00000000000000000000000000000001 01 80 10 80       lo
fe800000000000000211220000000002 02 40 20 80    wlan0
`;
const ula = 'fd000000000000000000000000000002 02 40 00 80    wlan0\n';

test('on Linux, what is around is read from the system’s own files', async () => {
  const system = await systemWith({
    '/etc/resolv.conf': '# made by a program\nnameserver 127.0.0.53\noptions edns0\n',
    '/run/systemd/resolve/resolv.conf': 'nameserver 192.168.1.1\nnameserver fe80::1%wlan0\n',
    '/proc/net/route': route,
    '/proc/net/arp': arp,
    '/proc/net/ipv6_route': route6,
    '/proc/net/if_inet6': inet6 + ula,
    '/usr/bin/gsettings': `#!/bin/sh\necho "org.gnome.system.proxy mode 'auto'"\necho "org.gnome.system.proxy autoconfig-url 'http://wpad.local/x.pac'"\n`,
  });
  expect(
    await lookAround(system, { https_proxy: 'http://me:secret@proxy.local:8080', HTTP_PROXY: 'proxy.local:8080' }),
  ).toEqual({
    resolvers: ['127.0.0.53', '192.168.1.1', 'fe80::1%wlan0'],
    proxies: [
      { host: 'proxy.local', port: 8080 },
      { host: 'wpad.local', port: 80 },
    ],
    neighbours: ['192.168.1.1', 'fe80:0000:0000:0000:0211:2200:0000:0001%wlan0', '192.168.1.20'],
    ipv6: true,
  });
});

test('a system that shows nothing has nothing around it', async () => {
  expect(await lookAround(await systemWith({}), {})).toEqual({
    resolvers: [],
    proxies: [],
    neighbours: [],
    ipv6: false,
  });
});

test.each(['', '\0\xff\n\n \t', 'nameserver\nnameserver ;rm\n', 'x\ny z\n'.repeat(1000)])(
  'files of nonsense give nothing: %#',
  (text) => {
    expect([nameservers(text), routers(text), routers6(text), arpNeighbours(text), hasIpv6(text)]).toEqual([
      [],
      [],
      [],
      [],
      false,
    ]);
    expect([
      gnomeProxies(text),
      windowsProxies('='),
      routeRouters(text),
      arpListing(text),
      registryProxies(text),
    ]).toEqual([[], [], [], [], []]);
  },
);

test('an address that is good on its own link only is no way out by IPv6', () => {
  expect(hasIpv6(inet6)).toBe(false);
  expect(hasIpv6(ula)).toBe(true);
});

test.each([
  ['http://10.0.0.1:3128', { host: '10.0.0.1', port: 3128 }],
  ['10.0.0.1:3128', { host: '10.0.0.1', port: 3128 }],
  ['https://proxy.local/', { host: 'proxy.local', port: 443 }],
  ['socks5://[fd00::1]', { host: 'fd00::1', port: 1080 }],
  ['http://name:secret@proxy.local', { host: 'proxy.local', port: 80 }],
  ['', null],
  ['http://', null],
  ['http://a b', null],
])('a proxy is read from %j', (text, expected) => {
  expect(proxyOf(text)).toEqual(expected);
});

test('GNOME’s proxies count only in the mode that uses them', () => {
  const listing = (mode: string) => `org.gnome.system.proxy mode '${mode}'
org.gnome.system.proxy ignore-hosts ['localhost']
org.gnome.system.proxy.http host '10.0.0.1'
org.gnome.system.proxy.http port 8080
org.gnome.system.proxy.socks host ''
org.gnome.system.proxy.socks port 0`;
  expect(gnomeProxies(listing('manual'))).toEqual([{ host: '10.0.0.1', port: 8080 }]);
  expect(gnomeProxies(listing('none'))).toEqual([]);
  expect(gnomeProxies(listing('auto'))).toEqual([]);
});

test('on Windows, only numbers are looked at, whatever the language', () => {
  expect(
    routeRouters(`アクティブ ルート:
ネットワーク宛先        ネットマスク          ゲートウェイ       インターフェイス  メトリック
          0.0.0.0          0.0.0.0      192.168.1.1     192.168.1.23     50
        127.0.0.0        255.0.0.0            リンク上         127.0.0.1    331\r\n`),
  ).toEqual(['192.168.1.1']);
  expect(
    arpListing(`インターフェイス: 192.168.1.23 --- 0x5
  インターネット アドレス 物理アドレス           種類
  192.168.1.1           00-11-22-33-44-55     動的\r
  192.168.1.255         ff-ff-ff-ff-ff-ff     静的\r
  224.0.0.22            01-00-5e-00-00-16     静的\r\n`),
  ).toEqual(['192.168.1.1']);
  expect(['10.0.0.53:53', '[fe80::1%3]:53', 'fd00::53', '10.0.0.53'].map(withoutPort)).toEqual([
    '10.0.0.53',
    'fe80::1%3',
    'fd00::53',
    '10.0.0.53',
  ]);
});

test('on Windows, a proxy counts when it is on, and a script always', () => {
  const settings = (on: number, more = '') => `
HKEY_CURRENT_USER\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings
    ProxyEnable    REG_DWORD    0x${on}\r
    ProxyServer    REG_SZ    http=10.0.0.1:8080;https=10.0.0.2:8443\r
    ProxyOverride    REG_SZ    <local>\r${more}
`;
  expect(registryProxies(settings(1))).toEqual([
    { host: '10.0.0.1', port: 8080 },
    { host: '10.0.0.2', port: 8443 },
  ]);
  expect(registryProxies(settings(0))).toEqual([]);
  expect(registryProxies(settings(0, '\n    AutoConfigURL    REG_SZ    http://wpad/x.pac\r'))).toEqual([
    { host: 'wpad', port: 80 },
  ]);
  expect(windowsProxies('10.0.0.1:8080')).toEqual([{ host: '10.0.0.1', port: 8080 }]);
});

test('on Windows, the settings are read by its own programs, and their failing is no error', async () => {
  const asked: string[] = [];
  const system: System = {
    ...openSystem('/', 'win32'),
    run: async (program, args) => {
      asked.push([program, ...args].join(' '));
      const proxied = args[1]?.startsWith('HKCU')
        ? '    ProxyEnable    REG_DWORD    0x1\n    ProxyServer    REG_SZ    10.0.0.1:8080\n'
        : '';
      return { code: proxied ? 0 : 1, stdout: proxied, stderr: '' };
    },
  };
  expect(await lookAround(system, { SystemRoot: 'D:\\Windows' })).toMatchObject({
    proxies: [{ host: '10.0.0.1', port: 8080 }],
    neighbours: [],
  });
  expect(asked.every((line) => line.startsWith('C:\\Windows\\System32\\'))).toBe(true);
});

test('the kernel’s own refusals are found by the column’s name, wherever it stands', async () => {
  const snmp =
    'Ip: Forwarding DefaultTTL\nIp: 1 64\nIcmp: InMsgs OutDestUnreachs OutErrors\nIcmp: 7 42 0\nIcmpMsg: InType3\nIcmpMsg: 9\n';
  const snmp6 = 'Ip6InReceives                   \t5\nIcmp6OutDestUnreachs            \t11\n';
  expect(await readOwnRefusals(await systemWith({ '/proc/net/snmp': snmp, '/proc/net/snmp6': snmp6 }))).toEqual({
    ipv4: 42,
    ipv6: 11,
  });
  expect(await readOwnRefusals(await systemWith({ '/proc/net/snmp': snmp }))).toEqual({ ipv4: 42, ipv6: 0 });
  expect(await readOwnRefusals(await systemWith({ '/proc/net/snmp': 'Icmp: InMsgs\nIcmp: 7\n' }))).toBeNull();
  expect(await readOwnRefusals(await systemWith({}))).toBeNull();
  expect(await readOwnRefusals(openSystem('/', 'win32'))).toBeNull();
});
