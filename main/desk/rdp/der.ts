import { protocolError } from './problems.ts';

/* The little of DER (ITU-T X.690) that CredSSP and certificates need. Definite, shortest lengths only. */

export const tag = { integer: 0x02, bitString: 0x03, octets: 0x04, oid: 0x06, sequence: 0x30 } as const;
/** The n-th explicitly tagged field of a sequence. */
export const field = (n: number) => 0xa0 | n;

export const maxElementBytes = 64 * 1024;

type Extent = Readonly<{ tag: number; from: number; to: number }>;

/** Where the element at `at` lies; null when its head is not whole yet. Its end may lie behind the bytes' end. */
function extent(bytes: Uint8Array, at: number): Extent | null {
  const [kind, first] = [bytes[at], bytes[at + 1]];
  if (kind === undefined || first === undefined) return null;
  if ((kind & 0x1f) === 0x1f) throw protocolError('a long tag');
  if (first < 0x80) return { tag: kind, from: at + 2, to: at + 2 + first };
  const count = first & 0x7f;
  if (count === 0 || count > 3) throw protocolError('a length that is not definite or too long');
  let length = 0;
  for (let n = 0; n < count; n++) {
    const byte = bytes[at + 2 + n];
    if (byte === undefined) return null;
    length = length * 256 + byte;
  }
  if (length < 0x80 || length < 256 ** (count - 1)) throw protocolError('a length that is not the shortest');
  if (length > maxElementBytes) throw protocolError('an element that is too long');
  return { tag: kind, from: at + 2 + count, to: at + 2 + count + length };
}

/** Bytes of the sequence that begins here, its head included; null when more of the head is needed. */
export function sequenceBytes(head: Uint8Array): number | null {
  if (head[0] !== undefined && head[0] !== tag.sequence) throw protocolError('not a sequence');
  return extent(head, 0)?.to ?? null;
}

export type DerReader = Readonly<{
  done(): boolean;
  next(): number | null;
  /** The contents of the next element, which must have this tag. */
  read(kind: number): Uint8Array;
  /** The same, as a reader. */
  open(kind: number): DerReader;
  /** Refuses what is left. */
  end(): void;
}>;

export function createDerReader(bytes: Uint8Array): DerReader {
  let at = 0;
  const read = (kind: number) => {
    const found = extent(bytes, at);
    if (found === null || found.to > bytes.length) throw protocolError('an element that ends too early');
    if (found.tag !== kind) throw protocolError('an element of another kind');
    at = found.to;
    return bytes.subarray(found.from, found.to);
  };
  return {
    done: () => at >= bytes.length,
    next: () => bytes[at] ?? null,
    read,
    open: (kind) => createDerReader(read(kind)),
    end() {
      if (at < bytes.length) throw protocolError('an element too many');
    },
  };
}

/** An INTEGER of at most 32 bits as an unsigned number: NTSTATUS comes with and without a leading zero. */
export function readUint32(reader: DerReader): number {
  const bytes = reader.read(tag.integer);
  const [first = 0, second = 0] = bytes;
  if (bytes.length === 0 || bytes.length > 5 || (bytes.length === 5 && first !== 0)) throw protocolError('a number');
  const spare = (first === 0 && second < 0x80) || (first === 0xff && second >= 0x80);
  if (bytes.length > 1 && spare) throw protocolError('a number that is not the shortest');
  let value = first >= 0x80 ? -1 : 0;
  for (const byte of bytes) value = (value << 8) | byte;
  return value >>> 0;
}

export function element(kind: number, ...parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (length > maxElementBytes) throw protocolError('an element that is too long to send');
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82 + +(length > 0xffff), ...big(length)];
  return Buffer.concat([Buffer.from([kind, ...head]), ...parts]);
}

const big = (length: number) =>
  length > 0xffff ? [length >> 16, (length >> 8) & 255, length & 255] : [length >> 8, length & 255];

/** A number from 0 to 127, which is all that we ever send. */
export const smallInteger = (value: number) => element(tag.integer, Buffer.from([value & 0x7f]));
