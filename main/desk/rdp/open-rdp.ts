import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import tls from 'node:tls';
import { type DeskCertificate, readCertificate } from './certificate.ts';
import { createCredssp } from './credssp.ts';
import { tag as derTag, sequenceBytes } from './der.ts';
import {
  checkEarlyResult,
  confirmBytes,
  connectionRequest,
  earlyResultBytes,
  parseConfirm,
  protocol,
  type RdpSecurity,
  tpktHeaderBytes,
} from './negotiate.ts';
import { type Credentials, channelBindings, createNtlmClient } from './ntlm.ts';
import { protocolError, RdpProblem, statusProblem } from './problems.ts';
import { readAlone, readExactly } from './read-exactly.ts';
import { decodeTsRequest } from './ts-request.ts';

export type RdpOptions = Readonly<{
  /** The desk's name, for the service principal name and for TLS. */
  host: string;
  credentials: Credentials;
  security: RdpSecurity;
  /** Only TLS 1.2 with RSA key transport; see openTls. Default: no. */
  keyTransport?: boolean;
  /** SHA-256 of the certificate in hex; null while none is known. */
  pin: string | null;
  /** Its reason is what a connection that takes too long fails with. */
  signal: AbortSignal;
  now(): number;
  random(bytes: number): Uint8Array;
  /** Told as soon as it is seen, also when it is not the known one. */
  onCertificate?(sha256: string): void;
}>;

export type RdpConnection = Readonly<{
  /** What follows MCS Connect Initial goes through here, in the clear. */
  stream: Duplex;
  protocol: number;
  certificate: Readonly<{ sha256: string; subject: string; notAfter: Date }>;
  pinned: boolean;
}>;

/** Negotiates, opens TLS and proves the user. When it fails the stream is destroyed. */
export async function openRdp(stream: Duplex, options: RdpOptions): Promise<RdpConnection> {
  const { signal, security, pin } = options;
  // What comes after the end is nobody's business any more, but must not bring the process down.
  stream.on('error', () => {});
  let secure: tls.TLSSocket | null = null;
  try {
    signal.throwIfAborted();
    stream.write(connectionRequest());
    const chosen = parseConfirm(await readConfirm(stream, signal), security);
    secure = await openTls(stream, options);
    const der = secure.getPeerX509Certificate()?.raw;
    if (!der) throw protocolError('a desk without a certificate');
    const certificate = readCertificate(der);
    const seen = () => options.onCertificate?.(certificate.sha256);
    if (pin !== null && pin.toLowerCase() !== certificate.sha256) {
      seen();
      throw new RdpProblem('desk-certificate-changed', 'the certificate is not the known one');
    }
    if (options.keyTransport) checkKeyTransport(chosen, certificate);
    // One that is to become the pin must first prove that it has the key, or whoever stands between could set it.
    if (chosen === protocol.ssl) seen();
    else await authenticate(secure, certificate, options, seen);
    if (chosen === protocol.hybridEx) await readEarlyResult(secure, signal);
    // The stream forgets its last reader in the next turn only, and would not flow for a new one before.
    await turn();
    signal.throwIfAborted();
    const { sha256, subject, notAfter } = certificate;
    return { stream: secure, protocol: chosen, certificate: { sha256, subject, notAfter }, pinned: pin !== null };
  } catch (error) {
    secure?.destroy();
    stream.destroy();
    throw error;
  }
}

/** The whole Connection Confirm, of which nothing has been looked at. */
export function readConfirm(stream: Duplex, signal: AbortSignal): Promise<Buffer> {
  const length = (head: Buffer) =>
    head.length < tpktHeaderBytes ? null : confirmBytes(head.subarray(0, tpktHeaderBytes));
  return readAlone(stream, length, signal);
}

/**
 * The certificate that Windows makes for itself says that its key is for encipherment only. Electron's TLS (BoringSSL) then
 * refuses every handshake in which the desk signs, which is all but RSA key transport; Node's own (OpenSSL) does not look.
 * So a desk of that kind is tried anew with that, which gives up forward secrecy between gateway and desk alone: up to the
 * gateway the stream is in the tunnel's TLS 1.3. Who the desk is, pin and CredSSP tell as before.
 */
const byKeyTransport = { maxVersion: 'TLSv1.2', ciphers: 'AES256-GCM-SHA384:AES128-GCM-SHA256' } as const;
const signsNot = /KEY_USAGE_BIT_INCORRECT/;

/** Whoever stands between must not be able to have it where the desk's own key may sign, nor where a password follows in clear. */
function checkKeyTransport(chosen: number, { signs }: DeskCertificate): void {
  if (signs) throw protocolError('key transport for a key that may sign');
  if (chosen === protocol.ssl)
    throw new RdpProblem('desk-tls-failed', 'key transport without network level authentication');
}

/** TLS over what has been negotiated; whose certificate it is is for the caller to look at. */
export function openTls(
  stream: Duplex,
  { host, signal, keyTransport = false }: Pick<RdpOptions, 'host' | 'signal' | 'keyTransport'>,
): Promise<tls.TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({
      socket: stream,
      // Desks sign their certificates themselves: the pin and CredSSP's binding to the key tell who it is.
      rejectUnauthorized: false,
      minVersion: 'TLSv1.2',
      ...(keyTransport && byKeyTransport),
      ...(isIP(host) === 0 && host !== '' ? { servername: host } : {}),
    });
    const settle = (done: () => void) => {
      signal.removeEventListener('abort', abort);
      socket.off('secureConnect', ready).off('close', hungUp);
      done();
    };
    const abort = () => {
      settle(() => reject(signal.reason));
      socket.destroy();
    };
    const ready = () => settle(() => resolve(socket));
    const hungUp = () => settle(() => reject(new RdpProblem('desk-hung-up', 'the desk hung up before TLS')));
    const fail = (code: string) =>
      settle(() =>
        reject(
          signsNot.test(code) && !keyTransport
            ? new RdpProblem('desk-key-signs-not', 'the key of the certificate is for encipherment only')
            : new RdpProblem('desk-tls-failed', 'no TLS could be agreed on'),
        ),
      );
    signal.addEventListener('abort', abort);
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (/^(ERR_SSL|EPROTO)/.test(error.code ?? '')) fail(`${error.code} ${error.message}`);
      else hungUp();
      // A stream whose TLS is broken tells so once and then stays silent for ever: everybody is to see it closed.
      socket.destroy();
    });
    socket.on('secureConnect', ready).on('close', hungUp);
  });
}

/** @param proven the desk has the key of its certificate; its password follows */
async function authenticate(
  secure: Duplex,
  certificate: DeskCertificate,
  options: RdpOptions,
  proven: () => void,
): Promise<void> {
  const { credentials, host, signal, now, random } = options;
  const bindings = certificate.endPoint && channelBindings(certificate.endPoint);
  const ntlm = createNtlmClient({ credentials, workstation: '', targetName: `TERMSRV/${host}`, bindings, now, random });
  const credssp = createCredssp({ ntlm, credentials, publicKey: certificate.publicKey, random });
  secure.write(credssp.start());
  const challenge = await readTsRequest(secure, signal);
  secure.write(credssp.take(challenge));
  const proof = await readTsRequest(secure, signal).catch((error: unknown) => {
    // Version 5 has no code to refuse a password with (MS-CSSP 2.2.1), and FreeRDP 2's server gives none in version 6
    // either: it just hangs up. That a desk breaks down in just this moment is far rarer.
    const hungUp = error instanceof RdpProblem && error.reason === 'desk-hung-up';
    throw hungUp ? new RdpProblem('desk-password-wrong', 'the desk hung up on the logon') : error;
  });
  const withCredentials = credssp.take(proof);
  proven();
  secure.write(withCredentials);
}

async function readEarlyResult(secure: Duplex, signal: AbortSignal): Promise<void> {
  const result = await readExactly(secure, earlyResultBytes, signal);
  if (result[0] !== derTag.sequence) return checkEarlyResult(result);
  // The credentials were refused in words of CredSSP.
  const whole = sequenceBytes(result);
  if (whole === null || whole < result.length) throw protocolError('an authorization result of another length');
  const rest = whole === result.length ? Buffer.alloc(0) : await readExactly(secure, whole - result.length, signal);
  const { errorCode } = decodeTsRequest(Buffer.concat([result, rest]));
  throw errorCode ? statusProblem(errorCode) : protocolError('an unknown authorization result');
}

/** One whole message of CredSSP. */
export async function readTsRequest(stream: Duplex, signal: AbortSignal): Promise<Buffer> {
  let head = await readExactly(stream, 2, signal);
  let whole = sequenceBytes(head);
  // A head has at most five bytes: `sequenceBytes` refuses longer ones.
  while (whole === null) {
    head = Buffer.concat([head, await readExactly(stream, 1, signal)]);
    whole = sequenceBytes(head);
  }
  if (whole === head.length) return head;
  return Buffer.concat([head, await readExactly(stream, whole - head.length, signal)]);
}
