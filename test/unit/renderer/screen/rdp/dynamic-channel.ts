import { splitMessage } from '#renderer/screen/rdp/egfx/dynamic-pdus.ts';
import { chunk } from './connection/scripted-desk.ts';

/* What a desk says on dynamic channels, framed down to the byte stream. */
const [first, last] = [1, 2];
const mostChunk = 1600;

/** @param bytes one PDU of the static channel */
export function channel(bytes: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += mostChunk) {
    const piece = bytes.subarray(at, at + mostChunk);
    const flags = (at === 0 ? first : 0) | (at + piece.length >= bytes.length ? last : 0);
    pieces.push(chunk(bytes.length, flags, piece));
  }
  return pieces;
}
export const dynamic = (id: number, bytes: Uint8Array): Uint8Array[] =>
  splitMessage(id, bytes).flatMap((pdu) => channel(pdu));
export const create = (id: number, name: string) =>
  channel(Buffer.concat([Buffer.from([0x10, id]), Buffer.from(`${name}\0`)]));
/** RDP_SEGMENTED_DATA of one plain segment. */
export const segment = (...pdus: readonly Uint8Array[]) => Buffer.concat([Buffer.from([0xe0, 0x04]), ...pdus]);
