import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ChannelHandler, Drdynvc, type DrdynvcOptions } from '#renderer/screen/rdp/egfx/drdynvc.ts';
import { splitMessage } from '#renderer/screen/rdp/egfx/dynamic-pdus.ts';

const hex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const problem = (text: string) =>
  expect.objectContaining({ failure: expect.objectContaining({ details: { problem: text } }) });

class Desk {
  readonly sent: string[] = [];
  readonly events: string[] = [];
  readonly messages: Buffer[] = [];
  readonly sends = new Map<string, (message: Uint8Array) => void>();
  readonly dvc: Drdynvc;

  constructor(options?: DrdynvcOptions) {
    const handler = (name: string): ChannelHandler => ({
      opened: (send) => {
        this.events.push(`${name} opened`);
        this.sends.set(name, send);
      },
      message: (bytes) => this.messages.push(Buffer.from(bytes)),
      closed: () => this.events.push(`${name} closed`),
    });
    const names = ['graphics', 'display'];
    this.dvc = new Drdynvc(
      new Map(names.map((name) => [name, handler(name)])),
      (pdu) => this.sent.push(Buffer.from(pdu).toString('hex')),
      options,
    );
  }

  say(...pdus: string[]): this {
    for (const pdu of pdus) this.dvc.push(hex(pdu));
    return this;
  }
  create(id: string, name: string): this {
    return this.say(`10${id}${Buffer.from(name).toString('hex')}00`);
  }
}

const ready = (options?: DrdynvcOptions) => new Desk(options).say('50 00 01 00');

test.each([
  ['50 00 01 00', '50000100'],
  ['50 00 02 00 3333 1111 3d0a a704', '50000200'],
  ['50 00 03 00 3333 1111 3d0a a704', '50000300'],
  ['50 00 04 00 3333 1111 3d0a a704', '50000300'],
])('answers with the lower version when the desk says %s', (said, answer) => {
  expect(new Desk().say(said).sent).toEqual([answer]);
});

test('accepts a channel when its name is in the table', () => {
  const desk = ready().create('03', 'graphics');
  expect(desk.sent.slice(1)).toEqual(['100300000000']);
  expect(desk.events).toEqual(['graphics opened']);
});

test.each(['other', 'graphic', 'graphics2', 'GRAPHICS', '', '__proto__', 'x'.repeat(3000)])(
  'answers that there is none when the name is %s',
  (name) => {
    const desk = ready().create('04', name);
    expect(desk.sent.slice(1)).toEqual(['100490040780']);
    expect(desk.events).toEqual([]);
  },
);

test('refuses a second channel of one name when the first is open, and takes it when that was closed', () => {
  const desk = ready().create('01', 'graphics').create('02', 'graphics').say('40 01').create('02', 'graphics');
  expect(desk.sent.slice(1)).toEqual(['100100000000', '100290040780', '4001', '100200000000']);
  expect(desk.events).toEqual(['graphics opened', 'graphics closed', 'graphics opened']);
});

test('keeps ids of one, two and four bytes when they are told apart', () => {
  const desk = ready().say('11 0201 67726170686963730000', '12 04030201 646973706c617900');
  expect(desk.sent.slice(1)).toEqual(['11020100000000', '120403020100000000']);
  desk.say('31 0201 aabb', '32 04030201 cc');
  expect(desk.messages.map((message) => message.toString('hex'))).toEqual(['aabb', 'cc']);
});

test('puts a message together when it comes in pieces, and others of another channel between them', () => {
  const desk = ready().create('01', 'graphics').create('02', 'display');
  desk.say('20 01 05 aabb', '30 02 11', '30 01 cc', '24 02 0200 22', '30 01 ddee', '30 02 33', '30 01 44');
  expect(desk.messages.map((message) => message.toString('hex'))).toEqual(['11', 'aabbccddee', '2233', '44']);
});

test('gives back a message when it was split for sending, whatever its length', () => {
  const length = fc.oneof(
    fc.constantFrom(0, 1, 255, 256, 1597, 1598, 1599, 3190, 65_535, 65_536),
    fc.nat({ max: 9000 }),
  );
  fc.assert(
    fc.property(length, fc.constantFrom(1, 300), (count, id) => {
      const message = Uint8Array.from({ length: count }, (_, i) => i * 31);
      const pdus = splitMessage(id, message);
      expect(Math.max(...pdus.map((pdu) => pdu.length))).toBeLessThanOrEqual(1600);
      const desk = ready();
      desk.dvc.push(
        Uint8Array.from([...(id < 256 ? [0x10, id] : [0x11, id & 255, id >> 8]), ...Buffer.from('display\0')]),
      );
      for (const pdu of pdus) desk.dvc.push(pdu);
      expect(desk.messages).toEqual([Buffer.from(message)]);
    }),
  );
});

test('sends nothing more when the channel that a handler holds was closed', () => {
  const desk = ready().create('01', 'graphics');
  desk.sends.get('graphics')!(hex('aabb'));
  desk.say('40 01');
  const count = desk.sent.length;
  desk.sends.get('graphics')!(hex('cc'));
  expect(desk.sent.slice(-2)).toEqual(['3001aabb', '4001']);
  expect(desk.sent.length).toBe(count);
});

test('drops data when its channel is not there', () => {
  expect(ready().say('30 09 aabb', '20 09 ff aabb', '40 09').messages).toEqual([]);
});

test('tells every handler when all begins anew', () => {
  const desk = ready().create('01', 'graphics').create('02', 'display').say('20 01 ff 00');
  desk.dvc.reset();
  expect(desk.events.slice(2)).toEqual(['graphics closed', 'display closed']);
  expect(() => desk.say('30 01 00')).toThrow(problem('dynamic channel too early'));
});

test.each([
  ['data before capabilities', ['30 01 00'], 'dynamic channel too early'],
  ['a version of zero', ['50 00 00 00'], 'dynamic channel version'],
  ['version 2 without its charges', ['50 00 02 00'], 'PDU too short'],
  [
    'compressed data of another kind',
    ['50 00 03 00 3333 1111 3d0a a704', '10 01 646973706c617900', '70 01 e0 04 00'],
    'header of a segment',
  ],
  [
    'compressed data longer than announced',
    ['50 00 03 00 3333 1111 3d0a a704', '10 01 646973706c617900', '60 01 02 e0 06 000000'],
    'dynamic channel message longer than announced',
  ],
  ['a Soft-Sync request that is cut off', ['50 00 01 00', '80 00 0a000000 01'], 'length of a Soft-Sync request'],
  ['a Soft-Sync response, which is the client’s', ['50 00 01 00', '90 00 00000000'], 'dynamic channel command 9'],
  ['a name without its end', ['50 00 01 00', '10 01 6162'], 'dynamic channel name'],
  ['an id of no width', ['50 00 01 00', '33 01 00'], 'dynamic channel field width'],
  [
    'a channel created twice',
    ['50 00 01 00', '10 01 646973706c617900', '10 01 646973706c617900'],
    'dynamic channel created twice',
  ],
  [
    'a message in another',
    ['50 00 01 00', '10 01 646973706c617900', '20 01 05 00', '20 01 05 00'],
    'dynamic channel message within another',
  ],
  [
    'more than announced',
    ['50 00 01 00', '10 01 646973706c617900', '20 01 02 00', '30 01 0000'],
    'dynamic channel message longer than announced',
  ],
  [
    'more at once than announced',
    ['50 00 01 00', '10 01 646973706c617900', '20 01 02 000000'],
    'dynamic channel message longer than announced',
  ],
  [
    'a length past the bound',
    ['50 00 01 00', '10 01 646973706c617900', '28 01 ffffffff 00'],
    'dynamic channel message length',
  ],
  ['nothing', [''], 'PDU too short'],
] as const)('ends the session when there is %s', (_, pdus, wanted) => {
  expect(() => new Desk().say(...pdus)).toThrow(problem(wanted));
});

test('takes the compressed message of MS-RDPEDYC 4.3.3, and goes on in its history', () => {
  const desk = new Desk().say('50 00 03 00 3333 1111 3d0a a704').create('03', 'graphics').create('04', 'display');
  const plain = (bytes: string) => `e0 06 ${bytes}`;
  desk.say('64 03 7b 0c e0 26 38 c4 3f f4 74 01');
  // One more of another channel between: its history is its own.
  desk.say(`70 04 ${plain('aabb')}`);
  desk.say(`70 03 ${plain('71'.repeat(1598))}`, `70 03 ${plain('7172')}`);
  expect(desk.messages.map((message) => message.length)).toEqual([2, 3195]);
  expect(desk.messages[1]!.subarray(0, -1).every((byte) => byte === 0x71)).toBe(true);
  expect(desk.messages[1]!.at(-1)).toBe(0x72);
  // A match of three, one back: the distance reaches into what came before.
  desk.say('70 03 e0 26 88 40 05');
  expect(desk.messages[2]!.toString('hex')).toBe('727272');
});

test('goes on where it was when a desk would move channels to tunnels that it was not offered', () => {
  const desk = ready().create('01', 'graphics');
  // One tunnel (TUNNELTYPE_UDPFECR) for the one channel.
  desk.say('80 00 12000000 0300 0100 01000000 0100 01000000', '30 01 aabb');
  expect(desk.sent.slice(2)).toEqual(['900000000000']);
  expect(desk.messages.map((message) => message.toString('hex'))).toEqual(['aabb']);
});

test('ends the session when unfinished messages of all channels are too much together', () => {
  const desk = ready({ messageBytes: 1000, waitingBytes: 1500 }).create('01', 'graphics').create('02', 'display');
  desk.say('24 01 e803 00');
  expect(() => desk.say('24 02 e803 00')).toThrow(problem('dynamic channel messages waiting'));
});

test('ends with a reason or goes on when PDUs are any bytes', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 20 }), (pdus) => {
      const desk = ready().create('01', 'graphics');
      try {
        for (const pdu of pdus) desk.dvc.push(pdu);
      } catch (error) {
        expect(error).toMatchObject({ name: 'ScreenEnd' });
      }
    }),
  );
});
