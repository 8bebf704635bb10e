import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { errorNames } from '#contract/errors/catalogue.ts';
import { HanareError } from '#contract/errors/hanare-error.ts';
import { refusalHeader } from '#contract/wire/grant.ts';
import { type DialStep, refusalOf, refusalOfResponse } from '#main/tunnel/refusals.ts';

const steps: readonly DialStep[] = ['reaching', 'securing', 'secured'];
const withCode = (code: unknown) => Object.assign(new Error('failed'), { code });
const details = { host: 'gw', port: 443 };

describe('a failed connection', () => {
  it.each([
    ['ENOTFOUND', 'gatewayNotFound'],
    ['EAI_AGAIN', 'gatewayNotFound'],
    ['ECONNREFUSED', 'gatewayRefused'],
    ['ENETUNREACH', 'networkDown'],
    ['EHOSTUNREACH', 'networkDown'],
    ['ENETDOWN', 'networkDown'],
    ['ETIMEDOUT', 'gatewayTimeout'],
    ['CERT_HAS_EXPIRED', 'clockWrong'],
    ['CERT_NOT_YET_VALID', 'clockWrong'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'gatewayNotOurs'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'gatewayNotOurs'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'deviceCertificateMissing'],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'deviceCertificateRefused'],
    ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED', 'deviceCertificateExpired'],
    ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED', 'deviceRevoked'],
    ['HPE_INVALID_CONSTANT', 'protocolMismatch'],
    ['WS_ERR_UNSUPPORTED_MESSAGE_LENGTH', 'protocolMismatch'],
  ])('is named by its code, at whatever step, when that is %s', (code, reason) => {
    for (const step of steps) expect(refusalOf(withCode(code), step, details).reason).toBe(reason);
  });

  it.each([
    ['reaching', 'gatewayTimeout'],
    ['securing', 'tlsFailed'],
    ['secured', 'connectionLost'],
  ] as const)('is named by its step when its code says nothing and it was %s', (step, reason) => {
    for (const error of [withCode('ECONNRESET'), withCode(7), new Error('x'), undefined, null, 'text', {}]) {
      const refusal = refusalOf(error, step, details);
      expect(refusal).toMatchObject({ reason, details });
      expect(refusal.cause).toBe(error);
    }
  });

  it.each(['constructor', '__proto__', 'toString'])('is named by its step when its code is %s', (code) => {
    expect(refusalOf(withCode(code), 'secured', {}).reason).toBe('connectionLost');
  });

  it('stays what it is when it was named before', () => {
    const named = new HanareError('deskDown');
    expect(refusalOf(named, 'reaching', details)).toBe(named);
  });
});

describe('a refusing answer', () => {
  const answer = (statusCode: number | undefined, named?: unknown) =>
    ({ statusCode, headers: named === undefined ? {} : { [refusalHeader]: named } }) as unknown as IncomingMessage;

  it.each(errorNames)('has the gateway’s reason when that is %s', (name) => {
    expect(refusalOfResponse(answer(503, name), 'grantRefused')).toMatchObject({ reason: name, details: {} });
  });

  it.each([undefined, '', 'nonsense', 'constructor', '__proto__', 'internal, deskDown', ['internal']])(
    'has the reason that fits the request, and the status, when the gateway names %j',
    (named) => {
      expect(refusalOfResponse(answer(403, named), 'grantRefused')).toMatchObject({
        reason: 'grantRefused',
        details: { status: 403 },
      });
    },
  );

  it('means busy when it is a 503 without a reason', () => {
    expect(refusalOfResponse(answer(503), 'grantRefused').reason).toBe('gatewayBusy');
  });

  it('has status 0 when it has none', () => {
    expect(refusalOfResponse(answer(undefined), 'protocolMismatch').details).toEqual({ status: 0 });
  });
});
