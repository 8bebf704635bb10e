import { expect, test } from 'vitest';
import { ScreenEnd } from '#renderer/screen/core/screen-end.ts';
import { framed } from '#renderer/screen/rdp/connection/framing.ts';
import { readConferenceCreateResponse, wrapped } from '#renderer/screen/rdp/connection/gcc.ts';
import { connectInitial, readConnectResponse } from '#renderer/screen/rdp/connection/mcs.ts';
import * as published from './published.ts';
import {
  active,
  chunk,
  deactivateAll,
  demandActive,
  errorInfo,
  fastPath,
  indication,
  io,
  licensed,
  open,
  type Seen,
  sequence,
  shareData,
  untilDemand,
  untilLicensing,
} from './scripted-desk.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const joinOf = (channel: number) => hex(published.joinRequest).replace(/03ef$/, channel.toString(16).padStart(4, '0'));
/** What a Send Data Request to the I/O channel carries. */
const dataOf = (pdu: Uint8Array) => pdu.subarray(pdu[13]! >= 0x80 ? 15 : 14);

test('Connect Initial is the published one when its settings have that length', () => {
  const made = framed(connectInitial(wrapped(new Uint8Array(0x11c))));
  expect(hex(made.subarray(0, published.connectInitialHead.length))).toBe(hex(published.connectInitialHead));
  expect(made.length).toBe(0x1a0);
});

test('the published Connect Response is read, and its encryption refused', () => {
  const rest = new Uint8Array(0x151 - published.connectResponseHead.length);
  const whole = new Uint8Array([...published.connectResponseHead, ...rest]);
  const security = published.connectResponseHead.length;
  whole.set([0x02, 0x0c, rest.length & 0xff, 0], security);
  expect(readConferenceCreateResponse(readConnectResponse(whole.subarray(7)), 3)).toEqual({
    version: 0x00080004,
    io: 1003,
    channels: [1004, 1005, 1006],
  });
  whole.set(published.standardSecurity, security);
  expect(() => readConferenceCreateResponse(readConnectResponse(whole.subarray(7)), 3)).toThrow(ScreenEnd);
});

test('the settings say what is wanted and nothing more when a connection begins', () => {
  const settingsOf = ({ sent: [initial] }: Seen) => Buffer.from(initial!.subarray(initial!.indexOf(0x61, 0x60) + 3));
  const with_ = { width: 1920, height: 1080, scalePercent: 150, clientName: '0123456789abcdefgh' };
  const settings = settingsOf(open(with_).seen);
  // Without the graphics pipeline there is one flag less.
  expect(settingsOf(open({ ...with_, graphicsPipeline: false }).seen).readUInt16LE(4 + 140)).toBe(0x0063);
  const core = settings.subarray(4);
  expect([settings.readUInt16LE(0), settings.readUInt16LE(2)]).toEqual([0xc001, 234]);
  expect([core.readUInt16LE(4), core.readUInt16LE(6)]).toEqual([1920, 1080]);
  expect(core.readUInt32LE(12)).toBe(0x0411);
  expect(core.toString('utf16le', 20, 52)).toBe('0123456789abcde\0');
  expect([52, 56, 60].map((at) => core.readUInt32LE(at))).toEqual([7, 2, 12]);
  expect([core.readUInt16LE(136), core.readUInt16LE(138), core.readUInt16LE(140)]).toEqual([24, 15, 0x0163]);
  expect([core[206], core.readUInt32LE(208)]).toEqual([6, 2]);
  expect([core.readUInt32LE(212), core.readUInt32LE(216)]).toEqual([339, 191]);
  expect([core.readUInt32LE(222), core.readUInt32LE(226)]).toEqual([150, 140]);
  const rest = settings.subarray(234);
  expect(rest.toString('hex')).toBe(
    `04c00c000000000000000000${'02c00c000000000000000000'}03c0140001000000${hex(Buffer.from('drdynvc\0'))}000000c0`,
  );
});

test('the whole sequence is played, byte for byte as published, when a desk answers as it should', () => {
  const { connection, seen } = open();
  const step = (pdu: Uint8Array) => {
    seen.sent.length = 0;
    connection.push(pdu);
    return seen.sent.map(hex);
  };
  const [response, attached, joinedUser, joinedIo, joinedChannel, ...rest] = sequence;
  expect(step(response!)).toEqual([hex(published.erectDomain), hex(published.attachUserRequest)]);
  expect(step(attached!)).toEqual([hex(published.joinRequest)]);
  expect(hex(joinedUser!)).toBe(hex(published.joinConfirm));
  expect(step(joinedUser!)).toEqual([joinOf(1003)]);
  expect(step(joinedIo!)).toEqual([joinOf(1004)]);
  expect(seen.events).toEqual([]);
  expect(step(joinedChannel!)).toEqual([]);
  expect(seen.events.splice(0)).toEqual(['clientInfo 1007,1003']);
  expect(step(rest[0]!)).toEqual([]);
  connection.push(rest[1]!);
  const [confirm, ...finalization] = seen.sent.splice(0).map(dataOf);
  expect(hex(confirm!.subarray(2, 14))).toBe(hex(published.confirmActiveHead));
  expect(hex(confirm!.subarray(16, 22))).toBe(hex(published.confirmActiveSource));
  expect(finalization.map(hex)).toEqual(published.clientFinalization.map(hex));
  expect(connection.active).toBe(false);
  for (const pdu of rest.slice(2)) expect(step(pdu)).toEqual([]);
  expect(seen.events).toEqual(['activated 1280x1024']);
  expect(connection.active).toBe(true);
  expect(seen.desk).toEqual({
    width: 1280,
    height: 1024,
    bitsPerPixel: 24,
    frameAcknowledge: false,
    fastPathInput: true,
    unicodeInput: true,
    extendedMouse: true,
    horizontalWheel: false,
    suppressOutput: true,
    refreshRect: true,
    codecs: { remotefx: null, nscodec: null },
  });
});

test('the desk is told of every capability with its true length when it demands them', () => {
  for (const codecs of [undefined, [], ['remotefx', 'nscodec']] as const) {
    const { connection, seen } = open(codecs === undefined ? {} : { codecs });
    for (const pdu of untilDemand) connection.push(pdu);
    seen.sent.length = 0;
    connection.push(demandActive);
    const confirm = Buffer.from(dataOf(seen.sent[0]!));
    expect(confirm.readUInt16LE(0)).toBe(confirm.length);
    expect(confirm.readUInt16LE(14)).toBe(confirm.length - 22);
    const lengths = new Map<number, number>();
    let at = 26;
    for (; at < confirm.length; at += confirm.readUInt16LE(at + 2)) {
      lengths.set(confirm.readUInt16LE(at), confirm.readUInt16LE(at + 2));
      if (confirm.readUInt16LE(at) === 3)
        expect(confirm.subarray(at + 36, at + 68).every((byte) => byte === 0)).toBe(true);
    }
    expect(at).toBe(confirm.length);
    expect(confirm.readUInt16LE(22)).toBe(lengths.size);
    // The lengths that MS-RDPBCGR 2.2.7 gives.
    const expected = [
      ...[
        [1, 24],
        [2, 28],
        [3, 88],
        [4, 40],
        [8, 10],
        [9, 8],
        [12, 8],
        [13, 88],
        [14, 8],
        [15, 8],
        [16, 52],
        [17, 12],
      ],
      ...[
        [20, 12],
        [26, 8],
        [27, 6],
        [28, 12],
        [30, 8],
      ],
    ];
    const remotefx = 16 + 3 + 12 + 8 + 13 + 4 * 8;
    const codecBytes = codecs === undefined ? 5 + remotefx : 5 + remotefx + 16 + 3 + 3;
    if (codecs?.length !== 0) expected.push([29, codecBytes]);
    expect([...lengths].sort(([a], [b]) => a - b)).toEqual(expected.sort(([a], [b]) => a! - b!));
  }
});

test('the desk is activated again, with its new size, when it has deactivated', () => {
  const { connection, seen } = active();
  connection.push(fastPath(0x21, [1, 2, 3]));
  connection.push(deactivateAll);
  expect(connection.active).toBe(false);
  connection.input(Uint8Array.of(0, 1), 1);
  connection.refresh();
  expect(seen.sent).toEqual([]);
  // Late, and of no share any more.
  connection.push(fastPath(0x01, [9]));
  connection.push(fastPath(0x11, [9]));
  const smaller = demandActive.slice();
  const at = Buffer.from(smaller).indexOf(Buffer.from('00050004', 'hex'));
  smaller.set([0x20, 0x03, 0x58, 0x02], at);
  for (const pdu of [smaller, ...sequence.slice(7)]) connection.push(pdu);
  connection.push(fastPath(0x01, [1]));
  expect(seen.events).toEqual(['deactivated', 'activated 800x600', 'update 1 01']);
  const confirm = seen.sent[0]!;
  expect(Buffer.from(confirm).includes(Buffer.from('20035802', 'hex'))).toBe(true);
  expect(seen.sent).toHaveLength(5);
});

test('a second activation is waited for when a desk deactivates before the first was whole', () => {
  const { connection, seen } = open();
  for (const pdu of [...untilDemand, demandActive, deactivateAll, ...sequence.slice(6)]) connection.push(pdu);
  expect(seen.events).toEqual(['clientInfo 1007,1003', 'activated 1280x1024']);
});

test('the whole picture is asked for when something was drawn before the activation', () => {
  const { connection, seen } = open();
  for (const pdu of [...untilDemand, demandActive, fastPath(1, [1])]) connection.push(pdu);
  seen.sent.length = 0;
  for (const pdu of sequence.slice(7)) connection.push(pdu);
  expect(seen.events).toEqual(['clientInfo 1007,1003', 'activated 1280x1024']);
  expect(seen.sent.map((pdu) => hex(dataOf(pdu)))).toEqual([
    '1e001700ef03ea03010000011000210000000100000000000000ff04ff03',
  ]);
});

test('the sequence goes on when a desk asks for a licence and is then content without', () => {
  const request = indication(io, [0x80, 0, 0x10, 0, 1, 2, 8, 0, 0, 0, 0, 0]);
  const { connection, seen } = open();
  for (const pdu of untilLicensing) connection.push(pdu);
  seen.sent.length = 0;
  connection.push(request);
  expect(seen.sent.map((pdu) => hex(dataOf(pdu)))).toEqual(['80000000ff03100002000000020000000400' + '0000']);
  for (const pdu of [licensed, ...sequence.slice(6)]) connection.push(pdu);
  expect(connection.active).toBe(true);
});

/** All that a desk may say, in one. */
const transcript = Buffer.concat([
  ...sequence,
  chunk(2, 3, [1, 2]),
  shareData(55, [1, 0, 0, 0]),
  shareData(38, [0, 0, 0, 0]),
  shareData(41, [0, 0, 6, 0]),
  fastPath(0x01, [1, 2, 3, 4]),
  fastPath(0x24, [1]),
  fastPath(0x34, [2]),
  fastPath(0x14, [3]),
  shareData(2, [1, 0, 7, 7]),
  shareData(27, [3, 0, 0, 0, 5, 0, 6, 0]),
  chunk(5, 1, [1, 2, 3]),
  errorInfo(0),
  chunk(5, 2, [4, 5]),
  deactivateAll,
  ...sequence.slice(6),
  fastPath(0x03, []),
]);
const whole = (() => {
  const { connection, seen } = open();
  connection.push(transcript);
  return seen;
})();

test('all is said once and in order when it comes in one piece', () => {
  expect(whole.events).toEqual([
    'clientInfo 1007,1003',
    'activated 1280x1024',
    'drdynvc 0102',
    'locks 6',
    'update 1 01020304',
    'update 4 010203',
    'update 1 01000707',
    'update 8 05000600',
    'drdynvc 0102030405',
    'deactivated',
    'activated 1280x1024',
    'update 3 ',
  ]);
});

test('nothing changes when the bytes are cut at any place', () => {
  for (let at = 1; at < transcript.length; at++) {
    const { connection, seen } = open();
    connection.push(transcript.subarray(0, at));
    connection.push(transcript.subarray(at));
    expect(seen.events).toEqual(whole.events);
    expect(seen.sent.length).toBe(whole.sent.length);
  }
});

test('nothing changes when the bytes come one at a time', () => {
  const { connection, seen } = open();
  for (const byte of transcript) connection.push(Uint8Array.of(byte));
  expect(seen).toEqual(whole);
});

test('no other error than a reason comes out when 2000 transcripts are damaged', () => {
  let state = 0x1234567;
  const random = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % below;
  };
  let ended = 0;
  for (let round = 0; round < 2000; round++) {
    let bytes = Buffer.from(transcript);
    for (let changes = 1 + random(4); changes > 0; changes--) {
      const at = random(bytes.length);
      const kind = random(4);
      if (kind === 0) bytes[at] = random(256);
      else if (kind === 1) bytes[at] = [0, 1, 0x7f, 0x80, 0xff][random(5)]!;
      else if (kind === 2) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random(8))]);
      else bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(random(at + 1))]);
    }
    const { connection } = open();
    try {
      connection.push(bytes.subarray(0, random(bytes.length)));
      connection.push(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(ScreenEnd);
      // The same again, whatever comes.
      expect(() => connection.push(transcript)).toThrow(error as ScreenEnd);
      ended++;
    }
  }
  expect(ended).toBeGreaterThan(1500);
});

test('a pointer is told also while the share is being agreed on, and a picture is asked for again', () => {
  const { connection, seen } = open();
  const demand = sequence.indexOf(demandActive);
  for (const pdu of sequence.slice(0, demand + 1)) connection.push(pdu);
  connection.push(fastPath(0x05, []));
  connection.push(fastPath(0x01, [9]));
  expect(seen.events.filter((event) => event.startsWith('update'))).toEqual([expect.stringMatching(/^update 5/)]);
  seen.sent.length = 0;
  for (const pdu of sequence.slice(demand + 1)) connection.push(pdu);
  expect(seen.sent).toHaveLength(1);
});

test('a desk that stops and goes on with its side of a channel is not answered', () => {
  const { connection, seen } = active();
  connection.push(chunk(5, 1, [1, 2]));
  connection.push(chunk(0, 0x20, []));
  connection.push(chunk(0, 0x40, []));
  connection.push(chunk(5, 2, [3, 4, 5]));
  expect(seen.events.at(-1)).toBe('drdynvc 0102030405');
  expect(seen.sent).toEqual([]);
});
