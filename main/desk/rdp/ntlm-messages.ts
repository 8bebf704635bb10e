import { protocolError } from './problems.ts';

/* The messages of MS-NLMP 2.2.1, as far as an NTLMv2 client needs them. */

const signature = Buffer.from('NTLMSSP\0', 'ascii');

/** NEGOTIATE flags (2.2.2.5). */
const flag = {
  unicode: 0x0000_0001,
  requestTarget: 0x0000_0004,
  sign: 0x0000_0010,
  seal: 0x0000_0020,
  ntlm: 0x0000_0200,
  alwaysSign: 0x0000_8000,
  extendedSecurity: 0x0008_0000,
  targetInfo: 0x0080_0000,
  version: 0x0200_0000,
  bits128: 0x2000_0000,
  keyExchange: 0x4000_0000,
  bits56: 0x8000_0000,
} as const;

const clientFlags =
  (flag.unicode |
    flag.requestTarget |
    flag.sign |
    flag.seal |
    flag.ntlm |
    flag.alwaysSign |
    flag.extendedSecurity |
    flag.version |
    flag.bits128 |
    flag.keyExchange |
    flag.bits56) >>>
  0;

/** Anything less is NTLMv1 or weaker. */
const neededFlags =
  flag.unicode |
  flag.sign |
  flag.seal |
  flag.ntlm |
  flag.extendedSecurity |
  flag.targetInfo |
  flag.bits128 |
  flag.keyExchange;

/** VERSION (2.2.2.10), for debugging only: the one of the specification's example, so that nothing is said about this device. */
const version = Buffer.from('0501280a0000000f', 'hex');

export const avId = { eol: 0, flags: 6, timestamp: 7, targetName: 9, channelBindings: 10 } as const;
const maxAvId = 10;

export type AvPair = Readonly<{ id: number; value: Uint8Array }>;

export function negotiateMessage(): Buffer {
  const message = Buffer.alloc(40);
  signature.copy(message);
  message.writeUInt32LE(1, 8);
  message.writeUInt32LE(clientFlags, 12);
  // Neither domain nor workstation is supplied; their offsets point at the end.
  message.writeUInt32LE(40, 20);
  message.writeUInt32LE(40, 28);
  version.copy(message, 32);
  return message;
}

export type Challenge = Readonly<{ serverChallenge: Uint8Array; pairs: readonly AvPair[] }>;

const challengeHeadBytes = 48;

export function parseChallenge(bytes: Uint8Array): Challenge {
  const message = Buffer.from(bytes);
  if (message.length < challengeHeadBytes || !message.subarray(0, 8).equals(signature)) {
    throw protocolError('not an NTLM message');
  }
  if (message.readUInt32LE(8) !== 2) throw protocolError('not an NTLM challenge');
  if ((message.readUInt32LE(20) & neededFlags) !== (neededFlags | 0)) throw protocolError('NTLM that is too weak');
  payload(message, 12);
  return { serverChallenge: message.subarray(24, 32), pairs: parsePairs(payload(message, 40)) };
}

/** What a length, maximum length and offset at `at` point to. */
function payload(message: Buffer, at: number): Buffer {
  const [length, offset] = [message.readUInt16LE(at), message.readUInt32LE(at + 4)];
  if (length === 0) return Buffer.alloc(0);
  if (offset < challengeHeadBytes || offset + length > message.length) throw protocolError('an NTLM field outside');
  return message.subarray(offset, offset + length);
}

/** AV_PAIR list (2.2.2.1): each kind at most once, ended by MsvAvEOL and nothing behind it. */
function parsePairs(info: Buffer): readonly AvPair[] {
  const pairs: AvPair[] = [];
  for (let at = 0; at + 4 <= info.length; ) {
    const [id, length] = [info.readUInt16LE(at), info.readUInt16LE(at + 2)];
    at += 4;
    if (id === avId.eol) {
      if (length !== 0 || at !== info.length) throw protocolError('an NTLM list that ends too early');
      return pairs;
    }
    const known = id <= maxAvId && !pairs.some((pair) => pair.id === id);
    const fixed = (id !== avId.timestamp || length === 8) && (id !== avId.flags || length === 4);
    if (!known || !fixed || at + length > info.length) throw protocolError('an NTLM pair');
    pairs.push({ id, value: info.subarray(at, at + length) });
    at += length;
  }
  throw protocolError('an NTLM list without an end');
}

export function encodePairs(pairs: readonly AvPair[]): Buffer {
  const parts: Uint8Array[] = [];
  for (const { id, value } of [...pairs, { id: avId.eol, value: Buffer.alloc(0) }]) {
    const head = Buffer.alloc(4);
    head.writeUInt16LE(id, 0);
    head.writeUInt16LE(value.length, 2);
    parts.push(head, value);
  }
  return Buffer.concat(parts);
}

export type AuthenticateFields = Readonly<{
  domain: Uint8Array;
  user: Uint8Array;
  workstation: Uint8Array;
  lmResponse: Uint8Array;
  ntResponse: Uint8Array;
  sessionKey: Uint8Array;
}>;

/** Where the message integrity code lies (2.2.1.3). */
export const micAt = 72;
const micBytes = 16;

/** AUTHENTICATE_MESSAGE; room for the MIC is left zero when there is to be one. */
export function authenticateMessage(fields: AuthenticateFields, withMic: boolean): Buffer {
  const { domain, user, workstation, lmResponse, ntResponse, sessionKey } = fields;
  const head = Buffer.alloc(withMic ? micAt + micBytes : micAt);
  signature.copy(head);
  head.writeUInt32LE(3, 8);
  const order = [
    [28, domain],
    [36, user],
    [44, workstation],
    [12, lmResponse],
    [20, ntResponse],
    [52, sessionKey],
  ] as const;
  let offset = head.length;
  for (const [at, value] of order) {
    head.writeUInt16LE(value.length, at);
    head.writeUInt16LE(value.length, at + 2);
    head.writeUInt32LE(offset, at + 4);
    offset += value.length;
  }
  head.writeUInt32LE((clientFlags | flag.targetInfo) >>> 0, 60);
  version.copy(head, 64);
  return Buffer.concat([head, ...order.map(([, value]) => value)]);
}
