import { protocolProblem } from '../../core/screen-end.ts';
import type { Reader } from '../reader.ts';
import type { Writer } from '../writer.ts';

/* The part of the aligned Packed Encoding Rules (X.691) that the domain PDUs of MCS and the GCC wrapping use. */

/**
 * A length (X.691 10.9.3). PER keeps its second highest bit for fragments of 16 KB, which no RDP server sends; some use
 * that bit for longer lengths, all of which is bounded by the packet.
 */
export function readLength(reader: Reader): number {
  const first = reader.u8();
  return (first & 0x80) === 0 ? first : (first & 0x7f) * 256 + reader.u8();
}

export function writeLength(writer: Writer, length: number): Writer {
  if (length < 0x80) return writer.u8(length);
  if (length > 0x3fff) throw new RangeError('a length that PER would fragment');
  return writer.u16be(0x8000 | length);
}

/** What must stand there to the byte. */
export function expectBytes(reader: Reader, bytes: readonly number[], problem: string): void {
  const found = reader.take(bytes.length);
  if (bytes.some((byte, i) => found[i] !== byte)) throw protocolProblem(problem);
}
