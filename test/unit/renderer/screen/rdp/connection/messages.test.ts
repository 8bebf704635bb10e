import { describe, expect, test } from 'vitest';
import { endOfErrorInfo } from '#renderer/screen/rdp/connection/error-info.ts';
import {
  active,
  chunk,
  endOf,
  errorInfo,
  fastPath,
  open,
  sequence,
  shareData,
  ultimatum,
  untilDemand,
} from './scripted-desk.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const sentOf = ({ sent }: { sent: Uint8Array[] }) => sent.splice(0).map((pdu) => hex(pdu));
const ioHead = (length: number) =>
  `0300${(length + 15 - (length < 0x80 ? 1 : 0)).toString(16).padStart(4, '0')}02f08064000603eb70`;

describe('reasons', () => {
  test.each([
    [1, 'deskClosed'],
    [2, 'deskClosed'],
    [3, 'deskTimeLimit'],
    [4, 'deskTimeLimit'],
    [5, 'deskTakenOver'],
    [6, 'deskRefused'],
    [7, 'deskLogonNotAllowed'],
    [9, 'deskLogonNotAllowed'],
    [10, 'deskLogonNotAllowed'],
    [11, 'deskClosed'],
    [12, 'deskClosed'],
    [0x1a, 'deskClosed'],
    [0x100, 'deskLicence'],
    [0x10a, 'deskLicence'],
    [0x10b, 'deskRefused'],
    [0x402, 'deskRefused'],
    [0x404, 'deskRedirects'],
    [0x10c9, 'refused by the desk with error 4297'],
    [0x1195, 'refused by the desk with error 4501'],
    [0xffffffff, 'deskRefused'],
  ])('a desk that said %i leaves for that reason when it leaves', (code, reason) => {
    const { connection } = active();
    connection.push(errorInfo(code));
    expect(connection.active).toBe(true);
    expect(endOf(() => connection.push(ultimatum))).toBe(reason);
    expect(connection.active).toBe(false);
    expect(endOf(() => connection.push(ultimatum))).toBe(reason);
  });

  test('the reason is the same when the stream merely ends', () => {
    const { connection } = active();
    connection.push(errorInfo(5));
    expect(connection.closed().failure.reason).toBe('deskTakenOver');
    expect(active().connection.closed().failure.reason).toBe('deskClosed');
  });

  test('a reason is taken back when the desk says that there is none', () => {
    const { connection } = active();
    connection.push(errorInfo(5));
    connection.push(errorInfo(0));
    expect(endOf(() => connection.push(ultimatum))).toBe('deskClosed');
    expect(endOfErrorInfo(0)).toBeUndefined();
  });

  test('a reason is heard when the share has not been activated', () => {
    const { connection } = open();
    for (const pdu of [...untilDemand, errorInfo(9)]) connection.push(pdu);
    expect(endOf(() => connection.push(ultimatum))).toBe('deskLogonNotAllowed');
  });
});

describe('what goes out', () => {
  test('input is counted in the header when there is little of it, else in a field', () => {
    const { connection, seen } = active();
    connection.input(Uint8Array.of(0, 0x1e, 1, 0x1e), 2);
    connection.input(new Uint8Array(30), 15);
    connection.input(new Uint8Array(32), 16);
    connection.input(new Uint8Array(125), 15);
    connection.input(new Uint8Array(126), 15);
    connection.input(new Uint8Array(124), 16);
    connection.input(new Uint8Array(125), 16);
    connection.input(new Uint8Array(0), 0);
    expect(sentOf(seen).map((text) => text.slice(0, 10))).toEqual([
      '0806001e01',
      '3c20000000',
      '0023100000',
      '3c7f000000',
      '3c80810000',
      '007f100000',
      '0080811000',
    ]);
    expect(() => connection.input(new Uint8Array(256), 256)).toThrow(RangeError);
  });

  test('nothing goes out when there is no share', () => {
    const { connection, seen } = open();
    for (const pdu of sequence.slice(0, -1)) connection.push(pdu);
    seen.sent.length = 0;
    connection.input(Uint8Array.of(0, 1), 1);
    connection.acknowledgeFrame(1);
    connection.suppressOutput(true);
    connection.refresh();
    connection.sendChannel('rdpsnd', Uint8Array.of(1));
    expect(seen.sent).toEqual([]);
  });

  test('output is suppressed, allowed and refreshed when that is asked for', () => {
    const { connection, seen } = active();
    connection.suppressOutput(true);
    connection.suppressOutput(false);
    connection.refresh();
    expect(sentOf(seen)).toEqual([
      `${ioHead(22)}1616001700ef03ea0301000001080023000000${'00000000'}`,
      `${ioHead(30)}1e1e001700ef03ea0301000001100023000000${'01000000'}00000000ff04ff03`,
      `${ioHead(30)}1e1e001700ef03ea0301000001100021000000${'01000000'}00000000ff04ff03`,
    ]);
  });

  test('frames are acknowledged only when the desk can count them', () => {
    const { connection, seen } = active();
    connection.acknowledgeFrame(7);
    expect(seen.sent).toEqual([]);
    const other = open();
    for (const pdu of sequence) {
      // The desk's last capability set, of remote windows, becomes that of frames.
      const at = Buffer.from(pdu).indexOf(Buffer.from('18000b0000', 'hex'));
      const changed = pdu.slice();
      if (at > 0) changed[at] = 30;
      other.connection.push(changed);
    }
    other.seen.sent.length = 0;
    other.connection.acknowledgeFrame(0x01020304);
    expect(sentOf(other.seen)).toEqual([`${ioHead(22)}1616001700ef03ea030100000108003800000004030201`]);
  });

  test('the desk is asked first when the session is to end, and left when it refuses', () => {
    const { connection, seen } = active();
    connection.shutdown();
    expect(sentOf(seen)).toEqual([`${ioHead(18)}1212001700ef03ea0301000001040024000000`]);
    connection.push(shareData(37, []));
    expect(sentOf(seen)).toEqual(['0300000902f0802180']);
    const early = open();
    early.connection.shutdown();
    for (const pdu of untilDemand) early.connection.push(pdu);
    early.seen.sent.length = 0;
    early.connection.shutdown();
    expect(sentOf(early.seen)).toEqual(['0300000902f0802180']);
  });

  test('channel messages go in chunks when they are long', () => {
    const { connection, seen } = active();
    connection.sendChannel('drdynvc', Uint8Array.of(1, 2));
    connection.sendChannel('drdynvc', new Uint8Array(0));
    connection.sendChannel('drdynvc', new Uint8Array(1600));
    connection.sendChannel('drdynvc', new Uint8Array(3201));
    const sent = sentOf(seen);
    expect(sent[0]).toBe(`0300001802f08064000603ec700a02000000030000000102`);
    expect(sent[1]).toBe('0300001602f08064000603ec70080000000003000000');
    expect(sent.slice(2).map((text) => text.slice(26, 46))).toEqual([
      '86484006000003000000',
      '8648810c000001000000',
      '8648810c000000000000',
      '09810c00000200000000',
    ]);
  });
});

describe('what comes in', () => {
  test('updates of the slow path look like those of the fast path when they arrive', () => {
    const { connection, seen } = active();
    for (const body of [
      [1, 0, 1, 2],
      [2, 0, 3],
      [3, 0, 0, 0],
    ]) {
      connection.push(shareData(2, body));
    }
    for (const type of [3, 6, 7, 8, 9]) connection.push(shareData(27, [type, 0, 0, 0, type]));
    connection.push(shareData(27, [1, 0, 0, 0, 0, 0, 0, 0]));
    connection.push(shareData(27, [1, 0, 0, 0, 0, 0x7f, 0, 0]));
    expect(seen.events).toEqual([
      'update 1 01000102',
      'update 2 020003',
      'update 3 ',
      'update 8 03',
      'update 9 06',
      'update 10 07',
      'update 11 08',
      'update 12 09',
      'update 5 ',
      'update 6 ',
    ]);
  });

  test('an update is whole when it came in fragments, and others when they share a PDU', () => {
    const { connection, seen } = active();
    const whole = new Uint8Array(100_000).map((_, i) => i * 7);
    connection.push(fastPath(0x24, whole.subarray(0, 30_000)));
    connection.push(fastPath(0x34, whole.subarray(30_000, 60_000)));
    connection.push(fastPath(0x34, whole.subarray(60_000, 90_000)));
    connection.push(fastPath(0x14, whole.subarray(90_000)));
    // Two in one PDU; the second has compression flags that say it is not compressed.
    connection.push(Uint8Array.of(0, 11, 5, 0, 0, 0x88, 0, 2, 0, 1, 2));
    expect(seen.events).toEqual([`update 4 ${hex(whole)}`, 'update 5 ', 'update 8 0102']);
  });

  test('a channel message is whole when it came in chunks', () => {
    const { connection, seen } = active();
    const whole = new Uint8Array(2_000_000).map((_, i) => i * 5);
    for (let at = 0; at < whole.length; at += 1600) {
      const flags = (at === 0 ? 1 : 0) | (at + 1600 >= whole.length ? 2 : 0) | 0x10;
      connection.push(chunk(whole.length, flags, whole.subarray(at, at + 1600)));
    }
    connection.push(chunk(0, 3, []));
    expect(seen.events).toEqual([`drdynvc ${hex(whole)}`, 'drdynvc ']);
  });

  test('the desk’s locks are told, and what does not matter is not, when it speaks of them', () => {
    const { connection, seen } = active();
    connection.push(shareData(41, [0, 0, 0xfd, 0xff]));
    for (const type of [20, 31, 34, 38, 45, 50, 54, 55, 99]) connection.push(shareData(type, [1, 2, 3]));
    expect(seen.events).toEqual(['locks 13']);
    expect(seen.sent).toEqual([]);
  });
});
