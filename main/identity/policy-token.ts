import { compactVerify, importSPKI } from 'jose';
import * as v from 'valibot';
import { HanareError } from '#contract/errors/hanare-error.ts';
import { type Policy, policyAlgorithm, policyClaims } from '#contract/policy/policy.ts';

/**
 * Checks a signed policy (RFC 7515, compact).
 * @param by.policyKey SPKI PEM, learnt at enrolment. @param by.device its `sub` must be this laptop's id.
 * @throws policyRejected
 */
export async function verifyPolicy(token: string, by: { policyKey: string; device: string }): Promise<Policy> {
  const claims = await read(token, by.policyKey);
  if (claims?.sub !== by.device) throw new HanareError('policyRejected');
  return claims.policy;
}

async function read(token: string, policyKey: string): Promise<v.InferOutput<typeof policyClaims> | undefined> {
  try {
    const key = await importSPKI(policyKey, policyAlgorithm);
    const { payload } = await compactVerify(token, key, { algorithms: [policyAlgorithm] });
    const claims = v.safeParse(policyClaims, JSON.parse(new TextDecoder().decode(payload)));
    return claims.success ? claims.output : undefined;
  } catch {
    // The cause is left out: it may quote the token.
    return undefined;
  }
}
