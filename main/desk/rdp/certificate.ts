import { createHash, X509Certificate } from 'node:crypto';
import { createDerReader, type DerReader, field, tag } from './der.ts';
import { protocolError } from './problems.ts';

/** What of the desk's certificate the connection needs. */
export type DeskCertificate = Readonly<{
  sha256: string;
  subject: string;
  notAfter: Date;
  /** The bits of SubjectPublicKey, which CredSSP binds itself to (MS-CSSP 3.1.5). */
  publicKey: Uint8Array;
  /** The hash of RFC 5929 section 4; null for signatures that the RFC leaves undefined. */
  endPoint: Uint8Array | null;
  /** Whether its key may sign (RFC 5280 section 4.2.1.3): without the extension it may. */
  signs: boolean;
}>;

const hashOfSignature: Readonly<Record<string, string>> = {
  // MD5 and SHA-1 are replaced by SHA-256 (RFC 5929 section 4.1).
  '2a864886f70d010104': 'sha256',
  '2a864886f70d010105': 'sha256',
  '2a864886f70d01010b': 'sha256',
  '2a864886f70d01010c': 'sha384',
  '2a864886f70d01010d': 'sha512',
  '2a8648ce3d0401': 'sha256',
  '2a8648ce3d040302': 'sha256',
  '2a8648ce3d040303': 'sha384',
  '2a8648ce3d040304': 'sha512',
};
const rsaPss = '2a864886f70d01010a';
const hashOfPss: Readonly<Record<string, string>> = {
  '2b0e03021a': 'sha256',
  '608648016503040201': 'sha256',
  '608648016503040202': 'sha384',
  '608648016503040203': 'sha512',
};

const readOid = (reader: DerReader) => Buffer.from(reader.read(tag.oid)).toString('hex');

function signatureHash(der: Uint8Array): string | null {
  const certificate = createDerReader(der).open(tag.sequence);
  certificate.read(tag.sequence);
  const algorithm = certificate.open(tag.sequence);
  const oid = readOid(algorithm);
  if (oid !== rsaPss) return hashOfSignature[oid] ?? null;
  const parameters = algorithm.next() === tag.sequence ? algorithm.open(tag.sequence) : null;
  // The default is SHA-1 (RFC 4055 section 3.1).
  if (parameters?.next() !== field(0)) return 'sha256';
  return hashOfPss[readOid(parameters.open(field(0)).open(tag.sequence))] ?? null;
}

const keyUsage = '551d0f';

/** By the extension of that name, the first bit of it. */
function maySign(der: Uint8Array): boolean {
  const body = createDerReader(der).open(tag.sequence).open(tag.sequence);
  while (!body.done() && body.next() !== field(3)) body.read(body.next() ?? 0);
  if (body.done()) return true;
  const extensions = body.open(field(3)).open(tag.sequence);
  while (!extensions.done()) {
    const extension = extensions.open(tag.sequence);
    if (readOid(extension) !== keyUsage) continue;
    if (extension.next() !== tag.octets) extension.read(extension.next() ?? 0);
    const [, bits = 0] = extension.open(tag.octets).read(tag.bitString);
    return (bits & 0x80) !== 0;
  }
  return true;
}

export function readCertificate(der: Uint8Array): DeskCertificate {
  const hash = (name: string) => createHash(name).update(der).digest();
  const signature = signatureHash(der);
  try {
    const parsed = new X509Certificate(der);
    const info = createDerReader(parsed.publicKey.export({ type: 'spki', format: 'der' })).open(tag.sequence);
    info.read(tag.sequence);
    return {
      sha256: hash('sha256').toString('hex'),
      subject: parsed.subject ?? '',
      notAfter: new Date(parsed.validTo),
      // The first byte counts unused bits, of which a key has none.
      publicKey: info.read(tag.bitString).subarray(1),
      endPoint: signature === null ? null : hash(signature),
      signs: maySign(der),
    };
  } catch {
    throw protocolError('a certificate that cannot be read');
  }
}
