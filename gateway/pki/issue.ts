import '#contract/pki/reflect.ts';
import { generateKeyPairSync, type webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';
import { HanareError } from '#contract/errors/hanare-error.ts';

/** ECDSA on P-256 with SHA-256, for every key of a site: CA, gateway, devices. */
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const clientAuth = '1.3.6.1.5.5.7.3.2';
const serverAuth = '1.3.6.1.5.5.7.3.1';
const dayMs = 86_400_000;
/** A certificate is valid from a little before it was made, so that a laptop whose clock is late can use it at once. */
const clockSlackMs = 5 * 60_000;

export type Issued = Readonly<{ certificate: string; privateKey: string }>;
export type Period = Readonly<{ now: number; days: number }>;

/** A new CA for one site: signs end-entity certificates only (RFC 5280 §4.2.1.9, pathLen 0). */
export async function issueCa(options: Period & { site: string }): Promise<Issued> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: commonName(`Hanare CA ${options.site}`),
    keys,
    signingAlgorithm: algorithm,
    ...validity(options),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: pem(certificate), privateKey: await exportKey(keys.privateKey) };
}

/** The gateway's own certificate. @param options.hosts DNS names or IP addresses that clients connect to. */
export function issueServer(ca: Issued, options: Period & { hosts: readonly string[] }): Promise<Issued> {
  const names = options.hosts.map((value) => ({ type: isIP(value) ? ('ip' as const) : ('dns' as const), value }));
  return issueLeaf(ca, { ...options, name: 'Hanare gateway' }, [
    new x509.ExtendedKeyUsageExtension([serverAuth]),
    new x509.SubjectAlternativeNameExtension(names),
  ]);
}

/**
 * A laptop's certificate for the key of its PKCS#10 request (RFC 2986). Only the key is taken from the request: subject
 * and extensions are ours, so that a laptop cannot ask for another name or use.
 * @param options.csr PEM. @param options.device becomes the common name: an id, never a person's name.
 * @returns the certificate, PEM.
 * @throws {HanareError} badRequest when it cannot be read, its key is not on P-256, or it was not signed by that key.
 */
export async function issueDeviceFromCsr(
  ca: Issued,
  options: Period & { csr: string; device: string },
): Promise<string> {
  const publicKey = await keyOfRequest(options.csr);
  return signLeaf(ca, publicKey, { ...options, name: options.device }, [
    new x509.ExtendedKeyUsageExtension([clientAuth]),
  ]);
}

async function keyOfRequest(csr: string): Promise<webcrypto.CryptoKey> {
  try {
    const request = new x509.Pkcs10CertificateRequest(csr);
    // Fails for every other kind of key and for a point that is not on the curve.
    const key = await request.publicKey.export(algorithm, ['verify']);
    // Proof of possession: without it, one laptop could ask for a certificate for another's key.
    if (await request.verify()) return key;
  } catch (error) {
    throw new HanareError('badRequest', {}, { cause: error });
  }
  throw new HanareError('badRequest');
}

/** A P-256 private key in PKCS#8 PEM, for signing grants and policies. */
export function newPrivateKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
}

async function issueLeaf(ca: Issued, options: Period & { name: string }, uses: x509.Extension[]): Promise<Issued> {
  const keys = await newKeys();
  const certificate = await signLeaf(ca, keys.publicKey, options, uses);
  return { certificate, privateKey: await exportKey(keys.privateKey) };
}

async function signLeaf(
  ca: Issued,
  publicKey: webcrypto.CryptoKey,
  options: Period & { name: string },
  uses: x509.Extension[],
): Promise<string> {
  const issuer = new x509.X509Certificate(ca.certificate);
  const { notBefore, notAfter } = validity(options);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: commonName(options.name),
    issuer: issuer.subjectName,
    publicKey,
    signingKey: await importKey(ca.privateKey),
    signingAlgorithm: algorithm,
    notBefore,
    // A leaf that outlives its CA would only look valid.
    notAfter: new Date(Math.min(notAfter.getTime(), issuer.notAfter.getTime())),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      ...uses,
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
    ],
  });
  return pem(certificate);
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

function importKey(text: string): Promise<webcrypto.CryptoKey> {
  const der = x509.PemConverter.decodeFirst(text);
  return crypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return `${x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}

/** With a last line break, so that PEM files can be joined into a chain. */
function pem(certificate: x509.X509Certificate): string {
  return `${certificate.toString('pem')}\n`;
}

/** The characters that mean something inside a distinguished name (RFC 4514 §2.4) are left out: it is only a label. */
function commonName(text: string): x509.JsonName {
  return [
    {
      CN: [
        text
          .replace(/[",+\\<>;=#\p{Cc}]/gu, ' ')
          .trim()
          .slice(0, 64),
      ],
    },
  ];
}

function validity({ now, days }: Period): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(now - clockSlackMs), notAfter: new Date(now + days * dayMs) };
}
