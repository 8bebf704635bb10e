import { describe, expect, it } from 'vitest';
import { composition } from '#build/demo/desk/state/ime.ts';
import { key } from '#build/demo/desk/state/keyboard.ts';
import { open } from '#build/demo/desk/state/windows.ts';
import { environment, first, press, size, write } from './desk.ts';

const enter = 0xff0d;
const backspace = 0xff08;
const left = 0xff51;
const up = 0xff52;
const right = 0xff53;
const down = 0xff54;
const end = 0xff57;
const toggle = 0xff2a;

const empty = () => ({ ...first(), document: { text: '', caret: 0 } });

describe('keyboard', () => {
  it('writes into the document at the caret', () => {
    const state = press(write(empty(), 'abd'), left);
    expect(write(state, 'c').document).toEqual({ text: 'abcd', caret: 3 });
    expect(press(write(empty(), 'ab'), enter, backspace, backspace).document.text).toBe('a');
  });

  it('writes Japanese once the input method is on', () => {
    const state = write(press(empty(), toggle), 'konnnichiha');
    expect([state.document.text, composition(state.ime)]).toEqual(['', 'こんにちは']);
    expect(press(state, enter).document.text).toBe('こんにちは');
    expect(press(press(state, enter), enter).document.text).toBe('こんにちは\n');
  });

  it('settles what is composed before the caret moves or the method is switched off', () => {
    const state = write(press(empty(), toggle), 'kai');
    expect(press(state, left).document).toEqual({ text: 'かい', caret: 1 });
    expect(press(state, toggle)).toMatchObject({ document: { text: 'かい' }, ime: { on: false } });
  });

  it('erases inside the composition first', () => {
    const state = write(press(write(empty(), 'x'), toggle), 'ka');
    expect(press(state, backspace)).toMatchObject({ document: { text: 'x' }, ime: { kana: '' } });
    expect(press(state, backspace, backspace).document.text).toBe('');
  });

  it('switches the input method with Alt and backquote of a US keyboard', () => {
    let state = key(empty(), { down: true, keysym: 0xffe9, scancode: 0 }, environment);
    state = press(state, 0x60);
    expect(state.ime.on).toBe(true);
    state = key(state, { down: false, keysym: 0xffe9, scancode: 0 }, environment);
    expect(press(press(state, toggle), 0x60).document.text).toBe('`');
  });

  it('writes nothing while Ctrl is held', () => {
    const held = key(empty(), { down: true, keysym: 0xffe3, scancode: 0x1d }, environment);
    expect(write(held, 'a').document.text).toBe('');
    const released = key(held, { down: false, keysym: 0xffe3, scancode: 0x1d }, environment);
    expect(write(released, 'a').document.text).toBe('a');
  });

  it('moves between lines and keeps the column', () => {
    const state = { ...first(), document: { text: 'abcd\nefgh\nij', caret: 3 } };
    expect(press(state, down).document.caret).toBe(8);
    expect(press(state, down, down).document.caret).toBe(12);
    expect(press(state, down, up).document.caret).toBe(3);
    expect(press(state, end).document.caret).toBe(4);
  });

  it('scrolls along with the caret', () => {
    const state = { ...first(), document: { text: 'x\n'.repeat(50), caret: 0 } };
    expect(press(state, ...Array.from({ length: 49 }, () => down)).scroll).toBeGreaterThan(200);
  });

  it('moves the selected cell of a focused sheet and leaves the document alone', () => {
    const state = { ...first(), windows: open(first().windows, 'sheet', size) };
    const moved = press(state, right, down, left, enter, 0xff09);
    expect(moved.sheet.selected).toEqual({ row: 5, column: 4 });
    expect(write(moved, 'abc').document).toEqual(state.document);
    expect(press(moved, ...Array.from({ length: 30 }, () => up)).sheet.selected.row).toBe(0);
  });

  it('sends a message with Enter', () => {
    const state = { ...first('en'), windows: open(first('en').windows, 'chat', size) };
    const sent = press(write(state, 'Thanks'), enter);
    expect(sent.chat.lines.at(-1)).toMatchObject({ from: 'Mizuno', text: 'Thanks', mine: true });
    expect(sent.chat.draft.text).toBe('');
    expect(press(state, enter).chat.lines).toEqual(state.chat.lines);
  });

  it('opens the start menu with the Windows key and closes it with Escape', () => {
    const state = key(first(), { down: true, keysym: 0xffeb, scancode: 0xdb }, environment);
    expect(state.startOpen).toBe(true);
    expect(press(state, 0xff1b).startOpen).toBe(false);
  });
});
