import { connect, type Socket } from 'node:net';
import { constants, createInflate, type Inflate } from 'node:zlib';
import { type ByteReader, createByteReader } from '#build/demo/desk/rfb/byte-reader.ts';

/**
 * A viewer for tests, written against RFC 6143 and rfbproto and not against the server: it keeps its own picture from
 * what it receives, as words 0xAABBGGRR with the alpha set.
 */
export type Viewer = Readonly<{
  socket: Socket;
  reader: ByteReader;
  name: string;
  width: () => number;
  height: () => number;
  pixels: () => Uint32Array;
  /** Rectangles that came as JPEG: not decoded here. */
  photos: ViewerRect[];
  send: (...bytes: readonly (number | Buffer)[]) => void;
  setEncodings: (...encodings: readonly number[]) => void;
  request: (incremental: boolean) => void;
  key: (keysym: number) => void;
  pointer: (x: number, y: number, buttons: number) => void;
  /** Reads messages up to and with the next FramebufferUpdate. */
  update: () => Promise<Update>;
  /** Reads one message of another kind. */
  message: () => Promise<Message>;
  close: () => Promise<void>;
}>;
type ViewerRect = Readonly<{
  x: number;
  y: number;
  width: number;
  height: number;
  encoding: number;
  data?: Buffer;
}>;
type Message = Update | Readonly<{ type: 150 | 248; data: Buffer }>;
export type Update = Readonly<{ type: 0; rects: readonly ViewerRect[] }>;

export const u16 = (value: number): Buffer => Buffer.from([value >> 8, value & 255]);
export const u32 = (value: number): Buffer =>
  Buffer.from([value >>> 24, value >>> 16, value >>> 8, value].map((b) => b & 255));

export async function openViewer(
  port: number,
  options: Readonly<{ version?: string; answer?: (challenge: Buffer) => Buffer }> = {},
): Promise<Viewer> {
  const socket = connect(port, '127.0.0.1');
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  const reader = createByteReader(socket);
  await greet(socket, reader, options);
  socket.write(Buffer.from([1]));
  const init = await reader.take(24);
  let width = init.readUInt16BE(0);
  let height = init.readUInt16BE(2);
  const name = (await reader.take(init.readUInt32BE(20))).toString('utf8');
  let pixels = new Uint32Array(width * height);
  const photos: ViewerRect[] = [];
  const zlib = inflaters();

  const send = (...bytes: readonly (number | Buffer)[]): void => {
    socket.write(Buffer.concat(bytes.map((one) => (typeof one === 'number' ? Buffer.from([one]) : one))));
  };

  const put = (x: number, y: number, red: number, green: number, blue: number): void => {
    pixels[y * width + x] = (0xff00_0000 | (blue << 16) | (green << 8) | red) >>> 0;
  };

  const readRect = async (): Promise<ViewerRect> => {
    const head = await reader.take(12);
    const one: ViewerRect = {
      x: head.readUInt16BE(0),
      y: head.readUInt16BE(2),
      width: head.readUInt16BE(4),
      height: head.readUInt16BE(6),
      encoding: head.readInt32BE(8),
    };
    const { x, y } = one;
    switch (one.encoding) {
      case 0: {
        const data = await reader.take(one.width * one.height * 4);
        for (let at = 0; at < one.width * one.height; at++) {
          put(
            x + (at % one.width),
            y + Math.floor(at / one.width),
            data[at * 4 + 2]!,
            data[at * 4 + 1]!,
            data[at * 4]!,
          );
        }
        return one;
      }
      case 1: {
        const from = await reader.take(4);
        copy(pixels, width, one, from.readUInt16BE(0), from.readUInt16BE(2));
        return one;
      }
      case 7:
        await readTight(reader, zlib, one, put, photos);
        return one;
      case 16: {
        const data = await zlib(9, await reader.take((await reader.take(4)).readUInt32BE()));
        readZrle(data, one, put);
        return one;
      }
      case -223:
      case -308: {
        const data = one.encoding === -308 ? await reader.take(4) : Buffer.alloc(1);
        await reader.take(16 * data[0]!);
        if (one.width !== width || one.height !== height) {
          ({ width, height } = one);
          pixels = new Uint32Array(width * height);
        }
        return one;
      }
      case -239:
        return {
          ...one,
          data: await reader.take(one.width * one.height * 4 + Math.ceil(one.width / 8) * one.height),
        };
      case -307:
        return { ...one, data: Buffer.from(await reader.take((await reader.take(4)).readUInt32BE())) };
      case -224:
      case -258:
        return one;
      default:
        throw new Error(`encoding ${one.encoding}`);
    }
  };

  const message = async (): Promise<Message> => {
    const type = (await reader.take(1))[0]!;
    if (type === 150) return { type, data: Buffer.alloc(0) };
    if (type === 248) {
      const head = Buffer.from(await reader.take(8));
      return { type, data: Buffer.concat([head, await reader.take(head[7]!)]) };
    }
    if (type !== 0) throw new Error(`message ${type}`);
    const count = (await reader.take(3)).readUInt16BE(1);
    const rects: ViewerRect[] = [];
    while (rects.length < count) {
      const one = await readRect();
      if (one.encoding === -224) break;
      rects.push(one);
    }
    return { type: 0 as const, rects };
  };

  return {
    socket,
    reader,
    name,
    width: () => width,
    height: () => height,
    pixels: () => pixels,
    photos,
    send,
    setEncodings: (...list) => send(2, 0, u16(list.length), ...list.map((one) => u32(one))),
    request: (incremental) => send(3, incremental ? 1 : 0, u16(0), u16(0), u16(width), u16(height)),
    key: (keysym) => send(4, 1, 0, 0, u32(keysym), 4, 0, 0, 0, u32(keysym)),
    pointer: (x, y, buttons) => send(5, buttons, u16(x), u16(y)),
    message,
    update: async () => {
      for (;;) {
        const next = await message();
        if ('rects' in next) return next;
      }
    },
    close: () =>
      new Promise((resolve) => {
        if (socket.closed) resolve();
        else socket.once('close', () => resolve());
        socket.destroy();
      }),
  };
}

async function greet(
  socket: Socket,
  reader: ByteReader,
  { version = 'RFB 003.008\n', answer }: Readonly<{ version?: string; answer?: (challenge: Buffer) => Buffer }>,
): Promise<void> {
  const offered = (await reader.take(12)).toString('latin1');
  if (offered !== 'RFB 003.008\n') throw new Error(offered);
  socket.write(version);
  const old = version === 'RFB 003.003\n';
  let type: number;
  if (old) type = (await reader.take(4)).readUInt32BE();
  else {
    const types = await reader.take((await reader.take(1))[0]!);
    type = types[0]!;
    socket.write(Buffer.from([type]));
  }
  if (type === 2) socket.write(answer!(Buffer.from(await reader.take(16))));
  else if (version !== 'RFB 003.008\n') return;
  if ((await reader.take(4)).readUInt32BE() !== 0) throw new Error('refused');
}

function copy(pixels: Uint32Array, width: number, to: ViewerRect, fromX: number, fromY: number): void {
  const before = pixels.slice();
  for (let y = 0; y < to.height; y++) {
    const start = (fromY + y) * width + fromX;
    pixels.set(before.subarray(start, start + to.width), (to.y + y) * width + to.x);
  }
}

type Put = (x: number, y: number, red: number, green: number, blue: number) => void;
type Unzip = (stream: number, data: Buffer) => Promise<Buffer>;

function inflaters(): Unzip {
  const streams = new Map<number, Inflate>();
  return (number, data) => {
    const stream = streams.get(number) ?? createInflate();
    streams.set(number, stream);
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      const keep = (chunk: Buffer): void => void chunks.push(chunk);
      stream.on('data', keep);
      stream.once('error', reject);
      stream.write(data);
      stream.flush(constants.Z_SYNC_FLUSH, () => {
        stream.off('data', keep);
        stream.off('error', reject);
        resolve(Buffer.concat(chunks));
      });
    });
  };
}

async function readTight(
  reader: ByteReader,
  unzip: Unzip,
  one: ViewerRect,
  put: Put,
  photos: ViewerRect[],
): Promise<void> {
  const control = (await reader.take(1))[0]!;
  if (control >> 4 === 8) {
    const [red, green, blue] = await reader.take(3);
    for (let at = 0; at < one.width * one.height; at++)
      put(one.x + (at % one.width), one.y + Math.floor(at / one.width), red!, green!, blue!);
    return;
  }
  if (control >> 4 === 9) {
    photos.push({ ...one, data: Buffer.from(await reader.take(await tightLength(reader))) });
    return;
  }
  if (control & 0x80 || control & 0x0f) throw new Error(`tight control ${control}`);
  const filter = control & 0x40 ? (await reader.take(1))[0]! : 0;
  if (filter > 1) throw new Error(`tight filter ${filter}`);
  const colours = filter === 1 ? (await reader.take(1))[0]! + 1 : 0;
  const palette = Buffer.from(await reader.take(colours * 3));
  const rowBytes = colours === 0 ? one.width * 3 : colours === 2 ? Math.ceil(one.width / 8) : one.width;
  const size = rowBytes * one.height;
  const data =
    size < 12 ? await reader.take(size) : await unzip((control >> 4) & 3, await reader.take(await tightLength(reader)));
  if (data.length !== size) throw new Error(`tight data ${data.length} instead of ${size}`);
  for (let y = 0; y < one.height; y++) {
    for (let x = 0; x < one.width; x++) {
      const from =
        colours === 0
          ? y * rowBytes + x * 3
          : 3 * (colours === 2 ? (data[y * rowBytes + (x >> 3)]! >> (7 - (x & 7))) & 1 : data[y * rowBytes + x]!);
      const source = colours === 0 ? data : palette;
      put(one.x + x, one.y + y, source[from]!, source[from + 1]!, source[from + 2]!);
    }
  }
}

async function tightLength(reader: ByteReader): Promise<number> {
  let length = 0;
  for (const [at, shift] of [0, 7, 14].entries()) {
    const byte = (await reader.take(1))[0]!;
    length |= (at < 2 ? byte & 0x7f : byte) << shift;
    if (at < 2 && !(byte & 0x80)) break;
  }
  return length;
}

/** The subencodings that the desk may use: raw, solid, packed palette (RFC 6143 §7.7.6). */
function readZrle(data: Buffer, one: ViewerRect, put: Put): void {
  let at = 0;
  for (let y = 0; y < one.height; y += 64) {
    for (let x = 0; x < one.width; x += 64) {
      const width = Math.min(64, one.width - x);
      const height = Math.min(64, one.height - y);
      const kind = data[at++]!;
      if (kind > 16) throw new Error(`zrle subencoding ${kind}`);
      const palette = at;
      at += kind * 3;
      const bits = kind === 0 ? 24 : kind === 1 ? 0 : kind === 2 ? 1 : kind <= 4 ? 2 : 4;
      const rowBytes = Math.ceil((width * bits) / 8);
      for (let row = 0; row < height; row++) {
        for (let column = 0; column < width; column++) {
          const index =
            bits === 0 || bits === 24
              ? 0
              : (data[at + ((column * bits) >> 3)]! >> (8 - bits - ((column * bits) & 7))) & ((1 << bits) - 1);
          const from = kind === 0 ? at + column * 3 : palette + index * 3;
          put(one.x + x + column, one.y + y + row, data[from + 2]!, data[from + 1]!, data[from]!);
        }
        at += rowBytes;
      }
    }
  }
  if (at !== data.length) throw new Error('zrle length');
}
