import { constants, X509Certificate } from 'node:crypto';
import { createSecureContext, createServer, type Server, type TLSSocket } from 'node:tls';
import type { ErrorName } from '#contract/errors/catalogue.ts';
import { fingerprintOf, judgeCertificate } from '../pki/judge.ts';
import type { Site } from '../site/site.ts';
import type { DeviceRow } from '../store/directory.ts';
import type { Limits } from './limits.ts';
import { mayConnect } from './policy.ts';

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
 * TLS 1.3 only, client certificates asked for, no resumption: a resumed handshake shows no certificate and would skip
 * the look at the store. The verdict on the certificate is ours (`admit`), so that a refused client learns why.
 */
export function createTlsServer(site: Site, limits: Limits): Server {
  return createServer({
    key: site.server.privateKey,
    cert: site.server.certificate,
    ca: site.ca,
    requestCert: true,
    rejectUnauthorized: false,
    minVersion: 'TLSv1.3',
    maxVersion: 'TLSv1.3',
    ecdhCurve: keyExchangeGroups(),
    secureOptions: constants.SSL_OP_NO_TICKET,
    ALPNProtocols: ['http/1.1'],
    handshakeTimeout: limits.handshakeMs,
    // The relay passes a half-close on; http and ws end their own sockets.
    allowHalfOpen: true,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: 15_000,
  });
}

/** A device that came through the door. Its row is looked up again at every step: this is only who it is. */
export type Caller = Readonly<{ device: string; user: string; fingerprint: string }>;

/**
 * Decides about a socket right after its handshake, before one byte of it is parsed.
 * @param lookup the device's row by its certificate's fingerprint.
 */
export function admit(
  socket: TLSSocket,
  ca: X509Certificate,
  lookup: (fingerprint: string) => DeviceRow | undefined,
  now: number,
): { caller: Caller } | { refusal: ErrorName } {
  const leaf = socket.getPeerX509Certificate();
  const chainTrusted = socket.authorized && !socket.isSessionReused() && socket.getProtocol() === 'TLSv1.3';
  const refusal = judgeCertificate({ leaf, ca, chainTrusted, now });
  if (refusal !== undefined || leaf === undefined) return { refusal: refusal ?? 'deviceCertificateMissing' };
  const fingerprint = fingerprintOf(leaf.raw);
  const device = lookup(fingerprint);
  const unknown = mayConnect(device);
  if (unknown !== undefined || device === undefined) return { refusal: unknown ?? 'deviceRevoked' };
  return { caller: { device: device.id, user: device.user, fingerprint } };
}

export function parseCertificate(pem: string): X509Certificate {
  return new X509Certificate(pem);
}
