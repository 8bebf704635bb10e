import { connectionRequest, parseConfirm, protocol } from '#main/desk/rdp/negotiate.ts';
import { readConfirm } from '#main/desk/rdp/open-rdp.ts';
import { RdpProblem } from '#main/desk/rdp/problems.ts';
import { type Asked, asked, dial, requestedAt, type Target } from './target.ts';

/** RDP_NEG_FAILURE's failureCode (MS-RDPBCGR 2.2.1.2.2). */
const refusals: Readonly<Record<number, string>> = {
  1: 'SSL_REQUIRED_BY_SERVER',
  2: 'SSL_NOT_ALLOWED_BY_SERVER',
  3: 'SSL_CERT_NOT_ON_SERVER',
  4: 'INCONSISTENT_FLAGS',
  5: 'HYBRID_REQUIRED_BY_SERVER',
  6: 'SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER',
};
const names: Readonly<Record<number, string>> = {
  [protocol.rdp]: 'RDP',
  [protocol.ssl]: 'TLS',
  [protocol.hybrid]: 'HYBRID',
  [protocol.hybridEx]: 'HYBRID_EX',
};

/** What a host answered when it was asked for some protocols: the one it chose, or why it refused. */
export type Answer = Readonly<{
  selected: string | null;
  refused: string | null;
  /** RDP_NEG_RSP's flags, in hex; null where there is none. */
  flags: string | null;
}>;

export type Negotiation = Readonly<Record<Asked, Answer | null>>;

/** Asks once for each set of protocols, over a connection of its own that ends there. */
export async function negotiate(target: Target, what: Asked, signal: AbortSignal): Promise<Buffer> {
  const socket = await dial(target, signal);
  try {
    const request = connectionRequest();
    request.writeUInt32LE(asked[what], requestedAt);
    socket.write(request);
    return await readConfirm(socket, signal);
  } finally {
    socket.destroy();
  }
}

/** @param confirm a whole X.224 Connection Confirm (2.2.1.2) */
export function readAnswer(confirm: Buffer): Answer {
  // A host older than the negotiation: Standard RDP Security is all it has.
  if (confirm.length < 19) return { selected: 'RDP', refused: null, flags: null };
  const value = confirm.readUInt32LE(15);
  if (confirm[11] === 3) return { selected: null, refused: refusals[value] ?? `code ${value}`, flags: null };
  const flags = `0x${confirm[12]!.toString(16).padStart(2, '0')}`;
  return { selected: names[value] ?? `protocol ${value}`, refused: null, flags };
}

export type StandardRdp = Readonly<{ hostTakesIt: boolean; hanareRefuses: boolean }>;

/** Standard RDP security: whether the host takes it, and that the app's own reader refuses such an answer. */
export function judgeStandardRdp(confirm: Buffer): StandardRdp {
  if (readAnswer(confirm).selected !== 'RDP') return { hostTakesIt: false, hanareRefuses: true };
  try {
    parseConfirm(confirm, 'tls');
    return { hostTakesIt: true, hanareRefuses: false };
  } catch (error) {
    if (!(error instanceof RdpProblem)) throw error;
    return { hostTakesIt: true, hanareRefuses: true };
  }
}
