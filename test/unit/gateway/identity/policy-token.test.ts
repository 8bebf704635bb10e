import { importSPKI, jwtVerify } from 'jose';
import * as v from 'valibot';
import { expect, it } from 'vitest';
import { defaultPolicy, policyAlgorithm, policyClaims } from '#contract/policy/policy.ts';
import { policyPublicKey, policyTokenLength, signPolicy } from '#gateway/identity/policy-token.ts';
import { newPrivateKey } from '#gateway/pki/issue.ts';

it('a policy verifies under its site’s key alone, and says for which device it is', async () => {
  const [key, other] = [newPrivateKey(), newPrivateKey()];
  const now = 1_795_000_000_999;
  const token = await signPolicy({ key, issuer: 'urn:test', device: 'd1', policy: defaultPolicy, now });
  const verify = async (signer: string) =>
    jwtVerify(token, await importSPKI(policyPublicKey(signer), policyAlgorithm), { algorithms: [policyAlgorithm] });
  const { payload } = await verify(key);
  const claims = { iss: 'urn:test', sub: 'd1', iat: 1_795_000_000, policy: defaultPolicy, origins: {} };
  expect(v.parse(policyClaims, payload)).toEqual(claims);
  await expect(verify(other)).rejects.toThrow(/signature/);
});

it.each([{}, { origins: { usb: 'group:夜', hours: 'site' } }])('a policy is as long as foreseen: %j', async (more) => {
  const claims = { issuer: 'urn:東京', device: 'd1', policy: defaultPolicy, now: 1_795_000_000_999, ...more };
  const token = await signPolicy({ ...claims, key: newPrivateKey() });
  expect(policyTokenLength(claims)).toBe(token.length);
});
