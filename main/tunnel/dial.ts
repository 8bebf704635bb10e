import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { HanareError } from '#contract/errors/hanare-error.ts';
import type { Address } from '#contract/wire/enrol.ts';
import { type DialStep, refusalOf } from './refusals.ts';

/** What a connection to the gateway needs of the device, PEM. Without certificate and key none is shown. */
export type Credentials = Readonly<{
  gateway: Address;
  ca: string;
  certificate: string | null;
  privateKey: string | null;
}>;

/**
 * Groups for the key exchange, best first; X25519MLKEM768 is the hybrid post-quantum one. A runtime without it refuses
 * the whole list, so the list without it is tried then (OpenSSL below 3.5, BoringSSL under another name).
 */
const groupLists = ['X25519MLKEM768:X25519:P-256:P-384', 'X25519:P-256:P-384'] as const;

/**
 * Opens one mutually authenticated TLS 1.3 connection to the gateway, trusting the site's CA and no other. No session
 * tickets are kept: a resumed session would skip the gateway's look at the certificate.
 * @param onReached called once TCP is up.
 * @throws HanareError gatewayNotFound, gatewayRefused, gatewayTimeout, networkDown, tlsFailed, gatewayNotOurs, clockWrong,
 *   deviceFileDamaged
 */
export async function dialGateway(
  credentials: Credentials,
  options: { signal: AbortSignal; onReached?: () => void },
): Promise<TLSSocket> {
  const { host, port } = credentials.gateway;
  for (const [index, groups] of groupLists.entries()) {
    try {
      return await dialWith(credentials, groups, options);
    } catch (error) {
      if (error instanceof HanareError) throw error;
      // Thrown before anything was sent: the groups are unknown here, or certificate and key are unreadable or no pair.
      const unsupported = (error as { code?: string }).code === 'ERR_CRYPTO_OPERATION_FAILED';
      if (!unsupported) throw new HanareError('deviceFileDamaged', {}, { cause: error });
      if (index === groupLists.length - 1) throw new HanareError('tlsFailed', { host, port }, { cause: error });
    }
  }
  throw new Error('unreachable');
}

function dialWith(
  { gateway: { host, port }, ca, certificate, privateKey }: Credentials,
  ecdhCurve: string,
  { signal, onReached }: { signal: AbortSignal; onReached?: () => void },
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    let at: DialStep = 'reaching';
    const socket = connect({
      host,
      port,
      // RFC 6066 §3 allows no addresses as server names; the certificate is still checked against the address.
      ...(isIP(host) ? {} : { servername: host }),
      ca,
      // Said aloud: where it is left out, NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment would let anyone in.
      rejectUnauthorized: true,
      ...(certificate && privateKey ? { cert: certificate, key: privateKey } : {}),
      minVersion: 'TLSv1.3',
      maxVersion: 'TLSv1.3',
      ecdhCurve,
      ALPNProtocols: ['http/1.1'],
    });
    socket.setNoDelay(true);
    const fail = (error: unknown) => {
      settle();
      socket.on('error', () => {});
      socket.destroy();
      reject(refusalOf(error, at, { host, port }));
    };
    const closed = () => fail(new Error('closed while connecting'));
    const aborted = () => fail(signal.reason);
    const settle = () => {
      socket.off('error', fail);
      socket.off('close', closed);
      signal.removeEventListener('abort', aborted);
    };
    socket.on('error', fail);
    socket.on('close', closed);
    signal.addEventListener('abort', aborted, { once: true });
    socket.once('connect', () => {
      at = 'securing';
      onReached?.();
    });
    socket.once('secureConnect', () => {
      settle();
      resolve(socket);
    });
    if (signal.aborted) aborted();
  });
}
