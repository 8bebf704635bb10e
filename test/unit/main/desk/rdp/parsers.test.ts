import { expect, test } from 'vitest';
import { readCertificate } from '#main/desk/rdp/certificate.ts';
import { createDerReader, element, maxElementBytes, readUint32, sequenceBytes, tag } from '#main/desk/rdp/der.ts';
import { checkEarlyResult, confirmBytes, connectionRequest, parseConfirm } from '#main/desk/rdp/negotiate.ts';
import { parseChallenge } from '#main/desk/rdp/ntlm-messages.ts';
import { RdpProblem, statusProblem } from '#main/desk/rdp/problems.ts';
import { decodeTsRequest, encodeTsRequest } from '#main/desk/rdp/ts-request.ts';
import { forgeCertificate } from '#test/fakes/pki.ts';
import { challengeMessage } from './desk-side.ts';

const identity = await forgeCertificate({ signer: 'self', usages: [] });
const certificate = Buffer.from(identity.certificate.replaceAll(/-----[^-]+-----/g, ''), 'base64');
const confirm = Buffer.from('030000130ed000001234000200080002000000', 'hex');
const request = {
  version: 6,
  negoToken: Buffer.alloc(200, 1),
  pubKeyAuth: Buffer.alloc(48, 2),
  nonce: Buffer.alloc(32, 3),
};

/** What a parser throws, or null. */
function problemOf(parse: () => unknown): unknown {
  try {
    parse();
    return null;
  } catch (error) {
    return error;
  }
}

const parsers: readonly (readonly [string, Buffer, (bytes: Buffer) => unknown])[] = [
  ['Connection Confirm', confirm, (bytes) => parseConfirm(bytes, 'nla')],
  ['TSRequest', encodeTsRequest(request), decodeTsRequest],
  ['length of a TSRequest', encodeTsRequest(request), sequenceBytes],
  ['NTLM challenge', challengeMessage(Buffer.alloc(8)), parseChallenge],
  ['certificate', certificate, readCertificate],
  ['early result', Buffer.alloc(4), checkEarlyResult],
];

test.each(parsers)('a %s gives nothing but an RdpProblem when it is cut or changed', (_, bytes, parse) => {
  expect(problemOf(() => parse(bytes))).toBeNull();
  const allowed = (error: unknown) => error === null || error instanceof RdpProblem;
  let seed = 1;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % below;
  };
  for (let length = 0; length < bytes.length; length++) {
    expect(allowed(problemOf(() => parse(bytes.subarray(0, length))))).toBe(true);
  }
  for (let turn = 0; turn < 2_000; turn++) {
    const changed = Buffer.from(bytes);
    for (let n = random(3); n >= 0; n--) changed[random(changed.length)] = random(256);
    expect(allowed(problemOf(() => parse(changed)))).toBe(true);
  }
});

test('a TSRequest reads as it was when it is whole, and not when something follows', () => {
  const bytes = encodeTsRequest(request);
  expect(sequenceBytes(bytes.subarray(0, 4))).toBe(bytes.length);
  expect(decodeTsRequest(bytes)).toEqual(request);
  expect(() => decodeTsRequest(Buffer.concat([bytes, Buffer.alloc(1)]))).toThrow(RdpProblem);
});

test.each([
  ['30800000', 'indefinite'],
  ['308105', 'not the shortest'],
  ['3082007f', 'not the shortest'],
  ['3083010001', 'too long'],
  ['308400000001', 'four bytes of length'],
])('the DER head %s is refused when its length is %s', (head) => {
  expect(() => sequenceBytes(Buffer.from(head, 'hex'))).toThrow(RdpProblem);
});

test('an element writes and reads when its length needs one to three bytes', () => {
  for (const length of [0, 127, 128, 255, 256, 65_535, maxElementBytes]) {
    const reader = createDerReader(element(tag.octets, Buffer.alloc(length)));
    expect([reader.read(tag.octets).length, reader.done()]).toEqual([length, true]);
  }
  expect(() => element(tag.octets, Buffer.alloc(maxElementBytes + 1))).toThrow(RdpProblem);
});

test.each([
  ['020106', 6],
  ['0204c000006d', 0xc000_006d],
  ['020500c000006d', 0xc000_006d],
])('the number %s reads when it is an NTSTATUS or smaller', (bytes, value) => {
  expect(readUint32(createDerReader(Buffer.from(bytes, 'hex')))).toBe(value);
});

test.each(['0200', '02020006', '0206000000000001', '02050100000000', '0202ffff'])(
  'the number %s is refused when it is not one',
  (bytes) => {
    expect(() => readUint32(createDerReader(Buffer.from(bytes, 'hex')))).toThrow(RdpProblem);
  },
);

test('the Connection Request offers TLS and CredSSP and names nobody when it is made', () => {
  expect(connectionRequest().toString('hex')).toBe('030000130ee00000000000010008000b000000');
});

const answer = (type: number, value: number) => {
  const bytes = Buffer.from(confirm);
  bytes[11] = type;
  bytes.writeUInt32LE(value, 15);
  return bytes;
};

test.each([
  [2, 0, 'desk-without-tls'],
  [2, 1, 'desk-without-nla'],
  [2, 4, 'desk-protocol-error'],
  [2, 3, 'desk-protocol-error'],
  [2, 16, 'desk-protocol-error'],
  [3, 1, 'desk-protocol-error'],
  [3, 2, 'desk-without-tls'],
  [3, 3, 'desk-without-tls'],
  [3, 4, 'desk-protocol-error'],
  [3, 5, 'desk-needs-nla'],
  [3, 6, 'desk-refused'],
  [3, 7, 'desk-protocol-error'],
  [1, 2, 'desk-protocol-error'],
])('a Connection Confirm is refused when its type is %d and its value %d', (type, value, reason) => {
  expect(problemOf(() => parseConfirm(answer(type, value), 'nla'))).toMatchObject({ reason });
});

test('a TPKT header is refused when its length is neither of the two', () => {
  for (const length of [0, 4, 10, 12, 18, 20, 255]) {
    expect(() => confirmBytes(Buffer.from([3, 0, 0, length]))).toThrow(RdpProblem);
  }
});

test('an NTLM challenge is refused when it asks for less than NTLMv2 with sealing', () => {
  for (const bit of [0, 4, 5, 9, 19, 23, 29, 30]) {
    const message = challengeMessage(Buffer.alloc(8));
    message.writeUInt32LE((message.readUInt32LE(20) & ~(1 << bit)) >>> 0, 20);
    expect(() => parseChallenge(message)).toThrow('too weak');
  }
});

test.each([
  [0xc000_006d, 'desk-password-wrong'],
  [0x8009_030f, 'desk-password-wrong'],
  [0xc000_0071, 'desk-password-expired'],
  [0xc000_0224, 'desk-password-must-change'],
  [0xc000_0234, 'desk-account-locked'],
  [0xc000_0072, 'desk-account-disabled'],
  [0xc000_0193, 'desk-account-expired'],
  [0xc000_006f, 'desk-logon-hours'],
  [0xc000_0070, 'desk-logon-not-allowed'],
  [0xc000_015b, 'desk-logon-not-allowed'],
  [0xc000_dead, 'desk-refused'],
])('the status %d has its reason when a server answers with it', (status, reason) => {
  expect(statusProblem(status | 0).reason).toBe(reason);
});
