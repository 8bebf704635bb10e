/** DNS messages (RFC 1035 §4), as little of them as a probe needs. */

/** @param labels of the name that is asked for, each 1 to 63 ASCII characters. @returns a query for its A record. */
export function dnsQuery(id: number, labels: readonly string[]): Buffer {
  const name = labels.flatMap((label) => [Buffer.from([label.length]), Buffer.from(label, 'ascii')]);
  // Recursion desired, one question; the name ends with the root's empty label; type A, class IN.
  const head = Buffer.from([id >> 8, id & 255, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  return Buffer.concat([head, ...name, Buffer.from([0, 0, 1, 0, 1])]);
}

export type DnsAnswer = Readonly<{ rcode: number; authoritative: boolean }>;

/** @returns null for anything but an answer to this very query: its id, and the question repeated. */
export function readDnsAnswer(message: Uint8Array, query: Buffer): DnsAnswer | null {
  const answer = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
  if (answer.length < 12 || answer.readUInt16BE(0) !== query.readUInt16BE(0)) return null;
  const flags = answer.readUInt16BE(2);
  if ((flags & 0x8000) === 0) return null;
  // A refusal may come without the question (QDCOUNT 0).
  const asked = answer.readUInt16BE(4);
  const same =
    answer.subarray(12, query.length).toString('latin1').toLowerCase() === query.subarray(12).toString('latin1');
  if (asked > 1 || (asked === 1 && !same)) return null;
  return { rcode: flags & 15, authoritative: (flags & 0x0400) !== 0 };
}
