import { type Point, type Rect, rect, type Size } from './geometry.ts';

/** Advance widths in pixels, from whatever font the drawing uses; tests give a fixed-width one. */
export type Measure = (text: string, bold?: boolean) => number;

type LineStyle = 'body' | 'heading' | 'centre' | 'right';
/** One line on the page: text[start, end). `x` is where it begins inside the text column. */
export type Line = Readonly<{ start: number; end: number; x: number; style: LineStyle }>;

export const lineHeight = 26;
export const ribbonHeight = 82;
export const rulerHeight = 22;
export const statusHeight = 26;
/** Title, table and stamps above the text. */
const memoHeadHeight = 216;
const gapAbovePage = 20;

/** Everything in coordinates of the window's body. */
export type WriterView = Readonly<{
  /** The grey area that the page scrolls in. */
  view: Rect;
  page: Rect;
  /** The text column; its height is what the lines take. */
  column: Rect;
  lines: readonly Line[];
  maxScroll: number;
}>;

export function writerView(body: Size, text: string, scroll: number, measure: Measure): WriterView {
  const top = ribbonHeight + rulerHeight;
  const view = rect(0, top, body.width, Math.max(0, body.height - top - statusHeight));
  const pageWidth = Math.max(200, Math.min(720, body.width - 64));
  const padding = pageWidth > 560 ? 68 : 36;
  const columnWidth = pageWidth - 2 * padding;
  const lines = breakLines(text, columnWidth, measure);
  const textHeight = lines.length * lineHeight;
  const pageHeight = Math.max(Math.round(pageWidth * Math.SQRT2), 52 + memoHeadHeight + textHeight + 72);
  const maxScroll = Math.max(0, pageHeight + 2 * gapAbovePage - view.height);
  const at = Math.min(scroll, maxScroll);
  const pageX = Math.round((body.width - pageWidth) / 2);
  const pageY = top + gapAbovePage - at;
  return {
    view,
    page: rect(pageX, pageY, pageWidth, pageHeight),
    column: rect(pageX + padding, pageY + 52 + memoHeadHeight, columnWidth, textHeight),
    lines,
    maxScroll,
  };
}

/** Japanese may break between any two characters but not before closing marks; Latin words stay whole. */
export function breakLines(text: string, width: number, measure: Measure): readonly Line[] {
  const lines: Line[] = [];
  let paragraphStart = 0;
  for (const paragraph of text.split('\n')) {
    const style = styleOf(paragraph);
    const bold = style === 'heading';
    const paragraphEnd = paragraphStart + paragraph.length;
    let start = paragraphStart;
    do {
      const end = start + fitting(text.slice(start, paragraphEnd), width, (part) => measure(part, bold));
      const used = style === 'body' || style === 'heading' ? 0 : measure(text.slice(start, end));
      const x = style === 'centre' ? Math.round((width - used) / 2) : style === 'right' ? Math.round(width - used) : 0;
      lines.push({ start, end, x, style });
      start = end;
    } while (start < paragraphEnd);
    paragraphStart = paragraphEnd + 1;
  }
  return lines;
}

const noLineStart = /[、。,.!?)」』・ーぁぃぅぇぉっゃゅょ]/;
const wordPart = /[!-~\u00c0-\u024f]/;

/** How many UTF-16 units of `rest` go on one line: at least one character. */
function fitting(rest: string, width: number, measure: Measure): number {
  let used = 0;
  let at = 0;
  let breakAt = 0;
  for (const char of rest) {
    const advance = measure(char);
    // A space may hang over the edge: the next line must not begin with it.
    if (used + advance > width && at > 0 && char !== ' ') {
      if (noLineStart.test(char) && used + advance <= width + 8) return at + char.length;
      return breakAt > 0 ? breakAt : at;
    }
    used += advance;
    at += char.length;
    const next = rest[at];
    if (next !== undefined && canBreak(char, next)) breakAt = at;
  }
  return rest.length;
}

function canBreak(left: string, right: string): boolean {
  if (noLineStart.test(right) || /[(「『]/.test(left)) return false;
  if (left === ' ') return true;
  return !(wordPart.test(left) && (wordPart.test(right) || right === ' ')) && right !== ' ';
}

function styleOf(paragraph: string): LineStyle {
  if (paragraph === '記') return 'centre';
  if (paragraph === '以上') return 'right';
  return /^[0-9０-９]+[ 　]{1,2}\S/.test(paragraph) && paragraph.length < 40 ? 'heading' : 'body';
}

/** The caret's top left, in coordinates of the body. */
export function caretPoint(view: WriterView, text: string, caret: number, measure: Measure): Point {
  const at = lineOf(view.lines, caret);
  const line = view.lines[at]!;
  return {
    x: Math.round(view.column.x + line.x + measure(text.slice(line.start, caret), line.style === 'heading')),
    y: view.column.y + at * lineHeight,
  };
}

/** A caret at a soft break stands on the later line, as typing goes on there. */
export function lineOf(lines: readonly Line[], caret: number): number {
  const at = lines.findLastIndex((line) => line.start <= caret);
  return Math.max(0, at);
}

/** The caret position nearest to a point of the body. */
export function caretAt(view: WriterView, text: string, point: Point, measure: Measure): number {
  const row = Math.max(0, Math.min(view.lines.length - 1, Math.floor((point.y - view.column.y) / lineHeight)));
  const line = view.lines[row]!;
  let x = view.column.x + line.x;
  let at = line.start;
  for (const char of text.slice(line.start, line.end)) {
    const advance = measure(char, line.style === 'heading');
    if (point.x < x + advance / 2) return at;
    x += advance;
    at += char.length;
  }
  const softBreak = line.end < text.length && text[line.end] !== '\n';
  return softBreak && at > line.start ? Math.max(line.start, at - 1) : at;
}

/** The scroll position at which the caret's line can be seen. */
export function scrollToCaret(view: WriterView, caret: Point, scroll: number): number {
  const margin = 12;
  const above = view.view.y + margin - caret.y;
  const below = caret.y + lineHeight + margin - (view.view.y + view.view.height);
  const next = above > 0 ? scroll - above : below > 0 ? scroll + below : scroll;
  return Math.max(0, Math.min(view.maxScroll, next));
}
