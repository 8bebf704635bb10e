import { protocolProblem } from '../../core/screen-end.ts';
import { Reader } from '../reader.ts';
import { Writer } from '../writer.ts';
import type { CodecName } from './bitmap-codecs.ts';
import { clientCapabilities, type DeskCapabilities, readCapabilities } from './capabilities.ts';

/** The type within pduType (MS-RDPBCGR 2.2.8.1.1.1.1), beside the version 1 in the upper bits. */
export const shareType = { demandActive: 1, confirmActive: 3, deactivateAll: 6, data: 7, redirection: 10 } as const;
/** pduType2 (2.2.8.1.1.1.2). */
export const dataType = {
  update: 2,
  control: 20,
  pointer: 27,
  synchronize: 31,
  refreshRect: 33,
  suppressOutput: 35,
  shutdownRequest: 36,
  shutdownDenied: 37,
  fontList: 39,
  fontMap: 40,
  keyboardIndicators: 41,
  setErrorInfo: 47,
  frameAcknowledge: 56,
} as const;

const version = 0x10;
const controlBytes = 6;
/** TS_FLOW_PDU of T.128, which stands where a length would. */
const flowMarker = 0x8000;
const flowBytes = 8;
const packetCompressed = 0x20;

export type SharePdu = Readonly<{ type: number; source: number; body: Reader }>;

/**
 * While licensing goes on a desk may also say why it leaves, or redirect. A licensing PDU has flagsHi in the place of
 * pduType, of which servers set whatever they like (2.2.8.1.1.2.1), but none its own length before it.
 */
export function looksShared(bytes: Uint8Array): boolean {
  if (bytes.length < controlBytes) return false;
  const reader = new Reader(bytes);
  const length = reader.u16();
  const type = reader.u16() ^ version;
  return length === bytes.length && (type === shareType.data || type === shareType.redirection);
}

/** The share control PDUs of one MCS PDU: servers may put several into one. @throws ScreenEnd */
export function* sharePdus(bytes: Uint8Array): Generator<SharePdu> {
  const reader = new Reader(bytes);
  while (reader.left > 0) {
    const length = reader.u16();
    if (length === flowMarker) {
      reader.skip(flowBytes - 2);
      continue;
    }
    // Deactivate All of an old server ends with its type.
    if (length < 4) throw protocolProblem('share control length');
    const pdu = reader.part(length - 2);
    const type = pdu.u16();
    if ((type & 0xfff0) !== version) throw protocolProblem('share control version');
    const source = length < controlBytes ? 0 : pdu.u16();
    yield { type: type & 0x0f, source, body: pdu };
  }
}

export type DemandActive = Readonly<{ shareId: number; desk: DeskCapabilities }>;

/** 2.2.1.13.1.1. @throws ScreenEnd */
export function readDemandActive(body: Reader, codecs: readonly CodecName[]): DemandActive {
  const shareId = body.u32();
  const descriptor = body.u16();
  const length = body.u16();
  body.skip(descriptor);
  const sets = body.part(length);
  const count = sets.u16();
  sets.skip(2);
  return { shareId, desk: readCapabilities(sets, count, codecs) };
}

export type SharedData = Readonly<{ type: number; body: Uint8Array }>;

/** Share Data Header (2.2.8.1.1.1.2) and what follows. @throws ScreenEnd */
export function readData(body: Reader): SharedData {
  // Share id, a byte, the stream's priority, the length without compression.
  body.skip(8);
  const type = body.u8();
  if ((body.u8() & packetCompressed) !== 0) throw protocolProblem('compressed PDU');
  body.skip(2);
  return { type, body: body.rest() };
}

/** Confirm Active (2.2.1.13.2). */
export function confirmActive(
  user: number,
  { shareId, desk }: DemandActive,
  codecs: readonly CodecName[],
): Uint8Array<ArrayBuffer> {
  const sets = clientCapabilities(desk, codecs);
  const source = [...'MSTSC\0'].map((letter) => letter.charCodeAt(0));
  const writer = control(shareType.confirmActive, user)
    .u32(shareId)
    // The server's id, always this one.
    .u16(0x03ea)
    .u16(source.length)
    .u16(4 + sets.reduce((sum, { length }) => sum + length, 0))
    .raw(source)
    .u16(sets.length)
    .u16(0);
  for (const bytes of sets) writer.raw(bytes);
  return writer.setU16(0, writer.length).done();
}

function control(type: number, user: number): Writer {
  return new Writer()
    .u16(0)
    .u16(version | type)
    .u16(user);
}

/** Who sends in which share. */
export type Sender = Readonly<{ user: number; shareId: number }>;

function data({ user, shareId }: Sender, type: number, write: (to: Writer) => void): Uint8Array<ArrayBuffer> {
  // STREAM_LOW; the uncompressed length counts from the type on.
  const writer = control(shareType.data, user).u32(shareId).u8(0).u8(1).u16(0).u8(type).u8(0).u16(0);
  write(writer);
  return writer
    .setU16(0, writer.length)
    .setU16(12, writer.length - 14)
    .done();
}

const action = { request: 1, cooperate: 4 } as const;

/** 2.2.1.14. @param server its MCS user id */
export const synchronize = (from: Sender, server: number) =>
  data(from, dataType.synchronize, (to) => to.u16(1).u16(server));

/** 2.2.1.15 and 2.2.1.16. */
export const controlPdu = (from: Sender, what: keyof typeof action) =>
  data(from, dataType.control, (to) => to.u16(action[what]).zeros(6));

/** 2.2.1.18: an empty list, its first and last piece, of entries of 50 bytes. */
export const fontList = (from: Sender) => data(from, dataType.fontList, (to) => to.u16(0).u16(0).u16(3).u16(50));

type Size = Readonly<{ width: number; height: number }>;

/** 2.2.11.2: one area, the whole screen, with its last row and column. */
export const refreshRect = (from: Sender, size: Size) =>
  data(from, dataType.refreshRect, (to) => writeScreen(to.u8(1).zeros(3), size));

/** 2.2.11.3. */
export const suppressOutput = (from: Sender, size: Size, suppress: boolean) =>
  data(from, dataType.suppressOutput, (to) => {
    to.u8(suppress ? 0 : 1).zeros(3);
    if (!suppress) writeScreen(to, size);
  });

const writeScreen = (to: Writer, { width, height }: Size) =>
  to
    .u16(0)
    .u16(0)
    .u16(width - 1)
    .u16(height - 1);

/** 2.2.2.2. */
export const shutdownRequest = (from: Sender) => data(from, dataType.shutdownRequest, () => {});

/** TS_FRAME_ACKNOWLEDGE_PDU (MS-RDPRFX 2.2.3.1). */
export const frameAcknowledge = (from: Sender, frame: number) =>
  data(from, dataType.frameAcknowledge, (to) => to.u32(frame));

/** Set Keyboard Indicators (2.2.8.2.1.1): a unit that is none, then scroll 1, num 2, caps 4, kana 8. @throws ScreenEnd */
export function readIndicators(body: Uint8Array): number {
  const reader = new Reader(body);
  reader.skip(2);
  return reader.u16() & 0x0f;
}
