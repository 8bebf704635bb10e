import type { Language } from '#contract/errors/entry.ts';
import { caretShown, type DeskState } from '../state/desk-state.ts';
import { type Rect, rect, type Size } from '../state/geometry.ts';
import { composition } from '../state/ime.ts';
import { bodyOf } from '../state/layout.ts';
import { type DeskWindow, focused, frameOf } from '../state/windows.ts';
import {
  caretPoint,
  lineHeight,
  lineOf,
  type Measure,
  ribbonHeight,
  rulerHeight,
  statusHeight,
  type WriterView,
  writerView,
} from '../state/writer-view.ts';
import { list, text } from '../texts.ts';
import { clipBody } from './frame.ts';
import { type Glyph, glyph } from './icons.ts';
import { memoHead } from './memo-head.ts';
import { box, color, fill, label, outline, type Pen, serifFont, stroke } from './pen.ts';
import type { SceneNode } from './scene-node.ts';
import { textWidth } from './text-width.ts';

const documentFontSize = 14.5;

export const writerMeasure: Measure = (words, bold) => textWidth(words, serifFont(documentFontSize, bold));

/** The text with what is being composed at its place. */
function shownText(state: DeskState, active: boolean) {
  const { text: whole, caret } = state.document;
  const composed = active ? composition(state.ime) : '';
  return {
    whole: whole.slice(0, caret) + composed + whole.slice(caret),
    caret: caret + composed.length,
    composedFrom: caret,
  };
}

export function writerNodes(state: DeskState, window: DeskWindow, measure: Measure): readonly SceneNode[] {
  const body = bodyOf(frameOf(window, state.size));
  const active = focused(state.windows) === 'writer';
  const shown = shownText(state, active);
  const view = writerView(body, shown.whole, state.scroll, measure);
  const content: SceneNode = {
    id: 'writer:content',
    bounds: body,
    key: [body.width, body.height, ...Object.values(shown), view.column.y, state.language, window.maximised],
    cached: true,
    paint: (pen) => {
      clipBody(pen, body.width, body.height, window.maximised);
      paintPage(pen, state, view, shown);
      paintRibbon(pen, body, state.language);
      paintRuler(pen, body, view);
      paintStatus(pen, body, state);
    },
  };
  if (!active || !caretShown(state)) return [content];
  const at = caretPoint(view, shown.whole, shown.caret, measure);
  const inside = at.y >= view.view.y && at.y + lineHeight <= view.view.y + view.view.height;
  return inside ? [content, caretNode('writer:caret', rect(body.x + at.x, body.y + at.y + 3, 2, 20))] : [content];
}

export function caretNode(id: string, bounds: Rect): SceneNode {
  return {
    id,
    bounds,
    key: [],
    cached: false,
    paint: (pen) => fill(pen, 0, 0, bounds.width, bounds.height, color.blue900),
  };
}

function paintPage(
  pen: Pen,
  state: DeskState,
  view: WriterView,
  shown: Readonly<{ whole: string; caret: number; composedFrom: number }>,
): void {
  pen.save();
  pen.beginPath();
  pen.rect(view.view.x, view.view.y, view.view.width, view.view.height);
  pen.clip();
  fill(pen, view.view.x, view.view.y, view.view.width, view.view.height, '#e6ebf3');
  pen.save();
  pen.shadowColor = 'rgba(20,40,90,0.22)';
  pen.shadowBlur = 12;
  pen.shadowOffsetY = 2;
  fill(pen, view.page.x, view.page.y, view.page.width, view.page.height, color.white);
  pen.restore();
  memoHead(pen, rect(view.column.x, view.page.y + 44, view.column.width, 0), state);
  const { x, y } = view.column;
  if (shown.caret > shown.composedFrom) underline(pen, view, shown);
  for (const [at, line] of view.lines.entries()) {
    const top = y + at * lineHeight;
    if (top + lineHeight < view.view.y || top > view.view.y + view.view.height) continue;
    pen.font = serifFont(documentFontSize, line.style === 'heading');
    pen.fontKerning = 'none';
    pen.textAlign = 'left';
    pen.textBaseline = 'alphabetic';
    pen.fillStyle = color.ink;
    pen.fillText(shown.whole.slice(line.start, line.end), x + line.x, top + 18);
  }
  scrollBar(pen, view);
  pen.restore();
}

function underline(
  pen: Pen,
  view: WriterView,
  shown: Readonly<{ whole: string; caret: number; composedFrom: number }>,
): void {
  for (let at = lineOf(view.lines, shown.composedFrom); at <= lineOf(view.lines, shown.caret); at++) {
    const line = view.lines[at]!;
    const from = Math.max(line.start, shown.composedFrom);
    const to = Math.min(line.end, shown.caret);
    if (to <= from) continue;
    pen.font = serifFont(documentFontSize, line.style === 'heading');
    const left = view.column.x + line.x + pen.measureText(shown.whole.slice(line.start, from)).width;
    const width = pen.measureText(shown.whole.slice(from, to)).width;
    const top = view.column.y + at * lineHeight;
    fill(pen, left, top + 2, width, lineHeight - 5, color.blue50);
    fill(pen, left, top + lineHeight - 4, width, 1.5, color.blue600);
  }
}

function scrollBar(pen: Pen, view: WriterView): void {
  if (view.maxScroll === 0) return;
  const { x, y, width, height } = view.view;
  const share = height / (height + view.maxScroll);
  const at = ((view.view.y + 20 - view.page.y) / view.maxScroll) * (height - 8) * (1 - share);
  box(pen, rect(x + width - 10, y + 4 + at, 6, (height - 8) * share), 3, '#b6c0d0');
}

function paintRibbon(pen: Pen, body: Size, language: Language): void {
  fill(pen, 0, 0, body.width, ribbonHeight, color.panel);
  let x = 16;
  for (const [at, name] of list(language, 'tabs').entries()) {
    const active = at === 1;
    label(pen, name, x, 18, { size: 13, bold: active, color: active ? color.blue900 : color.soft });
    const width = pen.measureText(name).width;
    if (active) box(pen, rect(x - 1, 31, width + 2, 3), 1.5, color.blue900);
    x += width + 24;
    if (x > body.width - 220) break;
  }
  box(pen, rect(body.width - 92, 5, 78, 26), 6, color.blue900);
  label(pen, text(language, 'share'), body.width - 53, 18, {
    size: 12,
    bold: true,
    color: color.white,
    align: 'center',
  });
  box(pen, rect(8, 38, body.width - 16, 40), 8, color.white);
  outline(pen, rect(8, 38, body.width - 16, 40), 8, color.line);
  paintTools(pen, body, language);
}

function paintTools(pen: Pen, body: Size, language: Language): void {
  const middle = 58;
  let x = 18;
  const limit = body.width - 40;
  const tool = (name: Glyph): void => {
    if (x < limit) glyph(pen, name, x, middle - 10);
    x += 30;
  };
  const parting = (): void => {
    if (x < limit) fill(pen, x + 2, middle - 11, 1, 22, color.line);
    x += 13;
  };
  const field = (words: string, width: number): void => {
    outline(pen, rect(x, middle - 13, width, 26), 5, '#c9d2e0');
    label(pen, words, x + 9, middle, { size: 12.5 });
    glyph(pen, 'chevron', x + width - 20, middle - 10);
    x += width + 8;
  };
  tool('undo');
  tool('redo');
  parting();
  field(text(language, 'fontName'), 104);
  field('10.5', 62);
  parting();
  for (const [at, letter] of ['B', 'I', 'U'].entries()) {
    pen.font = `${at === 1 ? 'italic ' : ''}${at === 0 ? 'bold ' : ''}15px "DejaVu Serif", "Noto Serif CJK JP", serif`;
    pen.textAlign = 'center';
    pen.fillStyle = color.soft;
    pen.fillText(letter, x + 10, middle + 5);
    if (at === 2) stroke(pen, [x + 4, middle + 8, x + 16, middle + 8], color.soft, 1.3);
    x += 28;
  }
  label(pen, 'A', x + 10, middle - 2, { size: 14, bold: true, color: color.soft, align: 'center' });
  box(pen, rect(x + 3, middle + 6, 14, 3.5), 1, color.stamp);
  x += 28;
  parting();
  if (x < limit) box(pen, rect(x - 4, middle - 14, 28, 28), 5, color.blue50);
  glyph(pen, 'alignLeft', x, middle - 10, color.blue900);
  x += 30;
  tool('alignCentre');
  tool('alignRight');
  parting();
  tool('bullets');
  tool('numbers');
  parting();
  tool('table');
  tool('picture');
  tool('comment');
}

function paintRuler(pen: Pen, body: Size, view: WriterView): void {
  fill(pen, 0, ribbonHeight, body.width, rulerHeight, '#e6ebf3');
  fill(pen, view.page.x, ribbonHeight + 5, view.page.width, 12, '#d5dce8');
  fill(pen, view.column.x, ribbonHeight + 5, view.column.width, 12, color.white);
  const unit = 14.6;
  for (let at = 1; at * unit < view.column.width; at++) {
    const x = Math.round(view.column.x + at * unit);
    if (at % 5 === 0) label(pen, String(at), x, ribbonHeight + 11, { size: 8.5, color: color.faint, align: 'center' });
    else fill(pen, x, ribbonHeight + 9, 1, 4, '#b9c3d2');
  }
}

function paintStatus(pen: Pen, body: Size, state: DeskState): void {
  const top = body.height - statusHeight;
  const middle = top + statusHeight / 2;
  const { language } = state;
  fill(pen, 0, top, body.width, statusHeight, color.panel);
  fill(pen, 0, top, body.width, 1, color.line);
  const count = [...state.document.text].filter((char) => !/\s/.test(char)).length;
  let x = 16;
  for (const words of [
    text(language, 'page'),
    text(language, 'characters', { count }),
    text(language, 'proofing'),
    text(language, 'saved'),
  ]) {
    label(pen, words, x, middle, { size: 11.5, color: color.soft });
    x += pen.measureText(words).width + 22;
  }
  label(pen, '100%', body.width - 16, middle, { size: 11.5, color: color.soft, align: 'right' });
  fill(pen, body.width - 162, middle, 100, 1.5, '#b6c0d0');
  box(pen, rect(body.width - 115, middle - 6, 6, 13), 2, color.blue900);
}
