import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { within } from '../children.ts';

/** MS-RDPBCGR 2.2.1.1.1 requestedProtocols. Zero is standard RDP security. */
export const protocols = { rdp: 0, tls: 1, nla: 2 } as const;

type Negotiated = Readonly<{
  /** RDP_NEG_RSP: the protocol; RDP_NEG_FAILURE: its code; null when the server speaks no negotiation. */
  selected: number | null;
  failure: number | null;
  /** Of the TLS that follows, when one was agreed. */
  certificateSha256: string | null;
}>;

/**
 * What a client meets first: an X.224 Connection Request of 19 bytes (MS-RDPBCGR 2.2.1.1) with RDP_NEG_REQ, its answer,
 * and, where TLS was selected (alone or under CredSSP), the server's certificate.
 */
export async function negotiate(port: number, requested: number): Promise<Negotiated> {
  const socket = connect({ host: '127.0.0.1', port });
  try {
    await within(once(socket, 'connect'), 5000, 'the connection');
    const request = [0x03, 0, 0, 19, 14, 0xe0, 0, 0, 0, 0, 0, 0x01, 0, 8, 0, requested, 0, 0, 0];
    socket.write(Buffer.from(request));
    const [answer] = (await within(once(socket, 'data'), 10_000, 'the X.224 answer')) as [Buffer];
    if (answer.length < 7 || answer[0] !== 0x03 || answer[5] !== 0xd0) throw new Error('no X.224 Connection Confirm');
    if (answer.length < 19) return { selected: null, failure: null, certificateSha256: null };
    const value = answer.readUInt32LE(15);
    if (answer[11] !== 0x02) return { selected: null, failure: value, certificateSha256: null };
    if (value === protocols.rdp) return { selected: value, failure: null, certificateSha256: null };
    const tls = connectTls({ socket, rejectUnauthorized: false });
    await within(once(tls, 'secureConnect'), 10_000, 'TLS');
    const { raw } = tls.getPeerCertificate();
    tls.destroy();
    return { selected: value, failure: null, certificateSha256: createHash('sha256').update(raw).digest('hex') };
  } finally {
    socket.destroy();
  }
}
