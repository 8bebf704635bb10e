import { expect, test } from 'vitest';
import { opening, serverInit, text, u8, u16, u32, version } from './desk-bytes.ts';
import { Harness } from './harness.ts';

const challenge = Buffer.from('0123456789abcdef');
const concat = (...parts: readonly Uint8Array[]): Buffer => Buffer.concat(parts);
const said = (harness: Harness): string[] => harness.sent.map((bytes) => bytes.toString('latin1'));
const opened = 'opened desk 640x480';

test.each([
  ['3.3', concat(version(3), u32(1), serverInit(640, 480)), ['RFB 003.003\n', '\x01']],
  ['3.7', concat(version(7), u8(1, 1), serverInit(640, 480)), ['RFB 003.007\n', '\x01', '\x01']],
  ['3.8', opening(640, 480), ['RFB 003.008\n', '\x01', '\x01']],
  [
    "Apple's 3.889",
    concat(Buffer.from('RFB 003.889\n'), opening(640, 480).subarray(12)),
    ['RFB 003.008\n', '\x01', '\x01'],
  ],
  ['5.0', concat(Buffer.from('RFB 005.000\n'), opening(640, 480).subarray(12)), ['RFB 003.008\n', '\x01', '\x01']],
])('version %s without a password opens, in one piece and byte by byte', (_, bytes, want) => {
  for (const piece of [Number.POSITIVE_INFINITY, 1]) {
    const harness = new Harness().feed(bytes, piece);
    expect(harness.end).toBeUndefined();
    expect(harness.events).toEqual([opened]);
    expect(said(harness).slice(0, want.length)).toEqual(want);
    expect(harness.consumed).toBe(bytes.length);
  }
});

test('the opening asks for RGBX pixels, the encodings and the whole picture at once', () => {
  const harness = new Harness({ vnc: { quality: 6, compression: 2, encodings: ['zrle', 'raw'] } }).feed(
    opening(640, 480),
  );
  const [format, encodings, request] = harness.sent.slice(-3);
  expect(format!.toString('hex')).toBe('0000000020180001' + '00ff00ff00ff' + '000810' + '000000');
  const list = Array.from({ length: encodings!.readUInt16BE(2) }, (_, i) => encodings!.readInt32BE(4 + i * 4));
  expect(list.slice(0, 4)).toEqual([16, 0, -26, -254]);
  expect(list).toEqual(expect.arrayContaining([-224, -239, -314, -308, -223, -258, -312, -313]));
  expect(request!.toString('hex')).toBe('030000000000028001e0');
});

test('lossless offers no JPEG', () => {
  const harness = new Harness({ vnc: { quality: 'lossless', compression: 2 } }).feed(opening(640, 480));
  const encodings = harness.sent.at(-2)!;
  const list = Array.from({ length: encodings.readUInt16BE(2) }, (_, i) => encodings.readInt32BE(4 + i * 4));
  expect(list.filter((encoding) => encoding >= -32 && encoding <= -23)).toEqual([]);
});

test.each([3, 7, 8])('VncAuth, version 3.%i: the challenge goes out, the answer comes back', (minor) => {
  const offer = minor === 3 ? u32(2) : u8(2, 19, 2);
  const harness = new Harness().feed(concat(version(minor), offer, challenge), 1);
  expect(harness.challenge).toEqual(new Uint8Array(challenge));
  harness.client.answer(new Uint8Array(15));
  expect(harness.sent.at(-1)!.length).not.toBe(15);
  const response = new Uint8Array(16).fill(7);
  harness.client.answer(response);
  expect(new Uint8Array(harness.sent.at(-1)!)).toEqual(response);
  harness.feed(concat(u32(0), serverInit(640, 480)));
  expect(harness.events).toEqual([opened]);
});

const authenticated = (...result: readonly Buffer[]): Buffer => concat(version(), u8(1, 2), challenge, ...result);

test.each([
  ['a wrong password', authenticated(u32(1), text('Authentication failure')), 'deskPasswordWrong'],
  [
    'a wrong password and too many before',
    authenticated(u32(1), text('Too many security failures')),
    'deskTooManyTries',
  ],
  ['the old code for too many', authenticated(u32(2)), 'deskTooManyTries'],
  ['a refusal before any question', concat(version(), u8(0), text('Too many security failures')), 'deskTooManyTries'],
  ['a refusal for another cause', concat(version(), u8(0), text('Server is full')), 'deskClosed'],
  ['a refusal in 3.3', concat(version(3), u32(0), text('Server is full')), 'deskClosed'],
  ['a refusal without a password', concat(version(), u8(1, 1), u32(1), text('no')), 'deskClosed'],
])('%s ends with its own reason', (_, bytes, reason) => {
  const harness = new Harness();
  for (const byte of bytes) {
    harness.feed(Uint8Array.of(byte));
    if (harness.challenge !== undefined) harness.client.answer(new Uint8Array(16));
  }
  expect(harness.end?.failure.reason).toBe(reason);
});

test('before 3.8 a wrong password comes without a text', () => {
  const harness = new Harness().feed(concat(version(7), u8(1, 2), challenge));
  harness.client.answer(new Uint8Array(16));
  harness.feed(u32(1));
  expect(harness.end?.failure.reason).toBe('deskPasswordWrong');
});

test('security that is not supported is named', () => {
  const harness = new Harness().feed(concat(version(), u8(3, 19, 30, 200)));
  expect(harness.end?.failure).toEqual({
    reason: 'deskSecurityUnsupported',
    details: { offered: 'VeNCrypt, ARD, 200' },
  });
});

test('text from the desk is shown as one short plain line', () => {
  const nasty = `bad\u202e\n\u0000text${'x'.repeat(500)}`;
  const harness = new Harness().feed(concat(version(), u8(0), text(nasty)));
  const { said: shown } = harness.end!.failure.details;
  expect(shown).toMatch(/^bad text x*|^bad textx*/);
  expect(String(shown).length).toBeLessThanOrEqual(120);
  expect(String(shown)).not.toMatch(/[\u202e\n\0]/);
});

test.each([
  ['HTTP', Buffer.from('HTTP/1.1 400 Bad Request\r\n'), 'not an RFB server'],
  ['SSH after three bytes', Buffer.from('SSH'), 'not an RFB server'],
  ['a version without numbers', Buffer.from('RFB abc.def\n'), 'RFB version'],
  ['a version too old', Buffer.from('RFB 002.002\n'), 'RFB version'],
  ['an unknown result', authenticated(u32(7)), 'security result'],
  ['a refusal without end', concat(version(), u8(0), u32(0xffffffff)), 'length of a refusal'],
  ['a name without end', concat(opening(1, 1).subarray(0, -8), u32(0xffffffff)), 'length of the desktop name'],
  ['a screen without a size', opening(0, 480), 'screen of 0x480'],
  ['a screen too wide', opening(16385, 1), 'screen of 16385x1'],
  ['a screen too large', opening(8192, 8192), 'screen of 8192x8192'],
])('%s ends the session', (_, bytes, problem) => {
  const harness = new Harness();
  for (const byte of bytes) {
    harness.feed(Uint8Array.of(byte));
    if (harness.challenge !== undefined) harness.client.answer(new Uint8Array(16));
  }
  expect(harness.end?.failure.reason).toBe('screenProtocolError');
  expect(harness.problem).toBe(problem);
});

test('nothing is sent or said after the end', () => {
  const harness = new Harness().feed(Buffer.from('nonsense'));
  const before = [harness.sent.length, harness.events.length];
  harness.feed(opening(640, 480));
  harness.client.answer(new Uint8Array(16));
  harness.client.key(true, 65, 30);
  harness.client.pointer(1, 1, 0);
  harness.client.setQuality(3);
  expect([harness.sent.length, harness.events.length]).toEqual(before);
  expect(u16(1)).toHaveLength(2);
});
