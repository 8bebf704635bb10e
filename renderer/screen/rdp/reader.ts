import { protocolProblem } from '../core/screen-end.ts';

/** Reads numbers off a whole PDU, little-endian unless told otherwise. Each read past the end ends the session. */
export class Reader {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get at(): number {
    return this.#at;
  }
  get left(): number {
    return this.bytes.length - this.#at;
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }
  u16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }
  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }
  i16(): number {
    return this.#view.getInt16(this.#take(2), true);
  }
  i32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }
  u64(): bigint {
    return this.#view.getBigUint64(this.#take(8), true);
  }
  u16be(): number {
    return this.#view.getUint16(this.#take(2));
  }
  u32be(): number {
    return this.#view.getUint32(this.#take(4));
  }
  /** A view, valid as long as what was given to this reader. */
  take(count: number): Uint8Array {
    const at = this.#take(count);
    return this.bytes.subarray(at, at + count);
  }
  skip(count: number): void {
    this.#take(count);
  }
  /** A reader of the next `count` bytes alone. */
  part(count: number): Reader {
    return new Reader(this.take(count));
  }
  rest(): Uint8Array {
    return this.take(this.left);
  }

  #take(count: number): number {
    const at = this.#at;
    if (count < 0 || count > this.bytes.length - at) throw protocolProblem('PDU too short');
    this.#at = at + count;
    return at;
  }
}
