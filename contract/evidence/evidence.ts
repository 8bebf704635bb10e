import * as v from 'valibot';
import { pathReportSchema } from './path.ts';
import { postureReportSchema } from './posture.ts';
import { residueReportSchema } from './residue.ts';

/**
 * What a laptop testifies about itself: a compact JWS (RFC 7515) signed by the device's key (ES256, or RS256 for an
 * imported RSA certificate), checked by the gateway against the certificate of the connection it comes over and kept in the
 * audit log. It says what this program saw; whoever administers the laptop can make it see what they like.
 */
export const evidenceAlgorithms = ['ES256', 'RS256'] as const;
/** Longest JWS, characters. */
export const maxEvidence = 12_000;

export const evidenceSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('posture'), report: postureReportSchema }),
  v.strictObject({ kind: v.literal('path'), report: pathReportSchema }),
  v.strictObject({ kind: v.literal('residue'), report: residueReportSchema }),
]);
export type Evidence = Readonly<v.InferOutput<typeof evidenceSchema>>;
export type EvidenceKind = Evidence['kind'];

/** Claims: the device, when (seconds since 1970, laptop's clock), and the challenge's nonce of the connection (posture, path). */
export const evidenceClaims = v.object({
  sub: v.string(),
  iat: v.number(),
  nonce: v.optional(v.string()),
  evidence: evidenceSchema,
});

/** What happens on a laptop during a session; told at once, unsigned, within the session's own connection. */
export const laptopEvents = ['usbInserted', 'usbRemoved', 'paused', 'resumed'] as const;
export type LaptopEvent = (typeof laptopEvents)[number];
