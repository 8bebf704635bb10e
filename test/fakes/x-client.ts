import { connect, type Socket } from 'node:net';

/**
 * A tiny X client (X Window System Protocol, version 11), little-endian: draws a known picture, reads the screen back
 * and hears what keys and buttons arrive there. It says what the desk really shows, apart from RFB.
 */
export type XEvent = Readonly<{ type: 'key' | 'button'; down: boolean; code: number; x: number; y: number }>;

const opcode = {
  createWindow: 1,
  mapWindow: 8,
  getInputFocus: 43,
  setInputFocus: 42,
  createPixmap: 53,
  createGc: 55,
  copyArea: 62,
  fillRectangle: 70,
  putImage: 72,
  getImage: 73,
  createCursor: 93,
  changeWindowAttributes: 2,
  changeGc: 56,
} as const;

export class XClient {
  readonly #socket: Socket;
  #buffer = Buffer.alloc(0);
  #replies: ((reply: Buffer) => void)[] = [];
  #ids = 0;
  #base = 0;
  #root = 0;
  #window = 0;
  #gc = 0;
  #fault: Error | undefined;
  width = 0;
  height = 0;
  readonly events: XEvent[] = [];
  #onEvent: (() => void)[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** @param cookie MIT-MAGIC-COOKIE-1 of a server that lets nobody in without */
  static async open(path: string, cookie?: Uint8Array): Promise<XClient> {
    const socket = connect(path);
    const client = new XClient(socket);
    const hello = Buffer.alloc(12);
    hello.write('l', 0);
    hello.writeUInt16LE(11, 2);
    const scheme = Buffer.from(cookie ? 'MIT-MAGIC-COOKIE-1' : '');
    hello.writeUInt16LE(scheme.length, 6);
    hello.writeUInt16LE(cookie?.length ?? 0, 8);
    const padded = (bytes: Uint8Array) => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
    socket.write(Buffer.concat([hello, padded(scheme), padded(cookie ?? scheme)]));
    await new Promise<void>((resolve, reject) => {
      socket.on('error', reject);
      const onData = (data: Buffer) => {
        client.#buffer = Buffer.concat([client.#buffer, data]);
        const { length } = client.#buffer;
        if (length < 8) return;
        const size = 8 + client.#buffer.readUInt16LE(6) * 4;
        if (length < size) return;
        if (client.#buffer[0] !== 1) reject(new Error('the X server refused this client'));
        client.#setup(client.#buffer.subarray(0, size));
        client.#buffer = client.#buffer.subarray(size);
        socket.off('data', onData);
        socket.on('data', (more: Buffer) => client.#read(more));
        resolve();
      };
      socket.on('data', onData);
    });
    await client.#makeWindow();
    return client;
  }

  close(): void {
    this.#socket.destroy();
  }

  /** @param rgba rows of R, G, B, anything */
  async draw(x: number, y: number, w: number, h: number, rgba: Uint8Array): Promise<void> {
    const rows = Math.max(1, Math.floor(200_000 / (w * 4)));
    for (let top = 0; top < h; top += rows) {
      const count = Math.min(rows, h - top);
      const data = Buffer.alloc(count * w * 4);
      for (let i = 0; i < data.length; i += 4) {
        const from = top * w * 4 + i;
        data[i] = rgba[from + 2]!;
        data[i + 1] = rgba[from + 1]!;
        data[i + 2] = rgba[from]!;
      }
      const head = Buffer.alloc(20);
      head.writeUInt32LE(this.#window, 0);
      head.writeUInt32LE(this.#gc, 4);
      head.writeUInt16LE(w, 8);
      head.writeUInt16LE(count, 10);
      head.writeInt16LE(x, 12);
      head.writeInt16LE(y + top, 14);
      head[17] = 24;
      this.#request(opcode.putImage, 2, Buffer.concat([head, data]));
    }
    await this.sync();
  }

  async copy(sx: number, sy: number, x: number, y: number, w: number, h: number): Promise<void> {
    const body = Buffer.alloc(24);
    body.writeUInt32LE(this.#window, 0);
    body.writeUInt32LE(this.#window, 4);
    body.writeUInt32LE(this.#gc, 8);
    [sx, sy, x, y].forEach((value, i) => {
      body.writeInt16LE(value, 12 + i * 2);
    });
    body.writeUInt16LE(w, 20);
    body.writeUInt16LE(h, 22);
    this.#request(opcode.copyArea, 0, body);
    await this.sync();
  }

  /** @param colour 0xRRGGBB */
  async fill(x: number, y: number, w: number, h: number, colour: number): Promise<void> {
    this.#request(opcode.changeGc, 0, words(this.#gc, 4, colour));
    const body = Buffer.alloc(16);
    body.writeUInt32LE(this.#window, 0);
    body.writeUInt32LE(this.#gc, 4);
    body.writeInt16LE(x, 8);
    body.writeInt16LE(y, 10);
    body.writeUInt16LE(w, 12);
    body.writeUInt16LE(h, 14);
    this.#request(opcode.fillRectangle, 0, body);
    await this.sync();
  }

  /** What the desk shows: R, G, B, 255. */
  async read(w = this.width, h = this.height): Promise<Uint8Array> {
    const body = Buffer.alloc(16);
    body.writeUInt32LE(this.#root, 0);
    body.writeUInt16LE(w, 8);
    body.writeUInt16LE(h, 10);
    body.writeUInt32LE(0xffffffff, 12);
    const reply = await this.#ask(opcode.getImage, 2, body);
    const rgba = new Uint8Array(w * h * 4);
    for (let i = 0; i < rgba.length; i += 4) {
      rgba[i] = reply[32 + i + 2]!;
      rgba[i + 1] = reply[32 + i + 1]!;
      rgba[i + 2] = reply[32 + i]!;
      rgba[i + 3] = 255;
    }
    return rgba;
  }

  /** A pointer of two colours, all 16 x 16 of it visible in its upper left triangle. */
  async setCursor(hotX: number, hotY: number): Promise<void> {
    const pixmap = this.#id();
    this.#request(opcode.createPixmap, 1, Buffer.concat([words(pixmap, this.#root), halves(16, 16)]));
    const gc = this.#id();
    this.#request(opcode.createGc, 0, words(gc, pixmap, 0));
    const bits = Buffer.alloc(16 * 4);
    for (let y = 0; y < 16; y++) bits.writeUInt32LE((1 << (16 - y)) - 1, y * 4);
    const head = Buffer.concat([words(pixmap, gc), halves(16, 16, 0, 0), Buffer.from([0, 1, 0, 0])]);
    this.#request(opcode.putImage, 1, Buffer.concat([head, bits]));
    const cursor = this.#id();
    const colours = halves(0xffff, 0x8080, 0, 0, 0, 0xffff);
    this.#request(opcode.createCursor, 0, Buffer.concat([words(cursor, pixmap, pixmap), colours, halves(hotX, hotY)]));
    this.#request(opcode.changeWindowAttributes, 0, words(this.#window, 1 << 14, cursor));
    await this.sync();
  }

  /** Waits until `test` holds for what has been heard. */
  async heard(test: (events: readonly XEvent[]) => boolean): Promise<void> {
    while (!test(this.events)) {
      if (this.#fault !== undefined) throw this.#fault;
      await new Promise<void>((resolve) => this.#onEvent.push(resolve));
    }
  }

  async sync(): Promise<void> {
    await this.#ask(opcode.getInputFocus, 0, Buffer.alloc(0));
    if (this.#fault !== undefined) throw this.#fault;
  }

  #setup(reply: Buffer): void {
    this.#base = reply.readUInt32LE(12);
    const vendor = reply.readUInt16LE(24);
    const formats = reply[29]!;
    const screen = 40 + ((vendor + 3) & ~3) + formats * 8;
    this.#root = reply.readUInt32LE(screen);
    this.width = reply.readUInt16LE(screen + 20);
    this.height = reply.readUInt16LE(screen + 22);
  }

  async #makeWindow(): Promise<void> {
    this.#window = this.#id();
    const keysAndButtons = 0xf;
    const body = Buffer.concat([
      words(this.#window, this.#root),
      halves(0, 0, 4096, 4096, 0, 1),
      words(0, (1 << 1) | (1 << 9) | (1 << 11), 0x203040, 1, keysAndButtons),
    ]);
    this.#request(opcode.createWindow, 24, body);
    this.#request(opcode.mapWindow, 0, words(this.#window));
    this.#gc = this.#id();
    this.#request(opcode.createGc, 0, words(this.#gc, this.#window, 1 << 16, 0));
    await this.sync();
    this.#request(opcode.setInputFocus, 1, words(this.#window, 0));
    await this.sync();
  }

  #id(): number {
    return this.#base + ++this.#ids;
  }

  #request(code: number, detail: number, body: Buffer): void {
    const head = Buffer.alloc(4);
    head[0] = code;
    head[1] = detail;
    const padded = (body.length + 3) & ~3;
    head.writeUInt16LE(1 + padded / 4, 2);
    this.#socket.write(Buffer.concat([head, body, Buffer.alloc(padded - body.length)]));
  }

  async #ask(code: number, detail: number, body: Buffer): Promise<Buffer> {
    return await new Promise((resolve) => {
      this.#replies.push(resolve);
      this.#request(code, detail, body);
    });
  }

  #read(data: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, data]);
    while (this.#buffer.length >= 32) {
      const kind = this.#buffer[0]! & 127;
      const size = kind === 1 ? 32 + this.#buffer.readUInt32LE(4) * 4 : 32;
      if (this.#buffer.length < size) return;
      const packet = this.#buffer.subarray(0, size);
      this.#buffer = this.#buffer.subarray(size);
      if (kind === 1) this.#replies.shift()?.(packet);
      else if (kind === 0) this.#fault = new Error(`X error ${packet[1]} for request ${packet[10]}`);
      else if (kind >= 2 && kind <= 5) this.#hear(kind, packet);
    }
  }

  #hear(kind: number, packet: Buffer): void {
    this.events.push({
      type: kind <= 3 ? 'key' : 'button',
      down: kind === 2 || kind === 4,
      code: packet[1]!,
      x: packet.readInt16LE(24),
      y: packet.readInt16LE(26),
    });
    for (const resolve of this.#onEvent.splice(0)) resolve();
  }
}

function words(...values: readonly number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 4);
  values.forEach((value, i) => {
    buffer.writeUInt32LE(value >>> 0, i * 4);
  });
  return buffer;
}

function halves(...values: readonly number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 2);
  values.forEach((value, i) => {
    buffer.writeUInt16LE(value, i * 2);
  });
  return buffer;
}
