import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { encodeClientInfo, type McsChannels, ownClientInfo } from '#main/desk/rdp/client-info.ts';
import { openRdp } from '#main/desk/rdp/open-rdp.ts';
import { ownTimeZone } from '#main/desk/rdp/time-zone.ts';
import type { RdpAccess } from '../desks.ts';

/** An open desk as main has it: for RDP what follows the sign-in. */
export type DeskConnection = Readonly<{
  stream: Duplex;
  selectedProtocol: number | null;
  clientInfo: ((channels: McsChannels) => Uint8Array) | null;
}>;

const openLimitMs = 20_000;

export async function connectDesk(port: number, access: RdpAccess | null): Promise<DeskConnection> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  if (access === null) return { stream: socket, selectedProtocol: null, clientInfo: null };
  const { user, password, security } = access;
  const credentials = { user, password, domain: '' };
  const { stream, protocol } = await openRdp(socket, {
    ...{ host: '127.0.0.1', credentials, security, pin: null, now: Date.now, random: randomBytes },
    signal: AbortSignal.timeout(openLimitMs),
  });
  const clientInfo = (channels: McsChannels) =>
    encodeClientInfo(channels, ownClientInfo(protocol, credentials, ownTimeZone(Date.now())));
  return { stream, selectedProtocol: protocol, clientInfo };
}
