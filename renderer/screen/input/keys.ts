import { keysym } from './keysyms.ts';

/**
 * One physical key. `scancode`: XT set 1, extended (E0) keys with bit 7, as QEMU's key message wants it. `plain` and
 * `shifted`: what the 109-key Japanese keyboard prints on it, for when the browser does not tell; a number is the keysym
 * of a key that makes no character.
 */
export type Key = Readonly<{ code: string; scancode: number; plain: string | number; shifted: string | number }>;

const key = (code: string, scancode: number, plain: string | number, shifted: string | number = plain): Key => ({
  code,
  scancode,
  plain,
  shifted,
});

const letterRows = [
  ['QWERTYUIOP', 0x10],
  ['ASDFGHJKL', 0x1e],
  ['ZXCVBNM', 0x2c],
] as const;
const letters = letterRows.flatMap(([row, first]) =>
  [...row].map((letter, i) => key(`Key${letter}`, first + i, letter.toLowerCase(), letter)),
);

const digits = [...'1234567890'].map((digit, i) => key(`Digit${digit}`, 0x02 + i, digit, '!"#$%&\'()0'[i]!));

const signs = [
  key('Minus', 0x0c, '-', '='),
  key('Equal', 0x0d, '^', '~'),
  key('IntlYen', 0x7d, '¥', '|'),
  key('BracketLeft', 0x1a, '@', '`'),
  key('BracketRight', 0x1b, '[', '{'),
  key('Semicolon', 0x27, ';', '+'),
  key('Quote', 0x28, ':', '*'),
  key('Backslash', 0x2b, ']', '}'),
  key('Comma', 0x33, ',', '<'),
  key('Period', 0x34, '.', '>'),
  key('Slash', 0x35, '/', '?'),
  key('IntlRo', 0x73, '\\', '_'),
  key('Space', 0x39, ' '),
];

const controls = [
  key('Backquote', 0x29, keysym.zenkakuHankaku),
  key('Escape', 0x01, keysym.escape),
  key('Backspace', 0x0e, keysym.backspace),
  key('Tab', 0x0f, keysym.tab),
  key('Enter', 0x1c, keysym.enter),
  key('CapsLock', 0x3a, keysym.eisuToggle, keysym.capsLock),
  key('ShiftLeft', 0x2a, keysym.shiftLeft),
  key('ShiftRight', 0x36, keysym.shiftRight),
  key('ControlLeft', 0x1d, keysym.controlLeft),
  key('ControlRight', 0x9d, keysym.controlRight),
  key('AltLeft', 0x38, keysym.altLeft),
  key('AltRight', 0xb8, keysym.altRight),
  key('MetaLeft', 0xdb, keysym.superLeft),
  key('MetaRight', 0xdc, keysym.superRight),
  key('ContextMenu', 0xdd, keysym.menu),
  key('NonConvert', 0x7b, keysym.muhenkan),
  key('Convert', 0x79, keysym.henkan),
  key('KanaMode', 0x70, keysym.hiraganaKatakana),
];

const functions = [0x3b, 0x3c, 0x3d, 0x3e, 0x3f, 0x40, 0x41, 0x42, 0x43, 0x44, 0x57, 0x58].map((scancode, i) =>
  key(`F${i + 1}`, scancode, keysym.f1 + i),
);

const navigation = [
  key('PrintScreen', 0x54, keysym.print),
  key('ScrollLock', 0x46, keysym.scrollLock),
  key('Pause', 0xc6, keysym.pause),
  key('Insert', 0xd2, keysym.insert),
  key('Delete', 0xd3, keysym.delete),
  key('Home', 0xc7, keysym.home),
  key('End', 0xcf, keysym.end),
  key('PageUp', 0xc9, keysym.pageUp),
  key('PageDown', 0xd1, keysym.pageDown),
  key('ArrowUp', 0xc8, keysym.up),
  key('ArrowLeft', 0xcb, keysym.left),
  key('ArrowRight', 0xcd, keysym.right),
  key('ArrowDown', 0xd0, keysym.down),
];

const pad = (text: string): number => keysym.numpad + text.charCodeAt(0);

/** `shifted` is what the key does while Num Lock is off. */
const numpad = [
  key('NumLock', 0x45, keysym.numLock),
  key('NumpadDivide', 0xb5, pad('/')),
  key('NumpadMultiply', 0x37, pad('*')),
  key('NumpadSubtract', 0x4a, pad('-')),
  key('NumpadAdd', 0x4e, pad('+')),
  key('NumpadEnter', 0x9c, keysym.numpadEnter),
  key('NumpadDecimal', 0x53, pad('.'), keysym.numpadDelete),
  key('Numpad0', 0x52, pad('0'), keysym.numpadInsert),
  key('Numpad1', 0x4f, pad('1'), keysym.numpadEnd),
  key('Numpad2', 0x50, pad('2'), keysym.numpadDown),
  key('Numpad3', 0x51, pad('3'), keysym.numpadPageDown),
  key('Numpad4', 0x4b, pad('4'), keysym.numpadLeft),
  key('Numpad5', 0x4c, pad('5'), keysym.numpadBegin),
  key('Numpad6', 0x4d, pad('6'), keysym.numpadRight),
  key('Numpad7', 0x47, pad('7'), keysym.numpadHome),
  key('Numpad8', 0x48, pad('8'), keysym.numpadUp),
  key('Numpad9', 0x49, pad('9'), keysym.numpadPageUp),
];

/** The 109-key Japanese keyboard. */
export const japaneseKeyboard: readonly Key[] = [
  ...letters,
  ...digits,
  ...signs,
  ...controls,
  ...functions,
  ...navigation,
  ...numpad,
];

/** Keys of other keyboards that a laptop may have: Apple's 英数 and かな, the 102nd key, more function keys. */
export const otherKeys: readonly Key[] = [
  key('Lang1', 0xf2, keysym.hiragana),
  key('Lang2', 0xf1, keysym.eisuToggle),
  key('Lang3', 0x78, keysym.katakana),
  key('Lang4', 0x77, keysym.hiragana),
  key('IntlBackslash', 0x56, '<', '>'),
  key('NumpadEqual', 0x59, pad('=')),
  key('NumpadComma', 0x7e, pad(',')),
  ...[0x5d, 0x5e, 0x5f].map((scancode, i) => key(`F${i + 13}`, scancode, keysym.f1 + 12 + i)),
];

export const keysByCode: ReadonlyMap<string, Key> = new Map(
  [...japaneseKeyboard, ...otherKeys].map((entry) => [entry.code, entry]),
);

/** Values of KeyboardEvent.key that say more than the place of the key does. */
const named: Readonly<Record<string, number>> = {
  ZenkakuHankaku: keysym.zenkakuHankaku,
  Zenkaku: keysym.zenkakuHankaku,
  Hankaku: keysym.zenkakuHankaku,
  HiraganaKatakana: keysym.hiraganaKatakana,
  Hiragana: keysym.hiragana,
  Katakana: keysym.katakana,
  Romaji: keysym.romaji,
  KanaMode: keysym.kanaLock,
  KanjiMode: keysym.kanji,
  Convert: keysym.henkan,
  NonConvert: keysym.muhenkan,
  Alphanumeric: keysym.eisuToggle,
  Eisu: keysym.eisuToggle,
  CapsLock: keysym.capsLock,
  HangulMode: keysym.hangul,
  HanjaMode: keysym.hanja,
  AltGraph: keysym.levelThree,
};

export function namedKeysym(value: string): number | undefined {
  return Object.hasOwn(named, value) ? named[value] : undefined;
}

/** Windows sends no release for keys that switch its input method: they are tapped. */
export const tappedValues: ReadonlySet<string> = new Set([
  'Zenkaku',
  'Hankaku',
  'Alphanumeric',
  'Hiragana',
  'Katakana',
  'Romaji',
]);
