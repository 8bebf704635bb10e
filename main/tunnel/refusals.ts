import type { IncomingMessage } from 'node:http';
import { type ErrorName, isErrorName } from '#contract/errors/catalogue.ts';
import { type ErrorDetails, HanareError } from '#contract/errors/hanare-error.ts';
import { refusalHeader } from '#contract/wire/grant.ts';

/** Where a connection was when it failed: the same socket error means something else before and after TLS. */
export type DialStep = 'reaching' | 'securing' | 'secured';

/** Codes of node:net, node:tls and OpenSSL. BoringSSL (Electron) spells some TLS ones otherwise; those fall to `tlsFailed`. */
const byCode: Readonly<Record<string, ErrorName>> = {
  ENOTFOUND: 'gatewayNotFound',
  EAI_AGAIN: 'gatewayNotFound',
  EAI_NONAME: 'gatewayNotFound',
  ECONNREFUSED: 'gatewayRefused',
  ENETUNREACH: 'networkDown',
  EHOSTUNREACH: 'networkDown',
  ENETDOWN: 'networkDown',
  EADDRNOTAVAIL: 'networkDown',
  ETIMEDOUT: 'gatewayTimeout',
  CERT_NOT_YET_VALID: 'clockWrong',
  CERT_HAS_EXPIRED: 'clockWrong',
  UNABLE_TO_GET_ISSUER_CERT: 'gatewayNotOurs',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'gatewayNotOurs',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'gatewayNotOurs',
  SELF_SIGNED_CERT_IN_CHAIN: 'gatewayNotOurs',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'gatewayNotOurs',
  CERT_SIGNATURE_FAILURE: 'gatewayNotOurs',
  CERT_UNTRUSTED: 'gatewayNotOurs',
  CERT_REJECTED: 'gatewayNotOurs',
  INVALID_CA: 'gatewayNotOurs',
  INVALID_PURPOSE: 'gatewayNotOurs',
  HOSTNAME_MISMATCH: 'gatewayNotOurs',
  ERR_TLS_CERT_ALTNAME_INVALID: 'gatewayNotOurs',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'deviceCertificateMissing',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'deviceCertificateRefused',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'deviceCertificateRefused',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: 'deviceCertificateRefused',
  ERR_SSL_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE: 'deviceCertificateRefused',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: 'deviceCertificateExpired',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED: 'deviceRevoked',
};

/**
 * Names the reason of a failed connection to the gateway.
 * @param step how far the connection had come. @param details host and port, for the texts.
 */
export function refusalOf(error: unknown, step: DialStep, details: ErrorDetails): HanareError {
  if (error instanceof HanareError) return error;
  const code = (error as { code?: unknown } | null)?.code;
  const known = typeof code === 'string' && Object.hasOwn(byCode, code) ? byCode[code] : undefined;
  if (known) return new HanareError(known, details, { cause: error });
  // Node's HTTP parser and the WebSocket library: the other side is ours, but does not speak as agreed.
  if (typeof code === 'string' && /^(HPE_|WS_ERR_)/.test(code)) {
    return new HanareError('protocolMismatch', {}, { cause: error });
  }
  const fallback = { reaching: 'gatewayTimeout', securing: 'tlsFailed', secured: 'connectionLost' } as const;
  return new HanareError(fallback[step], details, { cause: error });
}

/**
 * Reads why the gateway answered an upgrade or a CONNECT with a refusal. Only a gateway that proved to be ours gets
 * this far, yet its header may name nothing but a reason of the catalogue.
 */
export function refusalOfResponse(response: IncomingMessage, fallback: ErrorName): HanareError {
  const named = response.headers[refusalHeader];
  if (isErrorName(named)) return new HanareError(named);
  return new HanareError(response.statusCode === 503 ? 'gatewayBusy' : fallback, { status: response.statusCode ?? 0 });
}
