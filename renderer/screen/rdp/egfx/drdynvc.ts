import { protocolProblem } from '../../core/screen-end.ts';
import { Reader } from '../reader.ts';
import { Writer } from '../writer.ts';
import { commands, headed, readName, readNumber, splitMessage } from './dynamic-pdus.ts';
import { rdp8Lite, Zgfx } from './zgfx.ts';

/** What stands behind a dynamic channel's name. */
export type ChannelHandler = Readonly<{
  /** The desk has created it, and was told that it may. `send` splits as the protocol wants it. */
  opened(send: (message: Uint8Array) => void): void;
  /** One whole message: a view that is valid during the call. */
  message(bytes: Uint8Array): void;
  /** The desk has closed it; it may come again. */
  closed(): void;
}>;

export type DrdynvcOptions = Readonly<{
  /** Bytes of one message, all its pieces together. */
  messageBytes?: number;
  /** Bytes of all messages that are not whole yet, of all channels. */
  waitingBytes?: number;
}>;

/** What Windows offers since version 8. */
const ownVersion = 3;
/** HRESULT of ERROR_NOT_FOUND: no listener of that name (2.2.2.2). */
const notFound = 0x80070490;
const firstPiece = 65_536;

type Channel = {
  readonly name: string;
  readonly handler: ChannelHandler;
  /** The message that is being put together: its length, the bytes so far, and where they are. */
  total: number;
  filled: number;
  buffer: Uint8Array;
  /** Of its compressed pieces, once there are some: each channel has a history of its own (3.1.5.1.3). */
  zgfx: Zgfx | undefined;
};

/**
 * Dynamic virtual channels (MS-RDPEDYC) over the static one. Only names of the table are accepted, each once at a time.
 * What is sent is never compressed: version 3 lets each side choose.
 */
export class Drdynvc {
  readonly #handlers: ReadonlyMap<string, ChannelHandler>;
  readonly #send: (pdu: Uint8Array<ArrayBuffer>) => void;
  readonly #most: number;
  readonly #mostWaiting: number;
  readonly #channels = new Map<number, Channel>();
  #ready = false;
  #version: number | undefined;
  #waiting = 0;

  /** @param send takes one PDU of the static channel */
  constructor(
    handlers: ReadonlyMap<string, ChannelHandler>,
    send: (pdu: Uint8Array<ArrayBuffer>) => void,
    options: DrdynvcOptions = {},
  ) {
    this.#handlers = handlers;
    this.#send = send;
    this.#most = options.messageBytes ?? 32 * 1024 * 1024;
    this.#mostWaiting = options.waitingBytes ?? 64 * 1024 * 1024;
  }

  /** What the desk has offered; undefined before that. */
  get version(): number | undefined {
    return this.#version;
  }

  /** @param pdu a whole PDU of the static channel. @throws ScreenEnd */
  push(pdu: Uint8Array): void {
    const reader = new Reader(pdu);
    const header = reader.u8();
    const command = header >> 4;
    if (command !== commands.capabilities && !this.#ready) throw protocolProblem('dynamic channel too early');
    switch (command) {
      case commands.capabilities:
        this.#capabilities(reader);
        break;
      case commands.create:
        this.#create(header, reader);
        break;
      case commands.dataFirst:
      case commands.compressedFirst:
        this.#dataFirst(header, reader);
        break;
      case commands.data:
      case commands.compressed:
        this.#data(header, reader);
        break;
      case commands.close:
        this.#close(readNumber(reader, header & 3));
        break;
      case commands.softSyncRequest:
        this.#refuseSoftSync(reader);
        break;
      default:
        throw protocolProblem(`dynamic channel command ${command}`);
    }
  }

  /** Forgets all channels, telling their handlers: the connection below begins anew or ends. */
  reset(): void {
    const channels = [...this.#channels.values()];
    this.#channels.clear();
    this.#ready = false;
    this.#waiting = 0;
    for (const { handler } of channels) handler.closed();
  }

  /** 2.2.1: the lower version of both counts. The priority charges of version 2 are for who sends much. */
  #capabilities(reader: Reader): void {
    reader.skip(1);
    const version = reader.u16();
    if (version === 0) throw protocolProblem('dynamic channel version');
    if (version > 1) reader.skip(8);
    this.#ready = true;
    this.#version = version;
    this.#send(
      new Writer()
        .u8(commands.capabilities << 4)
        .u8(0)
        .u16(Math.min(version, ownVersion))
        .done(),
    );
  }

  /** 2.2.2. */
  #create(header: number, reader: Reader): void {
    const id = readNumber(reader, header & 3);
    if (this.#channels.has(id)) throw protocolProblem('dynamic channel created twice');
    const name = readName(reader.rest());
    const handler = name === undefined ? undefined : this.#handlers.get(name);
    const taken = [...this.#channels.values()].some((channel) => channel.name === name);
    if (name === undefined || handler === undefined || taken) {
      this.#send(headed(commands.create, id).u32(notFound).done());
      return;
    }
    this.#channels.set(id, { name, handler, total: 0, filled: 0, buffer: empty, zgfx: undefined });
    this.#send(headed(commands.create, id).u32(0).done());
    handler.opened((message) => this.#write(id, handler, message));
  }

  /** 2.2.3.1: the field that is a priority elsewhere says here how long the length is. */
  #dataFirst(header: number, reader: Reader): void {
    const channel = this.#channels.get(readNumber(reader, header & 3));
    const total = readNumber(reader, (header >> 2) & 3);
    if (channel === undefined) return;
    const piece = this.#piece(channel, header, reader);
    if (channel.total > 0) throw protocolProblem('dynamic channel message within another');
    if (total > this.#most) throw protocolProblem('dynamic channel message length');
    if (piece.length > total) throw protocolProblem('dynamic channel message longer than announced');
    if (piece.length === total) {
      channel.handler.message(piece);
      return;
    }
    this.#waiting += total;
    if (this.#waiting > this.#mostWaiting) throw protocolProblem('dynamic channel messages waiting');
    channel.total = total;
    channel.filled = 0;
    this.#append(channel, piece);
  }

  /** 2.2.3.2: a message that fits into one PDU, or a further piece of one that does not. */
  #data(header: number, reader: Reader): void {
    const channel = this.#channels.get(readNumber(reader, header & 3));
    // Of a channel that was refused, or is closed already.
    if (channel === undefined) return;
    const piece = this.#piece(channel, header, reader);
    if (channel.total === 0) {
      channel.handler.message(piece);
      return;
    }
    if (piece.length > channel.total - channel.filled) {
      throw protocolProblem('dynamic channel message longer than announced');
    }
    this.#append(channel, piece);
    if (channel.filled < channel.total) return;
    const whole = channel.buffer.subarray(0, channel.total);
    this.#drop(channel);
    channel.handler.message(whole);
  }

  /** 2.2.3.3 and 2.2.3.4: a piece is compressed for itself. @returns a view, valid until the next */
  #piece(channel: Channel, header: number, reader: Reader): Uint8Array {
    if (header >> 4 < commands.compressedFirst) return reader.rest();
    channel.zgfx ??= new Zgfx(rdp8Lite.segmentBytes, rdp8Lite);
    return channel.zgfx.decompress(reader.rest());
  }

  /** Room grows with what has come: an announced length alone costs nothing. */
  #append(channel: Channel, piece: Uint8Array): void {
    const end = channel.filled + piece.length;
    if (end > channel.buffer.length) {
      const more = new Uint8Array(Math.min(channel.total, Math.max(firstPiece, end, channel.buffer.length * 2)));
      more.set(channel.buffer.subarray(0, channel.filled));
      channel.buffer = more;
    }
    channel.buffer.set(piece, channel.filled);
    channel.filled = end;
  }

  #drop(channel: Channel): void {
    this.#waiting -= channel.total;
    channel.total = 0;
    channel.filled = 0;
    // What is small enough serves the next message too.
    if (channel.buffer.length > 16 * firstPiece) channel.buffer = empty;
  }

  /** 2.2.4, answered in kind. */
  #close(id: number): void {
    const channel = this.#channels.get(id);
    if (channel === undefined) return;
    this.#drop(channel);
    this.#channels.delete(id);
    this.#send(headed(commands.close, id).done());
    channel.handler.closed();
  }

  /**
   * 2.2.5.1 asks to go on over other transports, none of which was offered (MS-RDPBCGR 2.2.1.3.8). A response that names no
   * tunnel (2.2.5.2) keeps everything here.
   */
  #refuseSoftSync(reader: Reader): void {
    reader.skip(1);
    if (reader.u32() !== reader.left + 4) throw protocolProblem('length of a Soft-Sync request');
    this.#send(
      new Writer()
        .u8(commands.softSyncResponse << 4)
        .u8(0)
        .u32(0)
        .done(),
    );
  }

  #write(id: number, handler: ChannelHandler, message: Uint8Array): void {
    // A late word of what was closed: its id may by now be another channel's.
    if (this.#channels.get(id)?.handler !== handler) return;
    for (const pdu of splitMessage(id, message)) this.#send(pdu);
  }
}

const empty = new Uint8Array(0);
