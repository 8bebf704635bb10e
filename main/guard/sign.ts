import { createPrivateKey, sign } from 'node:crypto';
import type { Evidence } from '#contract/evidence/evidence.ts';

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/**
 * What the laptop testifies, as a compact JWS (RFC 7515) by the key of its certificate: ES256, or RS256 for an imported RSA
 * key. @param by.nonce of the connection; null for a residue receipt, which outlives its connection.
 * @param by.now ms since 1970. @throws when the key cannot be read.
 */
export function signEvidence(
  evidence: Evidence,
  by: { device: string; privateKey: string; nonce: string | null; now: number },
): string {
  const key = createPrivateKey(by.privateKey);
  const elliptic = key.asymmetricKeyType === 'ec';
  const claims = {
    sub: by.device,
    iat: Math.floor(by.now / 1000),
    ...(by.nonce === null ? {} : { nonce: by.nonce }),
    evidence,
  };
  const content = `${encoded({ alg: elliptic ? 'ES256' : 'RS256' })}.${encoded(claims)}`;
  const how = elliptic ? { key, dsaEncoding: 'ieee-p1363' as const } : { key };
  return `${content}.${sign('sha256', Buffer.from(content), how).toString('base64url')}`;
}
