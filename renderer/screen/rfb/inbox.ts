import type { Codec } from '../codec/codec.ts';

/**
 * Bytes from the desk, in the decoders' own memory, in one piece: a unit of the protocol is read only when the whole of
 * it is there. INVARIANT: the inbox is larger than the largest unit (a Tight chunk of 2^22-1 bytes and its heads), so a
 * full inbox that makes no progress cannot be.
 */
export class Inbox {
  readonly #codec: Codec;
  #read = 0;
  #write = 0;

  constructor(codec: Codec) {
    this.#codec = codec;
  }

  get length(): number {
    return this.#write - this.#read;
  }

  /** Address of the first unread byte, for the decoders. */
  get at(): number {
    return this.#codec.inboxAt + this.#read;
  }

  /** Takes as much of `chunk` as there is room for. @returns how many bytes. */
  put(chunk: Uint8Array): number {
    const { bytes, inboxAt, inboxSize } = this.#codec;
    if (this.#read === this.#write) {
      this.#read = 0;
      this.#write = 0;
    }
    if (this.#write + chunk.length > inboxSize && this.#read > 0) {
      bytes.copyWithin(inboxAt, inboxAt + this.#read, inboxAt + this.#write);
      this.#write -= this.#read;
      this.#read = 0;
    }
    const taken = Math.min(chunk.length, inboxSize - this.#write);
    bytes.set(taken === chunk.length ? chunk : chunk.subarray(0, taken), inboxAt + this.#write);
    this.#write += taken;
    return taken;
  }

  has(count: number): boolean {
    return this.#write - this.#read >= count;
  }
  skip(count: number): void {
    this.#read += count;
  }
  u8(offset: number): number {
    return this.#codec.bytes[this.at + offset]!;
  }
  u16(offset: number): number {
    return (this.u8(offset) << 8) | this.u8(offset + 1);
  }
  s32(offset: number): number {
    return (this.u16(offset) << 16) | this.u16(offset + 2);
  }
  u32(offset: number): number {
    return this.s32(offset) >>> 0;
  }
  /** A view, valid until the next `put`. */
  peek(offset: number, count: number): Uint8Array<ArrayBuffer> {
    return this.#codec.bytes.subarray(this.at + offset, this.at + offset + count);
  }
  copy(offset: number, count: number): Uint8Array<ArrayBuffer> {
    return this.#codec.bytes.slice(this.at + offset, this.at + offset + count);
  }
}
