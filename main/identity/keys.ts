import '#contract/pki/reflect.ts';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { PemConverter, Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import { HanareError } from '#contract/errors/hanare-error.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** A new P-256 key (PKCS#8 PEM) and the request for its certificate (PKCS#10, RFC 2986). The gateway sets the subject. */
export async function newKey(): Promise<{ privateKey: string; csr: string }> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const csr = await Pkcs10CertificateRequestGenerator.create({
    name: 'CN=Hanare',
    keys,
    signingAlgorithm: algorithm,
  });
  const der = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { privateKey: `${PemConverter.encode(der, 'PRIVATE KEY')}\n`, csr: `${csr.toString('pem')}\n` };
}

/** @param certificate PEM or DER. @returns SHA-256 of its DER, lower-case hex: what a person compares. */
export function fingerprintOf(certificate: string | Uint8Array): string {
  return new X509Certificate(certificate).fingerprint256.replaceAll(':', '').toLowerCase();
}

/** ms since 1970; `renewFrom` is at two thirds of its life. */
export type CertificateFacts = Readonly<{ from: number; until: number; serial: string; renewFrom: number }>;

export function certificateFacts(certificate: string): CertificateFacts {
  const { validFromDate, validToDate, serialNumber } = new X509Certificate(certificate);
  const from = validFromDate.getTime();
  const until = validToDate.getTime();
  return { from, until, serial: serialNumber, renewFrom: Math.round(from + ((until - from) * 2) / 3) };
}

/** @throws deviceFileDamaged when either cannot be read, or they are no pair */
export function checkPair(pair: { certificate: string; privateKey: string }): void {
  let fits = false;
  try {
    fits = new X509Certificate(pair.certificate).checkPrivateKey(createPrivateKey(pair.privateKey));
  } catch {
    // The cause is left out: it is about a private key.
  }
  if (!fits) throw new HanareError('deviceFileDamaged');
}
