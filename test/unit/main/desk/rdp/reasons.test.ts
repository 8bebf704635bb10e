import { expect, test } from 'vitest';
import { catalogue } from '#contract/errors/catalogue.ts';
import { RdpProblem, type RdpReason, statusProblem } from '#main/desk/rdp/problems.ts';
import { rdpFailure } from '#main/desk/rdp/reasons.ts';

const expected: Readonly<Record<RdpReason, string>> = {
  'desk-password-wrong': '4103',
  'desk-password-expired': '4106',
  'desk-password-must-change': '4106',
  'desk-account-locked': '4107',
  'desk-account-disabled': '4108',
  'desk-account-expired': '4108',
  'desk-logon-hours': '4109',
  'desk-logon-not-allowed': '4110',
  'desk-certificate-changed': '4111',
  'desk-needs-nla': '4105',
  'desk-without-nla': '4105',
  'desk-without-tls': '4105',
  'desk-tls-failed': '4105',
  'desk-key-signs-not': '4105',
  'desk-credssp-old': '4105',
  'desk-hung-up': '4102',
  'desk-refused': '4112',
  'desk-protocol-error': '4113',
};

test.each(Object.entries(expected))('has its own code when the problem is %s', (reason, code) => {
  const failure = rdpFailure(new RdpProblem(reason as RdpReason, 'a phrase'));
  expect(catalogue[failure.reason].code).toBe(code);
  expect(JSON.stringify(failure)).not.toContain('a phrase');
  // What the text of the catalogue has a place for is given.
  expect('offered' in failure.details).toBe(/\{offered\}/.test(catalogue[failure.reason].cause.en));
});

test('tells a locked account from a wrong password when the desk does', () => {
  expect(rdpFailure(statusProblem(0xc000_0234))).toEqual({ reason: 'deskAccountLocked', details: {} });
  expect(rdpFailure(statusProblem(0xc000_006d))).toEqual({ reason: 'deskPasswordWrong', details: {} });
  // The same as a Win32 error in an HRESULT and in an NTSTATUS; what FreeRDP 3's server says of a wrong password.
  expect(rdpFailure(statusProblem(0x8007_0775)).reason).toBe('deskAccountLocked');
  expect(rdpFailure(statusProblem(0xc007_0532)).reason).toBe('deskPasswordExpired');
  expect(rdpFailure(statusProblem(0xc007_00ea)).reason).toBe('deskPasswordWrong');
  expect(rdpFailure(statusProblem(0x8008_052e)).reason).toBe('deskRefused');
  expect(rdpFailure(statusProblem(0x1234_5678))).toEqual({ reason: 'deskRefused', details: {} });
});
