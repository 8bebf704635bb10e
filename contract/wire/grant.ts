import * as v from 'valibot';

/**
 * The grant: a single-use ES256 JWT (RFC 7519) bound to the device certificate (RFC 8705 §3.1), which opens one
 * `CONNECT <deskId>.desk:<protocol>`. The client only carries it; the gateway makes and checks it.
 */
export const grantAudience = 'hanare-relay';
export const grantAlgorithm = 'ES256';
/** A grant opens its desk within this many seconds or never. */
export const grantLifetimeSeconds = 60;

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(200));

export const grantClaims = v.strictObject({
  iss: text,
  aud: v.literal(grantAudience),
  /** User id. */
  sub: text,
  /** Desk id; the gateway resolves it to an address, the client never sees one. */
  dst: text,
  sid: text,
  jti: text,
  iat: v.number(),
  exp: v.number(),
  /** Base64url SHA-256 of the device certificate's DER. */
  cnf: v.strictObject({ 'x5t#S256': v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/)) }),
});
export type GrantClaims = v.InferOutput<typeof grantClaims>;

/** The authority form of a desk in the CONNECT request line: `<deskId>.desk:<protocol>`. */
export function deskAuthority(desk: string, protocol: string): string {
  return `${desk}.desk:${protocol}`;
}

/** @returns desk id and protocol of a CONNECT target, or undefined when it is not of that form. */
export function parseDeskAuthority(authority: string): { desk: string; protocol: string } | undefined {
  const match = /^([A-Za-z0-9][A-Za-z0-9._-]{0,63})\.desk:([a-z]{2,8})$/.exec(authority);
  return match ? { desk: match[1]!, protocol: match[2]! } : undefined;
}

/** The gateway names the reason of a refused connection or CONNECT in this header (an ErrorName). */
export const refusalHeader = 'hanare-refusal';
