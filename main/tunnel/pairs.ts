import type { ErrorName } from '#contract/errors/catalogue.ts';
import type { Failure } from '#contract/errors/hanare-error.ts';
import type { Credentials } from './dial.ts';

/** `older`: the certificate and key that a renewal has not yet replaced for good. */
export type TunnelCredentials = Credentials &
  Readonly<{ older: Readonly<{ certificate: string; privateKey: string }> | null }>;

/** Answers that are about the certificate, so that another one may fare better. */
const aboutCertificate: ReadonlySet<ErrorName> = new Set([
  'deviceRevoked',
  'deviceCertificateMissing',
  'deviceCertificateRefused',
  'deviceCertificateExpired',
  'deviceFileDamaged',
] satisfies ErrorName[]);

/**
 * Which certificate one tunnel shows: the newest, and when the gateway refuses that (it was renewed, but the news of it
 * was lost before the gateway counted it as used), the older one, once.
 */
export function choosePair(credentials: TunnelCredentials) {
  let present: Credentials = credentials;
  let first: Failure | null = null;
  return {
    present: (): Credentials => present,
    fellBack: (): boolean => first !== null,
    /** When both were refused, what was said of the newest counts. */
    verdict: (failure: Failure): Failure => (first && aboutCertificate.has(failure.reason) ? first : failure),
    /** The gateway has refused the connection. @returns whether it is worth another try, now with the older pair. */
    refused(failure: Failure): boolean {
      if (first !== null || credentials.older === null || !aboutCertificate.has(failure.reason)) return false;
      first = failure;
      present = { ...credentials, ...credentials.older };
      return true;
    },
  };
}
