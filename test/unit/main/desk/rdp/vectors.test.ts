import { expect, test } from 'vitest';
import { md4 } from '#main/desk/rdp/md4.ts';
import { channelBindings, createNtlmClient, ntowfV2 } from '#main/desk/rdp/ntlm.ts';
import { createNtlmSeal, sealKey, signKey } from '#main/desk/rdp/ntlm-seal.ts';
import { createRc4 } from '#main/desk/rdp/rc4.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

test.each([
  ['', '31d6cfe0d16ae931b73c59d7e0c089c0'],
  ['a', 'bde52cb31de33e46245e05fbdbd6fb24'],
  ['abc', 'a448017aaf21d8525fc10ae87aa6729d'],
  ['message digest', 'd9130a8164549fe818874806e1c7014b'],
  ['abcdefghijklmnopqrstuvwxyz', 'd79e1c308aa5bbcdeea8ed63df412da9'],
  ['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', '043f8582f241db351ce627e153e7f0e4'],
  ['1234567890'.repeat(8), 'e33b4ddc9c38f2199c3e7b164fcc0536'],
])('MD4 gives the digest of RFC 1320 when the message is "%s"', (message, digest) => {
  expect(md4(Buffer.from(message)).toString('hex')).toBe(digest);
});

test.each([
  ['0102030405', 'b2396305f03dc027ccc3524a0a1118a8'],
  ['0102030405060708090a0b0c0d0e0f10', '9ac7cc9a609d1ef7b2932899cde41b97'],
])('RC4 gives the key stream of RFC 6229 when the key is %s', (key, stream) => {
  const cipher = createRc4(hex(key));
  // Its state goes on between calls.
  expect(Buffer.concat([cipher(Buffer.alloc(5)), cipher(Buffer.alloc(11))]).toString('hex')).toBe(stream);
});

/* MS-NLMP 4.2.1 and 4.2.4. */
const credentials = { user: 'User', domain: 'Domain', password: 'Password' };
const challenge = hex(
  '4e544c4d53535000020000000c000c003800000033828ae20123456789abcdef00000000000000002400240044000000060070170000000f' +
    '53006500720076006500720002000c0044006f006d00610069006e0001000c0053006500720076006500720000000000',
);
const authenticate =
  '4e544c4d5353500003000000180018006c00000054005400840000000c000c0048000000080008005400000010001000' +
  '5c00000010001000d8000000358288e20501280a0000000f' +
  '44006f006d00610069006e005500730065007200' +
  '43004f004d0050005500540045005200' +
  '86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa' +
  '68cd0ab851e51c96aabc927bebef6a1c' +
  '01010000000000000000000000000000aaaaaaaaaaaaaaaa00000000' +
  '02000c0044006f006d00610069006e0001000c00530065007200760065007200' +
  '0000000000000000' +
  'c5dad2544fc9799094ce1ce90bc9d03e';
const sealed = '010000007fb38ec5c55d497600000000' + '54e50165bf1936dc996020c1811b0f06fb5f';

test('NTOWFv2 is that of the specification when its example is given', () => {
  expect(ntowfV2(credentials).toString('hex')).toBe('0c868a403bfd7a93a3001ef22ef02e3f');
});

test('the AUTHENTICATE message and the first sealed one are those of the specification when its example is given', () => {
  const client = createNtlmClient({
    credentials,
    workstation: 'COMPUTER',
    targetName: null,
    bindings: null,
    now: () => Date.UTC(1601, 0, 1),
    random: (bytes) => Buffer.alloc(bytes, bytes === 8 ? 0xaa : 0x55),
  });
  // The session base key shows in the encrypted session key at its end.
  const { message, seal } = client.authenticate(challenge);
  expect(message.toString('hex')).toBe(authenticate);
  expect(seal.seal(Buffer.from('Plaintext', 'utf16le')).toString('hex')).toBe(sealed);
});

test('the session base key is that of the specification when it opens the encrypted session key', () => {
  const open = createRc4(hex('8de40ccadbc14a82f15cb0ad0de95ca3'));
  expect(open(hex('c5dad2544fc9799094ce1ce90bc9d03e'))).toEqual(Buffer.alloc(16, 0x55));
});

test('the sign and seal keys are those of the specification when its session key is given', () => {
  const session = Buffer.alloc(16, 0x55);
  expect(signKey(session, 'client-to-server').toString('hex')).toBe('4788dc861b4782f35d43fd98fe1a2d39');
  expect(sealKey(session, 'client-to-server').toString('hex')).toBe('59f600973cc4960a25480a7c196e4c58');
});

test('what one side seals the other opens when the messages come in order', () => {
  const [client, server] = [createNtlmSeal(Buffer.alloc(16, 1)), createNtlmSeal(Buffer.alloc(16, 1), 'server')];
  for (const text of ['one', 'two', '']) {
    expect(server.unseal(client.seal(Buffer.from(text))).toString()).toBe(text);
    expect(client.unseal(server.seal(Buffer.from(text))).toString()).toBe(text);
  }
});

test('a seal is refused when a bit of it is another', () => {
  for (const at of [0, 4, 12, 16]) {
    const sealed = createNtlmSeal(Buffer.alloc(16, 1)).seal(Buffer.from('text'));
    sealed[at] = (sealed[at] ?? 0) ^ 1;
    expect(() => createNtlmSeal(Buffer.alloc(16, 1), 'server').unseal(sealed)).toThrow('desk-protocol-error');
  }
});

test('channel bindings have 16 bytes and follow the hash when it is another', () => {
  const [one, other] = [channelBindings(Buffer.alloc(32, 1)), channelBindings(Buffer.alloc(32, 2))];
  expect([one.length, one.equals(other)]).toEqual([16, false]);
});
