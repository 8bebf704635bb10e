import type { Failure } from '#contract/errors/hanare-error.ts';
import type { RdpProblem, RdpReason } from './problems.ts';

const plain = (reason: Failure['reason']): Failure => ({ reason, details: {} });
const unsupported = (offered: string): Failure => ({ reason: 'deskSecurityUnsupported', details: { offered } });

const failures: Readonly<Record<RdpReason, Failure>> = {
  'desk-password-wrong': plain('deskPasswordWrong'),
  'desk-password-expired': plain('deskPasswordExpired'),
  'desk-password-must-change': plain('deskPasswordExpired'),
  'desk-account-locked': plain('deskAccountLocked'),
  'desk-account-disabled': plain('deskAccountDisabled'),
  'desk-account-expired': plain('deskAccountDisabled'),
  'desk-logon-hours': plain('deskLogonHours'),
  'desk-logon-not-allowed': plain('deskLogonNotAllowed'),
  'desk-certificate-changed': plain('deskCertificateChanged'),
  'desk-needs-nla': unsupported('NLA'),
  'desk-without-nla': unsupported('TLS'),
  'desk-without-tls': unsupported('RDP'),
  'desk-tls-failed': unsupported('TLS'),
  'desk-key-signs-not': unsupported('TLS'),
  'desk-credssp-old': unsupported('CredSSP'),
  'desk-hung-up': plain('deskClosed'),
  'desk-refused': plain('deskRefused'),
  'desk-protocol-error': plain('deskProtocolError'),
};

/** What a person is told. */
export const rdpFailure = (problem: RdpProblem): Failure => failures[problem.reason];
