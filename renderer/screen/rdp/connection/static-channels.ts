import { protocolProblem } from '../../core/screen-end.ts';
import { Reader } from '../reader.ts';
import { Writer } from '../writer.ts';

/** CHANNEL_PDU_HEADER (MS-RDPBCGR 2.2.6.1.1). */
const flag = { first: 1, last: 2, suspend: 0x20, resume: 0x40, compressed: 0x0020_0000 } as const;
/** CHANNEL_CHUNK_LENGTH (2.2.6.1). */
export const chunkBytes = 1600;
const mostBytes = 16 * 1024 * 1024;
const empty = new Uint8Array(0);

/** One static virtual channel: puts its chunks together (MS-RDPBCGR 3.1.5.2.2). */
export class StaticChannel {
  readonly name: string;
  readonly id: number;
  #total: number | undefined;
  #filled = 0;
  #buffer = empty;

  constructor(name: string, id: number) {
    this.name = name;
    this.id = id;
  }

  /** @returns the whole message when this was its last chunk: a view, valid until the next. @throws ScreenEnd */
  push(bytes: Uint8Array): Uint8Array | undefined {
    const reader = new Reader(bytes);
    const total = reader.u32();
    const flags = reader.u32();
    const chunk = reader.rest();
    if ((flags & flag.compressed) !== 0) throw protocolProblem('compressed channel data');
    // The desk speaks of its own side of the channel; nothing comes with it.
    if ((flags & (flag.suspend | flag.resume)) !== 0) return undefined;
    const first = (flags & flag.first) !== 0;
    if (first !== (this.#total === undefined)) throw protocolProblem('channel chunks out of order');
    if (first && total > mostBytes) throw protocolProblem('channel message length');
    // Each chunk says the length of the whole.
    if (!first && total !== this.#total) throw protocolProblem('channel message length');
    const whole = this.#filled + chunk.length;
    const last = (flags & flag.last) !== 0;
    if (last ? whole !== total : whole > total) throw protocolProblem('channel message length');
    if (first && last) return chunk;
    this.#total = total;
    this.#append(chunk);
    if (!last) return undefined;
    const message = this.#buffer.subarray(0, whole);
    this.#total = undefined;
    this.#filled = 0;
    // What is small enough serves the next message too.
    if (this.#buffer.length > 1024 * 1024) this.#buffer = empty;
    return message;
  }

  /** Room grows with what has come: an announced length alone costs nothing. */
  #append(chunk: Uint8Array): void {
    const end = this.#filled + chunk.length;
    if (end > this.#buffer.length) {
      const more = new Uint8Array(Math.max(8192, end, this.#buffer.length * 2));
      more.set(this.#buffer.subarray(0, this.#filled));
      this.#buffer = more;
    }
    this.#buffer.set(chunk, this.#filled);
    this.#filled = end;
  }
}

/** The chunks of one message (3.1.5.2.1), each with its header. */
export function chunksOf(message: Uint8Array): Uint8Array<ArrayBuffer>[] {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let at = 0;
  do {
    const end = Math.min(message.length, at + chunkBytes);
    const flags = (at === 0 ? flag.first : 0) | (end === message.length ? flag.last : 0);
    chunks.push(new Writer().u32(message.length).u32(flags).raw(message.subarray(at, end)).done());
    at = end;
  } while (at < message.length);
  return chunks;
}
