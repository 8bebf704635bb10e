import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import * as v from 'valibot';
import { expect, onTestFinished, test } from 'vitest';
import { leakOf, type PathProbe, pathProbes, pathReportSchema } from '#contract/evidence/path.ts';
import { createLogger } from '#contract/log/logger.ts';
import { probePath } from '#main/guard/path/path.ts';
import type { PathTargets, Target } from '#main/guard/path/targets.ts';
import { openSystem } from '#main/guard/system.ts';
import { freePort } from '#test/fakes/free-port.ts';
import { temporaryFolder } from '#test/fakes/temporary-folder.ts';

/* Everything on loopback here: what leaves or does not is tested in namespaces (test/integration/guard). */

const none: PathTargets = { dns: [], ipv4: [], ipv6: [], proxy: [], lan: [] };

async function probe(targets: Partial<PathTargets>, signal?: AbortSignal) {
  const lines: string[] = [];
  const report = await probePath({
    gateway: { host: '127.0.0.1', port: 1 },
    system: openSystem(await temporaryFolder(), 'linux'),
    log: createLogger({ sink: (line) => lines.push(line), now: () => 0, context: 'test' }),
    targets: { ...none, ...targets },
    environment: {},
    ...(signal ? { signal } : {}),
  });
  const outcome = (probe: PathProbe) => report.results.find((each) => each.probe === probe)?.outcome;
  return { report, lines, outcome };
}

/** @param answer to each query; none when it gives null. */
async function resolver(answer: (query: Buffer) => Buffer | null): Promise<Target> {
  const server = createSocket('udp4');
  onTestFinished(async () => {
    server.close();
    await once(server, 'close');
  });
  server.on('message', (query, { port, address }) => {
    const message = answer(query);
    if (message) server.send(message, port, address);
  });
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  return { transport: 'udp', host: '127.0.0.1', port: server.address().port, answers: true };
}
const flags = (value: number) => (query: Buffer) => {
  const message = Buffer.from(query);
  message.writeUInt16BE(value, 2);
  return message;
};

test('with nothing to try, nothing is tried, and nothing leaks', async () => {
  const { report } = await probe({});
  expect(report.results).toEqual(pathProbes.map((probe) => ({ probe, outcome: 'untried' })));
  expect(leakOf(report)).toBeUndefined();
});

test.each([
  ['leaks', 'knows the name', flags(0x8180)],
  ['leaks', 'has learnt that there is none', flags(0x8183)],
  ['blocked', 'says so by itself', flags(0x8583)],
  ['blocked', 'has failed', flags(0x8182)],
  ['blocked', 'refuses', flags(0x8185)],
  ['blocked', 'sends nonsense', () => Buffer.from('nonsense that is long enough')],
  ['blocked', 'answers another query', (query: Buffer) => flags(0x8180)(Buffer.from(query).fill(0, 0, 2))],
  ['blocked', 'is silent', () => null],
])('a resolver on the laptop %s when it %s', async (expected, _, answer) => {
  const { outcome } = await probe({ dns: [await resolver(answer)] });
  expect(outcome('dns')).toBe(expected);
});

test('a resolver on the laptop is asked for a name that it cannot remember', async () => {
  const asked = new Set<string>();
  const target = await resolver((query) => {
    asked.add(query.subarray(12).toString('latin1'));
    return flags(0x8182)(query);
  });
  await probe({ dns: [target, target] });
  expect(asked.size).toBe(2);
});

test('a proxy on the laptop leaks when it is there, under its name too', async () => {
  const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { report, lines } = await probe({ proxy: [{ transport: 'tcp', host: 'localhost', port }] });
  expect(leakOf(report)).toBe('leakProxy');
  expect(report.results[3]).toEqual({ probe: 'proxy', outcome: 'leaks', detail: `tcp 127.0.0.1:${port} answered` });
  expect(lines.join()).toContain('The path is open');
});

test('a proxy that is set but not there is no way out', async () => {
  const { outcome } = await probe({ proxy: [{ transport: 'tcp', host: '127.0.0.1', port: await freePort() }] });
  expect(outcome('proxy')).toBe('blocked');
});

test('a try that cannot be made leaves its probe unchecked, and the others as they are', async () => {
  const { report, lines } = await probe({ ipv4: [{ transport: 'tcp', host: '127.0.0.1', port: 70_000 }] });
  expect(report.results.map(({ probe }) => probe)).toEqual(['dns', 'ipv6', 'proxy', 'lan']);
  expect(leakOf(report)).toBe('pathUnchecked');
  expect(lines.join()).toContain('A way out could not be tried');
});

test('a datagram to a port of the laptop has been sent', async () => {
  // Loopback refuses nothing: what is judged here is only that the packet was taken.
  const { outcome } = await probe({ lan: [{ transport: 'udp', host: '127.0.0.1', port: await freePort() }] });
  expect(outcome('lan')).toBe('leaks');
});

test('a report fits the contract, however long a host’s name is', async () => {
  const host = `127.0.0.1${'0'.repeat(300)}`;
  const { report } = await probe({ dns: [await resolver(flags(0x8180))], lan: [{ transport: 'tcp', host, port: 1 }] });
  expect(v.is(pathReportSchema, report)).toBe(true);
});

test('it ends when it is told to, with the reason', async () => {
  const stop = new AbortController();
  const reason = new Error('stopped');
  const target = await resolver(() => {
    stop.abort(reason);
    return null;
  });
  await expect(probe({ dns: [target] }, stop.signal)).rejects.toBe(reason);
  await expect(probe({}, AbortSignal.abort(reason))).rejects.toBe(reason);
});
