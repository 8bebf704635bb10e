import { protocolProblem } from '../../core/screen-end.ts';
import type { Reader } from '../reader.ts';
import { Writer } from '../writer.ts';

/* The part of the Basic Encoding Rules (X.690) that the two connect PDUs of MCS use: definite lengths only. */

export const tag = { boolean: 1, integer: 2, octets: 4, enumerated: 10, sequence: 0x30 } as const;

/** An application tag above 30 takes two bytes (X.690 8.1.2.4): 0x7f and the number. */
export const applicationTag = (number: number): number => 0x7f00 | number;

/** @returns a reader of the contents alone. @throws ScreenEnd when another tag stands there */
export function readElement(reader: Reader, expected: number): Reader {
  const found = expected > 0xff ? reader.u16be() : reader.u8();
  if (found !== expected) throw protocolProblem('BER tag');
  const first = reader.u8();
  if (first < 0x80) return reader.part(first);
  if (first === 0x81) return reader.part(reader.u8());
  if (first === 0x82) return reader.part(reader.u16be());
  throw protocolProblem('BER length');
}

export function element(tagOf: number, contents: Uint8Array): Uint8Array<ArrayBuffer> {
  const writer = new Writer();
  if (tagOf > 0xff) writer.u16be(tagOf);
  else writer.u8(tagOf);
  if (contents.length < 0x80) writer.u8(contents.length);
  else if (contents.length <= 0xff) writer.u8(0x81).u8(contents.length);
  else writer.u8(0x82).u16be(contents.length);
  return writer.raw(contents).done();
}

/**
 * Numbers from 0x8000 to 0xffff in two bytes, as the published example of MS-RDPBCGR 4.1.3 has them and every server
 * reads them, though X.690 8.3 would want a leading zero.
 */
export function integer(value: number): Uint8Array<ArrayBuffer> {
  return element(tag.integer, value <= 0xff ? Uint8Array.of(value) : new Writer().u16be(value).done());
}
