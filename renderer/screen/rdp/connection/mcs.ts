import { protocolProblem, ScreenEnd } from '../../core/screen-end.ts';
import { Reader } from '../reader.ts';
import { Writer } from '../writer.ts';
import { applicationTag, element, integer, readElement, tag } from './ber.ts';
import { readLength, writeLength } from './per.ts';

/* The multipoint communication service (T.125) as far as RDP uses it (MS-RDPBCGR 2.2.1.3 to 2.2.1.9). */

/** MCS user ids begin here (T.125 section 7, part 3): in a PDU they stand without it. */
const firstUser = 1001;
/** The choices of DomainMCSPDU (T.125 section 7, part 10), in the upper six bits of the first byte. */
const choice = {
  erectDomain: 1,
  disconnectUltimatum: 8,
  attachUserRequest: 10,
  attachUserConfirm: 11,
  joinRequest: 14,
  joinConfirm: 15,
  sendDataRequest: 25,
  sendDataIndication: 26,
} as const;

type Domain = Readonly<Record<'channels' | 'users' | 'tokens' | 'pduBytes', number>>;
const target: Domain = { channels: 34, users: 2, tokens: 0, pduBytes: 0xffff };
const least: Domain = { channels: 1, users: 1, tokens: 1, pduBytes: 0x420 };
const most: Domain = { channels: 0xffff, users: 0xfc17, tokens: 0xffff, pduBytes: 0xffff };

/** DomainParameters (T.125 section 7, part 2): one priority, no throughput asked for, one level, version 2. */
function domainParameters({ channels, users, tokens, pduBytes }: Domain): Uint8Array {
  const writer = new Writer();
  for (const value of [channels, users, tokens, 1, 0, 1, pduBytes, 2]) writer.raw(integer(value));
  return element(tag.sequence, writer.done());
}

/** Connect-Initial (T.125 11.1) around what GCC says. */
export function connectInitial(userData: Uint8Array): Uint8Array<ArrayBuffer> {
  const selector = element(tag.octets, Uint8Array.of(1));
  const contents = new Writer()
    .raw(selector)
    .raw(selector)
    .raw(element(tag.boolean, Uint8Array.of(0xff)))
    .raw(domainParameters(target))
    .raw(domainParameters(least))
    .raw(domainParameters(most))
    .raw(element(tag.octets, userData));
  return element(applicationTag(101), contents.done());
}

/** Connect-Response (T.125 11.2). @returns what GCC says. @throws ScreenEnd when the desk will not have us */
export function readConnectResponse(bytes: Uint8Array): Uint8Array {
  const contents = readElement(new Reader(bytes), applicationTag(102));
  if (readElement(contents, tag.enumerated).u8() !== 0) throw new ScreenEnd('deskRefused');
  readElement(contents, tag.integer);
  readElement(contents, tag.sequence);
  return readElement(contents, tag.octets).rest();
}

/** Erect Domain Request (T.125 11.4): height and interval 0, each in one byte. */
export const erectDomain = (): Uint8Array<ArrayBuffer> => Uint8Array.of(choice.erectDomain << 2, 1, 0, 1, 0);

/** Attach User Request (T.125 11.17). */
export const attachUser = (): Uint8Array<ArrayBuffer> => Uint8Array.of(choice.attachUserRequest << 2);

/** Channel Join Request (T.125 11.21). */
export const joinChannel = (user: number, channel: number): Uint8Array<ArrayBuffer> =>
  new Writer()
    .u8(choice.joinRequest << 2)
    .u16be(user - firstUser)
    .u16be(channel)
    .done();

/** Send Data Request (T.125 11.32): high priority, the first and last piece of its data. */
export function sendData(user: number, channel: number, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const writer = new Writer()
    .u8(choice.sendDataRequest << 2)
    .u16be(user - firstUser)
    .u16be(channel)
    .u8(0x70);
  return writeLength(writer, data.length).raw(data).done();
}

/** Disconnect Provider Ultimatum (T.125 11.15) with rn-user-requested. */
export const disconnectUltimatum = (): Uint8Array<ArrayBuffer> =>
  Uint8Array.of((choice.disconnectUltimatum << 2) | 1, 0x80);

export type DomainPdu =
  | Readonly<{ kind: 'attached'; user: number }>
  | Readonly<{ kind: 'joined'; user: number; channel: number }>
  | Readonly<{ kind: 'data'; channel: number; bytes: Uint8Array }>
  | Readonly<{ kind: 'disconnected' }>;

/** What a server may send. @throws ScreenEnd */
export function readDomainPdu(bytes: Uint8Array): DomainPdu {
  const reader = new Reader(bytes);
  const first = reader.u8();
  switch (first >> 2) {
    case choice.attachUserConfirm: {
      // 11.18: a bit that says whether the user id is there, then a result of four bits across the bytes.
      checkResult(first, reader.u8());
      if ((first & 2) === 0) throw protocolProblem('attached without a user id');
      return { kind: 'attached', user: readUser(reader) };
    }
    case choice.joinConfirm: {
      checkResult(first, reader.u8());
      if ((first & 2) === 0) throw protocolProblem('joined without a channel');
      const user = readUser(reader);
      reader.skip(2);
      return { kind: 'joined', user, channel: reader.u16be() };
    }
    case choice.sendDataIndication: {
      reader.skip(2);
      const channel = reader.u16be();
      // 11.33: pieces could come at a token's speed; RDP has none (MS-RDPBCGR 3.2.5.1).
      if ((reader.u8() & 0x30) !== 0x30) throw protocolProblem('MCS data in pieces');
      return { kind: 'data', channel, bytes: reader.take(readLength(reader)) };
    }
    case choice.disconnectUltimatum:
      return { kind: 'disconnected' };
    default:
      throw protocolProblem(`MCS PDU ${first >> 2}`);
  }
}

function checkResult(first: number, second: number): void {
  const result = ((first & 1) << 3) | (second >> 5);
  if (result !== 0) throw protocolProblem(`MCS result ${result}`);
}

function readUser(reader: Reader): number {
  const user = reader.u16be() + firstUser;
  if (user > 0xffff) throw protocolProblem('MCS user id');
  return user;
}
