import { compactVerify, importSPKI } from 'jose';
import * as v from 'valibot';
import { HanareError } from '#contract/errors/hanare-error.ts';
import { type Origins, type Policy, policyAlgorithm, policyClaims } from '#contract/policy/policy.ts';

/** A policy that verified, and who decided each of its rules. */
export type SignedPolicy = Readonly<{ policy: Policy; origins: Origins }>;

/**
 * Checks a signed policy (RFC 7515, compact).
 * @param by.policyKey SPKI PEM, learnt at enrolment. @param by.device its `sub` must be this laptop's id.
 * @throws policyRejected
 */
export async function verifyPolicy(token: string, by: { policyKey: string; device: string }): Promise<SignedPolicy> {
  const claims = await read(token, by.policyKey);
  if (claims?.sub !== by.device) throw new HanareError('policyRejected');
  return { policy: claims.policy, origins: claims.origins };
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
