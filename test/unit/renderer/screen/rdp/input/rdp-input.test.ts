import { beforeEach, describe, expect, test } from 'vitest';
import { RdpInput } from '#renderer/screen/rdp/input/rdp-input.ts';

const desk = { unicodeInput: true, extendedMouse: true, horizontalWheel: true };
let input: RdpInput;
beforeEach(() => {
  input = new RdpInput();
  input.activated(desk);
});
const taken = () => {
  const batch = input.take();
  return batch === undefined ? '' : `${batch.count}: ${Buffer.from(batch.events).toString('hex')}`;
};

describe('keys', () => {
  test('Pause is its whole sequence at the press, and with Ctrl it is Break', () => {
    input.key(true, 0xff13, 0xc6);
    input.key(false, 0xff13, 0xc6);
    expect(taken()).toBe('4: 041d0045051d0145');
    input.key(true, 0xffe3, 0x1d);
    input.key(true, 0xff13, 0xc6);
    input.key(false, 0xff13, 0xc6);
    input.key(false, 0xffe3, 0x1d);
    expect(taken()).toBe('4: 001d02460346011d');
  });

  test('Break is let go as Break when Ctrl was let go before it', () => {
    for (const down of [true, false]) for (const scancode of [0x9d, 0xc6]) input.key(down, 1, scancode);
    expect(taken()).toBe('4: 021d0246031d0346');
  });

  test('a repeated key is pressed again and let go once', () => {
    for (const down of [true, true, false, false]) input.key(down, 1, 0x1e);
    expect(taken()).toBe('3: 001e001e011e');
  });

  test('all are let go in reverse order, once, with text as text', () => {
    input.key(true, 1, 0x2a);
    input.key(true, 0x61, 0);
    input.pointer(3, 4, 5);
    input.take();
    input.releaseAll();
    input.releaseAll();
    expect(taken()).toBe('4: 816100012a2000100300040020002003000400');
    input.key(false, 1, 0x2a);
    expect(taken()).toBe('');
  });

  test.each([
    ['a', 0x61, '2: 806100816100'],
    ['あ', 0x01003042, '2: 804230814230'],
    ['𠮷, in two units', 0x01020bb7, '4: 8042d880b7df8142d881b7df'],
    ['no character at all', 0xff50, ''],
    ['no code point', 0x01110000, ''],
  ])('without a scancode: %s', (_, symbol, want) => {
    input.key(true, symbol, 0);
    input.key(false, symbol, 0);
    expect(taken()).toBe(want);
  });

  test('a desk without Unicode input gets none', () => {
    input.activated({ ...desk, unicodeInput: false });
    input.key(true, 0x61, 0);
    input.key(false, 0x61, 0);
    expect(taken()).toBe('');
  });
});

describe('lock keys', () => {
  test('are set at once, Tab let go around them, and again before the next key when the desk has others', () => {
    input.locks(6);
    expect(taken()).toBe('3: 010f66010f');
    input.deskLocks(6);
    input.key(true, 1, 0x1e);
    expect(taken()).toBe('1: 001e');
    input.deskLocks(0);
    input.key(false, 1, 0x1e);
    input.key(true, 1, 0x1e);
    expect(taken()).toBe('5: 011e010f66010f001e');
  });

  test('are set once when the desk goes on having others', () => {
    input.locks(3);
    input.deskLocks(2);
    input.key(true, 1, 0x1e);
    input.take();
    input.deskLocks(2);
    input.key(true, 1, 0x1e);
    expect(taken()).toBe('1: 001e');
  });

  test('leave kana as the desk has it, which no browser tells', () => {
    input.locks(0);
    input.take();
    input.deskLocks(8);
    input.key(true, 1, 0x1e);
    expect(taken()).toBe('1: 001e');
    input.locks(4);
    expect(taken()).toBe('3: 010f6c010f');
  });

  test('do not cost the modifiers that are held: setting them lets go of all keys on the desk', () => {
    input.key(true, 1, 0xb8);
    input.key(true, 1, 0x1e);
    input.key(true, 1, 0x2a);
    input.take();
    input.locks(4);
    expect(taken()).toBe('5: 010f64010f002a0238');
  });

  test('are set again on a desk that begins anew', () => {
    input.locks(2);
    input.deactivated();
    input.activated(desk);
    input.key(true, 1, 0x1e);
    expect(taken()).toBe('4: 010f62010f001e');
  });
});

describe('pointer', () => {
  test('a move is the published one (MS-RDPBCGR 4.7)', () => {
    input.pointer(683, 367, 0);
    expect(taken()).toBe('1: 200008ab026f01');
  });

  test('moves without anything between them become the last one', () => {
    for (let x = 0; x < 1000; x++) input.pointer(x, 5, 0);
    input.key(true, 1, 0x1e);
    input.pointer(7, 8, 0);
    expect(taken()).toBe('3: 200008e7030500001e20000807000800');
  });

  test.each([
    ['left', 1, '2000900a001400', '2000100a001400'],
    ['middle', 2, '2000c00a001400', '2000400a001400'],
    ['right', 4, '2000a00a001400', '2000200a001400'],
    ['back', 128, '4001800a001400', '4001000a001400'],
    ['forward', 256, '4002800a001400', '4002000a001400'],
  ])('%s button', (_, mask, down, up) => {
    input.pointer(10, 20, 0);
    expect(taken()).toBe('1: 2000080a001400');
    input.pointer(10, 20, mask);
    expect(taken()).toBe(`1: ${down}`);
    input.pointer(10, 20, 0);
    expect(taken()).toBe(`1: ${up}`);
  });

  test('a press elsewhere comes after the way there', () => {
    input.pointer(10, 20, 1);
    expect(taken()).toBe('2: 2000080a0014002000900a001400');
  });

  test.each([
    ['up', 8, '7802'],
    ['down', 16, '8803'],
    ['left', 32, '8805'],
    ['right', 64, '7804'],
  ])('wheel %s is one notch, once', (_, mask, flags) => {
    input.pointer(10, 20, 0);
    input.take();
    input.pointer(10, 20, mask);
    input.pointer(10, 20, 0);
    expect(taken()).toBe(`1: 20${flags}0a001400`);
  });

  test('a desk without them gets neither extended buttons nor the wheel to the side', () => {
    input.activated({ ...desk, extendedMouse: false, horizontalWheel: false });
    input.pointer(1, 1, 128 | 256 | 32 | 64);
    expect(taken()).toBe('1: 20000801000100');
  });
});

test('while no desk is active everything is dropped', () => {
  input.key(true, 1, 0x1e);
  input.deactivated();
  input.key(true, 1, 0x1e);
  input.pointer(3, 4, 1);
  expect(taken()).toBe('');
  input.activated(desk);
  expect(taken()).toBe('');
});

test('what was let go while no desk was active is let go once one is, and what is still held stays', () => {
  input.key(true, 1, 0x2a);
  input.key(true, 1, 0x1d);
  input.pointer(3, 4, 1 | 128);
  input.take();
  input.deactivated();
  input.key(false, 1, 0x2a);
  input.pointer(9, 9, 128);
  expect(taken()).toBe('');
  input.activated(desk);
  expect(taken()).toBe('2: 012a20001003000400');
  input.key(false, 1, 0x1d);
  input.pointer(9, 9, 0);
  expect(taken()).toBe('3: 011d2000080900090040010009000900');
});

test('a batch never has more events than one PDU counts', () => {
  for (let i = 0; i < 10_000; i++) input.key(i % 2 === 0, 1, 0x1e);
  const counts = Array.from({ length: 41 }, () => input.take()?.count);
  expect(counts).toEqual([...Array<number>(40).fill(250), undefined]);
});
