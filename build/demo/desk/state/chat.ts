import { type TextBuffer, textBuffer } from './text-buffer.ts';

/** The message window: a conversation that goes on by itself, and a field to answer in. */
export type ChatLine = Readonly<{ from: string; text: string; at: number; mine: boolean }>;
export type Chat = Readonly<{
  lines: readonly ChatLine[];
  draft: TextBuffer;
  /** Which line of the script comes next, and when (milliseconds). */
  step: number;
  nextAt: number;
}>;
export type Script = readonly Readonly<{ from: string; text: string }>[];

export const chatEveryMs = 14_000;
/** So long before a line arrives its author is seen typing. */
export const typingMs = 3_000;
const keptLines = 40;
const toldAtStart = 4;

export function firstChat(script: Script, me: string, now: number): Chat {
  const minute = 60_000;
  const lines = script
    .slice(0, toldAtStart)
    .map((line, at) => ({ ...line, at: now - (toldAtStart - at) * 4 * minute, mine: line.from === me }));
  return { lines, draft: textBuffer(''), step: toldAtStart, nextAt: now + chatEveryMs };
}

export function nextLine(chat: Chat, script: Script, me: string, now: number): Chat {
  const line = script[chat.step % script.length];
  if (line === undefined) return chat;
  return {
    ...chat,
    lines: [...chat.lines, { ...line, at: now, mine: line.from === me }].slice(-keptLines),
    step: chat.step + 1,
    nextAt: now + chatEveryMs,
  };
}

export const whoTypes = (chat: Chat, script: Script, now: number): string | undefined =>
  now >= chat.nextAt - typingMs ? script[chat.step % script.length]?.from : undefined;

export function sendDraft(chat: Chat, me: string, now: number): Chat {
  const text = chat.draft.text.trim();
  if (text === '') return chat;
  return {
    ...chat,
    draft: textBuffer(''),
    lines: [...chat.lines, { from: me, text, at: now, mine: true }].slice(-keptLines),
  };
}
