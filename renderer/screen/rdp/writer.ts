/** Puts a PDU together, little-endian unless told otherwise. It grows as it is written to. */
export class Writer {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  u8(value: number): this {
    const at = this.#room(1);
    this.#view.setUint8(at, value);
    return this;
  }
  u16(value: number): this {
    const at = this.#room(2);
    this.#view.setUint16(at, value, true);
    return this;
  }
  u32(value: number): this {
    const at = this.#room(4);
    this.#view.setUint32(at, value, true);
    return this;
  }
  u16be(value: number): this {
    const at = this.#room(2);
    this.#view.setUint16(at, value);
    return this;
  }
  u32be(value: number): this {
    const at = this.#room(4);
    this.#view.setUint32(at, value);
    return this;
  }
  raw(bytes: ArrayLike<number>): this {
    const at = this.#room(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }
  zeros(count: number): this {
    this.#room(count);
    return this;
  }
  /** UTF-16LE without an end mark. */
  utf16(text: string): this {
    for (let i = 0; i < text.length; i++) this.u16(text.charCodeAt(i));
    return this;
  }
  /** Overwrites what stands at an offset: a length that is known only now. */
  setU16(at: number, value: number): this {
    this.#view.setUint16(at, value, true);
    return this;
  }
  setU16be(at: number, value: number): this {
    this.#view.setUint16(at, value);
    return this;
  }
  setU32(at: number, value: number): this {
    this.#view.setUint32(at, value, true);
    return this;
  }
  /** @returns a copy of what was written */
  done(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  /** Before the view is asked for: it may be another one afterwards. */
  #room(count: number): number {
    const at = this.#length;
    if (at + count > this.#bytes.length) {
      const more = new Uint8Array(Math.max(this.#bytes.length * 2, at + count));
      more.set(this.#bytes);
      this.#bytes = more;
      this.#view = new DataView(more.buffer);
    }
    this.#length = at + count;
    return at;
  }
}
