import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorNames } from '#contract/errors/catalogue.ts';
import {
  type ClientMessage,
  fromClient,
  fromGateway,
  type GatewayMessage,
  maxControlBytes,
  parseControl,
  wireVersion,
} from '#contract/wire/messages.ts';

const desk = { id: 'desk-0123', name: '総務課 0123', protocol: 'vnc' } as const;
const user = { id: 'yamada', name: '山田 花子' };

const machine = { uuid: '4c4c4544-0042', serial: 'ABC1234', macs: ['02:00:00:00:00:01', '02:00:00:00:00:02'] };
const totp = { kind: 'totp', code: '012345' } as const;
const emergency = { kind: 'emergency', code: 'ABCDEFGHJKMN' } as const;
const csr = '-----BEGIN CERTIFICATE REQUEST-----\n';
const certificate = '-----BEGIN CERTIFICATE-----\n';
const hello = {
  type: 'hello',
  version: wireVersion,
  client: { version: '0.1.0', platform: 'win32' },
  machine,
} as const;
const authOk = { type: 'authOk', user, desks: [desk], until: 1_800_000_000_000, lease: null, policy: 'a.b.c' } as const;
const authFail = { type: 'authFail', reason: 'otpWrong', details: { left: 9 }, final: false } as const;
const grant = { type: 'grant', request: 1, sid: 's1', desk, token: 'a.b.c', expires: 1_800_000_060_000 } as const;
const pin = 'ab'.repeat(32);

const clientMessages: readonly ClientMessage[] = [
  hello,
  { ...hello, machine: { uuid: null, serial: null, macs: [] } },
  { type: 'auth', nonce: 'n0nce', otp: totp },
  { type: 'auth', nonce: 'n0nce', otp: emergency },
  { type: 'extend', otp: totp },
  { type: 'renew', request: 2, csr },
  { type: 'erased' },
  { type: 'open', request: 1, desk: 'desk-0123' },
  { type: 'close', sid: 's1' },
  { type: 'deskCertificate', sid: 's1', sha256: pin },
  { type: 'ping', n: 0 },
  { type: 'pong', n: Number.MAX_SAFE_INTEGER },
];
const gatewayMessages: readonly GatewayMessage[] = [
  { type: 'challenge', nonce: 'n0nce', serverTime: 1_800_000_000_000, method: 'embedded' },
  { type: 'challenge', nonce: 'n0nce', serverTime: 1_800_000_000_000, method: 'prompted' },
  { ...authOk, desks: [desk] },
  { ...authOk, desks: [], lease: 1_900_000_000_000 },
  authFail,
  { ...authFail, reason: 'clientTooOld', details: { minimum: '1.2.3', really: true }, final: true },
  { type: 'extended', until: 1_800_000_000_000 },
  { type: 'certificate', request: 2, certificate },
  { type: 'erase' },
  grant,
  { type: 'refused', request: 1, reason: 'deskNotAssigned' },
  { type: 'closed', sid: 's1', reason: 'sessionEndedByOffice' },
  { type: 'drain', deadline: 1_800_000_000_000 },
  { type: 'ping', n: 7 },
  { type: 'pong', n: 7 },
];
const all = [
  ...clientMessages.map((message) => ({ side: 'client', schema: fromClient, message }) as const),
  ...gatewayMessages.map((message) => ({ side: 'gateway', schema: fromGateway, message }) as const),
];
/** Of the wrong values below, those that are right there. */
const allowed: Readonly<Record<string, unknown>> = { lease: null, final: true, details: {} };
const title = '$side’s $message.type';

const gateway = (value: unknown) => parseControl(fromGateway, JSON.stringify(value));
const client = (value: unknown) => parseControl(fromClient, JSON.stringify(value));

describe('a control message', () => {
  it.each(all)(`comes back as it was when it is ${title}`, ({ schema, message }) => {
    expect(parseControl(schema, JSON.stringify(message))).toEqual(message);
  });

  it.each(all)(`is refused when a field too many is in ${title}`, ({ schema, message }) => {
    expect(parseControl(schema, JSON.stringify({ ...message, extra: 1 }))).toBeUndefined();
  });

  it.each(all)(`is refused when any field is missing from ${title}`, ({ schema, message }) => {
    for (const key of Object.keys(message)) {
      const { [key as 'type']: _, ...rest } = message;
      expect(parseControl(schema, JSON.stringify(rest)), key).toBeUndefined();
    }
  });

  it.each(all)(`is refused when any field is of another type in ${title}`, ({ schema, message }) => {
    for (const key of Object.keys(message)) {
      for (const wrong of [null, true, {}, [[]], -1.5]) {
        if (JSON.stringify(wrong) === JSON.stringify(allowed[key])) continue;
        expect(parseControl(schema, JSON.stringify({ ...message, [key]: wrong })), key).toBeUndefined();
      }
    }
  });

  it.each([null, pin])('says how an RDP desk is opened, its pin being %s', (certificate) => {
    const message = { ...grant, desk: { ...desk, protocol: 'rdp' }, rdp: { security: 'nla', certificate } };
    expect(gateway(message)).toEqual(message);
  });

  it('is refused when it goes in the other direction', () => {
    for (const message of gatewayMessages)
      if (message.type.startsWith('p') === false) expect(client(message)).toBeUndefined();
    for (const message of clientMessages)
      if (message.type.startsWith('p') === false) expect(gateway(message)).toBeUndefined();
  });

  it.each(['', 'Hello', 'constructor', '__proto__', 'toString', 'ping '])('is refused when its type is %j', (type) => {
    expect(gateway({ type, n: 1 })).toBeUndefined();
    expect(client({ type, n: 1 })).toBeUndefined();
  });
});

describe('a value within a message', () => {
  it.each([
    ['a version that is not ours', { ...hello, version: 1 }],
    ['an over-long fact of the machine', { ...hello, machine: { ...machine, serial: 'x'.repeat(101) } }],
    ['an empty fact of the machine', { ...hello, machine: { ...machine, uuid: '' } }],
    ['an address in another form', { ...hello, machine: { ...machine, macs: ['02-00-00-00-00-01'] } }],
    [
      'more addresses than anyone has',
      { ...hello, machine: { ...machine, macs: Array(17).fill('02:00:00:00:00:01') } },
    ],
    ['a fact too many', { ...hello, machine: { ...machine, user: 'yamada' } }],
    ['a number of five digits', { type: 'auth', nonce: 'n', otp: { kind: 'totp', code: '12345' } }],
    ['a number with a letter', { type: 'extend', otp: { kind: 'totp', code: '12345a' } }],
    ['a number in full-width digits', { type: 'extend', otp: { kind: 'totp', code: '１２３４５６' } }],
    ['a short emergency code', { type: 'auth', nonce: 'n', otp: { kind: 'emergency', code: 'ABC' } }],
    ['a password of another kind', { type: 'auth', nonce: 'n', otp: { kind: 'mail', code: '123456' } }],
    ['a request that is no PEM', { type: 'renew', request: 1, csr: 'MIIB' }],
    ['an over-long request', { type: 'renew', request: 1, csr: csr + 'A'.repeat(8192) }],
    ['an id that starts with a dot', { type: 'open', request: 1, desk: '.desk' }],
    ['an id with a slash', { type: 'open', request: 1, desk: 'a/b' }],
    ['an id with a line end', { type: 'open', request: 1, desk: 'a\n' }],
    ['an over-long id', { type: 'close', sid: 'a'.repeat(65) }],
    ['an over-long platform', { ...hello, client: { version: '1', platform: 'x'.repeat(201) } }],
    ['a fingerprint in capitals', { type: 'deskCertificate', sid: 's1', sha256: pin.toUpperCase() }],
    ['a fingerprint that is too short', { type: 'deskCertificate', sid: 's1', sha256: pin.slice(1) }],
    ['a negative number', { type: 'ping', n: -1 }],
    ['a fraction', { type: 'ping', n: 0.5 }],
    ['a number past the safe integers', { type: 'ping', n: 2 ** 53 }],
  ])('is refused when it is %s', (_, message) => {
    expect(client(message)).toBeUndefined();
  });

  it.each([
    ['a reason that the catalogue does not have', { ...authFail, reason: 'becauseISaySo' }],
    ['a reason named like a method of objects', { ...authFail, reason: 'hasOwnProperty' }],
    ['a desk with an address', { ...authOk, desks: [{ ...desk, host: '192.0.2.1' }] }],
    ['a desk of an unknown protocol', { ...authOk, desks: [{ ...desk, protocol: 'ssh' }] }],
    ['more desks than anyone has', { ...authOk, desks: Array.from({ length: 65 }, () => desk) }],
    ['another security of an RDP desk', { ...grant, rdp: { security: 'rdp', certificate: null } }],
    ['a pin that is no SHA-256', { ...grant, rdp: { security: 'nla', certificate: 'ab' } }],
    ['access to an RDP desk with something more', { ...grant, rdp: { security: 'nla', certificate: null, host: 'h' } }],
    ['an over-long token', { ...grant, token: 'x'.repeat(4097) }],
    ['details that are nested', { ...authFail, details: { a: { b: 1 } } }],
    ['details without end', { ...authFail, details: { a: 'x'.repeat(201) } }],
    ['a method that nobody has', { type: 'challenge', nonce: 'n', serverTime: 1, method: 'mail' }],
    ['an over-long policy', { ...authOk, policy: 'x'.repeat(8193) }],
    ['a time before 1970', { type: 'drain', deadline: -1 }],
  ])('is refused when it is %s', (_, message) => {
    expect(gateway(message)).toBeUndefined();
  });

  it('is accepted when it names any reason of the catalogue', () => {
    for (const reason of errorNames) expect(gateway({ ...authFail, reason })).toEqual({ ...authFail, reason });
  });
});

describe('a frame', () => {
  it('is refused when it is longer than any message may be', () => {
    const padded = (length: number) => `{"type":"ping","n":1${' '.repeat(length - 21)}}`;
    expect(parseControl(fromGateway, padded(maxControlBytes))).toEqual({ type: 'ping', n: 1 });
    expect(parseControl(fromGateway, padded(maxControlBytes + 1))).toBeUndefined();
  });

  it.each([
    ['nothing', ''],
    ['half a message', '{"type":"ping","n":'],
    ['two messages', '{"type":"ping","n":1}{"type":"ping","n":2}'],
    ['a list of messages', '[{"type":"ping","n":1}]'],
    ['a bare string', '"ping"'],
    ['null', 'null'],
    ['a number', '1e999'],
    ['a comment', '/* */{"type":"ping","n":1}'],
    ['lists nested as deep as the frame allows', '['.repeat(maxControlBytes)],
    ['closed lists nested deep', `${'['.repeat(8_000)}${']'.repeat(8_000)}`],
    ['objects nested deep', `${'{"type":'.repeat(1_700)}1${'}'.repeat(1_700)}`],
    ['a deep value in a known field', `{"type":"ping","n":${'['.repeat(8_000)}${']'.repeat(8_000)}}`],
    ['a huge number', `{"type":"ping","n":${'9'.repeat(10_000)}}`],
  ])('is refused when it holds %s', (_, text) => {
    expect(parseControl(fromGateway, text)).toBeUndefined();
    expect(parseControl(fromClient, text)).toBeUndefined();
  });

  it('is refused, and changes no prototype, when it smuggles one in', () => {
    for (const text of [
      '{"type":"ping","n":1,"__proto__":{"polluted":1}}',
      '{"__proto__":{"type":"ping","n":1}}',
      '{"type":"ping","n":1,"constructor":{"prototype":{"polluted":1}}}',
    ]) {
      expect(parseControl(fromGateway, text)).toBeUndefined();
    }
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it('takes the last of two fields of one name, as JSON.parse does, when a field comes twice', () => {
    expect(parseControl(fromGateway, '{"type":"pong","n":1,"n":2,"type":"ping"}')).toEqual({ type: 'ping', n: 2 });
  });

  it('never throws, whatever the text is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.json({ maxDepth: 20 })), (text) => {
        parseControl(fromGateway, text);
        parseControl(fromClient, text);
      }),
      { numRuns: 500 },
    );
  });

  it('is either a message that says the same again or nothing when any byte of a good frame is changed', () => {
    const frame = fc.constantFrom(...gatewayMessages).map((message) => JSON.stringify(message));
    fc.assert(
      fc.property(frame, fc.nat(), fc.string({ unit: 'grapheme', maxLength: 2 }), (text, place, piece) => {
        const at = place % text.length;
        const parsed = parseControl(fromGateway, text.slice(0, at) + piece + text.slice(at + 1));
        if (parsed) expect(parseControl(fromGateway, JSON.stringify(parsed))).toEqual(parsed);
      }),
      { numRuns: 500 },
    );
  });
});
