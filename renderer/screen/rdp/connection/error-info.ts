import type { ErrorName } from '#contract/errors/catalogue.ts';
import { protocolProblem, ScreenEnd } from '../../core/screen-end.ts';

/** Codes of the Set Error Info PDU (MS-RDPBCGR 2.2.5.1.1) that have a reason of their own in the catalogue. */
const reasons = new Map<number, ErrorName>([
  [0x01, 'deskClosed'], // RPC_INITIATED_DISCONNECT, by an administrator
  [0x02, 'deskClosed'], // RPC_INITIATED_LOGOFF
  [0x03, 'deskTimeLimit'], // IDLE_TIMEOUT
  [0x04, 'deskTimeLimit'], // LOGON_TIMEOUT: of the active session
  [0x05, 'deskTakenOver'], // DISCONNECTED_BY_OTHERCONNECTION
  [0x06, 'deskRefused'], // OUT_OF_MEMORY
  [0x07, 'deskLogonNotAllowed'], // SERVER_DENIED_CONNECTION
  [0x09, 'deskLogonNotAllowed'], // SERVER_INSUFFICIENT_PRIVILEGES
  [0x0a, 'deskLogonNotAllowed'], // SERVER_FRESH_CREDENTIALS_REQUIRED
  [0x0b, 'deskClosed'], // RPC_INITIATED_DISCONNECT_BYUSER
  [0x0c, 'deskClosed'], // LOGOFF_BY_USER
  [0x17, 'deskClosed'], // SERVER_WINLOGON_CRASH
  [0x18, 'deskClosed'], // SERVER_CSRSS_CRASH
  [0x19, 'deskClosed'], // SERVER_SHUTDOWN
  [0x1a, 'deskClosed'], // SERVER_REBOOT
  [0x0404, 'deskRedirects'], // CB_REDIRECTING_TO_DESTINATION
]);

/** Licensing: LICENSE_INTERNAL to LICENSE_NO_REMOTE_CONNECTIONS. */
const licensing = [0x0100, 0x010a] as const;
/** What the desk found wrong with our messages: UNKNOWNPDUTYPE2 to the failed decryption of a PDU. */
const protocol = [0x10c9, 0x1195] as const;

/** @returns why the desk is about to leave; undefined for ERRINFO_NONE, which takes back what was said before */
export function endOfErrorInfo(code: number): ScreenEnd | undefined {
  if (code === 0) return undefined;
  const reason = reasons.get(code);
  if (reason !== undefined) return new ScreenEnd(reason);
  if (within(code, licensing)) return new ScreenEnd('deskLicence');
  if (within(code, protocol)) return protocolProblem(`refused by the desk with error ${code}`);
  return new ScreenEnd('deskRefused');
}

const within = (code: number, [first, last]: readonly [number, number]) => code >= first && code <= last;
