import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  breakLines,
  caretAt,
  caretPoint,
  lineHeight,
  scrollToCaret,
  writerView,
} from '#build/demo/desk/state/writer-view.ts';

/** Ten pixels for ASCII, twenty for everything else. */
const measure = (text: string): number => [...text].reduce((sum, char) => sum + (char <= '~' ? 10 : 20), 0);
const lines = (text: string, width: number): string[] =>
  breakLines(text, width, measure).map((line) => text.slice(line.start, line.end));

describe('breakLines', () => {
  it('breaks Japanese anywhere but not before closing marks', () => {
    expect(lines('あいうえお', 60)).toEqual(['あいう', 'えお']);
    expect(lines('あいう。え', 60)).toEqual(['あい', 'う。え']);
    expect(lines('「あ「い', 60)).toEqual(['「あ', '「い']);
  });

  it('keeps Latin words whole and lets a space hang over the edge', () => {
    expect(lines('one two three', 80)).toEqual(['one two ', 'three']);
    expect(lines('one two', 30)).toEqual(['one ', 'two']);
  });

  it('cuts a word that is longer than the line', () => {
    expect(lines('abcdefgh', 30)).toEqual(['abc', 'def', 'gh']);
  });

  it('gives every paragraph a line of its own, empty ones too', () => {
    expect(lines('a\n\nb\n', 100)).toEqual(['a', '', 'b', '']);
  });

  it('centres 記, puts 以上 to the right, and makes numbered lines headings', () => {
    const text = '記\n１　趣旨\n本文\n以上';
    expect(breakLines(text, 100, measure)).toMatchObject([
      { style: 'centre', x: 40 },
      { style: 'heading', x: 0 },
      { style: 'body', x: 0 },
      { style: 'right', x: 60 },
    ]);
  });

  it('loses no character, whatever the text and the width', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', ' ', '\n', 'あ', '。', '「', '𠮟') }),
        fc.integer({ min: 5, max: 200 }),
        (text, width) => {
          const list = breakLines(text, width, measure);
          let at = 0;
          for (const line of list) {
            expect(line.start === at || (line.start === at + 1 && text[at] === '\n')).toBe(true);
            at = line.end;
          }
          expect(at).toBe(text.length);
        },
      ),
    );
  });
});

describe('caret', () => {
  const body = { width: 700, height: 600 };
  const text = '１　見出し\nあいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめも\nabc';

  it('comes back to every place it can be seen at', () => {
    const view = writerView(body, text, 0, measure);
    for (let caret = 0; caret <= text.length; caret++) {
      const point = caretPoint(view, text, caret, measure);
      expect(caretAt(view, text, { x: point.x, y: point.y + 5 }, measure)).toBe(caret);
    }
  });

  it('goes to the nearest end when pressed beside the text', () => {
    const view = writerView(body, text, 0, measure);
    expect(caretAt(view, text, { x: 0, y: view.column.y + 5 }, measure)).toBe(0);
    expect(caretAt(view, text, { x: 690, y: view.column.y + 5 }, measure)).toBe(5);
    expect(caretAt(view, text, { x: 690, y: 10_000 }, measure)).toBe(text.length);
  });

  it('pulls the page along when it leaves the view', () => {
    const long = 'x\n'.repeat(60);
    const view = writerView(body, long, 0, measure);
    const scroll = scrollToCaret(view, caretPoint(view, long, long.length, measure), 0);
    const after = writerView(body, long, scroll, measure);
    const caret = caretPoint(after, long, long.length, measure);
    expect(caret.y + lineHeight).toBeLessThanOrEqual(after.view.y + after.view.height);
    expect(scrollToCaret(after, caret, scroll)).toBe(scroll);
  });

  it('never scrolls past the page', () => {
    const { maxScroll } = writerView(body, text, 0, measure);
    expect(writerView(body, text, 99_999, measure)).toEqual(writerView(body, text, maxScroll, measure));
  });
});
