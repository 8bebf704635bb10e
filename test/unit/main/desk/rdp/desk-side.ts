import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import tls from 'node:tls';
import type { Issued } from '#gateway/pki/issue.ts';
import { bindingHash } from '#main/desk/rdp/credssp.ts';
import { createDerReader, element, field, smallInteger, tag } from '#main/desk/rdp/der.ts';
import { channelBindings, ntowfV2 } from '#main/desk/rdp/ntlm.ts';
import { createNtlmSeal, hmacMd5, type NtlmSeal } from '#main/desk/rdp/ntlm-seal.ts';
import { createRc4 } from '#main/desk/rdp/rc4.ts';
import { readAlone, readExactly } from '#main/desk/rdp/read-exactly.ts';
import { decodeTsRequest, encodeTsRequest } from '#main/desk/rdp/ts-request.ts';

/* The server's side of MS-RDPBCGR negotiation, MS-CSSP and MS-NLMP, as far as a desk needs it for one sign-in. */

export const account = { user: 'Tester', domain: 'OFFICE', password: 'a throw-away' } as const;

/** CHALLENGE_MESSAGE with a time, so that a MIC is asked for. */
export function challengeMessage(serverChallenge: Uint8Array): Buffer {
  const name = Buffer.from('DESK', 'utf16le');
  const pair = (id: number, value: Uint8Array) => Buffer.concat([Buffer.from([id, 0, value.length, 0]), value]);
  const info = Buffer.concat([pair(2, name), pair(1, name), pair(7, Buffer.alloc(8, 7)), pair(0, Buffer.alloc(0))]);
  const head = Buffer.alloc(56);
  head.write('NTLMSSP\0', 'ascii');
  head.writeUInt32LE(2, 8);
  head.writeUInt32LE(0xe288_8235, 20);
  head.set(serverChallenge, 24);
  head.writeUInt16LE(info.length, 40);
  head.writeUInt16LE(info.length, 42);
  head.writeUInt32LE(56, 44);
  return Buffer.concat([head, info]);
}

/** Checks an AUTHENTICATE_MESSAGE; null when the password, the MIC or the channel bindings are wrong. */
function verifyAuthenticate(negotiate: Uint8Array, challenge: Buffer, message: Buffer, bindings: Buffer) {
  const part = (at: number) => {
    const from = message.readUInt32LE(at + 4);
    return message.subarray(from, from + message.readUInt16LE(at));
  };
  const response = part(20);
  const key = ntowfV2(account);
  const proof = hmacMd5(key, challenge.subarray(24, 32), response.subarray(16));
  if (!proof.equals(response.subarray(0, 16))) return null;
  const exported = createRc4(hmacMd5(key, proof))(part(52));
  const bare = Buffer.from(message).fill(0, 72, 88);
  const mic = hmacMd5(exported, negotiate, challenge, bare);
  if (!mic.equals(message.subarray(72, 88)) || !response.includes(bindings)) return null;
  return { seal: createNtlmSeal(exported, 'server'), response, user: part(36).toString('utf16le') };
}

export type DeskSide = Readonly<{
  identity: Issued;
  /** The protocol that is chosen. */
  chosen: number;
  version?: number;
  /** Shows the proof of another key. */
  lies?: boolean;
  /** What it does with the password: hangs up instead of an answer, or refuses the credentials after all. */
  hangsUp?: boolean;
  refuses?: boolean;
  /** Breaks TLS where it would say hello. */
  breaks?: boolean;
  early?: number;
}>;

export type Seen = {
  authInfo: Buffer | null;
  response: Buffer | null;
  /** TSRequests that came. */
  messages: number;
};

async function readRequest(stream: Duplex): Promise<Buffer> {
  const { signal } = new AbortController();
  const head = await readExactly(stream, 2, signal);
  const first = head[1] ?? 0;
  const more = first < 0x80 ? Buffer.alloc(0) : await readExactly(stream, first & 0x7f, signal);
  const length = first < 0x80 ? first : more.readUIntBE(0, more.length);
  return Buffer.concat([head, more, await readExactly(stream, length, signal)]);
}

/** Serves one connection up to the first bytes of the desktop, which are 'hello'. @returns its end of TLS; null when it let nobody in */
export async function serveDesk(stream: Duplex, desk: DeskSide, seen: Seen): Promise<Duplex | null> {
  const { identity, chosen, early = 0, breaks = false, refuses = false } = desk;
  await readAlone(stream, () => 19, new AbortController().signal);
  const confirm = Buffer.from('030000130ed00000123400021f080000000000', 'hex');
  confirm.writeUInt32LE(chosen, 15);
  stream.write(confirm);
  const secure = new tls.TLSSocket(stream, { isServer: true, cert: identity.certificate, key: identity.privateKey });
  secure.on('error', () => {});
  if (chosen !== 1 && !(await signIn(secure, desk, seen))) return null;
  const result = Buffer.alloc(4);
  result.writeUInt32LE(early);
  if (breaks) {
    stream.write(Buffer.from('nothing of TLS'));
    return null;
  }
  if (refuses) {
    // STATUS_PASSWORD_MUST_CHANGE, where the early result would be.
    const code = element(field(4), element(tag.integer, Buffer.from('c0000224', 'hex')));
    secure.write(element(tag.sequence, element(field(0), smallInteger(6)), code));
    return null;
  }
  // In one write: the client must lose nothing of what follows.
  secure.write(Buffer.concat([chosen === 8 ? result : Buffer.alloc(0), Buffer.from('hello')]));
  // The next turn: until then it still counts as read by 'readable'.
  await turn();
  return secure;
}

async function signIn(
  secure: Duplex,
  { identity, version = 6, lies = false, hangsUp = false }: DeskSide,
  seen: Seen,
): Promise<boolean> {
  const certificate = new X509Certificate(identity.certificate);
  const info = createDerReader(certificate.publicKey.export({ type: 'spki', format: 'der' })).open(tag.sequence);
  info.read(tag.sequence);
  const publicKey = info.read(tag.bitString).subarray(1);
  const bindings = channelBindings(createHash('sha256').update(certificate.raw).digest());
  const next = async () => {
    const request = decodeTsRequest(await readRequest(secure));
    seen.messages += 1;
    return request;
  };
  const { negoToken: negotiate = Buffer.alloc(0) } = await next();
  const challenge = challengeMessage(randomBytes(8));
  secure.write(encodeTsRequest({ version, negoToken: challenge }));
  const { negoToken = Buffer.alloc(88), pubKeyAuth = Buffer.alloc(0), nonce = Buffer.alloc(32) } = await next();
  if (hangsUp) {
    secure.end();
    return false;
  }
  const proven = verifyAuthenticate(negotiate, challenge, Buffer.from(negoToken), bindings);
  if (!proven) {
    // STATUS_LOGON_FAILURE with a leading zero, as some servers write it.
    const code = element(field(4), element(tag.integer, Buffer.from('00c000006d', 'hex')));
    secure.write(element(tag.sequence, element(field(0), smallInteger(version)), code));
    return false;
  }
  seen.response = proven.response;
  const seal: NtlmSeal = proven.seal;
  const shown = seal.unseal(pubKeyAuth);
  const wanted = bindingHash('Client-To-Server', nonce, publicKey);
  if (!shown.equals(wanted)) throw new Error('the client showed another key');
  const key = lies ? Buffer.alloc(publicKey.length, 1) : publicKey;
  const proof = bindingHash('Server-To-Client', nonce, key);
  secure.write(encodeTsRequest({ version, pubKeyAuth: seal.seal(proof) }));
  const { authInfo = Buffer.alloc(0) } = await next();
  seen.authInfo = seal.unseal(authInfo);
  return true;
}
