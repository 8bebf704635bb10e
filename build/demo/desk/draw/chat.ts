import { type ChatLine, whoTypes } from '../state/chat.ts';
import { caretShown, type DeskState, script } from '../state/desk-state.ts';
import { rect, type Size } from '../state/geometry.ts';
import { chatInputHeight } from '../state/hit.ts';
import { composition } from '../state/ime.ts';
import { bodyOf } from '../state/layout.ts';
import { type DeskWindow, focused, frameOf } from '../state/windows.ts';
import { breakLines } from '../state/writer-view.ts';
import { shortTime, text } from '../texts.ts';
import { clipBody } from './frame.ts';
import { glyph } from './icons.ts';
import { box, color, disc, fill, label, outline, type Pen, sansFont } from './pen.ts';
import type { SceneNode } from './scene-node.ts';
import { textWidth } from './text-width.ts';
import { caretNode } from './writer.ts';

const headerHeight = 54;
const messageSize = 13;
const messageLine = 20;

export function chatNodes(state: DeskState, window: DeskWindow): readonly SceneNode[] {
  const body = bodyOf(frameOf(window, state.size));
  const active = focused(state.windows) === 'chat';
  const { chat, language } = state;
  const typing = whoTypes(chat, script(state), state.now);
  const composed = active ? composition(state.ime) : '';
  const before = chat.draft.text.slice(0, chat.draft.caret) + composed;
  const draft = before + chat.draft.text.slice(chat.draft.caret);
  const content: SceneNode = {
    id: 'chat:content',
    bounds: body,
    key: [body.width, body.height, chat.lines, typing, draft, active, language, window.maximised],
    cached: true,
    paint: (pen) => {
      clipBody(pen, body.width, body.height, window.maximised);
      fill(pen, 0, 0, body.width, body.height, '#f7f9fc');
      paintLines(pen, body, state, typing);
      paintHeader(pen, body, state);
      paintInput(pen, body, state, draft, active);
    },
  };
  if (!active || !caretShown(state)) return [content];
  const x = Math.min(body.width - 60, inputText + textWidth(before, sansFont(messageSize)));
  return [
    content,
    caretNode('chat:caret', rect(Math.round(body.x + x), body.y + body.height - chatInputHeight + 20, 2, 18)),
  ];
}

const inputText = 28;

function paintHeader(pen: Pen, body: Size, state: DeskState): void {
  fill(pen, 0, 0, body.width, headerHeight, color.white);
  fill(pen, 0, headerHeight - 1, body.width, 1, color.line);
  box(pen, rect(14, 10, 34, 34), 9, color.sky700);
  glyph(pen, 'comment', 21, 17, color.white);
  label(pen, text(state.language, 'chatRoom'), 60, 19, { size: 14, bold: true });
  label(pen, text(state.language, 'chatMembers'), 60, 38, { size: 11.5, color: color.faint });
  glyph(pen, 'search', body.width - 64, 17);
  glyph(pen, 'more', body.width - 34, 17);
}

type Bubble = Readonly<{ line: ChatLine; rows: readonly string[]; height: number }>;

function paintLines(pen: Pen, body: Size, state: DeskState, typing: string | undefined): void {
  const widest = body.width - 132;
  const measure = (part: string): number => textWidth(part, sansFont(messageSize));
  let bottom = body.height - chatInputHeight - 26;
  if (typing !== undefined) {
    for (const at of [0, 1, 2]) disc(pen, 22 + at * 8, bottom + 13, 2.4, at === 1 ? color.blue400 : color.blue300);
    label(pen, text(state.language, 'chatTyping', { name: typing }), 50, bottom + 13, {
      size: 11.5,
      color: color.faint,
    });
  }
  for (const line of state.chat.lines.toReversed()) {
    const rows = breakLines(line.text, widest, measure).map(({ start, end }) => line.text.slice(start, end));
    const bubble: Bubble = { line, rows, height: rows.length * messageLine + 14 };
    bottom -= bubble.height;
    paintBubble(pen, body, state, bubble, bottom, measure);
    bottom -= 31;
    if (bottom < headerHeight - 80) break;
  }
}

const faces: readonly string[] = [color.cyan800, color.orange500, color.blue600, color.green600, '#8a4fd0'];

/** One colour a person: by the order in which they first speak, so that neighbours differ. */
const faceOf = (state: DeskState, name: string): string => {
  const people = [...new Set(script(state).map((line) => line.from))];
  return faces[Math.max(0, people.indexOf(name)) % faces.length]!;
};

function paintBubble(
  pen: Pen,
  body: Size,
  state: DeskState,
  { line, rows, height }: Bubble,
  top: number,
  measure: (part: string) => number,
): void {
  const width = Math.ceil(Math.max(...rows.map(measure))) + 24;
  const x = line.mine ? body.width - 18 - width : 58;
  if (!line.mine) {
    disc(pen, 33, top + 3, 16, faceOf(state, line.from));
    label(pen, [...line.from][0] ?? '', 33, top + 3, { size: 13.5, bold: true, align: 'center', color: color.white });
    label(pen, line.from, 60, top - 11, { size: 11.5, bold: true, color: color.soft });
    const after = pen.measureText(line.from).width;
    label(pen, shortTime(line.at), 60 + after + 8, top - 11, { size: 11, color: color.faint });
  } else {
    label(pen, shortTime(line.at), body.width - 20, top - 11, { size: 11, color: color.faint, align: 'right' });
  }
  box(pen, rect(x, top, width, height), 10, line.mine ? color.blue100 : color.white);
  if (!line.mine) outline(pen, rect(x, top, width, height), 10, '#e1e7f0');
  for (const [at, row] of rows.entries())
    label(pen, row, x + 12, top + 7 + messageLine / 2 + at * messageLine, { size: messageSize });
}

function paintInput(pen: Pen, body: Size, state: DeskState, draft: string, active: boolean): void {
  const top = body.height - chatInputHeight;
  fill(pen, 0, top, body.width, chatInputHeight, color.white);
  fill(pen, 0, top, body.width, 1, color.line);
  const field = rect(14, top + 10, body.width - 28, 38);
  box(pen, field, 8, color.white);
  outline(pen, field, 8, active ? color.blue600 : '#c9d2e0', active ? 1.5 : 1);
  const middle = field.y + field.height / 2;
  if (draft === '')
    label(pen, text(state.language, 'chatInput'), inputText, middle, { size: messageSize, color: color.faint });
  else {
    pen.save();
    pen.beginPath();
    pen.rect(field.x + 6, field.y, field.width - 84, field.height);
    pen.clip();
    label(pen, draft, inputText, middle, { size: messageSize });
    pen.restore();
  }
  glyph(pen, 'smile', body.width - 74, middle - 10, color.faint);
  glyph(pen, 'send', body.width - 44, middle - 10, draft === '' ? color.blue300 : color.blue900);
}
