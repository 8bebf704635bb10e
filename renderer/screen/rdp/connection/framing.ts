import { protocolProblem } from '../../core/screen-end.ts';

export type FramingEffects = Readonly<{
  /** What an X.224 data TPDU carries: an MCS PDU. A view, valid during the call. */
  slowPath(mcs: Uint8Array): void;
  /** What follows the header of a fast-path PDU. A view, valid during the call. */
  fastPath(updates: Uint8Array): void;
  /** X.224 Disconnect Request. */
  disconnected(): void;
}>;

const tpktVersion = 3;
const tpktBytes = 4;
/** TPKT (T.123 section 8) and an X.224 data TPDU (X.224 section 13.7). */
const headBytes = 7;
const x224 = { data: 0xf0, disconnect: 0x80 } as const;

/**
 * Cuts the desk's bytes into PDUs. The first byte tells them apart (MS-RDPBCGR 5.3.8): 3 is a TPKT header, the action
 * FASTPATH_OUTPUT_ACTION_FASTPATH (2.2.9.1.2) is 0. Both lengths have at most 16 bits, so at most 64 KB are ever kept.
 */
export class Framing {
  readonly #effects: FramingEffects;
  /** The beginning of a PDU of which the rest is still to come. */
  #pending = new Uint8Array(4096);
  #filled = 0;

  constructor(effects: FramingEffects) {
    this.#effects = effects;
  }

  /** @throws ScreenEnd */
  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#filled > 0) {
        at += this.#fill(chunk.subarray(at));
        continue;
      }
      const rest = chunk.subarray(at);
      const length = pduLength(rest);
      if (length === undefined || length > rest.length) {
        this.#keep(rest);
        return;
      }
      at += length;
      this.#deliver(rest.subarray(0, length));
    }
  }

  /** @returns how many bytes were taken: one while the length is not known, then what the PDU lacks */
  #fill(bytes: Uint8Array): number {
    const known = pduLength(this.#pending.subarray(0, this.#filled));
    const count = Math.min(known === undefined ? 1 : known - this.#filled, bytes.length);
    this.#keep(bytes.subarray(0, count));
    const length = known ?? pduLength(this.#pending.subarray(0, this.#filled));
    if (length !== undefined && this.#filled === length) {
      this.#filled = 0;
      this.#deliver(this.#pending.subarray(0, length));
    }
    return count;
  }

  #keep(bytes: Uint8Array): void {
    const end = this.#filled + bytes.length;
    if (end > this.#pending.length) {
      const more = new Uint8Array(Math.max(end, this.#pending.length * 2));
      more.set(this.#pending.subarray(0, this.#filled));
      this.#pending = more;
    }
    this.#pending.set(bytes, this.#filled);
    this.#filled = end;
  }

  #deliver(pdu: Uint8Array): void {
    if (pdu[0] !== tpktVersion) {
      // Encryption of standard RDP security, which stands below no TLS (2.2.9.1.2, secFlags).
      if ((pdu[0]! & 0xc0) !== 0) throw protocolProblem('encrypted fast-path PDU');
      this.#effects.fastPath(pdu.subarray((pdu[1]! & 0x80) === 0 ? 2 : 3));
      return;
    }
    const code = pdu[tpktBytes + 1]!;
    if ((code & 0xf0) === x224.disconnect) {
      this.#effects.disconnected();
      return;
    }
    // A length indicator of 2 and the end mark: class 0 has no TPDUs in several pieces here.
    if (pdu[tpktBytes] !== 2 || code !== x224.data || pdu[tpktBytes + 2] !== 0x80) throw protocolProblem('X.224 TPDU');
    this.#effects.slowPath(pdu.subarray(headBytes));
  }
}

/** @returns undefined while there are too few bytes to tell */
function pduLength(bytes: Uint8Array): number | undefined {
  const [first, second, third, fourth] = bytes;
  if (first === undefined) return undefined;
  if (first === tpktVersion) {
    if (third === undefined || fourth === undefined) return undefined;
    const length = third * 256 + fourth;
    if (length < headBytes) throw protocolProblem('TPKT length');
    return length;
  }
  if ((first & 3) !== 0) throw protocolProblem('neither TPKT nor fast-path');
  if (second === undefined) return undefined;
  if ((second & 0x80) === 0) {
    if (second < 2) throw protocolProblem('fast-path length');
    return second;
  }
  if (third === undefined) return undefined;
  const length = (second & 0x7f) * 256 + third;
  if (length < 3) throw protocolProblem('fast-path length');
  return length;
}

/** A PDU of MCS in an X.224 data TPDU in a TPKT packet. */
export function framed(mcs: Uint8Array): Uint8Array<ArrayBuffer> {
  const length = headBytes + mcs.length;
  if (length > 0xffff) throw new RangeError('a PDU that fits into no TPKT packet');
  const bytes = new Uint8Array(length);
  bytes.set([tpktVersion, 0, length >> 8, length & 0xff, 2, x224.data, 0x80]);
  bytes.set(mcs, headBytes);
  return bytes;
}
