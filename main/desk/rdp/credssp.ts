import { createHash, timingSafeEqual } from 'node:crypto';
import { element, field, smallInteger, tag } from './der.ts';
import { type Credentials, type NtlmClient, utf16 } from './ntlm.ts';
import type { NtlmSeal } from './ntlm-seal.ts';
import { protocolError, RdpProblem, statusProblem } from './problems.ts';
import { decodeTsRequest, encodeTsRequest, nonceBytes } from './ts-request.ts';

const newestVersion = 6;
/**
 * From here on the key is bound by a hash over a nonce (MS-CSSP 3.1.5, steps 3 and 4). Before, the key itself was sealed, and
 * whoever stands between could have the user seal words of their own choice (CVE-2018-0886; MS-CSSP 5.1 advises as much).
 */
const oldestVersion = 5;

type Direction = 'Client-To-Server' | 'Server-To-Client';

export const bindingHash = (direction: Direction, nonce: Uint8Array, publicKey: Uint8Array) =>
  createHash('sha256').update(`CredSSP ${direction} Binding Hash\0`, 'ascii').update(nonce).update(publicKey).digest();

/** TSCredentials with TSPasswordCreds (2.2.1.2). */
export function encodeCredentials({ domain, user, password }: Credentials): Buffer {
  const secret = utf16(password);
  const texts = [utf16(domain), utf16(user), secret];
  const fields = texts.map((text, n) => element(field(n), element(tag.octets, text)));
  const inner = element(tag.sequence, ...fields);
  const wrapped = element(field(1), element(tag.octets, inner));
  const whole = element(tag.sequence, element(field(0), smallInteger(1)), wrapped);
  for (const buffer of [secret, inner, wrapped, ...fields]) buffer.fill(0);
  return whole;
}

export type CredsspOptions = Readonly<{
  ntlm: NtlmClient;
  credentials: Credentials;
  /** The bits of SubjectPublicKey of the certificate that TLS showed. */
  publicKey: Uint8Array;
  random(bytes: number): Uint8Array;
}>;

export type Credssp = Readonly<{
  /** The first message. */
  start(): Buffer;
  /** Takes one whole TSRequest: the challenge, then the proof. @returns what is to be sent, with the credentials the second time */
  take(message: Uint8Array): Buffer;
}>;

/** The client of MS-CSSP 3.1.5: the server's proof of its key is checked before the credentials leave. */
export function createCredssp({ ntlm, credentials, publicKey, random }: CredsspOptions): Credssp {
  const nonce = Buffer.from(random(nonceBytes));
  let step: 'challenge' | 'proof' | 'over' = 'challenge';
  let seal: NtlmSeal | null = null;
  let version: number | null = null;

  return {
    start: () => encodeTsRequest({ version: newestVersion, negoToken: ntlm.negotiate() }),
    take(message) {
      if (step === 'over') throw protocolError('a message too many');
      const current = step;
      // A refused message is never taken again.
      step = 'over';
      const request = decodeTsRequest(message);
      if (request.errorCode !== undefined && request.errorCode !== 0) throw statusProblem(request.errorCode);
      if (version !== null && request.version !== version) throw protocolError('another version than before');
      version = request.version;
      if (version < oldestVersion) throw new RdpProblem('desk-credssp-old', 'a version of CredSSP that is not safe');
      if (request.authInfo) throw protocolError('credentials from the server');
      if (current === 'challenge') {
        if (!request.negoToken || request.pubKeyAuth) throw protocolError('no challenge');
        const answer = ntlm.authenticate(request.negoToken);
        seal = answer.seal;
        const pubKeyAuth = seal.seal(bindingHash('Client-To-Server', nonce, publicKey));
        step = 'proof';
        return encodeTsRequest({ version: newestVersion, negoToken: answer.message, pubKeyAuth, nonce });
      }
      if (!seal || !request.pubKeyAuth || request.negoToken?.length) throw protocolError('no proof of the key');
      const expected = bindingHash('Server-To-Client', nonce, publicKey);
      const shown = seal.unseal(request.pubKeyAuth);
      if (shown.length !== expected.length || !timingSafeEqual(shown, expected)) {
        throw protocolError('the proof is for another key');
      }
      const plain = encodeCredentials(credentials);
      const authInfo = seal.seal(plain);
      plain.fill(0);
      return encodeTsRequest({ version: newestVersion, authInfo });
    },
  };
}
