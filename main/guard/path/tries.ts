import { randomBytes } from 'node:crypto';
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import { setImmediate as afterPending } from 'node:timers/promises';
import { isLoopback } from './addresses.ts';
import { dnsQuery, readDnsAnswer } from './dns-query.ts';
import type { Target } from './targets.ts';

/**
 * What became of one try. `doubtful`: an error that this laptop's firewall makes, but a router or a neighbour too.
 * `note` says it in a word or two, for the helpdesk.
 */
export type Outcome = Readonly<{ state: 'blocked' | 'leaks' | 'doubtful'; note: string }>;
export type TryOptions = Readonly<{ platform: NodeJS.Platform; limitMs: number; signal: AbortSignal }>;

/** What sending the first packet of a fresh socket may fail with before it is on any wire. */
const refusedHere = new Set(['EPERM', 'EACCES', 'ENETUNREACH', 'EHOSTUNREACH', 'ENETDOWN', 'EADDRNOTAVAIL', 'EINVAL']);
/** What a connection may fail with by a refusal, from here or from afar. */
const refusedSomewhere = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EACCES', 'ECONNRESET', 'EHOSTDOWN']);

/** @throws an error that tells nothing about the path (no more sockets, say), or the signal's reason. */
export function tryTarget(target: Target, options: TryOptions): Promise<Outcome> {
  return target.transport === 'udp' ? tryUdp(target, options) : tryTcp(target, options);
}

/**
 * A connected datagram. The system answers `send` at once when it refuses the packet itself, and nobody else can: so a
 * packet that was sent has left. It is sent with one hop to live and dies at the first router, but for a query to the
 * laptop's own resolver.
 */
async function tryUdp(target: Target, options: TryOptions): Promise<Outcome> {
  const socket = createSocket(isIPv6(target.host) ? 'udp6' : 'udp4');
  const free = closeOnAbort(options.signal, () => socket.close());
  try {
    const noWay = await connectUdp(socket, target);
    if (noWay) return noWay;
    if (target.answers) return await ask(socket, target.host, options);
    socket.setTTL(1);
    return (await send(socket, Buffer.alloc(1))) ?? { state: 'leaks', note: 'not refused' };
  } catch (error) {
    options.signal.throwIfAborted();
    throw error;
  } finally {
    free();
  }
}

/** Connecting a datagram socket looks for a route and sends nothing. @returns undefined when there is one. */
function connectUdp(socket: UdpSocket, { host, port }: Target): Promise<Outcome | undefined> {
  return new Promise((resolve, reject) => {
    socket.once('close', () => reject(new Error('closed')));
    // With a callback, dgram hands the error to it; without one of our own for later errors, one would end the process.
    socket.on('error', () => {});
    socket.connect(port, host, (error?: Error) => {
      if (!error) return resolve(undefined);
      const code = codeOf(error);
      return refusedHere.has(code) || code === 'EAFNOSUPPORT'
        ? resolve({ state: 'blocked', note: 'no route' })
        : reject(error);
    });
  });
}

/** @returns undefined when the packet has left. */
function send(socket: UdpSocket, message: Buffer): Promise<Outcome | undefined> {
  return new Promise((resolve, reject) => {
    socket.once('close', () => reject(new Error('closed')));
    socket.send(message, (error) => {
      if (!error) return resolve(undefined);
      return refusedHere.has(codeOf(error)) ? resolve({ state: 'blocked', note: 'refused here' }) : reject(error);
    });
  });
}

/**
 * Asks a resolver. One elsewhere is reached as soon as the query is out. One on the laptop is always reached: it leaks
 * when it brings an answer from elsewhere. Its silence and its own answers do not count: where it would pass queries on to
 * is tried by itself.
 */
async function ask(socket: UdpSocket, host: string, { limitMs, signal }: TryOptions): Promise<Outcome> {
  const own = isLoopback(host);
  // `.invalid` is answered by every resolver itself (RFC 6761 §6.4), stubs included, so a stub is asked for a `.test`
  // name; a random one, since an answer that it still remembers would say nothing about now.
  const labels = own ? [`hanare-${randomBytes(6).toString('hex')}`, 'test'] : ['hanare', 'invalid'];
  const query = dnsQuery(randomBytes(2).readUInt16BE(), labels);
  const answer = new Promise<{ rcode: number; authoritative: boolean } | null>((resolve) => {
    const timer = setTimeout(() => resolve(null), limitMs);
    const done = () => {
      clearTimeout(timer);
      resolve(null);
    };
    socket.once('error', done);
    socket.once('close', done);
    socket.on('message', (message) => {
      const read = readDnsAnswer(message, query);
      if (!read) return;
      clearTimeout(timer);
      resolve(read);
    });
  });
  const refused = await send(socket, query);
  if (refused) return refused;
  const read = await answer;
  signal.throwIfAborted();
  if (!own) return { state: 'leaks', note: read ? 'answered' : 'not refused' };
  // 0: there is such a name; 3: there is none. Either came from a server that knows (RFC 1035 §4.1.1).
  const fromOutside = read !== null && !read.authoritative && (read.rcode === 0 || read.rcode === 3);
  return fromOutside ? { state: 'leaks', note: 'answered' } : { state: 'blocked', note: 'nothing from outside' };
}

async function tryTcp(target: Target, options: TryOptions): Promise<Outcome> {
  const route = createSocket(isIPv6(target.host) ? 'udp6' : 'udp4');
  const noWay = await connectUdp(route, target).finally(() => route.close());
  options.signal.throwIfAborted();
  if (noWay) return noWay;
  const { host, port } = target;
  const socket = connect({ host, port });
  const free = closeOnAbort(options.signal, () => socket.destroy());
  try {
    const code = await new Promise<string>((resolve, reject) => {
      // A busy laptop may find the timer and the refusal due at once: the refusal goes first.
      const timer = setTimeout(() => void afterPending().then(() => resolve('silence')), options.limitMs);
      const end = (work: () => void) => {
        clearTimeout(timer);
        work();
      };
      socket.once('connect', () => end(() => resolve('answered')));
      socket.on('error', (error) => end(() => (codeOf(error) === '' ? reject(error) : resolve(codeOf(error)))));
      socket.once('close', () => end(() => reject(options.signal.reason ?? new Error('closed'))));
    });
    options.signal.throwIfAborted();
    return judgeTcp(code, isLoopback(host), options.platform);
  } finally {
    free();
  }
}

/** @param code of the system's error, or `answered`, or `silence`. @throws where the code tells nothing about the path */
export function judgeTcp(code: string, toItself: boolean, platform: NodeJS.Platform): Outcome {
  if (code === 'answered') return { state: 'leaks', note: 'answered' };
  if (code === 'silence' || code === 'ETIMEDOUT') return { state: 'leaks', note: 'not refused' };
  // Neither comes from a network: EPERM from Linux's own controls, EACCES on Windows from its firewall (WSAEACCES).
  const named = platform === 'win32' ? 'EACCES' : 'EPERM';
  if (code === named) return { state: 'blocked', note: 'refused here' };
  if (toItself && refusedSomewhere.has(code)) return { state: 'blocked', note: 'nothing there' };
  if (refusedSomewhere.has(code)) return { state: 'doubtful', note: code };
  throw Object.assign(new Error('a try of the path failed'), { code });
}

/** Connects for as long as `refused` says no. @returns whether it came to say yes: this laptop has refused the packet. */
export async function tryWatching(target: Target, limitMs: number, refused: () => Promise<boolean>): Promise<boolean> {
  const socket = connect({ host: target.host, port: target.port });
  socket.on('error', () => {});
  try {
    for (const end = Date.now() + limitMs; ; ) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (await refused()) return true;
      if (Date.now() >= end) return false;
    }
  } finally {
    socket.destroy();
  }
}

/** @returns what closes it now, once, and forgets the signal. */
function closeOnAbort(signal: AbortSignal, close: () => void): () => void {
  let closed = false;
  const once = () => {
    signal.removeEventListener('abort', once);
    if (!closed) close();
    closed = true;
  };
  signal.addEventListener('abort', once, { once: true });
  if (signal.aborted) queueMicrotask(once);
  return once;
}

const codeOf = (error: unknown): string => String((error as { code?: unknown }).code ?? '');
