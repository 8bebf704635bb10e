import { type KeyObject, verify, X509Certificate } from 'node:crypto';
import { HanareError } from '#contract/errors/hanare-error.ts';
import { isDeviceCertificate, issuedBy } from './judge.ts';

/** `{problem}` of certificateUnsuitable is shown as it is, so each is said in both languages. */
const problems = {
  unreadable: '証明書として読めません。 / It cannot be read as a certificate.',
  issuer: 'この団体が認める認証局の発行ではありません。 / It was not issued by a CA that this site trusts.',
  issuerPeriod: '発行した認証局の有効期間の外です。 / The CA that issued it is outside its period of validity.',
  usage: 'クライアント認証用ではありません。 / It is not meant for client authentication.',
  early: '有効期間がまだ始まっていません。 / It is not valid yet.',
  expired: '有効期限が切れています。 / It has expired.',
  key: '鍵がRSA 2048ビット以上でもP-256でもありません。 / Its key is neither RSA of 2048 bits or more nor P-256.',
  proof: '証明書の秘密鍵を持っていることを確かめられません。 / Its private key was not proved.',
} as const;

/** More would only cost time to verify. */
const longestRsa = 8192;

/**
 * Decides about a certificate that a site's own CA has issued, brought by a laptop at enrolment.
 * @param options.certificate PEM. @param options.clientCas PEM of the CAs that may have issued it.
 * @param options.proof base64 signature by the certificate's key, with SHA-256, over `message` in UTF-8: PKCS#1 v1.5 for
 * RSA, DER for P-256.
 * @param options.now milliseconds since 1970.
 * @throws {HanareError} certificateUnsuitable{problem}.
 */
export function checkImported(options: {
  certificate: string;
  proof: string;
  message: string;
  clientCas: readonly string[];
  now: number;
}): X509Certificate {
  const { now } = options;
  const leaf = parse(options.certificate);
  if (leaf === undefined) throw unsuitable('unreadable');
  const issuers = options.clientCas.map((ca) => new X509Certificate(ca)).filter((ca) => ca.ca && issuedBy(leaf, ca));
  if (issuers.length === 0) throw unsuitable('issuer');
  if (!issuers.some((ca) => periodProblem(ca, now) === undefined)) throw unsuitable('issuerPeriod');
  if (!isDeviceCertificate(leaf)) throw unsuitable('usage');
  const period = periodProblem(leaf, now);
  if (period !== undefined) throw unsuitable(period);
  if (!isAllowedKey(leaf.publicKey)) throw unsuitable('key');
  if (!isProved(leaf.publicKey, options)) throw unsuitable('proof');
  return leaf;
}

function parse(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function periodProblem(certificate: X509Certificate, now: number): 'early' | 'expired' | undefined {
  if (now < certificate.validFromDate.getTime()) return 'early';
  return now > certificate.validToDate.getTime() ? 'expired' : undefined;
}

function isAllowedKey(key: KeyObject): boolean {
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'ec') return namedCurve === 'prime256v1';
  return key.asymmetricKeyType === 'rsa' && modulusLength >= 2048 && modulusLength <= longestRsa;
}

function isProved(key: KeyObject, { proof, message }: { proof: string; message: string }): boolean {
  try {
    return verify('sha256', Buffer.from(message), key, Buffer.from(proof, 'base64'));
  } catch {
    return false;
  }
}

function unsuitable(problem: keyof typeof problems): HanareError {
  return new HanareError('certificateUnsuitable', { problem: problems[problem] });
}
