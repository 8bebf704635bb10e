import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dnsQuery, readDnsAnswer } from '#main/guard/path/dns-query.ts';

const query = dnsQuery(0xbeef, ['hanare', 'invalid']);
const answer = (flags: number, change: (message: Buffer) => void = () => {}) => {
  const message = Buffer.from(query);
  message.writeUInt16BE(flags, 2);
  change(message);
  return message;
};

test('a query is what RFC 1035 §4 says, byte for byte', () => {
  expect(query.toString('hex')).toBe(
    'beef01000001000000000000' + '0668616e617265' + '07696e76616c6964' + '00' + '0001' + '0001',
  );
});

test.each([
  ['a name that is known', 0x8180, { rcode: 0, authoritative: false }],
  ['a name that is not', 0x8183, { rcode: 3, authoritative: false }],
  ['an answer of its own', 0x8583, { rcode: 3, authoritative: true }],
  ['a failure', 0x8182, { rcode: 2, authoritative: false }],
  ['a refusal', 0x8185, { rcode: 5, authoritative: false }],
])('an answer is read: %s', (_, flags, expected) => {
  expect(readDnsAnswer(answer(flags), query)).toEqual(expected);
});

test('an answer may spell the name in other letters, carry records, or leave the question out', () => {
  expect(
    readDnsAnswer(
      answer(0x8180, (message) => message.write('HaNaRe', 13)),
      query,
    ),
  ).not.toBeNull();
  expect(readDnsAnswer(Buffer.concat([answer(0x8180), Buffer.alloc(16)]), query)).not.toBeNull();
  expect(readDnsAnswer(answer(0x8185, (message) => message.writeUInt16BE(0, 4)).subarray(0, 12), query)).not.toBeNull();
});

test.each([
  ['the query itself', query],
  ['another id', answer(0x8180, (message) => message.writeUInt16BE(1, 0))],
  ['another name', answer(0x8180, (message) => message.write('office', 13))],
  ['two questions', answer(0x8180, (message) => message.writeUInt16BE(2, 4))],
  ['a question cut short', answer(0x8180).subarray(0, 20)],
  ['half a head', answer(0x8180).subarray(0, 11)],
  ['nothing', Buffer.alloc(0)],
])('what is no answer to this query is none: %s', (_, message) => {
  expect(readDnsAnswer(message, query)).toBeNull();
});

test('any bytes are an answer to this query or none, and never an error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
      const read = readDnsAnswer(bytes, query);
      if (read) expect(Buffer.from(bytes.subarray(0, 2)).toString('hex')).toBe('beef');
    }),
  );
});
