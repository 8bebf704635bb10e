import { createHash, timingSafeEqual } from 'node:crypto';
import { element, field, smallInteger, tag } from './der.ts';
import { type Credentials, type NtlmClient, utf16 } from './ntlm.ts';
import type { NtlmSeal } from './ntlm-seal.ts';
import { protocolError, statusProblem } from './problems.ts';
import { decodeTsRequest, encodeTsRequest, nonceBytes } from './ts-request.ts';

const newestVersion = 6;
/** From here on the key is bound by a hash over a nonce (MS-CSSP 3.1.5, steps 3 and 4). */
const firstHashedVersion = 5;

type Direction = 'Client-To-Server' | 'Server-To-Client';

export const bindingHash = (direction: Direction, nonce: Uint8Array, publicKey: Uint8Array) =>
  createHash('sha256').update(`CredSSP ${direction} Binding Hash\0`, 'ascii').update(nonce).update(publicKey).digest();

/** The answer of version 4 and older: the first byte of the key one higher. */
export function keyPlusOne(publicKey: Uint8Array): Buffer {
  const key = Buffer.from(publicKey);
  key[0] = ((key[0] ?? 0) + 1) & 0xff;
  return key;
}

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

  const proofOf = (direction: Direction, agreed: number) => {
    if (agreed >= firstHashedVersion) return bindingHash(direction, nonce, publicKey);
    return direction === 'Client-To-Server' ? Buffer.from(publicKey) : keyPlusOne(publicKey);
  };

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
      if (request.authInfo) throw protocolError('credentials from the server');
      const agreed = Math.min(version, newestVersion);
      if (current === 'challenge') {
        if (!request.negoToken || request.pubKeyAuth) throw protocolError('no challenge');
        const answer = ntlm.authenticate(request.negoToken);
        seal = answer.seal;
        const pubKeyAuth = seal.seal(proofOf('Client-To-Server', agreed));
        const hashed = agreed >= firstHashedVersion ? { nonce } : {};
        step = 'proof';
        return encodeTsRequest({ version: newestVersion, negoToken: answer.message, pubKeyAuth, ...hashed });
      }
      if (!seal || !request.pubKeyAuth || request.negoToken?.length) throw protocolError('no proof of the key');
      const [shown, expected] = [seal.unseal(request.pubKeyAuth), proofOf('Server-To-Client', agreed)];
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
