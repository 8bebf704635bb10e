import { createPrivateKey, createPublicKey } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import * as v from 'valibot';
import {
  type GrantClaims,
  grantAlgorithm,
  grantAudience,
  grantClaims,
  grantLifetimeSeconds,
} from '#contract/wire/grant.ts';

/** Why a token is no grant of ours; for the log, never for the client. */
type GrantProblem = 'malformed' | 'algorithm' | 'signature' | 'issuer' | 'audience' | 'expired' | 'claims';

type GrantRequest = Readonly<{
  user: string;
  desk: string;
  sid: string;
  jti: string;
  /** Base64url SHA-256 of the device certificate. */
  fingerprint: string;
}>;

export type Grants = Readonly<{
  /** @returns the compact JWS and when it stops opening its desk (milliseconds since 1970). */
  issue: (request: GrantRequest) => Promise<{ token: string; expires: number }>;
  /** Checks signature, algorithm, issuer, audience, age and form: all that needs no store and no connection. */
  verify: (token: string) => Promise<{ claims: GrantClaims } | { problem: GrantProblem }>;
}>;

/**
 * @param options.key the site's grant key, PKCS#8 PEM, P-256.
 * @param options.now the gateway's clock, milliseconds since 1970.
 */
export function createGrants(options: { key: string; issuer: string; now: () => number }): Grants {
  const privateKey = createPrivateKey(options.key);
  const publicKey = createPublicKey(privateKey);
  return {
    issue: async ({ user, desk, sid, jti, fingerprint }) => {
      const iat = Math.floor(options.now() / 1000);
      const exp = iat + grantLifetimeSeconds;
      const claims: GrantClaims = {
        iss: options.issuer,
        aud: grantAudience,
        sub: user,
        dst: desk,
        sid,
        jti,
        iat,
        exp,
        cnf: { 'x5t#S256': fingerprint },
      };
      const token = await new SignJWT(claims).setProtectedHeader({ alg: grantAlgorithm, typ: 'JWT' }).sign(privateKey);
      return { token, expires: exp * 1000 };
    },
    verify: async (token) => {
      try {
        const { payload } = await jwtVerify(token, publicKey, {
          algorithms: [grantAlgorithm],
          issuer: options.issuer,
          audience: grantAudience,
          currentDate: new Date(options.now()),
          clockTolerance: 0,
          // A token that claims a longer life than we give was not made by us, even if our key signed it.
          maxTokenAge: grantLifetimeSeconds,
          requiredClaims: ['exp', 'iat'],
        });
        const parsed = v.safeParse(grantClaims, payload);
        return parsed.success ? { claims: parsed.output } : { problem: 'claims' };
      } catch (error) {
        return { problem: problemOf(error) };
      }
    },
  };
}

function problemOf(error: unknown): GrantProblem {
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JOSEAlgNotAllowed) return 'algorithm';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'signature';
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'iss') return 'issuer';
    return error.claim === 'aud' ? 'audience' : 'claims';
  }
  return 'malformed';
}
