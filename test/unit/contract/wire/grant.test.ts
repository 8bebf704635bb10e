import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import {
  deskAuthority,
  type GrantClaims,
  grantClaims,
  grantLifetimeSeconds,
  parseDeskAuthority,
} from '#contract/wire/grant.ts';
import { deskProtocols } from '#contract/wire/messages.ts';

const claims: GrantClaims = {
  iss: 'urn:hanare:gateway:test',
  aud: 'hanare-relay',
  sub: 'yamada',
  dst: 'desk-0123',
  sid: 'abcdef',
  jti: '0123456789',
  iat: 1_800_000_000,
  exp: 1_800_000_060,
  cnf: { 'x5t#S256': 'A'.repeat(43) },
};
const accepted = (value: unknown) => v.safeParse(grantClaims, value).success;

const idStart = fc.constantFrom(...'abzABZ0129');
const idRest = fc.string({ unit: fc.constantFrom(...'abzABZ0129._-'), maxLength: 63 });
const deskId = fc.tuple(idStart, idRest).map(([first, rest]) => first + rest);

describe("a desk's authority", () => {
  it('has the form of the CONNECT line', () => {
    expect(deskAuthority('desk-0123', 'vnc')).toBe('desk-0123.desk:vnc');
  });

  it('comes back as it was when it is formatted and parsed', () => {
    fc.assert(
      fc.property(deskId, fc.constantFrom(...deskProtocols, 'rdp'), (desk, protocol) => {
        expect(parseDeskAuthority(deskAuthority(desk, protocol))).toEqual({ desk, protocol });
      }),
    );
  });

  it('comes back as it was when the id itself looks like an authority', () => {
    expect(parseDeskAuthority(deskAuthority('a.desk', 'vnc'))).toEqual({ desk: 'a.desk', protocol: 'vnc' });
  });

  it.each([
    '',
    'desk-0123',
    'desk-0123:vnc',
    'desk-0123.desk',
    'desk-0123.desk:',
    'desk-0123.desk:5900',
    'desk-0123.desk:VNC',
    'desk-0123.desk:vnc ',
    ' desk-0123.desk:vnc',
    'desk-0123.desk:vnc\n',
    'desk-0123.desk:vnc\r\nx: y',
    '.desk:vnc',
    '-a.desk:vnc',
    'a/b.desk:vnc',
    'a@b.desk:vnc',
    'あ.desk:vnc',
    '192.0.2.1:5900',
    '[::1]:5900',
    'http://desk-0123.desk:vnc',
    `${'a'.repeat(65)}.desk:vnc`,
    'a.desk:toolongname',
  ])('is refused when it is %j', (authority) => {
    expect(parseDeskAuthority(authority)).toBeUndefined();
  });

  it('never throws and never yields what could be an address when it is any string', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const parsed = parseDeskAuthority(text);
        if (parsed) expect(parsed.protocol).toMatch(/^[a-z]{2,8}$/);
      }),
    );
  });
});

describe('the claims of a grant', () => {
  it('are accepted when they are whole', () => {
    expect(accepted(claims)).toBe(true);
    expect(claims.exp - claims.iat).toBe(grantLifetimeSeconds);
  });

  it.each(Object.keys(claims))('are refused when %s is missing', (key) => {
    const { [key as keyof GrantClaims]: _, ...rest } = claims;
    expect(accepted(rest)).toBe(false);
  });

  it.each([
    ['an unknown claim comes along', { admin: true }],
    ['the audience is another', { aud: 'hanare-control' }],
    ['the audience is a list', { aud: ['hanare-relay'] }],
    ['the binding is empty', { cnf: {} }],
    ['the binding has another member', { cnf: { ...claims.cnf, jwk: {} } }],
    ['the fingerprint is too short', { cnf: { 'x5t#S256': 'A'.repeat(42) } }],
    ['the fingerprint is padded', { cnf: { 'x5t#S256': `${'A'.repeat(43)}=` } }],
    ['the fingerprint is plain base64', { cnf: { 'x5t#S256': `${'A'.repeat(42)}+` } }],
    ['the subject is empty', { sub: '' }],
    ['the desk is over-long', { dst: 'a'.repeat(201) }],
    ['the times are text', { exp: '1800000060' }],
    ['the end is no number', { exp: Number.NaN }],
  ])('are refused when %s', (_, change) => {
    expect(accepted({ ...claims, ...change })).toBe(false);
  });
});
