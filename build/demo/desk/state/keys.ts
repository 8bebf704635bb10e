/**
 * What a key press means to the desk. Named keys and the Japanese keys come from the scancode where the client sends
 * one (QEMU extended key event), because a browser or an input method on the laptop may give them another keysym or
 * none. A printable keysym keeps its own character: the person's keyboard need not be the 109-key one the desk assumes.
 */
export type DeskKey =
  | Readonly<{ type: 'char'; char: string }>
  | Readonly<{ type: 'named'; name: NamedKey }>
  | Readonly<{ type: 'modifier'; name: Modifier }>;

type Modifier = 'shift' | 'ctrl' | 'alt' | 'win' | 'caps';
export type NamedKey =
  | 'enter'
  | 'backspace'
  | 'delete'
  | 'tab'
  | 'escape'
  | 'left'
  | 'right'
  | 'up'
  | 'down'
  | 'home'
  | 'end'
  | 'pageUp'
  | 'pageDown'
  | 'imeToggle'
  | 'imeOn'
  | 'imeOff';

const named = (name: NamedKey): DeskKey => ({ type: 'named', name });
const modifier = (name: Modifier): DeskKey => ({ type: 'modifier', name });

/** PC/XT set 1 as QEMU numbers it: an E0 prefix is bit 7. */
const byScancode: ReadonlyMap<number, DeskKey> = new Map([
  [0x01, named('escape')],
  [0x0e, named('backspace')],
  [0x0f, named('tab')],
  [0x1c, named('enter')],
  [0x9c, named('enter')],
  [0x1d, modifier('ctrl')],
  [0x9d, modifier('ctrl')],
  [0x2a, modifier('shift')],
  [0x36, modifier('shift')],
  [0x38, modifier('alt')],
  [0xb8, modifier('alt')],
  [0x3a, modifier('caps')],
  [0xdb, modifier('win')],
  [0xdc, modifier('win')],
  [0xc7, named('home')],
  [0xc8, named('up')],
  [0xc9, named('pageUp')],
  [0xcb, named('left')],
  [0xcd, named('right')],
  [0xcf, named('end')],
  [0xd0, named('down')],
  [0xd1, named('pageDown')],
  [0xd3, named('delete')],
  // 変換, 無変換 and ひらがな of the 109-key keyboard.
  [0x79, named('imeOn')],
  [0x7b, named('imeOff')],
  [0x70, named('imeOn')],
]);

const byKeysym: ReadonlyMap<number, DeskKey> = new Map([
  [0xff08, named('backspace')],
  [0xff09, named('tab')],
  [0xfe20, named('tab')],
  [0xff0d, named('enter')],
  [0xff8d, named('enter')],
  [0xff1b, named('escape')],
  [0xffff, named('delete')],
  [0xff50, named('home')],
  [0xff51, named('left')],
  [0xff52, named('up')],
  [0xff53, named('right')],
  [0xff54, named('down')],
  [0xff55, named('pageUp')],
  [0xff56, named('pageDown')],
  [0xff57, named('end')],
  [0xff95, named('home')],
  [0xff96, named('left')],
  [0xff97, named('up')],
  [0xff98, named('right')],
  [0xff99, named('down')],
  [0xff9a, named('pageUp')],
  [0xff9b, named('pageDown')],
  [0xff9c, named('end')],
  [0xff9f, named('delete')],
  [0xff22, named('imeOff')],
  [0xff23, named('imeOn')],
  [0xff25, named('imeOn')],
  [0xff27, named('imeToggle')],
  [0xff2a, named('imeToggle')],
  [0xffe1, modifier('shift')],
  [0xffe2, modifier('shift')],
  [0xffe3, modifier('ctrl')],
  [0xffe4, modifier('ctrl')],
  [0xffe5, modifier('caps')],
  [0xffe9, modifier('alt')],
  [0xffea, modifier('alt')],
  [0xffe7, modifier('alt')],
  [0xffe8, modifier('alt')],
  [0xffeb, modifier('win')],
  [0xffec, modifier('win')],
]);

/** 半角/全角 sits where a US keyboard has the backquote: only without a printable keysym is it the Japanese key. */
const hankakuZenkaku = 0x29;

/** The 109-key layout, unshifted and shifted, by scancode: used when the client has no keysym for a key. */
const jisKeys: ReadonlyMap<number, string> = new Map([
  ...row(0x02, '1234567890-^', '!"#$%&\'()\0=~'),
  ...row(0x10, 'qwertyuiop@[', 'QWERTYUIOP`{'),
  ...row(0x1e, 'asdfghjkl;:', 'ASDFGHJKL+*'),
  ...row(0x2b, ']', '}'),
  ...row(0x2c, 'zxcvbnm,./', 'ZXCVBNM<>?'),
  ...row(0x39, ' ', ' '),
  ...row(0x73, '\\', '_'),
  ...row(0x7d, '\\', '|'),
]);

function row(first: number, plain: string, shifted: string): [number, string][] {
  return [...plain].map((char, at) => [first + at, char + shifted[at]]);
}

/**
 * @param keysym X keysym, 0 when unknown. @param scancode XT scancode, 0 when the client sent a plain key event.
 * @returns undefined for a key the desk has no use for.
 */
export function deskKey(keysym: number, scancode: number, shift: boolean): DeskKey | undefined {
  const fixed = byScancode.get(scancode);
  if (fixed) return fixed;
  const char = charOf(keysym);
  if (char !== undefined) return { type: 'char', char };
  const known = byKeysym.get(keysym);
  if (known) return known;
  if (scancode === hankakuZenkaku) return named('imeToggle');
  const jis = jisKeys.get(scancode)?.[shift ? 1 : 0];
  return jis === undefined || jis === '\0' ? undefined : { type: 'char', char: jis };
}

/** Latin-1 keysyms are their code points, others carry bit 24 (X11 protocol, appendix A). */
function charOf(keysym: number): string | undefined {
  if ((keysym >= 0x20 && keysym <= 0x7e) || (keysym >= 0xa0 && keysym <= 0xff)) return String.fromCodePoint(keysym);
  const point = keysym - 0x0100_0000;
  if (point >= 0x20 && point <= 0x10_ffff && !(point >= 0xd800 && point <= 0xdfff)) return String.fromCodePoint(point);
  if (keysym >= 0xffaa && keysym <= 0xffb9) return String.fromCodePoint(keysym - 0xff80);
  if (keysym === 0xff80) return ' ';
  return undefined;
}
