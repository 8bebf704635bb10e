import { expect, test } from 'vitest';
import { opening, rect, text, u8, u16, u32, update } from './desk-bytes.ts';
import { Harness } from './harness.ts';

const fill = rect(0, 0, 4, 4, 7, u8(0x80, 1, 2, 3));
const open = (): Harness => new Harness().feed(opening(4, 4));
const screens = (why: number, how: number, w: number, h: number): Buffer =>
  rect(why, how, w, h, -308, u8(1, 0, 0, 0), u32(7), u16(0, 0, w, h), u32(9));
const area = '0000000000040004';

test('without continuous updates each update is answered by a request for the next', () => {
  const harness = open().feed(update(fill)).feed(update(fill));
  expect(harness.said).toEqual([`0301${area}`, `0301${area}`]);
});

test('continuous updates are switched on once, and then nothing is requested', () => {
  const harness = open().feed(u8(150)).feed(u8(150)).feed(update(fill));
  expect(harness.said).toEqual([`9601${area}`]);
});

test('a screen of another size is asked for as a whole', () => {
  const harness = open()
    .feed(u8(150))
    .feed(update(screens(0, 0, 8, 6)));
  expect(harness.events.at(-1)).toBe('resized 8x6');
  expect(harness.said.slice(1)).toEqual(['96010000000000080006', '03000000000000080006']);
  expect(harness.pixels()).toEqual(Array(48).fill(-1));
});

test('the same size again changes nothing', () => {
  const harness = open()
    .feed(update(fill))
    .feed(update(screens(0, 0, 4, 4)));
  expect(harness.events).toHaveLength(1);
  expect(harness.pixels()[0]).toBe(0x010203);
});

test('a size is asked for when the desk says that it can, and a refusal keeps the present one', () => {
  const harness = open();
  harness.client.requestSize(8, 6);
  expect(harness.said).toEqual([]);
  harness.feed(u8(150)).feed(update(screens(0, 0, 4, 4)));
  expect(harness.said.at(-1)).toBe(`fb0000080006010000000007000000000008000600000009`);
  harness.feed(update(screens(1, 1, 8, 6)));
  expect(harness.events).toHaveLength(1);
  harness.feed(update(screens(1, 0, 8, 6)));
  expect(harness.events.at(-1)).toBe('resized 8x6');
});

test('a fence is answered with its payload and the known flags, unless it is an answer', () => {
  const harness = open().feed(Buffer.concat([u8(248, 0, 0, 0), u32(0xffffffff), u8(3, 7, 8, 9)]));
  expect(harness.said).toEqual(['f80000000000000703070809']);
  harness.feed(Buffer.concat([u8(248, 0, 0, 0), u32(3), u8(0)]));
  expect(harness.said).toHaveLength(1);
});

test('a fence with too long a payload ends the session', () => {
  expect(open().feed(Buffer.concat([u8(248, 0, 0, 0), u32(0), u8(65)])).problem).toBe('length of a fence');
});

test('clipboard, bell and colour map are skipped, whatever they hold', () => {
  const clip = Buffer.concat([u8(3, 0, 0, 0), text('secret of the office'.repeat(50_000))]);
  const map = Buffer.concat([u8(1, 0), u16(0, 3), Buffer.alloc(18)]);
  const harness = open().feed(Buffer.concat([clip, u8(2), map, update(fill)]), 4000);
  expect(harness.end).toBeUndefined();
  expect(harness.pixels()[0]).toBe(0x010203);
});

test('a clipboard without end ends the session', () => {
  expect(open().feed(Buffer.concat([u8(3, 0, 0, 0), u32(0xfffffff0)])).problem).toBe('length of cut text');
});

test('an unknown message ends the session', () => {
  expect(open().feed(u8(99)).problem).toBe('message 99');
});

test('LastRect ends an update of an unknown number of rectangles', () => {
  const many = Buffer.concat([u8(0, 0), u16(0xffff), fill, fill, rect(0, 0, 0, 0, -224)]);
  const harness = open().feed(many).feed(update(fill));
  expect(harness.damage).toHaveLength(2);
});

test('keys go by scancode where the desk knows them, by keysym where not', () => {
  const harness = open();
  harness.client.key(true, 0x61, 0x1e);
  harness.client.key(true, 0, 0x1e);
  harness.feed(u8(150)).feed(update(rect(0, 0, 0, 0, -258)));
  harness.client.key(false, 0x61, 0x1e);
  harness.client.key(true, 0xff2a, 0x29);
  harness.client.key(true, 0x20ac, 0);
  expect(harness.said.filter((message) => /^(04|ff)/.test(message))).toEqual([
    '0401000000000061',
    'ff000000000000610000001e',
    'ff0000010000ff2a00000029',
    '04010000000020ac',
  ]);
});

test('the pointer stays inside the screen; more than eight buttons need the extension', () => {
  const harness = open();
  harness.client.pointer(-5, 99, 1);
  harness.client.pointer(1.4, 2.6, 1 << 7);
  harness.feed(u8(150)).feed(update(rect(0, 0, 0, 0, -316)));
  harness.client.pointer(1, 2, 1);
  harness.client.pointer(1, 2, (1 << 8) | 1);
  expect(harness.said.filter((message) => message.startsWith('05'))).toEqual([
    '050100000003',
    '058000010003',
    '050100010002',
    '05810001000202',
  ]);
});

test('another quality is told at once and the picture asked for again', () => {
  const harness = open();
  harness.client.setQuality(2);
  expect(harness.said).toHaveLength(2);
  expect(harness.said[0]!.slice(0, 4)).toBe('0200');
  expect(harness.said[0]).toContain('ffffffe2');
  expect(harness.said[1]).toBe(`0300${area}`);
});

test('a hidden screen stops the desk and a shown one starts it again', () => {
  const harness = open().feed(u8(150));
  harness.client.setVisible(false);
  harness.client.setVisible(false);
  harness.client.setVisible(true);
  expect(harness.said).toEqual([`9601${area}`, `9600${area}`, `9601${area}`, `0301${area}`]);
});

test('pointer shapes: with a mask, with alpha, none', () => {
  const masked = rect(1, 0, 2, 1, -239, u8(1, 2, 3, 0, 4, 5, 6, 0), u8(0x40));
  const alpha = rect(0, 1, 1, 2, -314, u32(0), u8(64, 32, 0, 128, 9, 9, 9, 0));
  const harness = open().feed(update(masked, alpha, rect(0, 0, 0, 0, -239)), 1);
  expect(harness.cursors.map((shape) => ({ ...shape, rgba: [...shape.rgba] }))).toEqual([
    { width: 2, height: 1, hotX: 1, hotY: 0, rgba: [0, 0, 0, 0, 4, 5, 6, 255] },
    { width: 1, height: 2, hotX: 0, hotY: 1, rgba: [128, 64, 0, 128, 0, 0, 0, 0] },
    { width: 0, height: 0, hotX: 0, hotY: 0, rgba: [] },
  ]);
});

test('lock lights are passed on', () => {
  expect(open().feed(update(rect(0, 0, 0, 0, -261, u8(6)))).events).toContain('locks 6');
});
