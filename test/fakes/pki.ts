import '#contract/pki/reflect.ts';
import type { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { Issued } from '#gateway/pki/issue.ts';

/* Certificates that no gateway would issue: for tests of what it refuses. */

const rsa = { name: 'RSASSA-PKCS1-v1_5', publicExponent: Buffer.from([1, 0, 1]), hash: 'SHA-256' };
const algorithms = {
  'P-256': { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  'P-384': { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-256' },
  'RSA-1024': { ...rsa, modulusLength: 1024 },
  'RSA-2048': { ...rsa, modulusLength: 2048 },
} as const;
export const clientAuth = '1.3.6.1.5.5.7.3.2';
export const serverAuth = '1.3.6.1.5.5.7.3.1';
const dayMs = 86_400_000;

export type Forgery = Readonly<{
  /** Who signs; 'self' makes a self-signed certificate. */
  signer: Issued | 'self';
  name?: string;
  /** Days from now; negative is the past. */
  from?: number;
  until?: number;
  /** Extended key usages; empty leaves the extension out. */
  usages?: readonly string[];
  ca?: boolean;
  /** As Windows makes its own for remote desktop: the key is for encipherment only. */
  enciphers?: boolean;
  key?: keyof typeof algorithms;
}>;

/** Makes a key (default: P-256) and a certificate just as asked, however wrong. */
export async function forgeCertificate(options: Forgery): Promise<Issued> {
  const { signer, name = 'forged', from = -1, until = 1, usages = [clientAuth], ca = false } = options;
  const own = algorithms[options.key ?? 'P-256'];
  const keys = (await crypto.subtle.generateKey(own, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
  const issuer = signer === 'self' ? undefined : new x509.X509Certificate(signer.certificate);
  const now = Date.now();
  const certificate = await x509.X509CertificateGenerator.create({
    subject: [{ CN: [name] }],
    issuer: issuer?.subjectName ?? [{ CN: [name] }],
    publicKey: keys.publicKey,
    ...(signer === 'self' ? { signingKey: keys.privateKey, signingAlgorithm: own } : await signingWith(signer)),
    notBefore: new Date(now + from * dayMs),
    notAfter: new Date(now + until * dayMs),
    extensions: [
      new x509.BasicConstraintsExtension(ca, undefined, true),
      new x509.KeyUsagesExtension(
        options.enciphers
          ? x509.KeyUsageFlags.keyEncipherment | x509.KeyUsageFlags.dataEncipherment
          : ca
            ? x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign
            : x509.KeyUsageFlags.digitalSignature,
        true,
      ),
      ...(usages.length === 0 ? [] : [new x509.ExtendedKeyUsageExtension([...usages])]),
      await x509.AuthorityKeyIdentifierExtension.create(issuer?.publicKey ?? keys.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const der = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { certificate: `${certificate.toString('pem')}\n`, privateKey: x509.PemConverter.encode(der, 'PRIVATE KEY') };
}

async function signingWith({ certificate, privateKey }: Issued) {
  const isRsa = new x509.X509Certificate(certificate).publicKey.algorithm.name.startsWith('RSA');
  const signingAlgorithm = isRsa ? rsa : algorithms['P-256'];
  const der = x509.PemConverter.decodeFirst(privateKey);
  const signingKey = await crypto.subtle.importKey('pkcs8', der, signingAlgorithm, false, ['sign']);
  return { signingKey, signingAlgorithm };
}
