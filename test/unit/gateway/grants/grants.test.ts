import * as v from 'valibot';
import { beforeAll, describe, expect, it } from 'vitest';
import { grantClaims, grantLifetimeSeconds } from '#contract/wire/grant.ts';
import { createGrants, type Grants } from '#gateway/grants/grants.ts';
import { newPrivateKey } from '#gateway/pki/issue.ts';
import { mayUse } from '#gateway/server/policy.ts';
import { fillWords, forgeGrant, grantVectors, type Words } from '#test/fixtures/gateway/forge-grant.ts';

const issuer = 'urn:hanare:gateway:test';
const fingerprint = 'o'.repeat(43);
const words: Words = { otherDesk: 'pc-2', otherUser: 'sato', otherCertificate: 'x'.repeat(43) };
const request = { user: 'yamada', desk: 'pc-1', sid: 'abc', jti: 'one', fingerprint };

describe('grants', () => {
  let key: string;
  let now = Date.parse('2026-04-01T09:00:00.500Z');
  let grants: Grants;
  beforeAll(async () => {
    key = await newPrivateKey();
    grants = createGrants({ key, issuer, now: () => now });
  });

  it('passes its own check when fresh', async () => {
    const { token, expires } = await grants.issue(request);
    expect(expires).toBe(Date.parse('2026-04-01T09:00:00Z') + grantLifetimeSeconds * 1000);
    const result = await grants.verify(token);
    expect(result).toMatchObject({ claims: { sub: 'yamada', dst: 'pc-1', sid: 'abc', jti: 'one', iss: issuer } });
  });

  it('is refused as expired when the gateway clock reaches its end, not before', async () => {
    const made = now;
    const { token, expires } = await grants.issue(request);
    now = expires - 1;
    expect(await grants.verify(token)).toHaveProperty('claims');
    now = expires;
    expect(await grants.verify(token)).toEqual({ problem: 'expired' });
    now = made;
  });

  it('is refused as malformed when it is no token', async () => {
    for (const text of ['', '.', '..', 'a.b.c', 'e30.e30.', `${'a'.repeat(4000)}`]) {
      expect(await grants.verify(text), text).toEqual({ problem: 'malformed' });
    }
  });

  it.each(grantVectors)('vector: $name', async (vector) => {
    const seconds = Math.floor(now / 1000);
    const good = {
      ...{ iss: issuer, aud: 'hanare-relay', sub: 'yamada', dst: 'pc-1', sid: 'abc' },
      ...{ iat: seconds, exp: seconds + 60, cnf: { 'x5t#S256': fingerprint } },
    };
    const result = await grants.verify(forgeGrant(vector, good, key, words, seconds));
    if ('problem' in result) {
      expect(result.problem).toBe(vector.problem);
      expect(vector.expected).toBe('grantRefused');
      return;
    }
    expect(v.is(grantClaims, result.claims)).toBe(true);
    const target = fillWords(vector.target ?? 'pc-1', words, seconds) as string;
    const caller = vector.caller === 'other' ? words.otherCertificate : fingerprint;
    const refused = mayUse({
      claims: result.claims,
      fingerprint: caller,
      door: { device: { id: 'd1', user: 'yamada' }, mode: 'normal' },
      user: { status: 'active' },
      target: { desk: target, protocol: 'vnc' },
      desk: { protocol: 'vnc' },
      assigned: target === 'pc-1',
      session:
        result.claims.sid === 'abc'
          ? { device: 'd1', fingerprint, user: 'yamada', desk: 'pc-1', state: 'granted' }
          : undefined,
    });
    expect(refused?.problem).toBe(vector.problem);
    expect(refused?.refusal ?? 'accepted').toBe(vector.expected);
  });
});
