import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { issuedBy } from '../pki/judge.ts';
import { SiteError, writeAtomically } from './files.ts';

type Ca = Readonly<{ pem: string; certificate: X509Certificate }>;

/**
 * The CAs of client-cas.pem, each in PEM; none when there is no such file.
 * @throws {SiteError} damaged when it holds anything but CA certificates: a CA that cannot be read is not left out.
 */
export function loadClientCas(path: string): string[] {
  return load(path).map(({ pem }) => pem);
}

/**
 * Trusts the CAs in `text` for device certificates, besides the site's own; laptops bring theirs at enrolment. An
 * intermediate CA needs those above it in the file too: OpenSSL trusts a chain up to its root only.
 * @param path of client-cas.pem. @param text one or more certificates in PEM.
 * @returns those that were not trusted before, by subject and SHA-256 (hex with colons).
 * @throws {SiteError} damaged when `text` holds anything but CA certificates, or one whose issuer is not known; nothing
 * was changed then.
 */
export function addClientCas(path: string, text: string): { subject: string; fingerprint: string }[] {
  const all = [...load(path)];
  const before = all.length;
  for (const ca of read(text, 'That is not a CA certificate in PEM; nothing was changed.')) {
    if (!all.some(({ certificate }) => certificate.fingerprint256 === ca.certificate.fingerprint256)) all.push(ca);
  }
  const orphan = all.find(({ certificate }) => !hasIssuer(certificate, all));
  if (orphan !== undefined) {
    const { subject, issuer } = orphan.certificate;
    const message = `Add "${oneLine(issuer)}" as well, which issued "${oneLine(subject)}"; nothing was changed.`;
    throw new SiteError('damaged', message);
  }
  const added = all.slice(before);
  if (added.length > 0) writeAtomically(path, all.map(({ pem }) => pem).join(''), { replace: true });
  return added.map(({ certificate: { subject, fingerprint256 } }) => ({
    subject: oneLine(subject),
    fingerprint: fingerprint256,
  }));
}

function load(path: string): Ca[] {
  if (!existsSync(path)) return [];
  return read(readFileSync(path, 'utf8'), `The file ${path} does not hold CA certificates in PEM.`);
}

/** At least one, and CAs only. */
function read(text: string, problem: string): Ca[] {
  try {
    const blocks = text.match(/-----BEGIN [^-]+-----[^-]*-----END [^-]+-----/g) ?? [];
    // A block that does not end would otherwise be left out.
    const begun = text.match(/-----BEGIN/g)?.length ?? 0;
    if (blocks.length === 0 || begun !== blocks.length) throw new Error('no certificate, or half of one');
    return blocks.map((block) => {
      const certificate = new X509Certificate(block);
      if (!certificate.ca) throw new Error('a certificate that is no CA');
      return { pem: `${block}\n`, certificate };
    });
  } catch (error) {
    throw new SiteError('damaged', problem, { cause: error });
  }
}

function hasIssuer(ca: X509Certificate, all: readonly Ca[]): boolean {
  const isRoot = ca.checkIssued(ca) && ca.verify(ca.publicKey);
  return isRoot || all.some(({ certificate }) => issuedBy(ca, certificate));
}

/** node:crypto puts each part of a name on a line of its own. */
function oneLine(name: string): string {
  return name.replaceAll('\n', ', ');
}
