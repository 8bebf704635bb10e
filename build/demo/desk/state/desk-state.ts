import type { Language } from '#contract/errors/entry.ts';
import { chatScript, effectiveDate, text } from '../texts.ts';
import { type Chat, chatEveryMs, firstChat, nextLine, type Script, typingMs } from './chat.ts';
import type { Point, Size } from './geometry.ts';
import type { Target } from './hit.ts';
import { type Ime, imeOff } from './ime.ts';
import type { AppId, IconId } from './layout.ts';
import { firstSheet, glideMs, isGliding, type Sheet, sheetEveryMs, stepSheet } from './sheet.ts';
import { type TextBuffer, textBuffer } from './text-buffer.ts';
import { focused, open, relayout, type Windows } from './windows.ts';
import type { Measure } from './writer-view.ts';

/** Everything that the picture depends on. Plain read-only data; the drawing is a function of it. */
export type DeskState = Readonly<{
  language: Language;
  size: Size;
  /** Milliseconds since 1970, as of the last tick. */
  now: number;
  windows: Windows;
  document: TextBuffer;
  scroll: number;
  sheet: Sheet;
  chat: Chat;
  ime: Ime;
  modifiers: Readonly<{ shift: boolean; ctrl: boolean; alt: boolean }>;
  pointer: Point;
  buttons: number;
  hover: Target;
  /** Where a window was taken hold of, relative to its top left. */
  drag: Readonly<{ app: AppId; grip: Point }> | undefined;
  selecting: boolean;
  startOpen: boolean;
  selectedIcon: IconId | undefined;
  /** For double clicks. */
  lastClick: Readonly<{ key: string; at: number }>;
  /** The caret blinks from here on, so it stands solid while one types. */
  caretSince: number;
}>;

/** What the pure functions need from the outside: the width of text in the writer's font. */
export type DeskEnvironment = Readonly<{ measure: Measure }>;

const caretBlinkMs = 530;
const frameMs = 33;

export const script = (state: Pick<DeskState, 'language'>): Script => chatScript(state.language);
export const me = (state: Pick<DeskState, 'language'>): string => text(state.language, 'chatMe');

export function firstState(options: { language: Language; size: Size; now: number }): DeskState {
  const { language, size, now } = options;
  const memo = text(language, 'memoBody', { effective: effectiveDate(language, now) });
  let windows: Windows = [];
  for (const app of ['sheet', 'chat', 'writer'] as const) windows = open(windows, app, size);
  return {
    language,
    size,
    now,
    windows,
    document: textBuffer(memo, memo.indexOf('\n')),
    scroll: 0,
    sheet: firstSheet(now),
    chat: firstChat(chatScript(language), text(language, 'chatMe'), now),
    ime: imeOff,
    modifiers: { shift: false, ctrl: false, alt: false },
    pointer: { x: Math.round(size.width / 2), y: Math.round(size.height / 2) },
    buttons: 0,
    hover: { type: 'desktop' },
    drag: undefined,
    selecting: false,
    startOpen: false,
    selectedIcon: undefined,
    lastClick: { key: '', at: 0 },
    caretSince: now,
  };
}

/** Time went on: the clock, the caret, the figures and the conversation follow. */
export function advance(state: DeskState, now: number): DeskState {
  const sheet = now - state.sheet.changedAt >= sheetEveryMs ? stepSheet(state.sheet, now) : state.sheet;
  const chat = now >= state.chat.nextAt ? nextLine(state.chat, script(state), me(state), now) : state.chat;
  return { ...state, now, sheet, chat };
}

/** Milliseconds from `state.now` until the picture changes by itself. */
export function untilNextChange(state: DeskState): number {
  const { now, sheet, chat } = state;
  const untilSecond = 1000 - (now % 1000);
  const untilBlink = hasCaret(state) ? caretBlinkMs - ((now - state.caretSince) % caretBlinkMs) : untilSecond;
  const untilSheet = isGliding(sheet, now)
    ? Math.min(frameMs, sheet.changedAt + glideMs - now)
    : sheet.changedAt + sheetEveryMs - now;
  const untilTyping = chat.nextAt - typingMs - now;
  const untilChat = untilTyping > 0 ? untilTyping : chat.nextAt - now;
  return Math.max(1, Math.min(untilSecond, untilBlink, untilSheet, untilChat, chatEveryMs));
}

function hasCaret(state: DeskState): boolean {
  const app = focused(state.windows);
  return !state.startOpen && (app === 'writer' || app === 'chat');
}

export const caretShown = (state: DeskState): boolean =>
  hasCaret(state) && Math.floor((state.now - state.caretSince) / caretBlinkMs) % 2 === 0;

export function resize(state: DeskState, size: Size): DeskState {
  return { ...state, size, windows: relayout(state.windows, state.size, size), drag: undefined, startOpen: false };
}
