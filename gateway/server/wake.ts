import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { connect, isIPv4 } from 'node:net';
import type { ErrorName } from '#contract/errors/catalogue.ts';
import type { Failure } from '#contract/errors/hanare-error.ts';
import type { Logger } from '#contract/log/logger.ts';
import { type DeskProtocol, type WakeStage, wakeStages } from '#contract/wire/messages.ts';
import type { DeskRow } from '../store/directory.ts';
import type { Clock } from './limits.ts';

/** Every bound of waking in one place; milliseconds or counts. */
const defaultWakeLimits = {
  /** A desk that is on answers well within it, and one that is off costs no more. */
  firstLookMs: 700,
  /** Every later look, the service's greeting included; and the pause between two. */
  lookMs: 2_000,
  everyMs: 1_000,
  /** A packet may get lost: so many in a row, so far apart, then more rarely for as long as the desk is waited for. */
  packets: 3,
  packetMs: 1_000,
  laterPacketMs: 10_000,
  /** From the first packet to any answer: a slow PC's own start-up. */
  answerMs: 90_000,
  /** From the first answer to the service: a system that starts, perhaps with updates. */
  readyMs: 120_000,
};
export type WakeLimits = Readonly<typeof defaultWakeLimits>;

export type WakeDesk = Pick<DeskRow, 'id' | 'protocol' | 'host' | 'port' | 'mac' | 'wakeTo'>;
export type WakeResult = Readonly<{ ok: true } | { ok: false; failure: Failure }>;
export type Waker = Readonly<{
  /**
   * Resolves once the desk's service can be used, or with the likely cause why not; never rejects. A desk whose service is
   * there already takes no stage. @param on.signal gives up: the result is `connectionLost` then.
   */
  wake: (
    desk: WakeDesk,
    on: Readonly<{ stage: (stage: WakeStage) => void; signal: AbortSignal }>,
  ) => Promise<WakeResult>;
}>;

/** What each service says first, unasked (RFC 6143, 7.1.1). RDP says nothing: that it is let in is its sign. */
const greetings: Readonly<Partial<Record<DeskProtocol, RegExp>>> = { vnc: /^RFB \d{3}\.\d{3}\n/ };

/**
 * Wakes desks, and believes only what it sees of them: a packet that was sent proves nothing, an answer proves power, a
 * greeting proves the service.
 */
export function createWaker(parts: { clock: Clock; logger: Logger; limits?: Partial<WakeLimits> }): Waker {
  const { clock } = parts;
  const limits: WakeLimits = { ...defaultWakeLimits, ...parts.limits };

  const wake: Waker['wake'] = async (desk, { stage, signal }) => {
    const logger = parts.logger.with('wake', { desk: desk.id });
    // Without a greeting: some VNC servers shut out an address that connects often and never logs in.
    const first = await look(desk, { ms: limits.firstLookMs, greeting: undefined, signal });
    if (signal.aborted) return failed('connectionLost');
    if (first === 'ready') return { ok: true };
    // It is on, and its service is not: only a person can tell whether waiting helps.
    if (desk.mac === null) return failed(first === 'silent' ? 'wakeImpossible' : 'deskDown');

    let told = -1;
    const tell = (reached: WakeStage): void => {
      const rank = wakeStages.indexOf(reached);
      if (signal.aborted || rank <= told) return;
      told = rank;
      logger.info('desk being woken', { stage: reached });
      stage(reached);
    };
    const done = new AbortController();
    // A refusal may come from a firewall in the desk's stead, so the packet goes out whatever was seen.
    const call = await openCall(desk, desk.mac, logger);
    if (await call.send()) tell('sent');
    const calling = repeat(call, AbortSignal.any([signal, done.signal]), () => tell('sent'));
    try {
      const result = await watch(desk, signal, tell);
      if (!result.ok) logger.warn('desk not woken', { ...result.failure });
      return result;
    } finally {
      done.abort();
      await calling;
      call.close();
    }
  };

  async function watch(desk: WakeDesk, signal: AbortSignal, tell: (stage: WakeStage) => void): Promise<WakeResult> {
    let since = clock.monotonic();
    let answered = false;
    while (!signal.aborted) {
      const seen = await look(desk, { ms: limits.lookMs, greeting: greetings[desk.protocol], signal });
      if (seen !== 'silent' && !answered) {
        answered = true;
        since = clock.monotonic();
        tell('answers');
      }
      if (seen === 'ready') {
        tell('ready');
        return { ok: true };
      }
      const bound = answered ? limits.readyMs : limits.answerMs;
      if (clock.monotonic() - since >= bound) {
        return failed(answered ? 'wakeNotReady' : 'wakeNoAnswer', { seconds: Math.ceil(bound / 1000) });
      }
      await pause(limits.everyMs, signal);
    }
    return failed('connectionLost');
  }

  async function repeat(call: Call, signal: AbortSignal, onSent: () => void): Promise<void> {
    for (let sent = 1; !signal.aborted; sent += 1) {
      await pause(sent < limits.packets ? limits.packetMs : limits.laterPacketMs, signal);
      if (!signal.aborted && (await call.send())) onSent();
    }
  }
  return { wake };
}

function failed(reason: ErrorName, details: Failure['details'] = {}): WakeResult {
  return { ok: false, failure: { reason, details } };
}

/** Resolves early when given up. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    signal.addEventListener('abort', finish);
    if (signal.aborted) finish();
  });
}

type Seen = 'silent' | 'answers' | 'ready';

/** One connection to the desk's service. @param options.greeting what makes it `ready`; undefined: that it is accepted. */
function look(
  { host, port }: WakeDesk,
  { ms, greeting, signal }: { ms: number; greeting: RegExp | undefined; signal: AbortSignal },
): Promise<Seen> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    let seen: Seen = 'silent';
    let heard = '';
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      socket.destroy();
      resolve(seen);
    };
    const timer = setTimeout(finish, ms);
    signal.addEventListener('abort', finish);
    socket.on('connect', () => {
      seen = greeting === undefined ? 'ready' : 'answers';
      if (greeting === undefined) finish();
    });
    socket.on('data', (data) => {
      heard = (heard + data.toString('latin1')).slice(0, 64);
      if (greeting?.test(heard)) seen = 'ready';
      if (seen === 'ready' || heard.length === 64) finish();
    });
    // A late error of a socket that was given up must not be an uncaught event.
    socket.on('error', (error) => {
      if (isAnswer(error)) seen = 'answers';
    });
    socket.on('close', finish);
    if (signal.aborted) finish();
  });
}

/** A name with several addresses fails with the failures of all. */
function isAnswer(error: NodeJS.ErrnoException | AggregateError): boolean {
  if (error instanceof AggregateError) return error.errors.some(isAnswer);
  return error.code === 'ECONNREFUSED' || error.code === 'ECONNRESET';
}

type Call = Readonly<{ send: () => Promise<boolean>; close: () => void }>;

/** Where Wake-on-LAN packets go by custom; network cards look at the contents only. */
const discardPort = 9;

/** @returns `send`, which says whether a packet left this computer; never throws. */
async function openCall(desk: WakeDesk, mac: string, logger: Logger): Promise<Call> {
  const { host, port } = desk.wakeTo === null ? { host: desk.host, port: discardPort } : splitAddress(desk.wakeTo);
  let address: string;
  try {
    ({ address } = await lookup(host));
  } catch (error) {
    logger.warn('address to wake not found', { error });
    return { send: async () => false, close: () => undefined };
  }
  const targets = desk.wakeTo === null ? targetsOf(address) : [address];
  const packet = magicPacket(mac);
  const socket = createSocket(isIPv4(address) ? 'udp4' : 'udp6');
  socket.on('error', (error) => logger.warn('packet to wake not sent', { error }));
  await new Promise<void>((resolve) => {
    socket.once('listening', resolve).once('error', () => resolve());
    socket.bind();
  });
  if (isIPv4(address)) socket.setBroadcast(true);
  const sendTo = (target: string): Promise<boolean> =>
    new Promise((resolve) => {
      socket.send(packet, port, target, (error) => {
        if (error) logger.warn('packet to wake not sent', { target, error });
        resolve(!error);
      });
    });
  return {
    send: async () => (await Promise.all(targets.map(sendTo))).includes(true),
    close: () => socket.close(),
  };
}

/**
 * Where a desk is called that has no `wakeTo`: its network, taken for a /24, because a card that sleeps answers no ARP;
 * and the desk itself, for a router that knows its card by heart.
 */
export function targetsOf(address: string): readonly string[] {
  return isIPv4(address) ? [address.replace(/\d+$/, '255'), address] : [address];
}

/** Six bytes FF, then the card's address sixteen times: 102 bytes (AMD, Magic Packet Technology, 20213). */
export function magicPacket(mac: string): Buffer {
  const card = Buffer.from(mac.replaceAll(':', ''), 'hex');
  return Buffer.concat([Buffer.alloc(6, 0xff), ...Array.from({ length: 16 }, () => card)]);
}

function splitAddress(text: string): { host: string; port: number } {
  const at = text.lastIndexOf(':');
  return { host: text.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(text.slice(at + 1)) };
}
