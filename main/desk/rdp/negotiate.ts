import { protocolError, RdpProblem } from './problems.ts';

/* The first two messages of a connection (MS-RDPBCGR 2.2.1.1 and 2.2.1.2). */

/** 'nla' refuses a desk without network level authentication; 'tls' also takes one that asks for the password on its screen. */
export type RdpSecurity = 'nla' | 'tls';

export const protocol = { rdp: 0, ssl: 1, hybrid: 2, hybridEx: 8 } as const;

/** PROTOCOL_SSL is to be named beside PROTOCOL_HYBRID (2.2.1.1.1); whether it is good enough is decided on the answer. */
const offered = protocol.ssl | protocol.hybrid | protocol.hybridEx;

/** Without a cookie: nothing about the user goes out in the clear. */
export function connectionRequest(): Buffer {
  const message = Buffer.from('030000130ee00000000000' + '0100080000000000', 'hex');
  message.writeUInt32LE(offered, 15);
  return message;
}

export const tpktHeaderBytes = 4;
const bareBytes = 11;
const fullBytes = 19;

/** Length of the whole Connection Confirm, by its TPKT header. */
export function confirmBytes(header: Uint8Array): number {
  const [version, reserved, high = 0, low = 0] = header;
  const length = high * 256 + low;
  if (header.length !== tpktHeaderBytes || version !== 3 || reserved !== 0) throw protocolError('not a TPKT header');
  if (length !== bareBytes && length !== fullBytes) throw protocolError('a Connection Confirm of another length');
  return length;
}

const problemOfFailure: ReadonlyMap<number, () => RdpProblem> = new Map([
  // SSL_REQUIRED_BY_SERVER: it was offered.
  [1, () => protocolError('the server asks for what was offered')],
  [2, () => new RdpProblem('desk-without-tls', 'the server allows no TLS')],
  [3, () => new RdpProblem('desk-without-tls', 'the server has no certificate')],
  [4, () => protocolError('the server found the flags inconsistent')],
  [5, () => new RdpProblem('desk-needs-nla', 'the server asks for network level authentication')],
  [6, () => new RdpProblem('desk-refused', 'the server asks for a certificate of the user')],
]);

/** The protocol that the server chose. */
export function parseConfirm(message: Buffer, security: RdpSecurity): number {
  if (confirmBytes(message.subarray(0, tpktHeaderBytes)) !== message.length) throw protocolError('a length that lies');
  // Length indicator, Connection Confirm, class 0 without options; the references do not matter.
  if (message[4] !== message.length - 5 || message[5] !== 0xd0 || message[10] !== 0) {
    throw protocolError('not a Connection Confirm');
  }
  // A server older than the negotiation knows only Standard RDP Security (RC4, no server authentication).
  if (message.length === bareBytes) throw new RdpProblem('desk-without-tls', 'only Standard RDP Security');
  if (message.readUInt16LE(13) !== 8) throw protocolError('a negotiation of another length');
  const value = message.readUInt32LE(15);
  if (message[11] === 3) throw problemOfFailure.get(value)?.() ?? protocolError('an unknown negotiation failure');
  if (message[11] !== 2) throw protocolError('neither a response nor a failure');
  if (value === protocol.rdp) throw new RdpProblem('desk-without-tls', 'Standard RDP Security was chosen');
  if (value === protocol.hybrid || value === protocol.hybridEx) return value;
  if (value !== protocol.ssl) throw protocolError('a protocol that was not offered');
  if (security === 'nla') throw new RdpProblem('desk-without-nla', 'no network level authentication');
  return value;
}

export const earlyResultBytes = 4;

/**
 * Early User Authorization Result (2.2.10.2), which follows CredSSP under PROTOCOL_HYBRID_EX. A desk that refuses the
 * credentials themselves says so by another TSRequest instead.
 */
export function checkEarlyResult(message: Buffer): void {
  if (message.length !== earlyResultBytes) throw protocolError('an authorization result of another length');
  const result = message.readUInt32LE(0);
  if (result === 5) throw new RdpProblem('desk-logon-not-allowed', 'the user may not sign in to this desk');
  if (result !== 0) throw protocolError('an unknown authorization result');
}
