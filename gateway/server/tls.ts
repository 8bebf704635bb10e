import { constants, type KeyObject, type X509Certificate } from 'node:crypto';
import { createSecureContext, createServer, type Server, type TLSSocket, type TlsOptions } from 'node:tls';
import type { ErrorName } from '#contract/errors/catalogue.ts';
import type { Identity } from '../identity/identity.ts';
import { fingerprintOf, judgeCertificate } from '../pki/judge.ts';
import type { SiteSecrets } from '../site/site.ts';
import type { Limits } from './limits.ts';

/** Hybrid post-quantum first, where the runtime knows it. */
const groups = ['X25519MLKEM768:X25519:P-256', 'X25519:P-256'] as const;

function keyExchangeGroups(): string {
  return groups.find((ecdhCurve) => {
    try {
      createSecureContext({ ecdhCurve });
      return true;
    } catch {
      return false;
    }
  })!;
}

/**
 * TLS 1.3 only, no resumption: a resumed handshake shows no certificate and would skip the look at the store.
 * INVARIANT: of a laptop that has not shown a certificate, only the enrolment port parses anything.
 */
function serverOptions(site: SiteSecrets, limits: Limits): TlsOptions {
  return {
    key: site.server.privateKey,
    cert: site.server.certificate,
    minVersion: 'TLSv1.3',
    maxVersion: 'TLSv1.3',
    ecdhCurve: keyExchangeGroups(),
    secureOptions: constants.SSL_OP_NO_TICKET,
    ALPNProtocols: ['http/1.1'],
    handshakeTimeout: limits.handshakeMs,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: 15_000,
  };
}

/** The main port: client certificates asked for. The verdict is ours (`admit`), so that a refused client learns why. */
export function createTlsServer(site: SiteSecrets, limits: Limits): Server {
  const server = createServer({
    ...serverOptions(site, limits),
    ca: [site.ca.certificate, ...site.clientCas],
    requestCert: true,
    rejectUnauthorized: false,
    // The relay passes a half-close on; http and ws end their own sockets.
    allowHalfOpen: true,
  });
  server.maxConnections = limits.connections;
  return server;
}

/** The enrolment port: a laptop that has no certificate yet. Whoever leaves in the middle takes no place from others. */
export function createOpenTlsServer(site: SiteSecrets, limits: Limits): Server {
  const server = createServer(serverOptions(site, limits));
  server.maxConnections = limits.enrolConnections;
  return server;
}

/** A device that came through the door. Its row is looked up again at every step: this is only who it is. */
export type Caller = Readonly<{ device: string; user: string; fingerprint: string }>;
/** `eraseOnly`: a laptop that was given up and has not confirmed its erasing; it may hear that order and nothing else. */
export type Admission = Readonly<{
  caller: Caller;
  mode: 'normal' | 'eraseOnly';
  /** Public key of the certificate that was shown: what the laptop signs its statements with. */
  key: KeyObject;
  /** Address that it comes from. */
  source: string;
}>;

/**
 * Decides about a socket right after its handshake, before one byte of it is parsed.
 * @param cas those whose certificates a laptop may show.
 * @param door what the store says of a certificate, by its fingerprint.
 */
export function admit(
  socket: TLSSocket,
  cas: readonly X509Certificate[],
  door: Identity['door'],
  now: number,
): Admission | { refusal: ErrorName } {
  const leaf = socket.getPeerX509Certificate();
  const chainTrusted = socket.authorized && !socket.isSessionReused() && socket.getProtocol() === 'TLSv1.3';
  const refusal = judgeCertificate({ leaf, cas, chainTrusted, now });
  if (refusal !== undefined || leaf === undefined) return { refusal: refusal ?? 'deviceCertificateMissing' };
  const fingerprint = fingerprintOf(leaf.raw);
  const known = door(fingerprint);
  if ('refusal' in known) return known;
  const { device, mode } = known;
  const caller = { device: device.id, user: device.user, fingerprint };
  // A dual-stack socket names IPv4 peers in IPv6's clothes (RFC 4291, 2.5.5.2).
  const source = socket.remoteAddress?.replace(/^::ffff:(?=\d+\.)/i, '') ?? 'unknown';
  return { caller, mode, key: leaf.publicKey, source };
}
