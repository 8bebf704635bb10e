import { md4 } from './md4.ts';
import {
  type AvPair,
  authenticateMessage,
  avId,
  encodePairs,
  micAt,
  negotiateMessage,
  parseChallenge,
} from './ntlm-messages.ts';
import { createNtlmSeal, hmacMd5, md5, type NtlmSeal } from './ntlm-seal.ts';
import { protocolError, RdpProblem } from './problems.ts';
import { createRc4 } from './rc4.ts';

export type Credentials = Readonly<{ user: string; domain: string; password: string }>;

export const utf16 = (text: string) => Buffer.from(text, 'utf16le');

/** Windows upper-cases unit by unit: what would grow, as ß does, stays. */
const upperCase = (text: string) =>
  [...text].map((c) => (c.toUpperCase().length === c.length ? c.toUpperCase() : c)).join('');

/** NTOWFv2 (MS-NLMP 3.3.2). */
export function ntowfV2({ user, domain, password }: Credentials): Buffer {
  const secret = utf16(password);
  const hash = md4(secret);
  const key = hmacMd5(hash, utf16(upperCase(user) + domain));
  secret.fill(0);
  hash.fill(0);
  return key;
}

/** The MsvAvChannelBindings value (2.2.2.1): MD5 of a gss_channel_bindings_struct without addresses (RFC 2744, RFC 5929). */
export function channelBindings(endPoint: Uint8Array): Buffer {
  const data = Buffer.concat([Buffer.from('tls-server-end-point:', 'ascii'), endPoint]);
  const head = Buffer.alloc(20);
  head.writeUInt32LE(data.length, 16);
  return md5(head, data);
}

/** 100 ns since 1601. */
function fileTime(unixMs: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE((BigInt(Math.trunc(unixMs)) + 11_644_473_600_000n) * 10_000n);
  return bytes;
}

export type NtlmOptions = Readonly<{
  credentials: Credentials;
  workstation: string;
  /** The service principal name, for example TERMSRV/host. */
  targetName: string | null;
  /** Of `channelBindings`. */
  bindings: Uint8Array | null;
  now(): number;
  random(bytes: number): Uint8Array;
}>;

export type NtlmClient = Readonly<{
  negotiate(): Buffer;
  authenticate(challenge: Uint8Array): Readonly<{ message: Buffer; seal: NtlmSeal }>;
}>;

const micPresent = 0x2;

/** What the server told about itself, with our own pairs in place of its (3.1.5.1.2). */
function targetInfo(pairs: readonly AvPair[], options: NtlmOptions, withMic: boolean): Buffer {
  const own: AvPair[] = [];
  if (withMic) {
    const flags = Buffer.from(pairs.find(({ id }) => id === avId.flags)?.value ?? Buffer.alloc(4));
    flags.writeUInt32LE((flags.readUInt32LE(0) | micPresent) >>> 0, 0);
    own.push({ id: avId.flags, value: flags });
  }
  if (options.bindings) own.push({ id: avId.channelBindings, value: options.bindings });
  if (options.targetName !== null) own.push({ id: avId.targetName, value: utf16(options.targetName) });
  return encodePairs([...pairs.filter(({ id }) => !own.some((pair) => pair.id === id)), ...own]);
}

/** NTLMv2 (MS-NLMP 3.1.5 and 3.3.2); never anything older. */
export function createNtlmClient(options: NtlmOptions): NtlmClient {
  const { credentials, now, random, workstation } = options;
  const negotiate = negotiateMessage();
  return {
    negotiate: () => Buffer.from(negotiate),
    authenticate(challenge) {
      const { serverChallenge, pairs } = parseChallenge(challenge);
      const stamp = pairs.find(({ id }) => id === avId.timestamp)?.value;
      const withMic = stamp !== undefined;
      const clientChallenge = Buffer.from(random(8));
      const exported = Buffer.from(random(16));
      const blob = Buffer.concat([
        Buffer.from([1, 1, 0, 0, 0, 0, 0, 0]),
        stamp ?? fileTime(now()),
        clientChallenge,
        Buffer.alloc(4),
        targetInfo(pairs, options, withMic),
        Buffer.alloc(4),
      ]);
      if (blob.length > 0x8000) throw protocolError('an NTLM challenge that is too long');
      const key = ntowfV2(credentials);
      const proof = hmacMd5(key, serverChallenge, blob);
      const lm = hmacMd5(key, serverChallenge, clientChallenge);
      const sessionBase = hmacMd5(key, proof);
      const fields = {
        domain: utf16(credentials.domain),
        user: utf16(credentials.user),
        workstation: utf16(workstation),
        // A server that gives its time gets no LM response (3.1.5.1.2).
        lmResponse: withMic ? Buffer.alloc(24) : Buffer.concat([lm, clientChallenge]),
        ntResponse: Buffer.concat([proof, blob]),
        sessionKey: createRc4(sessionBase)(exported),
      };
      for (const { length } of Object.values(fields)) {
        if (length > 0xffff) throw new RdpProblem('desk-refused', 'a user or domain that is too long');
      }
      const message = authenticateMessage(fields, withMic);
      if (withMic) hmacMd5(exported, negotiate, challenge, message).copy(message, micAt);
      const seal = createNtlmSeal(exported);
      for (const secret of [key, sessionBase, exported]) secret.fill(0);
      return { message, seal };
    },
  };
}
