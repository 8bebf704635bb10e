import { protocolProblem } from '../../core/screen-end.ts';
import type { Reader } from '../reader.ts';
import { Writer } from '../writer.ts';

/** The cmd field (MS-RDPEDYC 2.2). */
export const commands = {
  ...{ create: 1, dataFirst: 2, data: 3, close: 4, capabilities: 5 },
  ...{ compressedFirst: 6, compressed: 7, softSyncRequest: 8, softSyncResponse: 9 },
} as const;
/** 2.2.3: a PDU with its header. */
const pduBytes = 1600;
const nameBytes = 255;

/** The PDUs of one message (MS-RDPEDYC 3.1.5.1.4), each of at most 1600 bytes. */
export function splitMessage(id: number, message: Uint8Array): Uint8Array<ArrayBuffer>[] {
  const plain = headed(commands.data, id);
  if (plain.length + message.length <= pduBytes) return [plain.raw(message).done()];
  const first = headed(commands.dataFirst, id, widthOf(message.length));
  writeNumber(first, message.length);
  let at = pduBytes - first.length;
  const pdus = [first.raw(message.subarray(0, at)).done()];
  const room = pduBytes - plain.length;
  for (; at < message.length; at += room) {
    pdus.push(
      headed(commands.data, id)
        .raw(message.subarray(at, at + room))
        .done(),
    );
  }
  return pdus;
}

/** Codes of cbId and Len: 0, 1 and 2 mean 1, 2 and 4 bytes; 3 is not defined. */
function widthOf(value: number): number {
  if (value <= 0xff) return 0;
  return value <= 0xffff ? 1 : 2;
}

export function readNumber(reader: Reader, width: number): number {
  if (width === 0) return reader.u8();
  if (width === 1) return reader.u16();
  if (width === 2) return reader.u32();
  throw protocolProblem('dynamic channel field width');
}

function writeNumber(writer: Writer, value: number): void {
  const width = widthOf(value);
  if (width === 0) writer.u8(value);
  else if (width === 1) writer.u16(value);
  else writer.u32(value);
}

export function headed(command: number, id: number, length = 0): Writer {
  const writer = new Writer().u8((command << 4) | (length << 2) | widthOf(id));
  writeNumber(writer, id);
  return writer;
}

/** @returns undefined when it is no name that a table could have */
export function readName(bytes: Uint8Array): string | undefined {
  const end = bytes.indexOf(0);
  if (end < 0) throw protocolProblem('dynamic channel name');
  if (end === 0 || end > nameBytes) return undefined;
  return String.fromCharCode(...bytes.subarray(0, end));
}
