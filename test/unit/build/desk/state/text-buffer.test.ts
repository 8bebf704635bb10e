import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CaretMove,
  eraseBack,
  eraseForward,
  insert,
  moveCaret,
  setCaret,
  type TextBuffer,
  textBuffer,
} from '#build/demo/desk/state/text-buffer.ts';

describe('text buffer', () => {
  it('inserts and erases at the caret', () => {
    const start = textBuffer('ac', 1);
    expect(insert(start, 'b')).toEqual({ text: 'abc', caret: 2 });
    expect(eraseBack(insert(start, 'b'))).toEqual(start);
    expect(eraseForward(start)).toEqual({ text: 'a', caret: 1 });
  });

  it('stays as it is at its ends', () => {
    expect(eraseBack(textBuffer('a', 0))).toEqual({ text: 'a', caret: 0 });
    expect(eraseForward(textBuffer('a'))).toEqual({ text: 'a', caret: 1 });
    expect(moveCaret(textBuffer('a', 0), 'left').caret).toBe(0);
    expect(moveCaret(textBuffer('a'), 'right').caret).toBe(1);
  });

  it('moves by whole characters over surrogate pairs', () => {
    const text = 'a𠮟b';
    expect(moveCaret(textBuffer(text, 3), 'left').caret).toBe(1);
    expect(moveCaret(textBuffer(text, 1), 'right').caret).toBe(3);
    expect(eraseBack(textBuffer(text, 3)).text).toBe('ab');
    expect(eraseForward(textBuffer(text, 1)).text).toBe('ab');
  });

  it.each([
    ['home', 3],
    ['end', 5],
    ['start', 0],
    ['finish', 8],
  ] as const)('goes to %s', (move, caret) => {
    expect(moveCaret(textBuffer('ab\ncd\nef', 4), move).caret).toBe(caret);
  });

  it('takes no more than it has room for', () => {
    expect(insert(textBuffer(''), 'x'.repeat(30_000)).text).toHaveLength(20_000);
  });

  it('keeps the caret inside the text and between characters, whatever happens', () => {
    const moves: readonly CaretMove[] = ['left', 'right', 'home', 'end', 'start', 'finish'];
    const action = fc.oneof(
      fc.string({ unit: fc.constantFrom('a', '\n', 'あ', '𠮟') }).map((text) => (one: TextBuffer) => insert(one, text)),
      fc.constantFrom(...moves).map((move) => (one: TextBuffer) => moveCaret(one, move)),
      fc.constantFrom(eraseBack, eraseForward),
    );
    fc.assert(
      fc.property(fc.array(action), (actions) => {
        let one = textBuffer('あ𠮟\n𠮟b');
        for (const act of actions) {
          one = act(one);
          expect(one).toEqual(setCaret(one, one.caret));
          const low = one.text.charCodeAt(one.caret);
          expect(one.caret > 0 && low >= 0xdc00 && low <= 0xdfff).toBe(false);
        }
      }),
    );
  });
});
