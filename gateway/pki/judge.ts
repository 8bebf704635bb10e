import { createHash, type X509Certificate } from 'node:crypto';
import type { ErrorName } from '#contract/errors/catalogue.ts';

const clientAuth = '1.3.6.1.5.5.7.3.2';

/** Base64url SHA-256 of a certificate's DER: `x5t#S256` of RFC 8705 §3.1, and the key of the device's row. */
export function fingerprintOf(der: Uint8Array): string {
  return createHash('sha256').update(der).digest('base64url');
}

export type CertificateFacts = Readonly<{
  /** What the client presented; undefined when it presented nothing. */
  leaf: X509Certificate | undefined;
  /** The site's CA and the client CAs that it trusts besides. */
  cas: readonly X509Certificate[];
  /** OpenSSL's own verdict on the chain. */
  chainTrusted: boolean;
  /** Milliseconds since 1970. */
  now: number;
}>;

/**
 * Decides about a device certificate by itself, not by its row in the store.
 * OpenSSL reports only the last of several faults, so the exact reason is worked out here: the leaf must be signed by
 * one of the CAs itself (no intermediate: a leaf acting as CA is refused), be no CA, and be meant for clients.
 * INVARIANT: a certificate that OpenSSL does not trust is never accepted, whatever is found here.
 * @returns undefined when the certificate may pass.
 */
export function judgeCertificate(facts: CertificateFacts): ErrorName | undefined {
  const { leaf, cas, now } = facts;
  if (leaf === undefined) return 'deviceCertificateMissing';
  if (!isDeviceCertificate(leaf) || !cas.some((ca) => issuedBy(leaf, ca))) return 'deviceCertificateRefused';
  if (now < leaf.validFromDate.getTime() || now > leaf.validToDate.getTime()) return 'deviceCertificateExpired';
  return facts.chainTrusted ? undefined : 'deviceCertificateRefused';
}

/** Whether `ca` itself signed the leaf; a certificate that signed itself is not issued by anyone. */
export function issuedBy(leaf: X509Certificate, ca: X509Certificate): boolean {
  return leaf.checkIssued(ca) && leaf.verify(ca.publicKey) && leaf.fingerprint256 !== ca.fingerprint256;
}

/** No CA, and meant for clients. One without an extended key usage (any purpose, RFC 5280 §4.2.1.12) is refused. */
export function isDeviceCertificate(leaf: X509Certificate): boolean {
  return !leaf.ca && (leaf.keyUsage ?? []).includes(clientAuth);
}
