import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { compactVerify, importSPKI } from 'jose';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { type Evidence, evidenceClaims } from '#contract/evidence/evidence.ts';
import { signEvidence } from '#main/guard/sign.ts';

const evidence: Evidence = {
  kind: 'residue',
  report: { sid: 's1', files: 1, bytes: 2, found: [], unread: [] },
};
const pem = (key: { export(o: object): string | Buffer }, type: 'pkcs8' | 'spki') =>
  String(key.export({ type, format: 'pem' }));
const by = (privateKey: string, nonce: string | null = 'n0nce') => ({
  ...{ device: 'lt-1', privateKey, nonce, now: 1_800_000_000_999 },
});

describe('what a laptop signs', () => {
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

  it.each([
    ['ES256', ec],
    ['RS256', rsa],
  ] as const)('is a JWS that another library verifies, with %s', async (alg, pair) => {
    const token = signEvidence(evidence, by(pem(pair.privateKey, 'pkcs8')));
    const key = await importSPKI(pem(pair.publicKey, 'spki'), alg);
    const { payload, protectedHeader } = await compactVerify(token, key);
    expect(protectedHeader).toEqual({ alg });
    expect(v.parse(evidenceClaims, JSON.parse(new TextDecoder().decode(payload)))).toEqual({
      ...{ sub: 'lt-1', iat: 1_800_000_000, nonce: 'n0nce', evidence },
    });
  });

  it('names no connection where it outlives it', () => {
    const claims = signEvidence(evidence, by(pem(ec.privateKey, 'pkcs8'), null)).split('.')[1]!;
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).not.toHaveProperty('nonce');
  });

  it('does not verify when a letter is changed', () => {
    const [head, claims, signature] = signEvidence(evidence, by(pem(ec.privateKey, 'pkcs8'))).split('.');
    const good = (content: string) =>
      verify(
        'sha256',
        Buffer.from(content),
        { key: createPublicKey(pem(ec.publicKey, 'spki')), dsaEncoding: 'ieee-p1363' },
        Buffer.from(signature!, 'base64url'),
      );
    expect(good(`${head}.${claims}`)).toBe(true);
    expect(good(`${head}.${claims!.slice(0, -1)}A`)).toBe(false);
  });
});
