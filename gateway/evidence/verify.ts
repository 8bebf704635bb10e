import { type KeyObject, verify } from 'node:crypto';
import * as v from 'valibot';
import { type Evidence, evidenceAlgorithms, evidenceClaims, maxEvidence } from '#contract/evidence/evidence.ts';

/** Why a statement is not believed; for the log, never for the laptop. */
export type EvidenceProblem = 'form' | 'algorithm' | 'signature' | 'claims' | 'device' | 'time' | 'nonce';

/** What the laptop's clock may be off, either way. */
const toleranceSeconds = 300;

/** Nothing besides the algorithm: a header that wants more (`crit`, `b64`, a key of its own) wants what is not done here. */
const header = v.strictObject({ alg: v.picklist(evidenceAlgorithms) });
type Algorithm = v.InferOutput<typeof header>['alg'];

export type Expected = Readonly<{
  /** Public key of the certificate that the connection was opened with. */
  key: KeyObject;
  device: string;
  /** This connection's challenge. */
  nonce: string;
  /** Milliseconds since 1970. */
  now: number;
}>;

/**
 * Checks what a laptop testifies (contract/evidence/evidence.ts): a compact JWS (RFC 7515) by the key of its own certificate,
 * made for this connection. A residue receipt may be older than the connection: its session ended without one.
 */
export function verifyEvidence(
  jws: string,
  expected: Expected,
): Readonly<{ evidence: Evidence } | { problem: EvidenceProblem }> {
  const parts = jws.length > maxEvidence ? null : /^([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(jws);
  if (parts === null) return { problem: 'form' };
  const [, head, body, signature] = parts as unknown as [string, string, string, string];
  const algorithm = v.safeParse(header, decoded(head));
  if (!algorithm.success || !fits(algorithm.output.alg, expected.key)) return { problem: 'algorithm' };
  // dsaEncoding counts for elliptic keys only: RFC 7518, 3.4.
  const key = { key: expected.key, dsaEncoding: 'ieee-p1363' } as const;
  if (!verify('sha256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url'))) {
    return { problem: 'signature' };
  }
  const claims = v.safeParse(evidenceClaims, decoded(body));
  if (!claims.success) return { problem: 'claims' };
  const { sub, iat, nonce, evidence } = claims.output;
  if (sub !== expected.device) return { problem: 'device' };
  const ahead = iat - expected.now / 1000;
  const lasting = evidence.kind === 'residue';
  if (ahead > toleranceSeconds || (!lasting && ahead < -toleranceSeconds)) return { problem: 'time' };
  if (!lasting && nonce !== expected.nonce) return { problem: 'nonce' };
  return { evidence };
}

/** The key decides, not the header: an algorithm that is named for another kind of key is refused. */
function fits(algorithm: Algorithm, { asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean {
  switch (algorithm) {
    case 'ES256':
      return asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === 'prime256v1';
    case 'RS256':
      return asymmetricKeyType === 'rsa';
    default:
      return algorithm satisfies never;
  }
}

function decoded(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
