import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import tls from 'node:tls';
import { chunksOf } from '#renderer/screen/rdp/connection/static-channels.ts';
import { splitMessage } from '#renderer/screen/rdp/egfx/dynamic-pdus.ts';
import { forgeCertificate } from '#test/fakes/pki.ts';
import * as published from '#test/unit/renderer/screen/rdp/connection/published.ts';
import {
  connectResponse,
  indication,
  io,
  joined,
  licensed,
  serverBlocks,
} from '#test/unit/renderer/screen/rdp/connection/scripted-desk.ts';

/** What a desk says to every client once it is connected, byte for byte the same. */
export type Replay = Readonly<{
  width: number;
  height: number;
  /** Fast-path updates, whole; or messages of the graphics channel, the confirmation of its capabilities first. */
  updates?: readonly Uint8Array[];
  graphics?: readonly Uint8Array[];
}>;

export type ReplayDesk = Readonly<{
  port: number;
  /** Clients that have been told everything. */
  told(): number;
  stop(): Promise<void>;
}>;

const firstChannel = 1004;
const graphicsChannel = 7;
/** CHANNEL_PDU_HEADER stands before it. */
const dynamicHead = 8;

/**
 * The server's side of a connection with TLS alone, as far as a client needs it to show what it is sent (MS-RDPBCGR 1.3.1.1,
 * MS-RDPEDYC, MS-RDPEGFX). It believes everybody.
 */
export async function startReplayDesk(replay: Replay): Promise<ReplayDesk> {
  const identity = await forgeCertificate({ signer: 'self', name: 'replay', key: 'RSA-2048', usages: [] });
  const counts = { told: 0 };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    socket.once('data', () => {
      // TLS was chosen; the flags say that there is a graphics pipeline.
      socket.write(Buffer.from('030000130ed00000123400021f080001000000', 'hex'));
      const secure = new tls.TLSSocket(socket, {
        isServer: true,
        cert: identity.certificate,
        key: identity.privateKey,
      });
      secure.on('error', () => {});
      serve(secure, replay, counts);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    told: () => counts.told,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function serve(secure: tls.TLSSocket, replay: Replay, counts: { told: number }): void {
  let held = Buffer.alloc(0);
  let names: string[] = [];
  let informed = false;
  const say = (bytes: Uint8Array) => void secure.write(bytes);
  const dynamic = (message: Uint8Array) => {
    const id = firstChannel + names.indexOf('drdynvc');
    for (const chunk of chunksOf(message)) say(indication(id, chunk));
  };

  function take(pdu: Buffer): void {
    // Fast-path input says nothing that is of interest here.
    if (pdu[0] !== 3) return;
    const message = pdu.subarray(7);
    if (message[0] === 0x7f) {
      names = channelNames(message);
      say(connectResponse(serverBlocks({ channels: names.map((_, i) => firstChannel + i) })));
    } else if (message[0] === 0x28) say(published.attachUserConfirm);
    else if (message[0] === 0x38) say(joined(message.readUInt16BE(3)));
    else if (message[0] === 0x64) data(message.readUInt16BE(3), message.subarray((message[6] ?? 0) & 0x80 ? 8 : 7));
  }

  function data(channel: number, bytes: Buffer): void {
    if (channel === io && !informed) {
      informed = true;
      say(licensed);
      say(demandActive(replay));
    } else if (channel === io && bytes[2] === 0x17 && bytes[14] === 0x27) {
      for (const pdu of published.serverFinalization) say(indication(io, pdu));
      for (const update of replay.updates ?? []) say(update);
      if (replay.graphics) dynamic(Buffer.from('50000100', 'hex'));
      else counts.told += 1;
    } else if (names[channel - firstChannel] === 'drdynvc') heard(bytes.subarray(dynamicHead));
  }

  function heard(message: Buffer): void {
    const command = (message[0] ?? 0) >> 4;
    if (command === 5) {
      dynamic(Buffer.concat([Buffer.of(0x10, graphicsChannel), Buffer.from('Microsoft::Windows::RDS::Graphics\0')]));
    } else if (command === 3 || command === 2) {
      const graphics = message.subarray(command === 3 ? 2 : 3 + (((message[0] ?? 0) >> 2) & 3));
      // Its capabilities; what it says later is a word for each frame.
      if (graphics[0] !== 0x12) return;
      for (const each of replay.graphics ?? []) for (const pdu of splitMessage(graphicsChannel, each)) dynamic(pdu);
      counts.told += 1;
    }
  }

  secure.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    for (;;) {
      if (held.length < 4) return;
      const slow = held[0] === 3;
      const first = held[1] ?? 0;
      const length = slow ? held.readUInt16BE(2) : first & 0x80 ? ((first & 0x7f) << 8) | (held[2] ?? 0) : first;
      if (held.length < length) return;
      const pdu = held.subarray(0, length);
      held = held.subarray(length);
      take(pdu);
    }
  });
}

/** The published one with the size wished, and 32 bits a pixel. */
function demandActive({ width, height }: Replay): Uint8Array {
  const bytes = Buffer.from(published.demandActive);
  const bitmap = bytes.indexOf(Buffer.from('02001c00', 'hex'));
  bytes.writeUInt16LE(32, bitmap + 4);
  bytes.writeUInt16LE(width, bitmap + 12);
  bytes.writeUInt16LE(height, bitmap + 14);
  return indication(io, bytes);
}

/** Of the client's network data (MS-RDPBCGR 2.2.1.3.4), found by its type and by a length that fits its count. */
function channelNames(connectInitial: Buffer): string[] {
  for (let at = connectInitial.indexOf('03c0', 0, 'hex'); at >= 0; at = connectInitial.indexOf('03c0', at + 1, 'hex')) {
    const count = connectInitial.readUInt32LE(at + 4);
    if (connectInitial.readUInt16LE(at + 2) !== 8 + 12 * count) continue;
    return Array.from({ length: count }, (_, i) =>
      connectInitial.toString('latin1', at + 8 + 12 * i, at + 16 + 12 * i).replace(/\0.*$/s, ''),
    );
  }
  return [];
}
