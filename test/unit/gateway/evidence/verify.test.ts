import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxEvidence } from '#contract/evidence/evidence.ts';
import { verifyEvidence } from '#gateway/evidence/verify.ts';
import {
  encoded,
  path,
  posture,
  postureReport,
  residue,
  residueReport,
  type Statement,
  statement,
} from '#test/fixtures/gateway/statements.ts';

const pem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const otherEc = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const now = Date.UTC(2026, 10, 20, 9);
const good = { evidence: posture(), device: 'laptop-1', privateKey: pem(ec.privateKey), nonce: 'n', now } as const;
const expected = { key: ec.publicKey, device: 'laptop-1', nonce: 'n', now };
const verdict = (change: Partial<Statement>, want: Partial<typeof expected> = {}) =>
  verifyEvidence(statement({ ...good, ...change }), { ...expected, ...want });

describe('verifyEvidence', () => {
  it('believes what the key of the certificate signed for this connection, elliptic or RSA', () => {
    expect(verdict({})).toEqual({ evidence: posture() });
    expect(verdict({ evidence: path() })).toEqual({ evidence: path() });
    const byRsa = verdict({ privateKey: pem(rsa.privateKey) }, { key: rsa.publicKey });
    expect(byRsa).toEqual({ evidence: posture() });
  });

  const der = (content: string) => sign('sha256', Buffer.from(content), ec.privateKey).toString('base64url');
  const hmac = (content: string) =>
    createHmac('sha256', ec.publicKey.export({ type: 'spki', format: 'pem' }))
      .update(content)
      .digest('base64url');
  const jwk = createPublicKey(otherEc.privateKey).export({ format: 'jwk' });
  const cases: readonly [string, Partial<Statement>, string][] = [
    ['of another key', { privateKey: pem(otherEc.privateKey) }, 'signature'],
    ['signed in ASN.1, which is not JWS', { signature: der }, 'signature'],
    ['with no signature', { signature: () => '' }, 'form'],
    ['of algorithm none', { header: { alg: 'none' }, signature: () => 'AA' }, 'algorithm'],
    ['of algorithm none without signature', { header: { alg: 'none' }, signature: () => '' }, 'form'],
    ['of RS256 under an elliptic key', { header: { alg: 'RS256' } }, 'algorithm'],
    ['signed with the public key as a password', { header: { alg: 'HS256' }, signature: hmac }, 'algorithm'],
    ['that brings a key', { header: { alg: 'ES256', jwk }, privateKey: pem(otherEc.privateKey) }, 'algorithm'],
    ['with a critical extension', { header: { alg: 'ES256', crit: ['b64'], b64: false } }, 'algorithm'],
    ['of another device', { device: 'laptop-2' }, 'device'],
    ['of another connection', { nonce: 'm' }, 'nonce'],
    ['with no nonce', { nonce: undefined }, 'nonce'],
    ['that is six minutes old', { now: now - 360_000 }, 'time'],
    ['six minutes ahead', { now: now + 360_000 }, 'time'],
    ['of an unknown kind', { evidence: { kind: 'mood', report: {} } }, 'claims'],
    ['with a field too many', { evidence: { ...posture(), more: 1 } }, 'claims'],
    ['of nothing', { evidence: undefined }, 'claims'],
  ];
  it.each(cases)('does not believe one %s', (_, change, problem) => {
    expect(verdict(change)).toEqual({ problem });
  });

  it('does not believe an elliptic signature under an RSA key, nor another curve', () => {
    expect(verdict({}, { key: rsa.publicKey })).toEqual({ problem: 'algorithm' });
    const other = verdict({ privateKey: pem(p384.privateKey) }, { key: p384.publicKey });
    expect(other).toEqual({ problem: 'algorithm' });
  });

  it('takes a clock that is nearly five minutes off', () => {
    for (const ahead of [-299_000, 299_000]) expect(verdict({ now: now + ahead })).toEqual({ evidence: posture() });
  });

  it('takes a residue receipt of long ago and of another connection, but none of the future', () => {
    const evidence = residue(residueReport('s1'));
    const { nonce: _, ...plain } = good;
    const old = statement({ ...plain, evidence, now: now - 30 * 86_400_000 });
    expect(verifyEvidence(old, expected)).toEqual({ evidence });
    expect(verdict({ evidence, now: now + 360_000 })).toEqual({ problem: 'time' });
    expect(verdict({ evidence, device: 'laptop-2' })).toEqual({ problem: 'device' });
    expect(verdict({ evidence, privateKey: pem(otherEc.privateKey) })).toEqual({ problem: 'signature' });
  });

  it('does not read what is too long, or no JWS', () => {
    const long = 'x'.repeat(maxEvidence);
    expect(verdict({ header: { alg: 'ES256', long } })).toEqual({ problem: 'form' });
    for (const text of ['', '.', '..', 'a.b', 'a.b.c.d', 'ä.b.c', 'a b.c.d', '{"payload":""}']) {
      expect(verifyEvidence(text, expected)).toEqual({ problem: 'form' });
    }
    expect(verifyEvidence('AAAA.AAAA.AAAA', expected)).toEqual({ problem: 'algorithm' });
  });

  it('does not believe a statement of which any part was exchanged', () => {
    const mine = statement(good).split('.');
    const theirs = statement({ ...good, privateKey: pem(otherEc.privateKey) }).split('.');
    const worse = encoded({
      sub: 'laptop-1',
      iat: now / 1000,
      nonce: 'n',
      evidence: posture(postureReport()),
      extra: 1,
    });
    expect(verifyEvidence([mine[0], worse, mine[2]].join('.'), expected)).toEqual({ problem: 'signature' });
    expect(verifyEvidence([mine[0], mine[1], theirs[2]].join('.'), expected)).toEqual({ problem: 'signature' });
  });

  it('never throws and never believes what was changed at random', () => {
    const jws = statement(good);
    const place = fc.nat(jws.length - 1);
    const letter = fc.constantFrom(...'ABCabc012-_.=+/ {"');
    fc.assert(
      fc.property(place, letter, (at, by) => {
        const changed = jws.slice(0, at) + by + jws.slice(at + 1);
        const { length } = changed;
        // The last letter of a part carries bits that mean nothing: the same bytes in another writing.
        const tails = jws.split('.').map((_, n, parts) => parts.slice(0, n + 1).join('.').length - 1);
        fc.pre(changed !== jws && !tails.includes(at) && length === jws.length);
        expect(verifyEvidence(changed, expected)).toHaveProperty('problem');
      }),
      { numRuns: 500 },
    );
  });
});
