/** Why a remote desktop connection cannot be had. */
export type RdpReason =
  | 'desk-password-wrong'
  | 'desk-password-expired'
  | 'desk-password-must-change'
  | 'desk-account-locked'
  | 'desk-account-disabled'
  | 'desk-account-expired'
  | 'desk-logon-hours'
  | 'desk-logon-not-allowed'
  | 'desk-certificate-changed'
  | 'desk-needs-nla'
  | 'desk-without-nla'
  | 'desk-without-tls'
  | 'desk-tls-failed'
  | 'desk-key-signs-not'
  | 'desk-credssp-old'
  | 'desk-hung-up'
  | 'desk-refused'
  | 'desk-protocol-error';

/**
 * The message is one of our own fixed phrases: nothing that the desk said, but for the number of a status, and nothing of the
 * credentials gets into it.
 */
export class RdpProblem extends Error {
  override readonly name = 'RdpProblem';
  readonly reason: RdpReason;

  constructor(reason: RdpReason, phrase: string) {
    super(`${reason}: ${phrase}`);
    this.reason = reason;
  }
}

export const protocolError = (phrase: string) => new RdpProblem('desk-protocol-error', phrase);

/** NTSTATUS (MS-ERREF 2.3.1) and security package codes (2.1.1) that a server answers a logon with. */
const reasonOfStatus: ReadonlyMap<number, RdpReason> = new Map([
  [0xc000_006d, 'desk-password-wrong'], // STATUS_LOGON_FAILURE
  [0xc000_006a, 'desk-password-wrong'], // STATUS_WRONG_PASSWORD
  [0xc000_0064, 'desk-password-wrong'], // STATUS_NO_SUCH_USER
  [0x8009_030c, 'desk-password-wrong'], // SEC_E_LOGON_DENIED
  [0x8009_030e, 'desk-password-wrong'], // SEC_E_NO_CREDENTIALS
  // SEC_E_MESSAGE_ALTERED: FreeRDP's server finds a wrong password by the message integrity code.
  [0x8009_030f, 'desk-password-wrong'],
  [0xc000_0071, 'desk-password-expired'], // STATUS_PASSWORD_EXPIRED
  [0xc000_0224, 'desk-password-must-change'], // STATUS_PASSWORD_MUST_CHANGE
  [0xc000_0234, 'desk-account-locked'], // STATUS_ACCOUNT_LOCKED_OUT
  [0xc000_0072, 'desk-account-disabled'], // STATUS_ACCOUNT_DISABLED
  [0xc000_0193, 'desk-account-expired'], // STATUS_ACCOUNT_EXPIRED
  [0xc000_006f, 'desk-logon-hours'], // STATUS_INVALID_LOGON_HOURS
  [0xc000_0070, 'desk-logon-not-allowed'], // STATUS_INVALID_WORKSTATION
  [0xc000_015b, 'desk-logon-not-allowed'], // STATUS_LOGON_TYPE_NOT_GRANTED
  [0xc000_006e, 'desk-logon-not-allowed'], // STATUS_ACCOUNT_RESTRICTION
  [0xc000_0413, 'desk-logon-not-allowed'], // STATUS_AUTHENTICATION_FIREWALL_FAILED
  [0xc000_0022, 'desk-logon-not-allowed'], // STATUS_ACCESS_DENIED
  [0xc000_0418, 'desk-logon-not-allowed'], // STATUS_NTLM_BLOCKED
  [0x8009_0346, 'desk-protocol-error'], // SEC_E_BAD_BINDINGS: somebody is between
  [0x8009_0302, 'desk-logon-not-allowed'], // SEC_E_UNSUPPORTED_FUNCTION: NTLM is switched off there
]);

/** The same as error codes of Win32 (MS-ERREF 2.2), which a status may carry: facility 7 of an HRESULT or an NTSTATUS. */
const reasonOfWin32: ReadonlyMap<number, RdpReason> = new Map([
  [0x05, 'desk-logon-not-allowed'], // ERROR_ACCESS_DENIED
  // ERROR_MORE_DATA: FreeRDP 3's server sends whatever its last error was, and has this one when it refuses a password.
  [0xea, 'desk-password-wrong'],
  [0x52e, 'desk-password-wrong'], // ERROR_LOGON_FAILURE
  [0x56, 'desk-password-wrong'], // ERROR_INVALID_PASSWORD
  [0x52f, 'desk-logon-not-allowed'], // ERROR_ACCOUNT_RESTRICTION
  [0x530, 'desk-logon-hours'], // ERROR_INVALID_LOGON_HOURS
  [0x531, 'desk-logon-not-allowed'], // ERROR_INVALID_WORKSTATION
  [0x532, 'desk-password-expired'], // ERROR_PASSWORD_EXPIRED
  [0x533, 'desk-account-disabled'], // ERROR_ACCOUNT_DISABLED
  [0x569, 'desk-logon-not-allowed'], // ERROR_LOGON_TYPE_NOT_GRANTED
  [0x701, 'desk-account-expired'], // ERROR_ACCOUNT_EXPIRED
  [0x773, 'desk-password-must-change'], // ERROR_PASSWORD_MUST_CHANGE
  [0x775, 'desk-account-locked'], // ERROR_ACCOUNT_LOCKED_OUT
  [0x78f, 'desk-logon-not-allowed'], // ERROR_AUTHENTICATION_FIREWALL_FAILED
  [0x791, 'desk-logon-not-allowed'], // ERROR_NTLM_BLOCKED
]);

export function statusProblem(status: number): RdpProblem {
  const code = status >>> 0;
  // With or without the bit that marks an NTSTATUS.
  const win32 = (code & 0xbfff_0000) >>> 0 === 0x8007_0000 ? reasonOfWin32.get(code & 0xffff) : undefined;
  const reason = reasonOfStatus.get(code) ?? win32 ?? 'desk-refused';
  return new RdpProblem(reason, `the logon was refused (${code.toString(16)})`);
}
