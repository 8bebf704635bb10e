import * as v from 'valibot';
import { errorNames } from '../errors/catalogue.ts';
import { codeLengths, parseCode } from '../identity/code.ts';
import { deskSchema, failureDetails, machineSchema, userSchema } from './messages.ts';

/**
 * Enrolment: a small HTTPS service of its own port, which asks for no client certificate because it gives the first one.
 * `GET /v1/site` → SiteCard; `POST /v1/enrol` EnrolRequest → EnrolAnswer. A refusal is a 4xx with EnrolRefusal.
 * The laptop sends the code only to a server whose certificate verifies under the CA with the fingerprint that IT gave.
 */
export const enrolPaths = { site: '/v1/site', enrol: '/v1/enrol' } as const;
/** Longest body either way, bytes. */
export const maxEnrolBytes = 64 * 1024;

const pem = v.pipe(v.string(), v.startsWith('-----BEGIN '), v.maxLength(32_768));
const text = v.pipe(v.string(), v.minLength(1), v.maxLength(253));
const port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535));
const when = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
export const addressSchema = v.strictObject({ host: text, port });
export type Address = Readonly<v.InferOutput<typeof addressSchema>>;

export const siteCardSchema = v.strictObject({ name: text, ca: pem });
export type SiteCard = Readonly<v.InferOutput<typeof siteCardSchema>>;

export const enrolRequestSchema = v.strictObject({
  code: v.pipe(v.string(), v.length(codeLengths.enrolment)),
  client: v.strictObject({ version: text, platform: text }),
  machine: machineSchema,
  /** PKCS#10 of a P-256 key made on the laptop; or, for a site with its own CA, a certificate it has issued … */
  key: v.variant('kind', [
    v.strictObject({ kind: v.literal('csr'), csr: pem }),
    v.strictObject({
      kind: v.literal('certificate'),
      certificate: pem,
      /** … with a signature (SHA-256, base64) of its key over `enrolProof(code)`. */
      proof: v.pipe(v.string(), v.maxLength(2048)),
    }),
  ]),
});
export type EnrolRequest = Readonly<v.InferOutput<typeof enrolRequestSchema>>;

export const enrolAnswerSchema = v.strictObject({
  site: siteCardSchema,
  gateway: addressSchema,
  device: v.strictObject({ id: text, label: text }),
  user: userSchema,
  desk: v.nullable(deskSchema),
  certificate: pem,
  /** Null where the person's phone has it. */
  otp: v.nullable(
    v.strictObject({
      /** Base32 (RFC 4648) without padding. */
      secret: v.pipe(v.string(), v.regex(/^[A-Z2-7]{16,128}$/)),
      algorithm: v.picklist(['sha1', 'sha256']),
    }),
  ),
  /** 32 bytes, base64url: answers a locked laptop's challenge (docs/protocol.md). */
  unlockKey: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/)),
  /** The site's policy key (SPKI PEM) and the baseline it signed. */
  policyKey: pem,
  policy: v.pipe(v.string(), v.maxLength(8192)),
  lease: v.nullable(when),
});
export type EnrolAnswer = Readonly<v.InferOutput<typeof enrolAnswerSchema>>;

export const enrolRefusalSchema = v.strictObject({ reason: v.picklist(errorNames), details: failureDetails });
export type EnrolRefusal = Readonly<v.InferOutput<typeof enrolRefusalSchema>>;

/** What the key of an imported certificate signs, UTF-8. */
export const enrolProof = (code: string): string => `hanare-enrol-1 ${code}`;

/** Left on the laptop by the installer (`site.json`), so that the code alone is enough. */
export const siteFileSchema = v.strictObject({
  version: v.literal(1),
  site: text,
  enrol: addressSchema,
  /** SHA-256 of the site CA's DER, lower-case hex. */
  fingerprint: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
});
export type SiteFile = Readonly<v.InferOutput<typeof siteFileSchema>>;

/** What a person may give at enrolment: the code alone, or the whole line of the label's QR code, read by a scanner. */
export type EnrolmentInput = Readonly<{
  code: string;
  office: Readonly<{ enrol: Address; fingerprint: string }> | null;
}>;

/** `HANARE1 host:port fingerprint code`, with spaces; upper case, so that the QR code stays small. */
export function enrolmentLine(office: { enrol: Address; fingerprint: string }, code: string): string {
  const { host, port: number } = office.enrol;
  return `HANARE1 ${host}:${number} ${office.fingerprint} ${code}`.toUpperCase();
}

/** @returns undefined when it is neither a whole line nor a code whose check symbol fits. */
export function parseEnrolment(typed: string): EnrolmentInput | undefined {
  const line = /^\s*HANARE1\s+(\S+):(\d{1,5})\s+([0-9a-f]{64})\s+(\S+)\s*$/i.exec(typed.normalize('NFKC'));
  const code = parseCode('enrolment', line?.[4] ?? typed);
  if (code === undefined) return undefined;
  if (!line) return { code, office: null };
  const enrol = v.safeParse(addressSchema, { host: line[1]!.toLowerCase(), port: Number(line[2]) });
  if (!enrol.success) return undefined;
  return { code, office: { enrol: enrol.output, fingerprint: line[3]!.toLowerCase() } };
}
