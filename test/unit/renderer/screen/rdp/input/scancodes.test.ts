import { expect, test } from 'vitest';
import type { KeyChord } from '#renderer/screen/api.ts';
import { Keyboard } from '#renderer/screen/input/keyboard.ts';
import { japaneseKeyboard } from '#renderer/screen/input/keys.ts';
import { RdpInput } from '#renderer/screen/rdp/input/rdp-input.ts';

/**
 * The 109 keys by KeyboardEvent.code and what they are in AT set 1, written out by hand; E0 and E1 are their prefixes there,
 * which RDP has as flags. Pause, the only key of more than one code, is in a test of its own.
 */
const table = `
  Escape 01  F1 3b  F2 3c  F3 3d  F4 3e  F5 3f  F6 40  F7 41  F8 42  F9 43  F10 44  F11 57  F12 58
  PrintScreen E0-37  ScrollLock 46
  Backquote 29  Digit1 02  Digit2 03  Digit3 04  Digit4 05  Digit5 06  Digit6 07  Digit7 08  Digit8 09  Digit9 0a
  Digit0 0b  Minus 0c  Equal 0d  IntlYen 7d  Backspace 0e
  Tab 0f  KeyQ 10  KeyW 11  KeyE 12  KeyR 13  KeyT 14  KeyY 15  KeyU 16  KeyI 17  KeyO 18  KeyP 19
  BracketLeft 1a  BracketRight 1b  Enter 1c
  CapsLock 3a  KeyA 1e  KeyS 1f  KeyD 20  KeyF 21  KeyG 22  KeyH 23  KeyJ 24  KeyK 25  KeyL 26
  Semicolon 27  Quote 28  Backslash 2b
  ShiftLeft 2a  KeyZ 2c  KeyX 2d  KeyC 2e  KeyV 2f  KeyB 30  KeyN 31  KeyM 32  Comma 33  Period 34  Slash 35
  IntlRo 73  ShiftRight 36
  ControlLeft 1d  MetaLeft E0-5b  AltLeft 38  NonConvert 7b  Space 39  Convert 79  KanaMode 70
  AltRight E0-38  MetaRight E0-5c  ContextMenu E0-5d  ControlRight E0-1d
  Insert E0-52  Home E0-47  PageUp E0-49  Delete E0-53  End E0-4f  PageDown E0-51
  ArrowUp E0-48  ArrowLeft E0-4b  ArrowDown E0-50  ArrowRight E0-4d
  NumLock 45  NumpadDivide E0-35  NumpadMultiply 37  NumpadSubtract 4a
  Numpad7 47  Numpad8 48  Numpad9 49  NumpadAdd 4e
  Numpad4 4b  Numpad5 4c  Numpad6 4d
  Numpad1 4f  Numpad2 50  Numpad3 51  NumpadEnter E0-1c
  Numpad0 52  NumpadDecimal 53
`;
const read = (text: string) =>
  text
    .trim()
    .split(/\s{2,}|\n\s*/)
    .map((entry) => entry.split(' ') as [code: string, scancode: string]);
const keys = read(table);

/** As the wire has it: a header with the flags release 1 and extended 2, then the code. */
function wire(scancode: string, released: boolean): string {
  const header = (scancode.startsWith('E0-') ? 2 : 0) | (released ? 1 : 0);
  return `0${header}${scancode.slice(-2)}`;
}

const flags = { shiftKey: false, ctrlKey: false, altKey: false, metaKey: false, getModifierState: () => false };
function typing() {
  const input = new RdpInput();
  input.activated({ unicodeInput: true, extendedMouse: true, horizontalWheel: true });
  const keyboard = new Keyboard({
    key: (down, symbol, scancode) => input.key(down, symbol, scancode),
    locks: () => {},
    leave: () => {},
    hide: () => {},
  });
  return { keyboard, taken: () => Buffer.from(input.take()?.events ?? []).toString('hex') };
}

test('the table has every key but Pause, each once', () => {
  const codes = keys.map(([code]) => code);
  expect(codes.toSorted()).toEqual(
    japaneseKeyboard
      .map(({ code }) => code)
      .filter((code) => code !== 'Pause')
      .toSorted(),
  );
  expect(new Set(keys.map(([, scancode]) => scancode)).size).toBe(108);
});

test.each([
  ...keys,
  ...read('Lang1 72  Lang2 71  Lang3 78  Lang4 77  IntlBackslash 56  NumpadComma 7e  F13 64  F15 66'),
])('%s is %s when pressed and let go', (code, scancode) => {
  const { keyboard, taken } = typing();
  keyboard.down({ code, key: 'Process', ...flags });
  expect(taken()).toBe(wire(scancode, false));
  keyboard.up({ code, key: 'Process', ...flags });
  expect(taken()).toBe(wire(scancode, true));
});

test.each<[KeyChord, string]>([
  ['ctrl-alt-del', '001d 0038 0253 0353 0138 011d'],
  ['win', '025b 035b'],
  ['alt-tab', '0038 000f 010f 0138'],
  ['hankaku-zenkaku', '0029 0129'],
  ['print-screen', '0237 0337'],
])('the chord %s is %s', (chord, want) => {
  const { keyboard, taken } = typing();
  keyboard.chord(chord);
  expect(taken()).toBe(want.replaceAll(' ', ''));
});
