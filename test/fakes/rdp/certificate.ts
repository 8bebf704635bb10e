import { execFile } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** @returns SHA-256 of the certificate's DER, in lower-case hexadecimal: what a client that pins it compares. */
export function certificateFileSha256(file: string): string {
  return createHash('sha256')
    .update(new X509Certificate(readFileSync(file)).raw)
    .digest('hex');
}

/** A self-signed certificate and its key, as a desk makes them for itself, into two new files. */
export async function writeCertificate(certificateFile: string, keyFile: string): Promise<void> {
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-sha256', '-days', '30', '-subj', '/CN=desk.hanare.test'],
    ...['-keyout', keyFile, '-out', certificateFile],
  ]);
}
