import { describe, expect, test } from 'vitest';
import { framed } from '#renderer/screen/rdp/connection/framing.ts';
import { Writer } from '#renderer/screen/rdp/writer.ts';
import * as published from './published.ts';
import {
  chunk,
  connectResponse,
  deactivateAll,
  demandActive,
  endAfter,
  errorInfo,
  fastPath,
  indication,
  io,
  joined,
  licensed,
  sequence,
  serverBlocks,
  shareData,
  ultimatum,
  untilDemand,
  untilLicensing,
} from './scripted-desk.ts';

const [response, attached] = sequence;
const bytes = (...list: number[]) => Uint8Array.from(list);

/** A Demand Active with some bytes of the published one replaced. */
function demand(found: string, replacement: string): Uint8Array {
  const hex = Buffer.from(published.demandActive).toString('hex');
  if (!hex.includes(found)) throw new Error(`no ${found}`);
  return indication(io, Buffer.from(hex.replace(found, replacement), 'hex'));
}

/** A licensing message (MS-RDPBCGR 2.2.1.12.1) after its security header. */
const licensing = (type: number, ...body: number[]) => indication(io, [0x80, 0, 0, 0, type, 3, 0, 0, ...body]);
const error = (code: number, transition: number) => licensing(0xff, code, 0, 0, 0, transition, 0, 0, 0, 4, 0, 0, 0);

/** Name, what comes, why it ends. */
type Case = readonly [string, readonly Uint8Array[], string];

const framing: readonly Case[] = [
  ['the first byte is of neither kind', [bytes(1)], 'neither TPKT nor fast-path'],
  ['a TPKT packet is shorter than its headers', [bytes(3, 0, 0, 6)], 'TPKT length'],
  ['a fast-path PDU is shorter than its header', [bytes(0, 1)], 'fast-path length'],
  ['a fast-path PDU is shorter than its long header', [bytes(0, 0x80, 2)], 'fast-path length'],
  ['a fast-path PDU is encrypted', [bytes(0x80, 3, 0)], 'encrypted fast-path PDU'],
  ['a TPDU is no data', [bytes(3, 0, 0, 7, 2, 0xe0, 0x80)], 'X.224 TPDU'],
  ['a TPDU has more to follow', [bytes(3, 0, 0, 7, 2, 0xf0, 0)], 'X.224 TPDU'],
  ['a TPDU has another length', [bytes(3, 0, 0, 7, 3, 0xf0, 0x80)], 'X.224 TPDU'],
  ['a TPDU hangs up', [bytes(3, 0, 0, 11, 6, 0x80, 0, 0, 0, 0, 0)], 'deskClosed'],
  ['an update comes first', [fastPath(1, [])], 'update too early'],
];

const settings = (...blocks: number[]) => connectResponse(Uint8Array.from(blocks));
const connecting: readonly Case[] = [
  ['the answer is another', [framed(bytes(0x7f, 0x65, 0))], 'BER tag'],
  ['a BER length has four bytes', [framed(bytes(0x7f, 0x66, 0x84, 0, 0, 0, 1))], 'BER length'],
  ['a BER length lies', [framed(bytes(0x7f, 0x66, 0x81, 9))], 'PDU too short'],
  ['the answer is a refusal', [connectResponse(serverBlocks(), 14)], 'deskRefused'],
  ['the desk encrypts', [connectResponse(serverBlocks({ method: 2 }))], 'encryption below TLS'],
  ['the desk wants to encrypt', [connectResponse(serverBlocks({ level: 1 }))], 'encryption below TLS'],
  ['a channel is missing', [connectResponse(serverBlocks({ channels: [] }))], 'number of channels'],
  ['there is one channel more', [connectResponse(serverBlocks({ channels: [1004, 1005] }))], 'number of channels'],
  ['a channel is the I/O channel', [connectResponse(serverBlocks({ channels: [io] }))], 'channel ids'],
  ['the I/O channel is none', [connectResponse(serverBlocks({ io: 0 }))], 'channel ids'],
  ['settings are missing', [settings(1, 12, 8, 0, 4, 0, 8, 0)], 'a server block is missing'],
  ['a block is shorter than its header', [settings(1, 12, 3, 0)], 'PDU too short'],
  ['a block is longer than all', [settings(1, 12, 9, 0, 4, 0, 8, 0)], 'PDU too short'],
  [
    'settings come twice',
    [connectResponse(new Uint8Array([...serverBlocks(), ...serverBlocks()]))],
    'two network blocks',
  ],
  ['the user is refused', [response!, framed(bytes(0x2f, 0xe0))], 'MCS result 15'],
  ['the user has no id', [response!, framed(bytes(0x2c, 0))], 'attached without a user id'],
  ['the user id is too high', [response!, framed(bytes(0x2e, 0, 0xff, 0xff))], 'MCS user id'],
  ['a channel is refused', [response!, attached!, framed(bytes(0x3e, 0x20, 0, 6, 3, 0xef))], 'MCS result 1'],
  [
    'a joined channel is not named',
    [response!, attached!, framed(bytes(0x3c, 0, 0, 6, 3, 0xef))],
    'joined without a channel',
  ],
  ['another channel is joined', [response!, attached!, joined(1003)], 'channel joined'],
  [
    'a channel is joined for another',
    [response!, attached!, framed(bytes(0x3e, 0, 0, 7, 3, 0xef, 3, 0xef))],
    'channel joined',
  ],
  ['users are attached twice', [response!, attached!, attached!], 'PDU out of order'],
  ['channels are joined too early', [response!, joined(1007)], 'PDU out of order'],
  ['channels are joined too late', [...untilLicensing, joined(1007)], 'PDU out of order'],
  ['data comes too early', [response!, licensed], 'PDU out of order'],
  ['channel data comes too early', [response!, attached!, chunk(1, 3, [0])], 'PDU out of order'],
  ['a PDU is only a client’s', [response!, framed(bytes(0x28))], 'MCS PDU 10'],
];

const serverLicensing: readonly Case[] = [
  ['licensing has another flag', [indication(io, [0x40, 0, 0, 0, 0xff, 3, 0, 0])], 'licensing PDU'],
  ['licensing has an unknown message', [licensing(0x55)], 'licensing message'],
  ['licensing is cut short', [licensing(0xff, 7, 0)], 'PDU too short'],
  ['a licence is asked for twice', [licensing(1), licensing(1)], 'deskLicence'],
  ['a desk leaves after it has asked for a licence', [licensing(1), ultimatum], 'deskLicence'],
  ['a platform challenge comes', [licensing(2)], 'deskLicence'],
  ['a new licence comes', [licensing(3)], 'deskLicence'],
  ['an upgraded licence comes', [licensing(4)], 'deskLicence'],
  ['there is no licence server', [error(6, 1)], 'deskLicence'],
  ['a valid client is to begin anew', [error(7, 3)], 'deskLicence'],
  ['a redirection with a security header comes', [indication(io, [0, 4, 0, 0, 0, 4])], 'deskRedirects'],
  ['a redirection comes at once', [indication(io, [8, 0, 0x1a, 0, 0xea, 3, 0, 0])], 'deskRedirects'],
  ['capabilities come before the licence', [demandActive], 'licensing PDU'],
  ['sharing ends before the licence', [indication(io, [6, 0, 0x16, 0, 0xea, 3])], 'licensing PDU'],
  ['a desk says why it leaves', [errorInfo(7), ultimatum], 'deskLogonNotAllowed'],
].map(([name, pdus, end]) => [name, [...untilLicensing, ...(pdus as Uint8Array[])], end] as Case);

const shared = (...data: number[]) => indication(io, data);
const demanding: readonly Case[] = [
  ['a share PDU is too short', [shared(3, 0, 0x16)], 'share control length'],
  ['a share PDU is longer than its packet', [shared(9, 0, 0x16, 0, 0, 0)], 'PDU too short'],
  ['a share PDU has another version', [shared(6, 0, 0x26, 0, 0, 0)], 'share control version'],
  ['a share PDU is only a client’s', [shared(6, 0, 0x13, 0, 0, 0)], 'share control type 3'],
  ['a redirection comes', [shared(6, 0, 0x1a, 0, 0, 0)], 'deskRedirects'],
  ['a capability is shorter than its header', [demand('09000800', '09000300')], 'PDU too short'],
  ['a capability is longer than all', [demand('18000b00', '1800ff00')], 'PDU too short'],
  ['capabilities are more than there are', [demand('0d000000', 'ff000000')], 'PDU too short'],
  ['capabilities are longer than the PDU', [demand('04005901', '0400ff01')], 'PDU too short'],
  ['the desktop is nothing wide', [demand('00050004', '00000004')], 'desktop size'],
  ['the desktop is too high', [demand('00050004', '00050120')], 'desktop size'],
  ['the colour depth is none', [demand('02001c001800', '02001c000800')], 'colour depth'],
  ['there is no bitmap capability', [demand('02001c00', '99001c00')], 'desktop size'],
  ['there is no fast-path input', [demand('0d00580035', '0d00580015')], 'no fast-path input'],
  ['activation begins twice', [demandActive, demandActive], 'PDU out of order'],
  ['pieces of an MCS PDU come', [framed(bytes(0x68, 0, 1, 3, 0xeb, 0x60, 0))], 'MCS data in pieces'],
  ['an MCS PDU is longer than its packet', [framed(bytes(0x68, 0, 1, 3, 0xeb, 0x70, 1))], 'PDU too short'],
  ['a channel is unknown', [indication(1005, [0])], 'unknown channel'],
].map(([name, pdus, end]) => [name, [...untilDemand, ...(pdus as Uint8Array[])], end] as Case);

const compressed = bytes(0, 8, 0x81, 0x21, 2, 0, 0, 0);
const running: readonly Case[] = [
  ['activation begins without deactivation', [demandActive], 'PDU out of order'],
  ['a PDU is compressed', [shareData(2, [1, 0], 0x21)], 'compressed PDU'],
  ['an update is compressed', [compressed], 'compressed update'],
  ['an update is unknown', [fastPath(7, [])], 'update code 7'],
  ['an update has a code too high', [fastPath(13, [])], 'update code 13'],
  ['drawing orders come', [fastPath(0, [0, 0])], 'drawing orders'],
  ['drawing orders come on the slow path', [shareData(2, [0, 0, 0, 0])], 'drawing orders'],
  ['an update on the slow path is unknown', [shareData(2, [9, 0])], 'update type'],
  ['an update on the slow path is empty', [shareData(2, [])], 'PDU too short'],
  ['a pointer message is unknown', [shareData(27, [2, 0, 0, 0])], 'pointer message'],
  ['a system pointer is unknown', [shareData(27, [1, 0, 0, 0, 1, 0, 0, 0])], 'system pointer'],
  ['an update is longer than its PDU', [bytes(0, 6, 1, 2, 0, 0)], 'PDU too short'],
  ['an update begins within another', [fastPath(0x21, []), fastPath(0x21, [])], 'update fragments out of order'],
  ['a whole update comes within another', [fastPath(0x21, []), fastPath(0x01, [])], 'update fragments out of order'],
  ['an update goes on as another', [fastPath(0x21, []), fastPath(0x34, [])], 'update fragments out of order'],
  ['an update goes on that has not begun', [fastPath(0x31, [])], 'update fragments out of order'],
  ['an update ends that has not begun', [fastPath(0x11, [])], 'update fragments out of order'],
  [
    'an update began before the deactivation',
    [fastPath(0x21, []), deactivateAll, ...sequence.slice(6), fastPath(0x11, [])],
    'update fragments out of order',
  ],
  ['channel data is compressed', [chunk(1, 0x200003, [0])], 'compressed channel data'],
  ['channel data begins twice', [chunk(2, 1, [0]), chunk(2, 1, [0])], 'channel chunks out of order'],
  ['channel data goes on that has not begun', [chunk(2, 2, [0])], 'channel chunks out of order'],
  ['channel data is longer than it said', [chunk(1, 3, [0, 0])], 'channel message length'],
  ['channel data is shorter than it said', [chunk(2, 3, [0])], 'channel message length'],
  ['channel data changes its length', [chunk(3, 1, [0]), chunk(2, 2, [0])], 'channel message length'],
  ['channel data goes beyond its length', [chunk(3, 1, [0]), chunk(3, 0, [0, 0, 0])], 'channel message length'],
  ['channel data is too long', [chunk(0x1000001, 1, [0])], 'channel message length'],
  ['channel data has no header', [indication(1004, [0])], 'PDU too short'],
].map(([name, pdus, end]) => [name, [...sequence, ...(pdus as Uint8Array[])], end] as Case);

for (const [phase, cases] of Object.entries({ framing, connecting, serverLicensing, demanding, running })) {
  describe(phase, () => {
    test.each(cases)('ends for its reason when %s', (_, pdus, reason) => {
      expect(endAfter(pdus)).toBe(reason);
    });
  });
}

test('an update is held back only so far when its fragments do not end', () => {
  const piece = fastPath(0x31, new Uint8Array(32_000));
  const pieces = Math.ceil((8 * 1024 * 1024 + 64 * 1024) / 32_000);
  expect(endAfter([...sequence, fastPath(0x21, []), ...new Array(pieces - 1).fill(piece)])).toBe('no end');
  expect(endAfter([...sequence, fastPath(0x21, []), ...new Array(pieces + 1).fill(piece)])).toBe('update too long');
});

test('a long packet of nothing is passed over when its type is none that matters', () => {
  const many = new Writer();
  for (let i = 0; i < 100; i++) many.u16(0x8000).zeros(6);
  expect(endAfter([...sequence, indication(io, many.done())])).toBe('no end');
});
