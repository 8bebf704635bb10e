import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import forge from 'node-forge';
import { HanareError } from '#contract/errors/hanare-error.ts';
import type { ImportedCertificate } from '#contract/ipc/state.ts';

/** `certificate` and `privateKey` (PKCS#8) are PEM; `until` is milliseconds since 1970. The key never leaves main. */
type Imported = ImportedCertificate & Readonly<{ certificate: string; privateKey: string }>;

const maxBytes = 1024 * 1024;
/** A file that asks for more work before its password is known wrong would only hold up main. */
const maxMacIterations = 1_000_000;
/** Longer ones only cost time; the gateway refuses them. Bits. */
const longestRsa = 8192;
/** A MAC of RFC 9579, which forge does not know. */
const pbmac1 = '1.2.840.113549.1.5.14';
const clientAuth = '1.3.6.1.5.5.7.3.2';

/** Fixed phrases in both languages: `{problem}` of certificateUnsuitable is shown as it is. */
const problems = {
  noKey: '秘密鍵が入っていません。 / It holds no private key.',
  noCertificate: '秘密鍵に合う証明書が入っていません。 / It holds no certificate for its private key.',
  key: '鍵がRSA 2048ビット以上でもP-256でもありません。 / Its key is neither RSA of 2048 bits or more nor P-256.',
  authority: '認証局の証明書です。 / It is the certificate of a CA.',
  usage: 'クライアント認証用ではありません。 / It is not meant for client authentication.',
  early: '有効期間がまだ始まっていません。 / It is not valid yet.',
  expired: '有効期限が切れています。 / It has expired.',
  protection: 'ファイルの保護の方式が新しすぎます。 / The file is protected in a way that is not supported.',
} as const;

/**
 * Reads a PKCS#12 file (RFC 7292) in password integrity mode, with the encryption of old (PBES1: 3DES, RC2) and new
 * files (PBES2: AES). node-forge opens it and reads RSA; keys and certificates that it does not know are read by
 * node:crypto from the DER it found. Of several certificates the one that belongs to the key is taken.
 * @param bytes the whole file. @param now milliseconds since 1970.
 * @throws HanareError certificatePasswordWrong; certificateFileDamaged; certificateUnsuitable{problem}. A file whose MAC
 * does not fit its password cannot be told from one that was changed after it was made: both are certificatePasswordWrong.
 */
export function readPkcs12(bytes: Uint8Array, password: string, now: number = Date.now()): Imported {
  const bags = openFile(bytes, password);
  const keys = bags.flatMap(keyOf);
  if (keys.length === 0) throw unsuitable('noKey');
  const certificates = bags.flatMap(certificateOf);
  for (const key of keys) {
    const certificate = certificates.find((item) => item.checkPrivateKey(key));
    if (certificate) return judge(certificate, key, now);
  }
  throw unsuitable('noCertificate');
}

function judge(certificate: X509Certificate, key: KeyObject, now: number): Imported {
  const algorithm = algorithmOf(key);
  if (certificate.ca) throw unsuitable('authority');
  // Without an extended key usage any purpose would be meant (RFC 5280 §4.2.1.12); the gateway wants it named.
  if (!certificate.keyUsage?.includes(clientAuth)) throw unsuitable('usage');
  if (now < certificate.validFromDate.getTime()) throw unsuitable('early');
  const until = certificate.validToDate.getTime();
  if (now > until) throw unsuitable('expired');
  return {
    certificate: certificate.toString(),
    privateKey: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    subject: subjectOf(certificate),
    algorithm,
    until,
  };
}

function algorithmOf(key: KeyObject): Imported['algorithm'] {
  const { namedCurve, modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'ec' && namedCurve === 'prime256v1') return 'P-256';
  if (key.asymmetricKeyType === 'rsa' && modulusLength >= 2048 && modulusLength <= longestRsa) return 'RSA';
  throw unsuitable('key');
}

/** The common name, or the whole subject where there is none. */
function subjectOf({ subject }: X509Certificate): string {
  const name = /^CN=(.*)$/m.exec(subject)?.[1] ?? subject.replaceAll('\n', ', ');
  return name.replace(/\p{Cc}/gu, ' ').slice(0, 200);
}

function openFile(bytes: Uint8Array, password: string): forge.pkcs12.Bag[] {
  const file = parse(bytes);
  checkMac(file);
  try {
    return bagsOf(forge.pkcs12.pkcs12FromAsn1(file, false, password));
  } catch (error) {
    // Nothing of forge's errors goes on: they may quote what was decrypted.
    if (String(error).includes('MAC could not be verified')) throw new HanareError('certificatePasswordWrong');
    if (/^[\x20-\x7e]*$/.test(password)) throw new HanareError('certificateFileDamaged');
  }
  return openWithUtf8(parse(bytes), password);
}

/**
 * PBES2 takes the password as UTF-8 (RFC 8018 §3), the MAC as UTF-16 (RFC 7292 §B.1), and forge gives both the same
 * string. The MAC has been checked, so it is left out here.
 */
function openWithUtf8(file: forge.asn1.Asn1, password: string): forge.pkcs12.Bag[] {
  try {
    (file.value as forge.asn1.Asn1[]).length = 2;
    return bagsOf(forge.pkcs12.pkcs12FromAsn1(file, false, forge.util.encodeUtf8(password)));
  } catch {
    throw new HanareError('certificateFileDamaged');
  }
}

function parse(bytes: Uint8Array): forge.asn1.Asn1 {
  if (bytes.length > maxBytes || !isWhole(bytes)) throw new HanareError('certificateFileDamaged');
  try {
    // Not strict: some programs write BER with indefinite lengths (RFC 7292 §4.1 allows it).
    return forge.asn1.fromDer(forge.util.createBuffer(Buffer.from(bytes).toString('latin1')), false);
  } catch {
    throw new HanareError('certificateFileDamaged');
  }
}

/** Whether the outer SEQUENCE is as long as the file; forge, not strict, would take a cut one. X.690 §8.1.3. */
function isWhole(bytes: Uint8Array): boolean {
  const [tag, first = 0] = bytes;
  if (tag !== 0x30) return false;
  if (first < 0x80) return bytes.length === 2 + first;
  const size = first & 0x7f;
  if (size === 0) return bytes.at(-1) === 0 && bytes.at(-2) === 0;
  const length = bytes.subarray(2, 2 + size).reduce((sum, byte) => sum * 256 + byte, 0);
  return bytes.length === 2 + size + length;
}

/** MacData ::= SEQUENCE { mac DigestInfo, macSalt OCTET STRING, iterations INTEGER DEFAULT 1 } (RFC 7292 §4). */
function checkMac(file: forge.asn1.Asn1): void {
  const macData = child(file, 2);
  // Without a MAC a wrong password could not be told from a damaged file.
  if (macData === undefined) throw new HanareError('certificateFileDamaged');
  const oid = child(child(child(macData, 0), 0), 0)?.value;
  const iterations = child(macData, 2)?.value;
  const count = typeof iterations === 'string' ? Number.parseInt(forge.util.bytesToHex(iterations), 16) : 1;
  if (typeof oid !== 'string' || count > maxMacIterations) throw new HanareError('certificateFileDamaged');
  if (forge.asn1.derToOid(oid) === pbmac1) throw unsuitable('protection');
}

function child(node: forge.asn1.Asn1 | undefined, index: number): forge.asn1.Asn1 | undefined {
  return Array.isArray(node?.value) ? node.value[index] : undefined;
}

function bagsOf(file: forge.pkcs12.Pkcs12Pfx): forge.pkcs12.Bag[] {
  return file.safeContents.flatMap((safe) => safe.safeBags);
}

function keyOf(bag: forge.pkcs12.Bag): KeyObject[] {
  const { keyBag, pkcs8ShroudedKeyBag } = forge.pki.oids;
  if (bag.type !== keyBag && bag.type !== pkcs8ShroudedKeyBag) return [];
  const info = bag.key ? forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(bag.key)) : bag.asn1;
  try {
    return [createPrivateKey({ key: derOf(info), format: 'der', type: 'pkcs8' })];
  } catch {
    throw unsuitable('key');
  }
}

function certificateOf(bag: forge.pkcs12.Bag): X509Certificate[] {
  if (bag.type !== forge.pki.oids.certBag) return [];
  try {
    return [new X509Certificate(derOf(bag.cert ? forge.pki.certificateToAsn1(bag.cert) : bag.asn1))];
  } catch {
    throw new HanareError('certificateFileDamaged');
  }
}

function derOf(value: forge.asn1.Asn1): Buffer {
  return Buffer.from(forge.asn1.toDer(value).getBytes(), 'latin1');
}

function unsuitable(problem: keyof typeof problems): HanareError {
  return new HanareError('certificateUnsuitable', { problem: problems[problem] });
}
