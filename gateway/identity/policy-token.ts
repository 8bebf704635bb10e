import { createPrivateKey, createPublicKey } from 'node:crypto';
import { SignJWT } from 'jose';
import { type Origins, type Policy, policyAlgorithm } from '#contract/policy/policy.ts';

type Claims = Readonly<{
  issuer: string;
  /** A device's id, or anyDevice for a baseline. */
  device: string;
  policy: Policy;
  /** Who has decided each rule. */
  origins?: Origins;
  /** Milliseconds since 1970. */
  now: number;
}>;

/** As contract/wire takes it, characters. */
export const maxPolicyToken = 8192;

/** Of ES256, in base64url. */
const signatureLength = 86;

/**
 * The policy as a device takes it: a compact JWS (RFC 7515), see contract/policy.
 * @param options.key the site's policy key, PKCS#8 PEM, P-256.
 */
export function signPolicy(options: Claims & Readonly<{ key: string }>): Promise<string> {
  return new SignJWT(claimsOf(options)).setProtectedHeader(header).sign(createPrivateKey(options.key));
}

/** How long the signed policy would be, characters. */
export function policyTokenLength(claims: Claims): number {
  const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url').length;
  return encoded(header) + encoded(claimsOf(claims)) + signatureLength + '..'.length;
}

const header = { alg: policyAlgorithm } as const;

function claimsOf({ issuer, device, policy, origins, now }: Claims) {
  return { iss: issuer, sub: device, iat: Math.floor(now / 1000), policy, ...(origins && { origins }) };
}

/** The public half that a device learns at enrolment, SPKI PEM. */
export function policyPublicKey(key: string): string {
  return createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
}
