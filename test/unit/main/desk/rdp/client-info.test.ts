import { expect, test } from 'vitest';
import { type ClientInfo, encodeClientInfo, ownClientInfo } from '#main/desk/rdp/client-info.ts';
import { protocol } from '#main/desk/rdp/negotiate.ts';
import { describeTimeZone } from '#main/desk/rdp/time-zone.ts';

/** The dump of MS-RDPBCGR 4.1.10, as it is before its encryption. */
const published = Buffer.from(
  `09 04 09 04 b3 43 00 00 0a 00 0c 00 00 00 00 00 00 00 4e 00 54 00 44 00 45 00 56 00 00 00 65 00
   6c 00 74 00 6f 00 6e 00 73 00 00 00 00 00 00 00 00 00 02 00 1e 00 31 00 35 00 37 00 2e 00 35 00
   39 00 2e 00 32 00 34 00 32 00 2e 00 31 00 35 00 36 00 00 00 84 00 43 00 3a 00 5c 00 64 00 65 00
   70 00 6f 00 74 00 73 00 5c 00 77 00 32 00 6b 00 33 00 5f 00 31 00 5c 00 74 00 65 00 72 00 6d 00
   73 00 72 00 76 00 5c 00 6e 00 65 00 77 00 63 00 6c 00 69 00 65 00 6e 00 74 00 5c 00 6c 00 69 00
   62 00 5c 00 77 00 69 00 6e 00 33 00 32 00 5c 00 6f 00 62 00 6a 00 5c 00 69 00 33 00 38 00 36 00
   5c 00 6d 00 73 00 74 00 73 00 63 00 61 00 78 00 2e 00 64 00 6c 00 6c 00 00 00 e0 01 00 00 50 00
   61 00 63 00 69 00 66 00 69 00 63 00 20 00 53 00 74 00 61 00 6e 00 64 00 61 00 72 00 64 00 20 00
   54 00 69 00 6d 00 65 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
   0a 00 00 00 05 00 02 00 00 00 00 00 00 00 00 00 00 00 50 00 61 00 63 00 69 00 66 00 69 00 63 00
   20 00 44 00 61 00 79 00 6c 00 69 00 67 00 68 00 74 00 20 00 54 00 69 00 6d 00 65 00 00 00 00 00
   00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 04 00 00 00 01 00 02 00 00 00 00 00
   00 00 c4 ff ff ff 00 00 00 00 01 00 00 00 00 00`.replaceAll(/\s/g, ''),
  'hex',
);

const example: ClientInfo = {
  codePage: 0x0409_0409,
  flags: 0x43b3,
  domain: 'NTDEV',
  user: 'eltons',
  password: '',
  address: '157.59.242.156',
  directory: 'C:\\depots\\w2k3_1\\termsrv\\newclient\\lib\\win32\\obj\\i386\\mstscax.dll',
  zone: {
    bias: 480,
    standard: {
      name: 'Pacific Standard Time',
      starts: { month: 10, dayOfWeek: 0, week: 5, hour: 2, minute: 0 },
      bias: 0,
    },
    daylight: {
      name: 'Pacific Daylight Time',
      starts: { month: 4, dayOfWeek: 0, week: 1, hour: 2, minute: 0 },
      bias: -60,
    },
    key: null,
  },
  performance: 1,
};

const tokyo = describeTimeZone(Date.UTC(2026, 10, 23), 'Asia/Tokyo');
const account = { user: '山田', domain: 'OFFICE', password: 'a throw-away' };
const channels = { user: 1007, io: 1003 };

test('is the published example, byte for byte, when it says the same', () => {
  const pdu = encodeClientInfo(channels, example);
  // As in the example, but with the basic security header of four bytes: nothing is signed under TLS.
  expect(pdu.subarray(0, 19).toString('hex')).toBe('030001a302f08064000603eb70819440000000'.padEnd(38, '0'));
  expect(pdu.subarray(19)).toEqual(published);
});

test('says its own length in both places when it is the longest there can be', () => {
  const longest = 'x'.repeat(255);
  const info = ownClientInfo(protocol.ssl, { user: longest, domain: longest, password: longest }, tokyo);
  const pdu = encodeClientInfo({ user: 65_535, io: 65_535 }, info);
  expect(pdu.readUInt16BE(2)).toBe(pdu.length);
  expect(pdu.readUInt16BE(13)).toBe(0x8000 | (pdu.length - 15));
  expect([pdu.readUInt16BE(8), pdu.readUInt16BE(10)]).toEqual([65_535 - 1001, 65_535]);
});

test('asks to be signed in with the password when TLS alone protects the connection', () => {
  const pdu = encodeClientInfo(channels, ownClientInfo(protocol.ssl, account, tokyo));
  expect(pdu.readUInt32LE(23) & 0x8).toBe(0x8);
  expect(pdu.includes(Buffer.from('a throw-away\0', 'utf16le'))).toBe(true);
  expect(pdu.includes(Buffer.from('OFFICE\0山田\0', 'utf16le'))).toBe(true);
});

test.each([
  [protocol.hybrid, account],
  [protocol.hybridEx, account],
  [protocol.ssl, { ...account, password: '' }],
])('neither holds a password nor asks to be signed in with it when the protocol is %d with %j', (selected, given) => {
  const pdu = encodeClientInfo(channels, ownClientInfo(selected, given, tokyo));
  expect(pdu.readUInt32LE(23) & 0x8).toBe(0);
  // cbPassword
  expect(pdu.readUInt16LE(31)).toBe(0);
  expect(pdu.includes(Buffer.from('throw', 'utf16le'))).toBe(false);
});

test('offers no compression and no sound, and leaves the desk’s looks alone', () => {
  const { flags, performance } = ownClientInfo(protocol.hybrid, account, tokyo);
  expect(flags & 0x80).toBe(0);
  expect(flags & 0x8_0000).toBe(0x8_0000);
  // Sound is asked for by leaving that flag out, never by having it played at the desk (INFO_REMOTECONSOLEAUDIO).
  const heard = ownClientInfo(protocol.hybrid, account, tokyo, true);
  expect(heard.flags).toBe(flags & ~0x8_0000);
  expect(flags & 0x2000).toBe(0);
  // Mouse, Unicode, no Ctrl+Alt+Del and a maximized shell: what xrdp refuses to be without.
  expect(flags & 0x33).toBe(0x33);
  // None of PERF_DISABLE_…
  expect(performance & 0x6f).toBe(0);
  expect(performance).toBe(0x180);
});

test('tells the desk nothing about the laptop’s address and folders, but its time zone', () => {
  const pdu = encodeClientInfo(channels, ownClientInfo(protocol.hybrid, { ...account, domain: '', user: 'u' }, tokyo));
  const extended = pdu.subarray(19 + 18 + 5 * 2 + 2);
  expect(extended.subarray(0, 10).toString('hex')).toBe('02000200000002000000');
  expect(extended.readInt32LE(10)).toBe(-540);
  expect(extended.subarray(14, 14 + 38).toString('utf16le')).toBe('Tokyo Standard Time');
  const behind = extended.subarray(10 + 172 + 4 + 4 + 2);
  expect(behind.readUInt16LE(4)).toBe(38);
  expect(behind.subarray(6, 44).toString('utf16le')).toBe('Tokyo Standard Time');
  expect(behind.length).toBe(46);
});
