import { isIP } from 'node:net';
import { expect, test } from 'vitest';
import { pathProbes } from '#contract/evidence/path.ts';
import type { Surroundings } from '#main/guard/path/surroundings.ts';
import { planTargets } from '#main/guard/path/targets.ts';

const nothing: Surroundings = { resolvers: [], proxies: [], neighbours: [], ipv6: false };
const hosts = (targets: readonly { host: string }[]) => [...new Set(targets.map(({ host }) => host))];

/** RFC 5737, RFC 2544, RFC 3849. */
const reserved = /^(192\.0\.2\.|198\.51\.100\.|203\.0\.113\.|198\.1[89]\.|2001:db8:)/;

test('outside, only addresses that nobody has are tried, and no name', () => {
  const { dns, ipv4, ipv6, proxy, lan } = planTargets({ ...nothing, ipv6: true }, []);
  for (const { host } of [...dns, ...ipv4, ...ipv6]) {
    expect(isIP(host)).not.toBe(0);
    expect(host).toMatch(reserved);
  }
  expect([...proxy, ...lan]).toEqual([]);
});

test('each way out is tried by both transports', () => {
  const plan = planTargets({ ...nothing, resolvers: ['10.0.0.53'], neighbours: ['10.0.0.1'], ipv6: true }, []);
  for (const probe of ['dns', 'ipv4', 'ipv6', 'lan'] as const)
    expect(new Set(plan[probe].map(({ transport }) => transport))).toEqual(new Set(['udp', 'tcp']));
});

test('IPv6 is tried only with an IPv6 address, a proxy and neighbours only where there are some', () => {
  const plan = planTargets(nothing, []);
  expect([plan.ipv6, plan.proxy, plan.lan]).toEqual([[], [], []]);
});

test('the gateway is tried nowhere, be it a resolver, a proxy, a neighbour or at a reserved address', () => {
  const gateway = '198.51.100.1';
  const around = { resolvers: [gateway], proxies: [{ host: gateway, port: 3128 }], neighbours: [gateway], ipv6: true };
  const plan = planTargets(around, ['office.example', gateway]);
  expect(pathProbes.flatMap((probe) => hosts(plan[probe]))).not.toContain(gateway);
  expect(plan.ipv4.length).toBeGreaterThan(0);
  expect(planTargets({ ...nothing, proxies: [{ host: 'office.example', port: 1 }] }, ['office.example']).proxy).toEqual(
    [],
  );
});

test("a resolver of the laptop's own is asked, but not connected to: it is always there", () => {
  const { dns } = planTargets({ ...nothing, resolvers: ['127.0.0.53', '::1'] }, []);
  expect(dns.filter(({ answers }) => answers).map(({ host }) => host)).toEqual(['127.0.0.53', '::1']);
  expect(dns.filter(({ transport }) => transport === 'tcp').map(({ host }) => host)).toEqual(['192.0.2.53']);
});

test('a thousand neighbours, resolvers and proxies are not all tried', () => {
  const many = Array.from({ length: 1000 }, (_, index) => `10.0.${index >> 8}.${index & 255}`);
  const plan = planTargets(
    { resolvers: many, neighbours: many, proxies: many.map((host) => ({ host, port: 1 })), ipv6: true },
    [],
  );
  expect(pathProbes.flatMap((probe) => plan[probe]).length).toBeLessThan(70);
});
