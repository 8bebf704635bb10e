import '#contract/pki/reflect.ts';
import { X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { readCertificate } from '#main/desk/rdp/certificate.ts';

/** What is told of a host's certificate. Windows writes the host's name into the subject: only what kinds of name it has are told. */
export type CertificateFacts = Readonly<{
  sha256: string;
  subjectParts: readonly string[];
  selfSigned: boolean;
  key: string;
  signature: string;
  /** The extension's bits by name; null where there is no such extension. */
  keyUsage: readonly string[] | null;
  /** Object identifiers; null where there is no such extension. */
  extendedKeyUsage: readonly string[] | null;
  validFrom: string;
  validTo: string;
  validNow: boolean;
  /** BoringSSL (Electron) wants this bit of a certificate that signs a handshake. */
  maySign: boolean;
}>;

const usages = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const;

/** @param der the certificate as TLS showed it. @throws RdpProblem where the app cannot read it either */
export function describeCertificate(der: Uint8Array, now: number): CertificateFacts {
  const { sha256 } = readCertificate(der);
  const known = new X509Certificate(der);
  const parsed = new x509.X509Certificate(Uint8Array.from(der));
  const bits = parsed.getExtension(x509.KeyUsagesExtension)?.usages;
  const keyUsage = bits === undefined ? null : usages.filter((_, bit) => (bits >> bit) & 1);
  const extended = parsed.getExtension(x509.ExtendedKeyUsageExtension)?.usages;
  const { asymmetricKeyType = 'unknown', asymmetricKeyDetails: details } = known.publicKey;
  const { name, hash } = parsed.signatureAlgorithm as { name: string; hash?: { name: string } };
  const [from, to] = [parsed.notBefore, parsed.notAfter];
  return {
    sha256,
    subjectParts: partsOf(known.subject),
    selfSigned: known.subject === known.issuer && known.verify(known.publicKey),
    key: `${asymmetricKeyType} ${details?.modulusLength ?? details?.namedCurve ?? ''}`.trim(),
    signature: [name, hash?.name].filter(Boolean).join(' '),
    keyUsage,
    extendedKeyUsage: extended === undefined ? null : extended.map(String),
    validFrom: from.toISOString(),
    validTo: to.toISOString(),
    validNow: from.getTime() <= now && now <= to.getTime(),
    maySign: keyUsage === null || keyUsage.includes('digitalSignature'),
  };
}

/** Kinds of name only: CN, O, OU and so on. A value may have line breaks in it, so nothing unknown is passed on. */
const kinds = ['CN', 'O', 'OU', 'C', 'ST', 'L', 'DC', 'serialNumber', 'emailAddress'];
const partsOf = (subject: string | undefined): string[] =>
  kinds.filter((kind) => (subject ?? '').split('\n').some((line) => line.startsWith(`${kind}=`)));
