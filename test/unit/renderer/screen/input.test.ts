import { beforeEach, describe, expect, test } from 'vitest';
import { Keyboard, type KeyInput } from '#renderer/screen/input/keyboard.ts';
import { japaneseKeyboard, otherKeys } from '#renderer/screen/input/keys.ts';
import { keysymOfText } from '#renderer/screen/input/keysyms.ts';
import { Pointer, rfbButtons, wheelNotches } from '#renderer/screen/input/pointer.ts';

let sent: string[] = [];
let locked: number[] = [];
let left = 0;
let hidden = 0;
let keyboard: Keyboard;

beforeEach(() => {
  sent = [];
  locked = [];
  left = 0;
  hidden = 0;
  keyboard = new Keyboard({
    key: (down, keysym, scancode) => sent.push(`${down ? '+' : '-'}${keysym.toString(16)}/${scancode.toString(16)}`),
    locks: (bits) => locked.push(bits),
    leave: () => {
      left++;
    },
    hide: () => {
      hidden++;
    },
  });
});

const modifiers = { shiftKey: false, ctrlKey: false, altKey: false, metaKey: false };
function input(code: string, key: string, more: Partial<typeof modifiers> & { locks?: string[] } = {}): KeyInput {
  const { locks = [], ...flags } = more;
  return { code, key, ...modifiers, ...flags, getModifierState: (name) => locks.includes(name) };
}
const press = (code: string, key: string, more = {}) => {
  keyboard.down(input(code, key, more));
  keyboard.up(input(code, key, more));
};

describe('the 109-key Japanese keyboard', () => {
  test('is complete, and no key is twice', () => {
    expect(japaneseKeyboard).toHaveLength(109);
    for (const field of ['code', 'scancode'] as const) {
      const values = [...japaneseKeyboard, ...otherKeys].map((key) => key[field]);
      expect(new Set(values).size).toBe(values.length);
    }
    const plain = japaneseKeyboard.map((key) => (typeof key.plain === 'string' ? keysymOfText(key.plain) : key.plain));
    expect(new Set(plain).size).toBe(109);
  });

  test.each(japaneseKeyboard.map((key) => [key.code, key] as const))('%s: code, scancode and keysym', (code, key) => {
    expect(key.scancode).toBeGreaterThan(0);
    expect(key.scancode).toBeLessThan(256);
    // What the local input method keeps to itself is still sent, as the key that it is.
    press(code, 'Process');
    const keysym = sent[0]!.slice(1).split('/')[0]!;
    expect(Number.parseInt(keysym, 16)).toBeGreaterThan(0);
    expect(sent).toEqual([`+${keysym}/${key.scancode.toString(16)}`, `-${keysym}/${key.scancode.toString(16)}`]);
  });

  test.each([
    ['Backquote', 'ZenkakuHankaku', 'ff2a/29'],
    ['Backquote', '`', '60/29'],
    ['Convert', 'Convert', 'ff23/79'],
    ['NonConvert', 'NonConvert', 'ff22/7b'],
    ['KanaMode', 'HiraganaKatakana', 'ff27/70'],
    ['KanaMode', 'KanaMode', 'ff2d/70'],
    ['CapsLock', 'CapsLock', 'ffe5/3a'],
    ['CapsLock', 'Eisu', 'ff30/3a'],
    ['IntlYen', '\\', '5c/7d'],
    ['IntlYen', '¥', 'a5/7d'],
    ['IntlRo', '_', '5f/73'],
    ['Lang1', 'Unidentified', 'ff25/f2'],
    ['Lang2', 'Unidentified', 'ff30/f1'],
    ['KeyA', 'ち', '1003061/1e'],
    ['KeyE', '€', '10020ac/12'],
    ['Numpad7', '7', 'ffb7/47'],
    ['Numpad7', 'Home', 'ff95/47'],
    ['NumpadEnter', 'Enter', 'ff8d/9c'],
    ['NumpadDecimal', 'Delete', 'ff9f/53'],
    ['AltRight', 'AltGraph', 'fe03/b8'],
    ['Pause', 'Pause', 'ff13/c6'],
    ['PrintScreen', 'PrintScreen', 'ff61/54'],
    ['MetaRight', 'Meta', 'ffec/dc'],
  ])('%s as %s', (code, key, want) => {
    press(code, key);
    expect(sent).toEqual([`+${want}`, `-${want}`]);
  });

  test('Windows sends no release for its input method keys: they are tapped', () => {
    keyboard.down(input('Backquote', 'Zenkaku'));
    expect(sent).toEqual(['+ff2a/29', '-ff2a/29']);
    keyboard.up(input('Backquote', 'Hankaku'));
    expect(sent).toHaveLength(2);
  });
});

test('a key that repeats stays what it was, and its release names it too', () => {
  keyboard.down(input('KeyA', 'A', { shiftKey: true }));
  keyboard.down(input('KeyA', 'a'));
  keyboard.up(input('KeyA', 'a'));
  expect(sent).toEqual(['+41/1e', '+41/1e', '-41/1e']);
});

test('keys that are not on the table, and releases without a press, are not sent', () => {
  press('BrowserBack', 'BrowserBack');
  keyboard.up(input('KeyA', 'a'));
  expect(sent).toEqual([]);
});

test('PrintScreen is pressed even where the system tells only of its release', () => {
  keyboard.up(input('PrintScreen', 'PrintScreen'));
  expect(sent).toEqual(['+ff61/54', '-ff61/54']);
});

test('letting go of everything releases in reverse order, once', () => {
  keyboard.down(input('ControlLeft', 'Control', { ctrlKey: true }));
  keyboard.down(input('KeyC', 'c', { ctrlKey: true }));
  keyboard.releaseAll();
  keyboard.releaseAll();
  expect(sent.slice(2)).toEqual(['-63/2e', '-ffe3/1d']);
});

test('a modifier whose release was lost is released before the next key', () => {
  keyboard.down(input('AltLeft', 'Alt', { altKey: true }));
  keyboard.down(input('KeyA', 'a'));
  expect(sent).toEqual(['+ffe9/38', '-ffe9/38', '+61/1e']);
});

describe('Ctrl+Alt+Space', () => {
  const both = { ctrlKey: true, altKey: true };
  const hold = () => {
    keyboard.down(input('KeyA', 'a'));
    keyboard.down(input('ControlRight', 'Control', { ctrlKey: true }));
    keyboard.down(input('AltLeft', 'Alt', both));
    sent.length = 0;
  };

  test('hides the picture: the desk never sees the space, and whatever was pressed is let go', () => {
    hold();
    press('Space', ' ', both);
    expect(hidden).toBe(1);
    expect(sent).toEqual(['-ffe9/38', '-ffe4/9d', '-61/1e']);
    keyboard.up(input('AltLeft', 'Alt', { ctrlKey: true }));
    keyboard.up(input('ControlRight', 'Control'));
    keyboard.up(input('KeyA', 'a'));
    expect(sent).toHaveLength(3);
    expect(left).toBe(0);
  });

  test('is known by the place of the key, whatever an input method makes of it', () => {
    hold();
    press('Space', 'Process', both);
    expect(hidden).toBe(1);
  });

  test.each([
    ['with Shift', 'Space', { ...both, shiftKey: true }],
    ['with the Windows key', 'Space', { ...both, metaKey: true }],
    ['without Alt', 'Space', { ctrlKey: true }],
    ['without Ctrl', 'Space', { altKey: true }],
    ['with AltGr, which is for typing', 'Space', { ...both, locks: ['AltGraph'] }],
    ['with another key', 'KeyB', both],
  ])('%s is a key for the desk', (_, code, more) => {
    hold();
    press(code, ' ', more);
    expect(hidden).toBe(0);
    expect(sent.some((event) => event.startsWith('+'))).toBe(true);
  });
});

describe('Ctrl+Alt+Shift', () => {
  const hold = (...codes: readonly string[]) => {
    const flags = { ...modifiers };
    for (const code of codes) {
      if (code.startsWith('Control')) flags.ctrlKey = true;
      if (code.startsWith('Alt')) flags.altKey = true;
      if (code.startsWith('Shift')) flags.shiftKey = true;
      keyboard.down(input(code, 'x', flags));
    }
  };
  const release = (...codes: readonly string[]) => {
    for (const code of codes) keyboard.up(input(code, 'x'));
  };

  test('alone gives the keyboard back, once all three are up', () => {
    hold('ControlLeft', 'AltRight', 'ShiftLeft');
    release('AltRight', 'ControlLeft');
    expect(left).toBe(0);
    release('ShiftLeft');
    expect(left).toBe(1);
    expect(sent.filter((event) => event.startsWith('-'))).toHaveLength(3);
  });

  test.each([
    [
      'with a key in between',
      () => {
        hold('ControlLeft', 'AltLeft', 'ShiftLeft');
        press('KeyA', 'a', { ctrlKey: true, altKey: true, shiftKey: true });
        release('ControlLeft', 'AltLeft', 'ShiftLeft');
      },
    ],
    [
      'with only two of them',
      () => {
        hold('ControlLeft', 'AltLeft');
        release('ControlLeft', 'AltLeft');
      },
    ],
    [
      'when another key was down before',
      () => {
        keyboard.down(input('KeyA', 'a'));
        hold('ControlLeft', 'AltLeft', 'ShiftLeft');
        release('ControlLeft', 'AltLeft', 'ShiftLeft', 'KeyA');
      },
    ],
    [
      'when the window lost the keyboard meanwhile',
      () => {
        hold('ControlLeft', 'AltLeft', 'ShiftLeft');
        keyboard.releaseAll();
        release('ControlLeft', 'AltLeft', 'ShiftLeft');
      },
    ],
  ])('%s it stays on the desk', (_, act) => {
    act();
    expect(left).toBe(0);
  });
});

test.each([
  ['ctrl-alt-del', ['+ffe3/1d', '+ffe9/38', '+ffff/d3', '-ffff/d3', '-ffe9/38', '-ffe3/1d']],
  ['win', ['+ffeb/db', '-ffeb/db']],
  ['alt-tab', ['+ffe9/38', '+ff09/f', '-ff09/f', '-ffe9/38']],
  ['hankaku-zenkaku', ['+ff2a/29', '-ff2a/29']],
  ['print-screen', ['+ff61/54', '-ff61/54']],
] as const)('chord %s', (name, want) => {
  keyboard.chord(name);
  expect(sent).toEqual(want);
});

test("the desk's Caps Lock and Num Lock follow this laptop's, where the desk shows its lights", () => {
  press('KeyA', 'A', { locks: ['CapsLock'] });
  expect(sent).toEqual(['+41/1e', '-41/1e']);
  keyboard.setDeskLights(0);
  sent.length = 0;
  press('Digit1', '1', { locks: ['CapsLock'] });
  press('KeyA', 'A', { locks: ['CapsLock'] });
  press('KeyB', 'B', { locks: ['CapsLock'] });
  expect(sent).toEqual(['+31/2', '-31/2', '+ffe5/3a', '-ffe5/3a', '+41/1e', '-41/1e', '+42/30', '-42/30']);
  sent.length = 0;
  press('Numpad1', '1', { locks: ['NumLock', 'CapsLock'] });
  expect(sent).toEqual(['+ff7f/45', '-ff7f/45', '+ffb1/4f', '-ffb1/4f']);
});

describe("the laptop's lock keys", () => {
  test('are told before the first key, when they change, and anew after the keyboard was elsewhere', () => {
    press('KeyA', 'a');
    press('KeyB', 'b');
    press('KeyC', 'C', { locks: ['CapsLock'] });
    press('KeyD', 'D', { locks: ['CapsLock', 'NumLock', 'ScrollLock'] });
    keyboard.releaseAll();
    press('KeyE', 'E', { locks: ['CapsLock', 'NumLock', 'ScrollLock'] });
    expect(locked).toEqual([0, 4, 7, 7]);
  });

  test('are not told with a lock key itself, which may show either state', () => {
    press('CapsLock', 'CapsLock', { locks: ['CapsLock'] });
    expect(locked).toEqual([]);
  });
});

test.each([
  ['', 'あ', 0x01003042],
  ['Unidentified', 'é', 0xe9],
])('a key of code "%s" that makes %s is sent as text', (code, text, symbol) => {
  press(code, text);
  expect(sent).toEqual([`+${symbol.toString(16)}/0`, `-${symbol.toString(16)}/0`]);
});

describe('pointer', () => {
  let moves: string[] = [];
  let now = 0;
  let due: { at: number; run: () => void } | undefined;
  let pointer: Pointer;
  const pass = (ms: number) => {
    now += ms;
    if (due === undefined || due.at > now) return;
    const { run } = due;
    due = undefined;
    run();
  };

  beforeEach(() => {
    moves = [];
    now = 1000;
    due = undefined;
    pointer = new Pointer(
      { pointer: (x, y, buttons) => moves.push(`${x},${y},${buttons}`) },
      {
        now: () => now,
        after: (ms, run) => {
          due = { at: now + ms, run };
          return () => {
            due = undefined;
          };
        },
      },
    );
  });

  test('moves are merged, and the last one is never lost', () => {
    pointer.at(1, 1, 0);
    pointer.at(2, 2, 0);
    pointer.at(3, 3, 0);
    expect(moves).toEqual(['1,1,0']);
    pass(8);
    expect(moves).toEqual(['1,1,0', '3,3,0']);
    pass(100);
    expect(moves).toHaveLength(2);
  });

  test('a button goes at once, where the pointer is, and nothing old comes after it', () => {
    pointer.at(1, 1, 0);
    pointer.at(5, 5, 0);
    pointer.at(6, 6, 1);
    pointer.at(6, 6, 0);
    pass(100);
    expect(moves).toEqual(['1,1,0', '6,6,1', '6,6,0']);
  });

  test('a thousand moves in a second are at most 126 messages', () => {
    for (let i = 1; i <= 1000; i++) {
      pointer.at(i, 0, 0);
      pass(1);
    }
    pass(8);
    expect(moves.length).toBeLessThanOrEqual(126);
    expect(moves.at(-1)).toBe('1000,0,0');
  });

  test('buttons of the browser are those of RFB', () => {
    expect([1, 2, 4, 8, 16, 31].map(rfbButtons)).toEqual([1, 4, 2, 128, 256, 391]);
  });

  test('the wheel turns by whole notches in both directions, with what is pressed', () => {
    pointer.at(1, 1, 1);
    moves = [];
    pointer.wheel(0, 0.4);
    pointer.wheel(0, 0.4);
    expect(moves).toEqual([]);
    pointer.wheel(0, 0.4);
    expect(moves).toEqual(['1,1,17', '1,1,1']);
    pointer.wheel(0, -1.2);
    pointer.wheel(1, 0);
    pointer.wheel(-1, 0);
    expect(moves.slice(2)).toEqual(['1,1,9', '1,1,1', '1,1,65', '1,1,1', '1,1,33', '1,1,1']);
    moves = [];
    pointer.wheel(0, 1e9);
    expect(moves).toHaveLength(20);
  });

  test.each([
    [
      'a wheel that says 120 a notch',
      { deltaX: 0, deltaY: 53, deltaMode: 0, wheelDeltaX: 0, wheelDeltaY: -120 },
      { x: 0, y: 1 },
    ],
    ['a touchpad', { deltaX: 0, deltaY: 5, deltaMode: 0, wheelDeltaX: 0, wheelDeltaY: -15 }, { x: 0, y: 0.05 }],
    ['lines', { deltaX: -3, deltaY: 0, deltaMode: 1 }, { x: -1, y: 0 }],
    ['pages', { deltaX: 0, deltaY: 1, deltaMode: 2 }, { x: 0, y: 5 }],
  ])('notches of %s', (_, event, want) => {
    expect(wheelNotches(event)).toEqual(want);
  });

  test('letting go of everything releases what is pressed, once', () => {
    pointer.at(4, 4, 3);
    pointer.releaseAll();
    pointer.releaseAll();
    expect(moves).toEqual(['4,4,5', '4,4,0']);
  });
});
