import { ScreenEnd } from '#renderer/screen/core/screen-end.ts';
import { framed } from '#renderer/screen/rdp/connection/framing.ts';
import {
  type ActiveDesk,
  type ConnectionOptions,
  RdpConnection,
} from '#renderer/screen/rdp/connection/rdp-connection.ts';
import { Writer } from '#renderer/screen/rdp/writer.ts';
import * as published from './published.ts';

export const io = 1003;
const [user, channel] = [1007, 1004];
const shareId = 0x000103ea;

const options: ConnectionOptions = {
  width: 1280,
  height: 1024,
  scalePercent: 100,
  selectedProtocol: 2,
  channels: ['drdynvc'],
  clientName: 'hanare',
  graphicsPipeline: true,
};

/** MCS Send Data Indication, its length always in two bytes. */
export const indication = (to: number, data: ArrayLike<number>): Uint8Array<ArrayBuffer> =>
  framed(
    new Writer()
      .raw([0x68, 0, 1])
      .u16be(to)
      .u8(0x70)
      .u16be(0x8000 | data.length)
      .raw(data)
      .done(),
  );

export const shareData = (type: number, body: ArrayLike<number>, compressed = 0): Uint8Array<ArrayBuffer> =>
  indication(
    io,
    new Writer()
      .u16(18 + body.length)
      .u16(0x17)
      .u16(0x03ea)
      .u32(shareId)
      .u8(0)
      .u8(2)
      .u16(4 + body.length)
      .u8(type)
      .u8(compressed)
      .u16(0)
      .raw(body)
      .done(),
  );

export const errorInfo = (code: number) => shareData(47, new Writer().u32(code).done());
export const deactivateAll = indication(
  io,
  new Writer().u16(13).u16(0x16).u16(0x03ea).u32(shareId).u16(1).u8(0).done(),
);
export const demandActive = indication(io, published.demandActive);
export const ultimatum = framed(Uint8Array.of(0x21, 0x80));
export const licensed = indication(io, published.validClient);

/** @param code with its fragmentation in bits 4 and 5 */
export const fastPath = (code: number, data: ArrayLike<number>): Uint8Array<ArrayBuffer> => {
  const body = new Writer().u8(code).u16(data.length).raw(data).done();
  return new Writer()
    .u8(0)
    .u16be(0x8000 | (3 + body.length))
    .raw(body)
    .done();
};

export const chunk = (total: number, flags: number, data: ArrayLike<number>): Uint8Array<ArrayBuffer> =>
  indication(channel, new Writer().u32(total).u32(flags).raw(data).done());

export type Blocks = Readonly<{ io?: number; channels?: readonly number[]; method?: number; level?: number }>;

export function serverBlocks({ io: to = io, channels = [channel], method = 0, level = 0 }: Blocks = {}): Uint8Array {
  const writer = new Writer().u16(0x0c01).u16(12).u32(0x00080004).u32(2);
  const padding = channels.length % 2;
  writer
    .u16(0x0c03)
    .u16(8 + 2 * (channels.length + padding))
    .u16(to)
    .u16(channels.length);
  for (const id of channels) writer.u16(id);
  return writer
    .zeros(2 * padding)
    .u16(0x0c02)
    .u16(12)
    .u32(method)
    .u32(level)
    .done();
}

/** MCS Connect Response around settings of 128 to 255 bytes or fewer. */
export function connectResponse(blocks: Uint8Array = serverBlocks(), result = 0): Uint8Array<ArrayBuffer> {
  const gcc = new Writer()
    .raw(published.connectResponseHead.subarray(0x32, 0x47))
    .u16be(0x8000 | blocks.length)
    .raw(blocks)
    .done();
  const contents = new Writer()
    .raw([0x0a, 1, result])
    .raw(published.connectResponseHead.subarray(0x0f, 0x2e))
    .raw([0x04, 0x82])
    .u16be(gcc.length)
    .raw(gcc)
    .done();
  return framed(new Writer().u16be(0x7f66).u8(0x82).u16be(contents.length).raw(contents).done());
}

export const joined = (id: number) => framed(new Writer().raw([0x3e, 0, 0, 6]).u16be(id).u16be(id).done());

/** The desk's half of the sequence, as it is when all goes well. */
export const sequence: readonly Uint8Array<ArrayBuffer>[] = [
  connectResponse(),
  published.attachUserConfirm,
  ...[user, io, channel].map(joined),
  licensed,
  demandActive,
  ...published.serverFinalization.map((pdu) => indication(io, pdu)),
];
export const untilLicensing = sequence.slice(0, 5);
export const untilDemand = sequence.slice(0, 6);

export type Seen = {
  sent: Uint8Array[];
  /** Everything but what was sent, in order. */
  events: string[];
  desk: ActiveDesk | undefined;
};

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

export function open(with_: Partial<ConnectionOptions> = {}): { connection: RdpConnection; seen: Seen } {
  const seen: Seen = { sent: [], events: [], desk: undefined };
  const connection = new RdpConnection(
    { ...options, ...with_ },
    {
      send: (bytes) => void seen.sent.push(bytes),
      clientInfo: (...ids) => void seen.events.push(`clientInfo ${ids}`),
      activated: (desk) => {
        seen.desk = desk;
        seen.events.push(`activated ${desk.width}x${desk.height}`);
      },
      deactivated: () => void seen.events.push('deactivated'),
      update: (code, bytes) => void seen.events.push(`update ${code} ${hex(bytes)}`),
      channel: (name, bytes) => void seen.events.push(`${name} ${hex(bytes)}`),
      locks: (bits) => void seen.events.push(`locks ${bits}`),
    },
  );
  connection.start();
  return { connection, seen };
}

/** A connection that is active. */
export function active(with_: Partial<ConnectionOptions> = {}): { connection: RdpConnection; seen: Seen } {
  const opened = open(with_);
  for (const pdu of sequence) opened.connection.push(pdu);
  opened.seen.sent.length = 0;
  opened.seen.events.length = 0;
  return opened;
}

/** @returns why it ended: the reason, or the problem where it is one of the protocol */
export function endOf(run: () => void): string {
  try {
    run();
  } catch (error) {
    if (!(error instanceof ScreenEnd)) throw error;
    const { reason, details } = error.failure;
    return reason === 'screenProtocolError' ? String(details.problem) : reason;
  }
  return 'no end';
}

export const endAfter = (pdus: readonly Uint8Array[]): string => {
  const { connection } = open();
  return endOf(() => {
    for (const pdu of pdus) connection.push(pdu);
  });
};
