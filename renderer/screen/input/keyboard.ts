import { isHideKey, type KeyChord } from '../api.ts';
import { type Key, keysByCode, namedKeysym, tappedValues } from './keys.ts';
import { keysym, keysymOfText } from './keysyms.ts';

/** What is used of a KeyboardEvent. */
export type KeyInput = Readonly<{
  code: string;
  key: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
  getModifierState(name: string): boolean;
}>;

export type KeyEffects = Readonly<{
  key(down: boolean, keysym: number, scancode: number): void;
  /** The laptop's lock keys, before the first key after the focus and whenever they have changed: scroll 1, num 2, caps 4. */
  locks(bits: number): void;
  leave(): void;
  /** The person wants the picture hidden at once. */
  hide(): void;
}>;

/** Bits of lock lights (QEMU LED state), which are RDP's as well. */
const numLight = 2;
const capsLight = 4;
const lockLights = { ScrollLock: 1, NumLock: numLight, CapsLock: capsLight } as const;
const lockCodes = Object.keys(lockLights) as (keyof typeof lockLights)[];

const modifierFlags = {
  ShiftLeft: 'shiftKey',
  ShiftRight: 'shiftKey',
  ControlLeft: 'ctrlKey',
  ControlRight: 'ctrlKey',
  AltLeft: 'altKey',
  AltRight: 'altKey',
  MetaLeft: 'metaKey',
  MetaRight: 'metaKey',
} as const;
const modifierCodes = Object.keys(modifierFlags) as (keyof typeof modifierFlags)[];

const leaveGroups = [
  ['ControlLeft', 'ControlRight'],
  ['AltLeft', 'AltRight'],
  ['ShiftLeft', 'ShiftRight'],
] as const;
const leaveCodes: ReadonlySet<string> = new Set(leaveGroups.flat());

const chords: Readonly<Record<KeyChord, readonly string[]>> = {
  'ctrl-alt-del': ['ControlLeft', 'AltLeft', 'Delete'],
  win: ['MetaLeft'],
  'alt-tab': ['AltLeft', 'Tab'],
  'hankaku-zenkaku': ['Backquote'],
  'print-screen': ['PrintScreen'],
};

/**
 * Keys by their place on the keyboard (KeyboardEvent.code), so that the desk's own layout and input method decide. The
 * local input method has no say: what it reports as Process is sent as the physical key.
 */
export class Keyboard {
  readonly #effects: KeyEffects;
  /** code to what was sent for it: a release must name what was pressed, whatever the modifiers are by then. */
  readonly #pressed = new Map<string, readonly [keysym: number, scancode: number]>();
  #deskLights: number | undefined;
  /** What the desk was last told of the laptop's; undefined while it may have been changed unseen. */
  #locks: number | undefined;
  #leaving: 'no' | 'gathering' | 'ready' = 'no';

  constructor(effects: KeyEffects) {
    this.#effects = effects;
  }

  /** The desk's lock lights: 1 scroll, 2 num, 4 caps. */
  setDeskLights(bits: number): void {
    this.#deskLights = bits;
  }

  down(input: KeyInput): void {
    if (isHideKey(input)) {
      // The desk has Ctrl and Alt already; without their release it would go on holding them.
      this.releaseAll();
      this.#effects.hide();
      return;
    }
    const entry = keysByCode.get(input.code) ?? textKey(input);
    if (entry === undefined) return;
    this.#tellLocks(input);
    this.#releaseLost(input);
    this.#followLeave(input.code);
    this.#matchLights(input, entry);
    // A repeated key keeps the meaning that it was pressed with.
    const sent = this.#pressed.get(entry.code) ?? ([keysymOf(input, entry), entry.scancode] as const);
    this.#effects.key(true, ...sent);
    if (tappedValues.has(input.key)) this.#effects.key(false, ...sent);
    else this.#pressed.set(entry.code, sent);
  }

  up(input: KeyInput): void {
    // Windows keeps the press of PrintScreen to itself.
    if (input.code === 'PrintScreen' && !this.#pressed.has(input.code)) this.down(input);
    this.#release(keysByCode.has(input.code) ? input.code : codeOf(input));
    const leaving = this.#leaving === 'ready' && leaveCodes.has(input.code);
    if (leaving && ![...this.#pressed.keys()].some((code) => leaveCodes.has(code))) {
      this.#leaving = 'no';
      this.#effects.leave();
    } else if (this.#pressed.size === 0) this.#leaving = 'no';
  }

  releaseAll(): void {
    for (const code of [...this.#pressed.keys()].reverse()) this.#release(code);
    this.#leaving = 'no';
    this.#locks = undefined;
  }

  chord(name: KeyChord): void {
    this.releaseAll();
    const keys = chords[name].map((code) => keysByCode.get(code)!);
    for (const entry of keys) this.#effects.key(true, plainKeysym(entry, false), entry.scancode);
    for (const entry of keys.reverse()) this.#effects.key(false, plainKeysym(entry, false), entry.scancode);
  }

  #release(code: string): void {
    const sent = this.#pressed.get(code);
    if (sent === undefined) return;
    this.#pressed.delete(code);
    this.#effects.key(false, ...sent);
  }

  /** A modifier whose release went to another window must not stay down on the desk. */
  #releaseLost(input: KeyInput): void {
    for (const code of modifierCodes) {
      if (code === input.code || !this.#pressed.has(code) || input[modifierFlags[code]]) continue;
      if (code === 'AltRight' && input.getModifierState('AltGraph')) continue;
      this.#release(code);
    }
  }

  /** Not with a lock key itself: systems differ in whether its event already tells the state after it. */
  #tellLocks(input: KeyInput): void {
    if (lockCodes.some((code) => code === input.code)) return;
    const bits = lockCodes.reduce((sum, code) => (input.getModifierState(code) ? sum | lockLights[code] : sum), 0);
    if (bits === this.#locks) return;
    this.#locks = bits;
    this.#effects.locks(bits);
  }

  #followLeave(code: string): void {
    if (!leaveCodes.has(code)) {
      this.#leaving = 'no';
      return;
    }
    const others = [...this.#pressed.keys()].filter((pressed) => !leaveCodes.has(pressed));
    if (others.length > 0) return;
    if (this.#pressed.size === 0) this.#leaving = 'gathering';
    const held = (group: readonly string[]) => group.some((c) => c === code || this.#pressed.has(c));
    if (this.#leaving === 'gathering' && leaveGroups.every(held)) this.#leaving = 'ready';
  }

  /** Brings the desk's lock to this laptop's before a key that it changes. */
  #matchLights(input: KeyInput, entry: Key): void {
    if (this.#deskLights === undefined) return;
    const match = (light: number, state: string, code: string) => {
      if (((this.#deskLights! & light) !== 0) === input.getModifierState(state)) return;
      const lock = keysByCode.get(code)!;
      const lockKeysym = code === 'CapsLock' ? keysym.capsLock : keysym.numLock;
      this.#effects.key(true, lockKeysym, lock.scancode);
      this.#effects.key(false, lockKeysym, lock.scancode);
      this.#deskLights! ^= light;
    };
    if (/^Key[A-Z]$/.test(entry.code)) match(capsLight, 'CapsLock', 'CapsLock');
    if (/^Numpad(\d|Decimal)$/.test(entry.code)) match(numLight, 'NumLock', 'NumLock');
  }
}

/** Keys without a place, as those of a keyboard on the screen, have no code. */
const codeOf = (input: KeyInput): string => input.code || input.key;

/** A key that this table does not know, but that makes a character. */
function textKey(input: KeyInput): Key | undefined {
  const { key } = input;
  if ([...key].length !== 1 || key === '\ufffd') return undefined;
  return { code: codeOf(input), scancode: 0, plain: key, shifted: key };
}

/** For desks that know no scancodes, and for those that know both. */
function keysymOf(input: KeyInput, entry: Key): number {
  const name = namedKeysym(input.key);
  if (name !== undefined && !(name === keysym.capsLock && entry.code !== 'CapsLock')) return name;
  const character = [...input.key].length === 1 && input.key !== '\ufffd';
  if (entry.code.startsWith('Numpad') && entry.code !== 'NumpadEnter') {
    if (character && input.key.charCodeAt(0) < 128) return keysym.numpad + input.key.charCodeAt(0);
    const unnamed = input.key === 'Process' || input.key === 'Unidentified';
    return plainKeysym(entry, unnamed ? !input.getModifierState('NumLock') : true);
  }
  const makesText = typeof entry.plain === 'string' || entry.code === 'Backquote';
  if (makesText && character) return keysymOfText(input.key);
  return plainKeysym(entry, input.shiftKey);
}

function plainKeysym(entry: Key, shifted: boolean): number {
  const value = shifted ? entry.shifted : entry.plain;
  return typeof value === 'number' ? value : keysymOfText(value);
}
