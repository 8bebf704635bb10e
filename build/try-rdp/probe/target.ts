import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { protocol } from '#main/desk/rdp/negotiate.ts';

/** The Windows host that is tried. */
export type Target = Readonly<{ host: string; port: number }>;

/** What is asked for in one negotiation (MS-RDPBCGR 2.2.1.1.1); PROTOCOL_SSL goes with PROTOCOL_HYBRID. */
export const asked = {
  rdp: protocol.rdp,
  tls: protocol.ssl,
  nla: protocol.ssl | protocol.hybrid,
  nlaEx: protocol.ssl | protocol.hybrid | protocol.hybridEx,
} as const;
export type Asked = keyof typeof asked;

/** @throws signal's reason */
export async function dial({ host, port }: Target, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted();
  const socket = connect({ host, port });
  // What comes after the end is nobody's business any more, but must not bring the process down.
  socket.on('error', () => {});
  try {
    await once(socket, 'connect', { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    throw signal.aborted ? signal.reason : error;
  }
}

/** Where requestedProtocols lies in the Connection Request that `connectionRequest` makes. */
export const requestedAt = 15;

/**
 * A connection whose first message asks for these protocols alone, whoever writes it: the app's own sign-in always asks
 * for all, and a host takes the best.
 */
export async function dialAsking(target: Target, what: Asked, signal: AbortSignal): Promise<Socket> {
  const socket = await dial(target, signal);
  const write = socket.write.bind(socket) as (bytes: Buffer) => boolean;
  socket.write = ((bytes: Buffer) => {
    // @ts-expect-error: from now on the prototype's own again
    delete socket.write;
    const request = Buffer.from(bytes);
    request.writeUInt32LE(asked[what], requestedAt);
    return write(request);
  }) as Socket['write'];
  return socket;
}
