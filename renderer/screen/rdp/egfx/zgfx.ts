import { protocolProblem } from '../../core/screen-end.ts';
import { Reader } from '../reader.ts';
import { classes, entryBits, lookupBits, tokenKinds, tokens } from './zgfx-tokens.ts';

/** MS-RDPEGFX 2.2.5.1 and 2.2.5.3. */
const single = 0xe0;
const multipart = 0xe1;
const compressed = 0x20;

/** What a compressor may do at most, and the type of its segments. */
export type Rdp8 = Readonly<{ type: number; segmentBytes: number; historyBytes: number }>;
/** MS-RDPEGFX 3.1.9.1.2. */
const rdp8: Rdp8 = { type: 4, segmentBytes: 65_535, historyBytes: 2_500_000 };
/** Of dynamic channels (MS-RDPEDYC 2.2.3.3). */
export const rdp8Lite: Rdp8 = { type: 6, segmentBytes: 8192, historyBytes: 8192 };
/** A segment that is not worth compressing may take so much more, with its trailer. */
const expansionBytes = 1001;
/** One token reads at most 59 bits ahead. */
const slack = 16;
/** A size and a header: the least that a segment of many takes. */
const segmentOverhead = 5;

/**
 * The decompressor of RDP 8.0 bulk data (MS-RDPEGFX 3.1.9.1), with typed arrays: they cannot be left, whatever the desk
 * sends. What was put out stays in one straight piece of memory, long enough that no copy ever wraps; when it is full, its
 * last 2.5 MB move to the front, which costs less than one more copy of each byte.
 */
export class Zgfx {
  readonly #most: number;
  readonly #kind: Rdp8;
  readonly #history: Uint8Array;
  readonly #input: Uint8Array;
  /** Where the next byte goes. INVARIANT: everything below has been put out, so a distance past it is no distance. */
  #end = 0;
  #output = new Uint8Array(0);

  /** @param most bytes that one RDP_SEGMENTED_DATA may become */
  constructor(most = 32 * 1024 * 1024, kind = rdp8) {
    const { segmentBytes, historyBytes } = kind;
    this.#most = most;
    this.#kind = kind;
    this.#history = new Uint8Array(2 * historyBytes + segmentBytes);
    this.#input = new Uint8Array(segmentBytes + expansionBytes + slack);
  }

  /** For a channel that was opened anew: nothing said before can be referred to. */
  reset(): void {
    this.#end = 0;
    this.#output = new Uint8Array(0);
  }

  /**
   * @param data one RDP_SEGMENTED_DATA (2.2.5.1)
   * @returns what it stands for: a view, valid until the next call (and as long as `data` stays as it is)
   * @throws ScreenEnd when it is not whole or too large
   */
  decompress(data: Uint8Array): Uint8Array {
    const reader = new Reader(data);
    const descriptor = reader.u8();
    if (descriptor === single) return this.#segment(reader.rest());
    if (descriptor !== multipart) throw protocolProblem('descriptor of segmented data');
    const count = reader.u16();
    const total = reader.u32();
    if (total > this.#most) throw protocolProblem('size of segmented data');
    // Before room is made: neither number may promise what cannot come.
    if (count * segmentOverhead > reader.left || total > count * this.#kind.segmentBytes) {
      throw protocolProblem('count of segments');
    }
    if (this.#output.length < total) this.#output = new Uint8Array(Math.min(this.#most, Math.max(65_536, total * 2)));
    let at = 0;
    for (let i = 0; i < count; i++) {
      const part = this.#segment(reader.take(reader.u32()));
      if (part.length > total - at) throw protocolProblem('size of segmented data');
      this.#output.set(part, at);
      at += part.length;
    }
    if (at !== total || reader.left > 0) throw protocolProblem('size of segmented data');
    return this.#output.subarray(0, total);
  }

  /** RDP8_BULK_ENCODED_DATA (2.2.5.3). */
  #segment(data: Uint8Array): Uint8Array {
    const header = data[0];
    if (header === undefined || (header & 15) !== this.#kind.type) throw protocolProblem('header of a segment');
    this.#makeRoom();
    if ((header & compressed) !== 0) return this.#expand(data);
    const plain = data.subarray(1);
    if (plain.length > this.#kind.segmentBytes) throw protocolProblem('size of a segment');
    this.#history.set(plain, this.#end);
    this.#end += plain.length;
    return plain;
  }

  #makeRoom(): void {
    const { segmentBytes, historyBytes } = this.#kind;
    if (this.#end + segmentBytes <= this.#history.length) return;
    this.#history.copyWithin(0, this.#end - historyBytes, this.#end);
    this.#end = historyBytes;
  }

  /** 3.1.9.1.2.3 and .4: a header, a stream of bits, and how many of its last byte are none. */
  #expand(data: Uint8Array): Uint8Array {
    const bytes = data.length - 2;
    const unused = data[data.length - 1]!;
    const most = this.#input.length - slack;
    if (bytes < 0 || data.length > most || unused > 7 || bytes * 8 < unused) {
      throw protocolProblem('size of a segment');
    }
    const start = this.#end;
    this.#input.set(data.subarray(1, -1));
    this.#input.fill(0, bytes, bytes + slack);
    this.#end = expandBits(this.#input, bytes * 8 - unused, this.#history, start, this.#kind);
    return this.#history.subarray(start, this.#end);
  }
}

/**
 * @param input at least 16 bytes longer than its bits, the first of those zero
 * @param to where in the history to go on
 * @returns where the history ends now
 */
function expandBits(input: Uint8Array, bits: number, history: Uint8Array, to: number, kind: Rdp8): number {
  const { historyBytes } = kind;
  const limit = to + kind.segmentBytes;
  let bit = 0;
  while (bit < bits) {
    const at = bit >> 3;
    // Shifted left by what is done with of its first byte, at least 25 bits of it are the next ones.
    const window = (input[at]! << 24) | (input[at + 1]! << 16) | (input[at + 2]! << 8) | input[at + 3]!;
    const entry = tokens[(window << (bit & 7)) >>> (32 - lookupBits)]!;
    bit += entry & entryBits.length;
    const value = entry >> entryBits.shift;
    if ((entry & tokenKinds.literal) !== 0) {
      if (bit > bits || to >= limit) throw protocolProblem('bits of a segment');
      history[to++] = value;
      continue;
    }
    if ((entry & tokenKinds.match) === 0) throw protocolProblem('token of a segment');
    const { base, extra } = classes[value]!;
    const distance = base + peek(input, bit, extra);
    bit += extra;
    if (distance === 0) {
      const count = peek(input, bit, 15);
      bit = (bit + 15 + 7) & ~7;
      const from = bit >> 3;
      bit += count * 8;
      if (bit > bits || count > limit - to) throw protocolProblem('bits of a segment');
      history.set(input.subarray(from, from + count), to);
      to += count;
      continue;
    }
    // Ones up to the first zero say how many bits the length has (the second table of 3.1.9.1.2.4).
    const ones = Math.clz32(~(peek(input, bit, 16) << 16));
    if (ones > 14) throw protocolProblem('length in a segment');
    bit += ones + 1;
    let length = 3;
    if (ones > 0) {
      length = (2 << ones) + peek(input, bit, ones + 1);
      bit += ones + 1;
    }
    if (bit > bits || length > limit - to) throw protocolProblem('bits of a segment');
    if (distance > to || distance > historyBytes) throw protocolProblem('distance in a segment');
    to = repeat(history, to, distance, length);
  }
  return to;
}

/** @param count up to 24 bits */
function peek(input: Uint8Array, bit: number, count: number): number {
  if (count === 0) return 0;
  const at = bit >> 3;
  const window = (input[at]! << 24) | (input[at + 1]! << 16) | (input[at + 2]! << 8) | input[at + 3]!;
  return (window << (bit & 7)) >>> (32 - count);
}

/** A distance shorter than the length repeats what it has just written. */
function repeat(history: Uint8Array, to: number, distance: number, length: number): number {
  const end = to + length;
  if (distance === 1) {
    history.fill(history[to - 1]!, to, end);
    return end;
  }
  if (length <= 32 || distance < 16) {
    for (let from = to - distance; to < end; ) history[to++] = history[from++]!;
    return end;
  }
  while (to < end) {
    const piece = Math.min(distance, end - to);
    history.copyWithin(to, to - distance, to - distance + piece);
    to += piece;
  }
  return end;
}
