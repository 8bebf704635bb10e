import { createPrivateKey, createPublicKey } from 'node:crypto';
import { SignJWT } from 'jose';
import { type Policy, policyAlgorithm } from '#contract/policy/policy.ts';

/**
 * The policy as a device takes it: a compact JWS (RFC 7515), see contract/policy.
 * @param options.key the site's policy key, PKCS#8 PEM, P-256. @param options.now milliseconds since 1970.
 */
export function signPolicy(options: {
  key: string;
  issuer: string;
  device: string;
  policy: Policy;
  now: number;
}): Promise<string> {
  const { key, issuer, device, policy, now } = options;
  return new SignJWT({ policy })
    .setProtectedHeader({ alg: policyAlgorithm })
    .setIssuer(issuer)
    .setSubject(device)
    .setIssuedAt(Math.floor(now / 1000))
    .sign(createPrivateKey(key));
}

/** The public half that a device learns at enrolment, SPKI PEM. */
export function policyPublicKey(key: string): string {
  return createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
}
