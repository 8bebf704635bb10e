import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ErrorName } from '#contract/errors/catalogue.ts';
import { creditWindow } from '#contract/ipc/byte-channel.ts';
import { type ByteChannelEvents, createByteChannel } from '#main/desk/byte-channel.ts';
import { createFakePort } from '#test/fakes/fake-port.ts';
import { createStreamPair } from '#test/fakes/fake-stream.ts';

function start(stream: Duplex = createStreamPair().near, clientInfo?: ByteChannelEvents['clientInfo']) {
  const port = createFakePort();
  const ended: (ErrorName | null)[] = [];
  let heard = 0;
  const channel = createByteChannel(stream, port, {
    heard: () => {
      heard += 1;
    },
    ended: (reason) => ended.push(reason),
    ...(clientInfo && { clientInfo }),
  });
  return { port, ended, channel, stream, heard: () => heard };
}

/** A channel whose other end is the desk. */
function withDesk(options: Parameters<typeof createStreamPair>[0] = {}) {
  const { near, far } = createStreamPair(options);
  far.on('error', () => {});
  return { ...start(near), desk: far };
}

/** Lets both streams and the port come to rest. */
async function settle(): Promise<void> {
  for (let turns = 0; turns < 50; turns += 1) await turn();
}

/** A desk that never stops sending while it is let. */
function endlessDesk(chunkBytes: number): Duplex {
  return new Duplex({
    read() {
      this.push(Buffer.alloc(chunkBytes, 7));
    },
    write: (_chunk, _encoding, done) => done(),
  });
}

describe('bytes from the desk', () => {
  it('reach the screen whole and in order when they come one at a time', async () => {
    const { desk, port, channel, heard } = withDesk({ pieceBytes: 1 });
    const sent = randomBytes(500);
    desk.write(sent);
    await settle();
    expect(port.bytes()).toEqual(sent);
    expect(channel.bytesDown()).toBe(500);
    expect(heard()).toBe(500);
  });

  it('start to flow only when the channel is made', async () => {
    const { near, far } = createStreamPair();
    far.write('RFB 003.008\n');
    await settle();
    const { port } = start(near);
    await settle();
    expect(port.bytes().toString()).toBe('RFB 003.008\n');
    expect(port.isStarted()).toBe(true);
  });

  it('come first when some were read before the channel was made', async () => {
    const { near, far } = createStreamPair();
    near.pause();
    near.unshift(Buffer.from('head '));
    far.write('rest');
    const { port } = start(near);
    await settle();
    expect(port.bytes().toString()).toBe('head rest');
  });

  it('do not take the whole pool along when they are a slice of one', async () => {
    const { desk, port } = withDesk();
    const pool = Buffer.alloc(1024 * 1024, 1);
    desk.write(pool.subarray(1000, 1010));
    await settle();
    expect(port.bytes()).toHaveLength(10);
    expect(port.postedBufferBytes()).toBe(10);
  });
});

describe('the credit window', () => {
  it.each([1_000, 4_096, 65_536, 1_000_003, 3_000_000])(
    'is filled to the byte, and not beyond, when the desk sends pieces of %i bytes',
    async (chunkBytes) => {
      const { port, channel, stream } = start(endlessDesk(chunkBytes));
      await settle();
      expect(port.bytes()).toHaveLength(creditWindow);
      expect(channel.bytesDown()).toBe(creditWindow);
      expect(stream.isPaused()).toBe(true);
      stream.destroy();
    },
  );

  it('stays shut when less than half of it was given back', async () => {
    const { port, stream } = start(endlessDesk(65_536));
    await settle();
    port.say({ type: 'credit', bytes: creditWindow / 2 });
    await settle();
    expect(port.bytes()).toHaveLength(creditWindow);
    expect(stream.isPaused()).toBe(true);
    stream.destroy();
  });

  it('opens by exactly what was given back when that is more than half', async () => {
    const { port, stream } = start(endlessDesk(65_536));
    await settle();
    const given = creditWindow / 2 + 1;
    port.say({ type: 'credit', bytes: given });
    await settle();
    expect(port.bytes()).toHaveLength(creditWindow + given);
    stream.destroy();
  });

  it('loses and doubles nothing when it shuts in the middle of a piece', async () => {
    const { desk, port } = withDesk({ highWaterMark: 3_000_000 });
    const sent = randomBytes(creditWindow * 3 + 12_345);
    desk.write(sent);
    for (let given = 0; given < sent.length; ) {
      await settle();
      const shown = port.bytes().length;
      if (shown > given) port.say({ type: 'credit', bytes: shown - given });
      given = shown;
    }
    expect(port.bytes().equals(sent)).toBe(true);
  });

  it('holds the desk back when the screen gives nothing', async () => {
    const { desk, port } = withDesk();
    let taken = 0;
    for (let turns = 0; turns < 500; turns += 1) {
      if (!desk.writableNeedDrain) {
        desk.write(Buffer.alloc(65_536));
        taken += 65_536;
      }
      await turn();
    }
    expect(taken).toBeLessThan(creditWindow + 4 * 65_536);
    expect(port.bytes()).toHaveLength(creditWindow);
  });

  it('is never exceeded, whatever the pieces and the credits are', async () => {
    const step = fc.oneof(
      fc.record({ send: fc.integer({ min: 1, max: creditWindow }) }),
      fc.record({ giveBack: fc.double({ min: 0, max: 1, noNaN: true }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const { desk, port, ended, stream } = withDesk({ highWaterMark: 2 * creditWindow });
        let given = 0;
        for (const one of steps) {
          if ('send' in one) desk.write(Buffer.alloc(one.send));
          await turn();
          const owed = port.bytes().length - given;
          expect(owed).toBeLessThanOrEqual(creditWindow);
          const bytes = 'giveBack' in one ? Math.floor(owed * one.giveBack) : 0;
          if (bytes > 0) port.say({ type: 'credit', bytes });
          given += bytes;
        }
        expect(ended).toEqual([]);
        stream.destroy();
      }),
      { numRuns: 30 },
    );
  });
});

describe('a screen that does not keep the rules', () => {
  it.each([
    ['gives back more than it got', { type: 'credit', bytes: 101 }],
    ['gives back less than nothing', { type: 'credit', bytes: -1 }],
    ['gives back a fraction', { type: 'credit', bytes: 0.5 }],
    ['gives back what is no number', { type: 'credit', bytes: '100' }],
    ['gives back more than the window', { type: 'credit', bytes: creditWindow + 1 }],
    ['says what is no message', { type: 'open' }],
    ['says nothing at all', null],
    ['says text', 'close'],
    ['sends a list of bytes', [1, 2, 3]],
    ['sends other numbers', new Uint16Array(2)],
    ['sends a buffer', new ArrayBuffer(2)],
  ])('is ended when it %s', async (_, said) => {
    const { desk, port, ended, stream } = withDesk();
    desk.write(Buffer.alloc(100));
    await settle();
    port.say(said);
    await settle();
    expect(ended).toEqual(['screenCrashed']);
    expect(port.ends()).toEqual([{ type: 'end', reason: 'screenCrashed' }]);
    expect(port.isClosed()).toBe(true);
    expect(stream.destroyed).toBe(true);
  });

  it('is ended when it sends more than a person types and the desk does not read', async () => {
    const { port, ended } = start(new Duplex({ read() {}, write() {} }));
    for (let sent = 0; sent <= 1024 * 1024; sent += 65_536) port.say(new Uint8Array(65_536));
    await settle();
    expect(ended).toEqual(['screenProtocolError']);
  });

  it('is heard no more when it has been ended', async () => {
    const { port, ended, channel } = withDesk();
    port.say('garbage');
    port.say(new Uint8Array(10));
    port.say({ type: 'close' });
    port.vanish();
    await settle();
    expect(ended).toEqual(['screenCrashed']);
    expect(channel.bytesUp()).toBe(0);
  });
});

describe('bytes from the screen', () => {
  it('reach the desk whole and in order', async () => {
    const { desk, port, channel } = withDesk({ pieceBytes: 1 });
    const got: Buffer[] = [];
    desk.on('data', (chunk: Buffer) => got.push(chunk));
    for (const text of ['key', '', ' pointer', ' key']) port.say(new TextEncoder().encode(text));
    await settle();
    expect(Buffer.concat(got).toString()).toBe('key pointer key');
    expect(channel.bytesUp()).toBe(15);
  });

  it('are not counted as a sign of life of the line', async () => {
    const { port, heard } = withDesk();
    port.say(new Uint8Array(3));
    await settle();
    expect(heard()).toBe(0);
  });

  it('may be many over time when the desk reads them', async () => {
    const { desk, port, ended } = withDesk();
    desk.resume();
    for (let sent = 0; sent < 4 * 1024 * 1024; sent += 65_536) {
      port.say(new Uint8Array(65_536));
      await turn();
    }
    expect(ended).toEqual([]);
  });
});

describe('the end', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is in order when the screen closes', async () => {
    const { port, ended, stream } = withDesk();
    port.say({ type: 'close' });
    await settle();
    expect(ended).toEqual([null]);
    expect(port.ends()).toEqual([{ type: 'end' }]);
    expect(stream.destroyed).toBe(true);
  });

  it('is told before the stream breaks off, so that the tunnel can say goodbye', () => {
    const { near } = createStreamPair();
    const port = createFakePort();
    const destroyed: boolean[] = [];
    createByteChannel(near, port, { heard: () => {}, ended: () => destroyed.push(near.destroyed) });
    port.say({ type: 'close' });
    expect(destroyed).toEqual([false]);
    expect(near.destroyed).toBe(true);
  });

  it('is a crash when the port closes and no word of the window follows', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { port, ended, stream } = withDesk();
    port.vanish();
    await settle();
    expect(ended).toEqual([]);
    vi.advanceTimersByTime(1_000);
    await settle();
    expect(ended).toEqual(['screenCrashed']);
    expect(port.ends()).toEqual([]);
    expect(stream.destroyed).toBe(true);
  });

  it("is the window's word when that comes after the port has closed", async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { port, ended, channel, stream } = withDesk();
    port.vanish();
    await settle();
    channel.end('deskPasswordWrong');
    vi.advanceTimersByTime(10_000);
    await settle();
    expect(ended).toEqual([]);
    expect(stream.destroyed).toBe(true);
  });

  it.each([null, 'deskClosed', 'sessionEndedByOffice'] as const)(
    'is told to the screen once, and not back, when the session ends it with %s',
    async (reason) => {
      const { port, ended, channel, stream } = withDesk();
      channel.end(reason);
      channel.end('internal');
      await settle();
      expect(port.ends()).toEqual([reason ? { type: 'end', reason } : { type: 'end' }]);
      expect(port.isClosed()).toBe(true);
      expect(stream.destroyed).toBe(true);
      expect(ended).toEqual([]);
    },
  );

  it('comes after every byte that came before it', async () => {
    const { desk, port, channel, stream } = withDesk();
    desk.end('last words');
    await once(stream, 'close');
    channel.end('deskClosed');
    expect(port.bytes().toString()).toBe('last words');
    expect(port.posted.at(-1)).toEqual({ type: 'end', reason: 'deskClosed' });
  });

  it('posts nothing more when the desk still sends', async () => {
    const { desk, port, channel } = withDesk();
    channel.end(null);
    desk.write('too late');
    await settle();
    expect(port.bytes()).toHaveLength(0);
  });
});

describe('a channel that is held', () => {
  it('lets no byte of the desk through until it is let go, and then every one, in order', async () => {
    const { desk, port, channel } = withDesk();
    desk.write('before ');
    await settle();
    channel.hold(true);
    desk.write('hidden ');
    await settle();
    expect(port.bytes().toString()).toBe('before ');
    channel.hold(false);
    desk.write('after');
    await settle();
    expect(port.bytes().toString()).toBe('before hidden after');
  });

  it('stays held though the screen gives credit back', async () => {
    const { port, channel, stream } = start(endlessDesk(64 * 1024));
    await settle();
    const shown = port.bytes().length;
    expect(shown).toBe(creditWindow);
    channel.hold(true);
    port.say({ type: 'credit', bytes: shown });
    await settle();
    expect(port.bytes()).toHaveLength(shown);
    channel.hold(false);
    await settle();
    expect(port.bytes().length).toBeGreaterThan(shown);
    channel.end(null);
    expect(stream.destroyed).toBe(true);
  });

  it('lets the screen let go of its keys, and keeps what it sends later until it goes on', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { desk, port, channel } = withDesk();
    const got: Buffer[] = [];
    desk.on('data', (data: Buffer) => got.push(data));
    channel.hold(true);
    port.say(Buffer.from('key up '));
    await settle();
    expect(Buffer.concat(got).toString()).toBe('key up ');
    vi.advanceTimersByTime(1_000);
    port.say(Buffer.from('typed blindly '));
    await settle();
    expect(Buffer.concat(got).toString()).toBe('key up ');
    channel.hold(false);
    port.say(Buffer.from('and on'));
    await settle();
    expect(Buffer.concat(got).toString()).toBe('key up typed blindly and on');
  });

  it('keeps no more than that, however small the pieces are and however big what they are cut from', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { desk, port, channel, ended } = withDesk();
    const got: Buffer[] = [];
    desk.on('data', (data: Buffer) => got.push(data));
    channel.hold(true);
    vi.advanceTimersByTime(1_000);
    for (let sent = 0; sent < 100; sent += 1) port.say(new Uint8Array(64 * 1024).subarray(0, sent % 2));
    channel.hold(false);
    await settle();
    expect(Buffer.concat(got)).toHaveLength(50);
    expect(got).toHaveLength(1);
    expect(ended).toEqual([]);
  });

  it('is ended when the screen sends more than a person could meanwhile', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { port, channel, ended } = withDesk();
    channel.hold(true);
    vi.advanceTimersByTime(1_000);
    for (let sent = 0; sent <= 16; sent += 1) port.say(Buffer.alloc(64 * 1024));
    await settle();
    expect(ended).toEqual(['screenProtocolError']);
  });
});

describe('the PDU that main writes for the screen', () => {
  const ask = { type: 'clientInfo', user: 1007, io: 1003 };

  /** A desk that copies what it gets at once, as TLS does, and says that it is written only when `flush` is called. */
  function startSlow(clientInfo?: ByteChannelEvents['clientInfo']) {
    const got: Buffer[] = [];
    const waiting: (() => void)[] = [];
    const stream = new Duplex({
      read: () => undefined,
      write: (chunk: Buffer, _encoding, done) => {
        got.push(Buffer.from(chunk));
        waiting.push(done);
      },
    });
    const flush = async () => {
      while (waiting.length > 0) {
        waiting.shift()?.();
        await settle();
      }
    };
    return { ...start(stream, clientInfo), got: () => Buffer.concat(got).toString(), flush };
  }

  it('comes where the screen asked for it, and is overwritten once it is written', async () => {
    const pdu = Buffer.from('<secret>');
    const { port, got, flush, ended } = startSlow(() => pdu);
    port.say(Buffer.from('before '));
    port.say(ask);
    port.say(Buffer.from(' after'));
    expect(pdu.toString()).toBe('<secret>');
    await flush();
    expect(got()).toBe('before <secret> after');
    expect(pdu).toEqual(Buffer.alloc(8));
    expect(ended).toEqual([]);
  });

  it('is told the channels, and counted as sent', () => {
    const asked: unknown[] = [];
    const { port, channel } = startSlow((...channels: unknown[]) => {
      asked.push(...channels);
      return Buffer.alloc(9);
    });
    port.say(ask);
    expect(asked).toEqual([ask]);
    expect(channel.bytesUp()).toBe(9);
  });

  it.each([
    ['it is asked for twice', () => Buffer.from('<secret>'), 2],
    ['it cannot be had', () => null, 1],
    ['the desk is none that wants it', undefined, 1],
  ] satisfies [string, ByteChannelEvents['clientInfo'], number][])(
    'ends the session when %s',
    (_, clientInfo, times) => {
      const { port, ended } = startSlow(clientInfo);
      for (let asked = 0; asked < times; asked += 1) port.say(ask);
      expect(ended).toEqual(['screenProtocolError']);
      expect(port.ends()).toEqual([{ type: 'end', reason: 'screenProtocolError' }]);
    },
  );

  it('keeps its place among what is kept when the screen is held', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const pdu = Buffer.from('<secret>');
    const { port, got, channel, flush } = startSlow(() => pdu);
    channel.hold(true);
    vi.advanceTimersByTime(1_000);
    port.say(Buffer.from('before '));
    port.say(ask);
    port.say(Buffer.from(' after'));
    expect(got()).toBe('');
    expect(pdu).toEqual(Buffer.alloc(8));
    channel.hold(false);
    await flush();
    expect(got()).toBe('before <secret> after');
    vi.useRealTimers();
  });

  it('is overwritten, too, when there is no room left to keep it', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const pdu = Buffer.from('<secret>');
    const { port, channel, ended } = startSlow(() => pdu);
    channel.hold(true);
    vi.advanceTimersByTime(1_000);
    port.say(new Uint8Array(1024 * 1024));
    port.say(ask);
    expect(pdu).toEqual(Buffer.alloc(8));
    expect(ended).toEqual(['screenProtocolError']);
    vi.useRealTimers();
  });
});
