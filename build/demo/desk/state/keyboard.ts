import { sendDraft } from './chat.ts';
import { type DeskEnvironment, type DeskState, me } from './desk-state.ts';
import { type ImeStep, imeCommit, imeErase, imeType, isComposing } from './ime.ts';
import { type DeskKey, deskKey, type NamedKey } from './keys.ts';
import { bodyOf } from './layout.ts';
import { moveCell } from './sheet.ts';
import { eraseBack, eraseForward, insert, moveCaret, setCaret, type TextBuffer } from './text-buffer.ts';
import { find, focused, frameOf } from './windows.ts';
import { caretAt, caretPoint, lineHeight, scrollToCaret, writerView } from './writer-view.ts';

export type KeyInput = Readonly<{ down: boolean; keysym: number; scancode: number }>;

export function key(state: DeskState, input: KeyInput, environment: DeskEnvironment): DeskState {
  const pressed = deskKey(input.keysym, input.scancode, state.modifiers.shift);
  if (!pressed) return state;
  if (pressed.type === 'modifier') return modifierKey(state, pressed.name, input.down);
  if (!input.down) return state;
  // Half/full width pressed with Alt on a US keyboard is the same key to a Japanese desk.
  const toggles = state.modifiers.alt && pressed.type === 'char' && pressed.char === '`';
  const meant: DeskKey = toggles ? { type: 'named', name: 'imeToggle' } : pressed;
  if (meant.type === 'char' && (state.modifiers.ctrl || state.modifiers.alt)) return state;
  const next = meant.type === 'char' ? typeChar(state, meant.char) : namedKey(state, meant.name, environment);
  return next === state ? state : followCaret({ ...next, caretSince: state.now }, environment);
}

function modifierKey(state: DeskState, name: string, down: boolean): DeskState {
  if (name === 'win') return down ? { ...state, startOpen: !state.startOpen } : state;
  if (name !== 'shift' && name !== 'ctrl' && name !== 'alt') return state;
  return { ...state, modifiers: { ...state.modifiers, [name]: down } };
}

/** What is composed becomes text where it stands: before the focus or the caret moves. */
export function settle(state: DeskState): DeskState {
  return isComposing(state.ime) ? withStep(state, imeCommit(state.ime)) : state;
}

function typeChar(state: DeskState, char: string): DeskState {
  return field(state) ? withStep(state, imeType(state.ime, char)) : state;
}

function withStep(state: DeskState, step: ImeStep): DeskState {
  return edit({ ...state, ime: step.ime }, (buffer) => insert(buffer, step.commit));
}

const field = (state: DeskState): 'writer' | 'chat' | undefined => {
  const app = focused(state.windows);
  return app === 'writer' || app === 'chat' ? app : undefined;
};

function edit(state: DeskState, change: (buffer: TextBuffer) => TextBuffer): DeskState {
  switch (field(state)) {
    case 'writer':
      return { ...state, document: change(state.document) };
    case 'chat':
      return { ...state, chat: { ...state.chat, draft: change(state.chat.draft) } };
    case undefined:
      return state;
  }
}

function namedKey(state: DeskState, name: NamedKey, environment: DeskEnvironment): DeskState {
  switch (name) {
    case 'imeToggle':
      return { ...settle(state), ime: { ...imeCommit(state.ime).ime, on: !state.ime.on } };
    case 'imeOn':
      return { ...state, ime: { ...state.ime, on: true } };
    case 'imeOff':
      return { ...settle(state), ime: { ...imeCommit(state.ime).ime, on: false } };
    case 'escape':
      if (isComposing(state.ime)) return { ...state, ime: { ...imeCommit(state.ime).ime } };
      return state.startOpen ? { ...state, startOpen: false } : state;
    case 'backspace':
      return isComposing(state.ime) ? { ...state, ime: imeErase(state.ime) } : edit(state, eraseBack);
    case 'delete':
      return edit(settle(state), eraseForward);
    case 'enter':
      return enter(state);
    case 'tab':
      return focused(state.windows) === 'sheet'
        ? select(state, 1, 0)
        : edit(settle(state), (one) => insert(one, '　　'));
    case 'left':
      return focused(state.windows) === 'sheet'
        ? select(state, -1, 0)
        : edit(settle(state), (one) => moveCaret(one, 'left'));
    case 'right':
      return focused(state.windows) === 'sheet'
        ? select(state, 1, 0)
        : edit(settle(state), (one) => moveCaret(one, 'right'));
    case 'home':
      return edit(settle(state), (one) => moveCaret(one, state.modifiers.ctrl ? 'start' : 'home'));
    case 'end':
      return edit(settle(state), (one) => moveCaret(one, state.modifiers.ctrl ? 'finish' : 'end'));
    case 'up':
      return vertical(settle(state), -1, environment);
    case 'down':
      return vertical(settle(state), 1, environment);
    case 'pageUp':
      return vertical(settle(state), -12, environment);
    case 'pageDown':
      return vertical(settle(state), 12, environment);
  }
}

function enter(state: DeskState): DeskState {
  if (isComposing(state.ime)) return settle(state);
  switch (focused(state.windows)) {
    case 'writer':
      return edit(state, (buffer) => insert(buffer, '\n'));
    case 'chat':
      return { ...state, chat: sendDraft(state.chat, me(state), state.now) };
    case 'sheet':
      return select(state, 0, 1);
    default:
      return state;
  }
}

const select = (state: DeskState, dx: number, dy: number): DeskState => ({
  ...state,
  sheet: moveCell(state.sheet, dx, dy),
});

function vertical(state: DeskState, lines: number, environment: DeskEnvironment): DeskState {
  const app = focused(state.windows);
  if (app === 'sheet') return select(state, 0, lines);
  const seen = app === 'writer' ? viewOf(state, environment) : undefined;
  if (!seen) return state;
  const { text, caret } = state.document;
  const from = caretPoint(seen, text, caret, environment.measure);
  const to = { x: from.x, y: from.y + lineHeight / 2 + lines * lineHeight };
  return { ...state, document: setCaret(state.document, caretAt(seen, text, to, environment.measure)) };
}

function viewOf(state: DeskState, environment: DeskEnvironment) {
  const window = find(state.windows, 'writer');
  if (!window) return undefined;
  return writerView(bodyOf(frameOf(window, state.size)), state.document.text, state.scroll, environment.measure);
}

function followCaret(state: DeskState, environment: DeskEnvironment): DeskState {
  const seen = focused(state.windows) === 'writer' ? viewOf(state, environment) : undefined;
  if (!seen) return state;
  const caret = caretPoint(seen, state.document.text, state.document.caret, environment.measure);
  const scroll = scrollToCaret(seen, caret, state.scroll);
  return scroll === state.scroll ? state : { ...state, scroll };
}
