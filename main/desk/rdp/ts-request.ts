import { createDerReader, element, field, readUint32, smallInteger, tag } from './der.ts';
import { protocolError } from './problems.ts';

/** TSRequest (MS-CSSP 2.2.1). */
export type TsRequest = Readonly<{
  version: number;
  negoToken?: Uint8Array;
  authInfo?: Uint8Array;
  pubKeyAuth?: Uint8Array;
  /** An NTSTATUS. */
  errorCode?: number;
  nonce?: Uint8Array;
}>;

export const nonceBytes = 32;

const octets = (bytes: Uint8Array) => element(tag.octets, bytes);

/** Raw NTLM tokens: Windows and FreeRDP take them without SPNEGO around them. */
export function encodeTsRequest(request: TsRequest): Buffer {
  const { version, negoToken, authInfo, pubKeyAuth, nonce } = request;
  const parts = [element(field(0), smallInteger(version))];
  if (negoToken) {
    const token = element(tag.sequence, element(field(0), octets(negoToken)));
    parts.push(element(field(1), element(tag.sequence, token)));
  }
  if (authInfo) parts.push(element(field(2), octets(authInfo)));
  if (pubKeyAuth) parts.push(element(field(3), octets(pubKeyAuth)));
  if (nonce) parts.push(element(field(5), octets(nonce)));
  return element(tag.sequence, ...parts);
}

export function decodeTsRequest(bytes: Uint8Array): TsRequest {
  const outer = createDerReader(bytes);
  const body = outer.open(tag.sequence);
  outer.end();
  const request: { -readonly [K in keyof TsRequest]: TsRequest[K] } = { version: 0 };
  const only = <T>(n: number, read: (reader: ReturnType<typeof body.open>) => T): T | undefined => {
    if (body.next() !== field(n)) return undefined;
    const inner = body.open(field(n));
    const value = read(inner);
    inner.end();
    return value;
  };
  const version = only(0, readUint32);
  if (version === undefined || version < 2 || version > 0xff) throw protocolError('a version of CredSSP');
  request.version = version;
  const token = only(1, (inner) => {
    const list = inner.open(tag.sequence);
    const one = list.open(tag.sequence);
    list.end();
    const wrapped = one.open(field(0));
    one.end();
    const value = wrapped.read(tag.octets);
    wrapped.end();
    return value;
  });
  const authInfo = only(2, (inner) => inner.read(tag.octets));
  const pubKeyAuth = only(3, (inner) => inner.read(tag.octets));
  const errorCode = only(4, readUint32);
  const nonce = only(5, (inner) => inner.read(tag.octets));
  body.end();
  if (nonce && nonce.length !== nonceBytes) throw protocolError('a nonce of another length');
  if (token) request.negoToken = token;
  if (authInfo) request.authInfo = authInfo;
  if (pubKeyAuth) request.pubKeyAuth = pubKeyAuth;
  if (errorCode !== undefined) request.errorCode = errorCode;
  if (nonce) request.nonce = nonce;
  return request;
}
