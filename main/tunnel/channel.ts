import { request } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { HanareError } from '#contract/errors/hanare-error.ts';
import { refusalOf, refusalOfResponse } from './refusals.ts';

/**
 * Asks the gateway for the desk named in the grant: `CONNECT <deskId>.desk:<protocol>` (RFC 9110 §9.3.6).
 * @returns the paused byte stream to the desk.
 * @throws HanareError grantRefused, deskNotAssigned, deskDown, gatewayBusy, connectionLost or what the gateway names
 */
export function openChannel(
  socket: TLSSocket,
  options: { authority: string; token: string; signal: AbortSignal },
): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const connect = request({
      method: 'CONNECT',
      path: options.authority,
      headers: { host: options.authority, authorization: `Bearer ${options.token}` },
      createConnection: () => socket,
      signal: options.signal,
    });
    connect.once('connect', (response, stream, head) => {
      if (response.statusCode !== 200) {
        stream.destroy();
        reject(refusalOfResponse(response, 'grantRefused'));
        return;
      }
      stream.pause();
      if (head.length > 0) stream.unshift(head);
      resolve(stream);
    });
    // A gateway that refuses the certificate answers before it has read the request, as a plain response.
    connect.once('response', (response) => {
      socket.destroy();
      reject(refusalOfResponse(response, 'grantRefused'));
    });
    connect.once('error', (error) => reject(error instanceof HanareError ? error : refusalOf(error, 'secured', {})));
    connect.end();
  });
}
