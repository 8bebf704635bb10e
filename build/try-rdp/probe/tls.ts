import type { TLSSocket } from 'node:tls';
import { connectionRequest, parseConfirm, protocol } from '#main/desk/rdp/negotiate.ts';
import { negotiateMessage } from '#main/desk/rdp/ntlm-messages.ts';
import { openTls, readConfirm, readTsRequest } from '#main/desk/rdp/open-rdp.ts';
import { protocolError, RdpProblem } from '#main/desk/rdp/problems.ts';
import { decodeTsRequest, encodeTsRequest } from '#main/desk/rdp/ts-request.ts';
import { type CertificateFacts, describeCertificate } from './certificate.ts';
import { type ChallengeFacts, describeChallenge } from './challenge.ts';
import { dial, type Target } from './target.ts';

export type TlsFacts = Readonly<{
  version: string;
  cipher: string;
  keyExchange: string;
  /** The cipher where RSA key transport is asked for, as for a key that may not sign; null where the host does not take it. */
  keyTransport: string | null;
  certificate: CertificateFacts;
}>;
export type CredsspFacts = Readonly<{ version: number }> & ChallengeFacts;

/** Negotiates as the app does, and opens TLS. The caller destroys it. */
async function openSecure(
  target: Target,
  signal: AbortSignal,
  keyTransport = false,
): Promise<{ secure: TLSSocket; chosen: number }> {
  const socket = await dial(target, signal);
  try {
    socket.write(connectionRequest());
    const chosen = parseConfirm(await readConfirm(socket, signal), 'tls');
    return { secure: await openTls(socket, { host: target.host, signal, keyTransport }), chosen };
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

export async function describeTls(target: Target, signal: AbortSignal, now: number): Promise<TlsFacts> {
  const { secure } = await openSecure(target, signal);
  const der = secure.getPeerX509Certificate()?.raw;
  const exchange = secure.getEphemeralKeyInfo();
  const agreed = {
    version: secure.getProtocol() ?? 'unknown',
    cipher: secure.getCipher().standardName,
    keyExchange: exchange && 'name' in exchange ? `${exchange.type} ${exchange.name}` : 'unknown',
  };
  // Before the next one: a host may serve one at a time until somebody has signed in.
  secure.destroy();
  if (!der) throw protocolError('a desk without a certificate');
  const certificate = describeCertificate(der, now);
  return { ...agreed, keyTransport: await keyTransportOf(target, signal), certificate };
}

const keyTransportMs = 5_000;

async function keyTransportOf(target: Target, signal: AbortSignal): Promise<string | null> {
  try {
    const within = AbortSignal.any([signal, AbortSignal.timeout(keyTransportMs)]);
    const { secure } = await openSecure(target, within, true);
    const { standardName } = secure.getCipher();
    secure.destroy();
    return standardName;
  } catch {
    // A refusal, however it is made: that there is TLS has been seen.
    signal.throwIfAborted();
    return null;
  }
}

/**
 * Asks for the NTLM challenge and hangs up: nobody is named to the host and no logon fails on it (MS-CSSP 3.1.5, first
 * round trip).
 */
export async function describeCredssp(target: Target, signal: AbortSignal): Promise<CredsspFacts> {
  const { secure, chosen } = await openSecure(target, signal);
  try {
    if (chosen === protocol.ssl) throw new RdpProblem('desk-without-nla', 'no network level authentication');
    secure.write(encodeTsRequest({ version: 6, negoToken: negotiateMessage() }));
    const { version, negoToken } = decodeTsRequest(await readTsRequest(secure, signal));
    if (!negoToken) throw protocolError('no challenge');
    return { version, ...describeChallenge(negoToken) };
  } finally {
    secure.destroy();
  }
}
