import { describe, expect, it } from 'vitest';
import { deskKey } from '#build/demo/desk/state/keys.ts';

describe('deskKey', () => {
  it('takes printable characters from the keysym, wherever the key is', () => {
    expect(deskKey(0x40, 0x03, true)).toEqual({ type: 'char', char: '@' });
    expect(deskKey(0xe9, 0, false)).toEqual({ type: 'char', char: 'é' });
    expect(deskKey(0x0100_3042, 0, false)).toEqual({ type: 'char', char: 'あ' });
  });

  it('takes them from the 109-key layout where there is no keysym', () => {
    expect(deskKey(0, 0x1a, false)).toEqual({ type: 'char', char: '@' });
    expect(deskKey(0, 0x03, true)).toEqual({ type: 'char', char: '"' });
    expect(deskKey(0, 0x73, true)).toEqual({ type: 'char', char: '_' });
    expect(deskKey(0, 0x0b, true)).toBeUndefined();
  });

  it.each([
    [0x1c, 'enter'],
    [0x0e, 'backspace'],
    [0xcb, 'left'],
    [0x79, 'imeOn'],
    [0x7b, 'imeOff'],
  ])('knows scancode %i as %s whatever keysym comes with it', (scancode, name) => {
    expect(deskKey(0x61, scancode, false)).toEqual({ type: 'named', name });
  });

  it.each([
    [0xff0d, 'enter'],
    [0xff51, 'left'],
    [0xff2a, 'imeToggle'],
    [0xff23, 'imeOn'],
    [0xff22, 'imeOff'],
  ])('knows keysym %i as %s without a scancode', (keysym, name) => {
    expect(deskKey(keysym, 0, false)).toEqual({ type: 'named', name });
  });

  it('takes the key left of 1 as 半角/全角 unless it prints something', () => {
    expect(deskKey(0, 0x29, false)).toEqual({ type: 'named', name: 'imeToggle' });
    expect(deskKey(0xff2a, 0x29, false)).toEqual({ type: 'named', name: 'imeToggle' });
    expect(deskKey(0x60, 0x29, false)).toEqual({ type: 'char', char: '`' });
  });

  it('has no use for others', () => {
    expect(deskKey(0xffbe, 0x3b, false)).toBeUndefined();
    expect(deskKey(0x0100_d800, 0, false)).toBeUndefined();
  });
});
