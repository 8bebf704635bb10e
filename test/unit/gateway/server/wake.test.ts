import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createLogger } from '#contract/log/logger.ts';
import type { WakeStage } from '#contract/wire/messages.ts';
import { systemClock } from '#gateway/server/limits.ts';
import { createWaker, magicPacket, targetsOf, type WakeDesk, type WakeLimits } from '#gateway/server/wake.ts';
import { freePort } from '#test/fakes/free-port.ts';

const mac = '00:1b:44:11:3a:b7';
/** Short, for loopback. */
const short = {
  firstLookMs: 200,
  lookMs: 200,
  everyMs: 20,
  packetMs: 20,
  laterPacketMs: 40,
  answerMs: 400,
  readyMs: 400,
};
/** Nothing can be reached there, and the system says so at once: as silent as a PC that is off. */
const nowhere = '255.255.255.255';

describe('magicPacket', () => {
  it('is six bytes FF and the card’s address sixteen times', () => {
    const packet = magicPacket(mac);
    expect(packet).toHaveLength(102);
    expect(packet.toString('hex')).toBe(`${'ff'.repeat(6)}${'001b44113ab7'.repeat(16)}`);
  });
});

describe('targetsOf', () => {
  it('calls the whole /24 and the desk itself; of IPv6 the desk', () => {
    expect(targetsOf('10.1.2.3')).toEqual(['10.1.2.255', '10.1.2.3']);
    expect(targetsOf('2001:db8::3')).toEqual(['2001:db8::3']);
  });
});

describe('wake', () => {
  const undo: (() => unknown)[] = [];
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step();
    // Sockets and timers of ours are gone, whatever the outcome.
    await expect
      .poll(() => process.getActiveResourcesInfo().filter((name) => /UDP|TCPSocket|TCPServer/.test(name)))
      .toEqual([]);
  });

  /** A PC's network card on loopback. @param on called with each packet and what it says. */
  async function card(on: (packets: number, bytes: Buffer) => void = () => undefined) {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const packets: Buffer[] = [];
    socket.on('message', (bytes) => {
      packets.push(bytes);
      on(packets.length, bytes);
    });
    undo.push(() => new Promise<void>((resolve) => socket.close(resolve)));
    return { packets, wakeTo: `127.0.0.1:${socket.address().port}` };
  }

  async function service(serve: (socket: Socket) => void, port = 0): Promise<number> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket.on('error', () => undefined));
      serve(socket);
    }).listen(port, '127.0.0.1');
    await once(server, 'listening');
    undo.push(() => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(resolve));
    });
    return (server.address() as AddressInfo).port;
  }

  async function wake(
    desk: Partial<WakeDesk>,
    limits: Partial<WakeLimits> = {},
    signal = new AbortController().signal,
  ) {
    const stages: WakeStage[] = [];
    const logger = createLogger({ sink: () => undefined, now: Date.now, context: 'test' });
    const waker = createWaker({ clock: systemClock, logger, limits: { ...short, ...limits } });
    const whole: WakeDesk = {
      id: 'pc-1',
      protocol: 'vnc',
      host: '127.0.0.1',
      port: 9,
      mac: null,
      wakeTo: null,
      ...desk,
    };
    const result = await waker.wake(whole, { stage: (stage) => stages.push(stage), signal });
    return { stages, result };
  }
  const refused = (reason: string, details = {}) => ({ ok: false, failure: { reason, details } });

  it('takes a service that accepts for ready, without a stage or a packet', async () => {
    const { packets, wakeTo } = await card();
    const port = await service(() => undefined);
    expect(await wake({ port, mac, wakeTo })).toEqual({ stages: [], result: { ok: true } });
    expect(packets).toEqual([]);
  });

  it('says at once that a desk that is off and has no card on record cannot be woken', async () => {
    expect(await wake({ host: nowhere })).toEqual({ stages: [], result: refused('wakeImpossible') });
  });

  it('says at once that a desk without a card on record has no service, when it refuses: it is on', async () => {
    const port = await freePort();
    expect(await wake({ port })).toEqual({ stages: [], result: refused('deskDown') });
  });

  it('closes the loop: the packet starts what then greets', async () => {
    const port = await freePort();
    const { packets, wakeTo } = await card((count) => {
      if (count === 1) void service((socket) => socket.end('RFB 003.008\n'), port);
    });
    const { stages, result } = await wake({ port, mac, wakeTo }, { readyMs: 10_000 });
    expect([stages, result]).toEqual([['sent', 'answers', 'ready'], { ok: true }]);
    expect(packets[0]).toEqual(magicPacket(mac));
  });

  it('takes an RDP desk for ready once it lets a connection in, because it says nothing first', async () => {
    const port = await freePort();
    const { wakeTo } = await card((count) => {
      if (count === 1) void service(() => undefined, port);
    });
    const { stages, result } = await wake({ protocol: 'rdp', port, mac, wakeTo }, { readyMs: 10_000 });
    expect([stages, result]).toEqual([['sent', 'answers', 'ready'], { ok: true }]);
  });

  it('goes on calling a desk that does not answer, then says for how long', async () => {
    const { packets, wakeTo } = await card();
    const result = await wake({ host: nowhere, mac, wakeTo });
    expect(result).toEqual({ stages: ['sent'], result: refused('wakeNoAnswer', { seconds: 1 }) });
    // Three in a row, and then more.
    expect(packets.length).toBeGreaterThan(3);
    expect(packets.every((bytes) => bytes.equals(magicPacket(mac)))).toBe(true);
  });

  it.each([
    ['says nothing', () => undefined],
    ['is of another protocol', (socket: Socket) => void socket.end('SSH-2.0-OpenSSH_9.2\r\n')],
    ['says endlessly what is no greeting', (socket: Socket) => void socket.write('RFB '.repeat(1000))],
    ['hangs up', (socket: Socket) => void socket.destroy()],
  ])('tells a desk that answers from one that is ready when its service %s', async (_, serve) => {
    const port = await freePort();
    const { wakeTo } = await card((count) => {
      if (count === 1) void service(serve, port);
    });
    const { stages, result } = await wake({ port, mac, wakeTo });
    expect([stages, result]).toEqual([['sent', 'answers'], refused('wakeNotReady', { seconds: 1 })]);
  });

  it('understands a greeting that comes byte by byte', async () => {
    const port = await freePort();
    const { wakeTo } = await card((count) => {
      if (count > 1) return;
      void service(async (socket) => {
        for (const byte of 'RFB 003.889\n') {
          socket.write(byte);
          await new Promise((resolve) => setTimeout(resolve, 2));
        }
      }, port);
    });
    const { stages } = await wake({ port, mac, wakeTo }, { lookMs: 5_000, readyMs: 10_000 });
    expect(stages).toEqual(['sent', 'answers', 'ready']);
  });

  it('does not say "sent" of a packet that did not leave', async () => {
    // Too long a label: no name server is asked.
    const { stages, result } = await wake({ host: nowhere, mac, wakeTo: `${'x'.repeat(64)}:9` });
    expect([stages, result]).toEqual([[], refused('wakeNoAnswer', { seconds: 1 })]);
  });

  it('gives up when told to, before and while it waits, and calls no more', async () => {
    expect((await wake({ host: nowhere, mac }, {}, AbortSignal.abort())).result).toEqual(refused('connectionLost'));
    const end = new AbortController();
    const { packets, wakeTo } = await card((count) => {
      if (count === 2) end.abort();
    });
    const { stages, result } = await wake({ host: nowhere, mac, wakeTo }, { answerMs: 600_000 }, end.signal);
    expect([stages, result]).toEqual([['sent'], refused('connectionLost')]);
    const count = packets.length;
    await new Promise((resolve) => setTimeout(resolve, 4 * short.laterPacketMs));
    expect(packets).toHaveLength(count);
  });
});
