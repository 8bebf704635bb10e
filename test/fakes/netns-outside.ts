import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import type { places } from './netns.ts';

/** What answers outside the laptop (netns.ts): TCP at every place, and a DNS server that knows every name. Says who came. */
const at = JSON.parse(process.argv[2] ?? '') as typeof places;

const say = (line: string) => process.stdout.write(`${line}\n`);
const reached = (transport: string, host: string, port: number) => say(`reached ${transport} ${host} ${port}`);

async function listen(host: string, port: number, answer?: string): Promise<void> {
  const server = createServer((socket) => {
    reached('tcp', host, port);
    socket.on('error', () => {});
    if (answer) {
      socket.end(answer);
      return;
    }
    socket.on('data', (data) => say(`said ${data}`));
    // It speaks without being asked, as a server that pushes does.
    const push = setInterval(() => socket.write('.'), 20);
    socket.once('close', () => clearInterval(push));
  });
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
}

async function answerDns(host: string): Promise<void> {
  const server = createSocket('udp4');
  server.on('message', (query, { address, port }) => {
    reached('udp', host, 53);
    const answer = Buffer.from(query);
    // Response, recursion available, NXDOMAIN.
    answer.writeUInt16BE(0x8183, 2);
    server.send(answer, port, address);
  });
  await new Promise<void>((resolve) => server.bind(53, host, resolve));
}

async function hear(host: string, port: number): Promise<void> {
  const server = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  server.on('message', () => reached('udp', host, port));
  await new Promise<void>((resolve) => server.bind(port, host, resolve));
}

await Promise.all([
  listen(at.gateway.host, at.gateway.port, 'gateway'),
  listen(at.proxy.host, at.proxy.port, 'HTTP/1.1 200 Connection established\r\n\r\n'),
  listen(at.dns, 53),
  answerDns(at.dns),
  listen(at.host4, 443),
  listen(at.host6, 443),
  listen(at.neighbour, 445),
  listen(at.router, 80),
  hear(at.host6, 443),
  hear(at.neighbour, 5353),
]);
say('ready');
