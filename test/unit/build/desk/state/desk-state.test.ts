import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { whoTypes } from '#build/demo/desk/state/chat.ts';
import { advance, caretShown, resize, script, untilNextChange } from '#build/demo/desk/state/desk-state.ts';
import { cellValue, firstSheet, glidingLive, laptops, stepSheet } from '#build/demo/desk/state/sheet.ts';
import { clockTime, effectiveDate, longDate, shortDate } from '#build/demo/desk/texts.ts';
import { first, start } from './desk.ts';

describe('time', () => {
  it('brings a new line to the conversation, announced by its author', () => {
    const state = first();
    const { nextAt, lines } = state.chat;
    const name = script(state)[4]!.from;
    expect(whoTypes(state.chat, script(state), nextAt - 3001)).toBeUndefined();
    expect(whoTypes(state.chat, script(state), nextAt - 3000)).toBe(name);
    expect(advance(state, nextAt - 1).chat.lines).toBe(lines);
    expect(advance(state, nextAt).chat.lines.at(-1)).toMatchObject({ from: name, at: nextAt });
  });

  it('keeps the conversation short however long the desk runs', () => {
    let state = first('en');
    for (let at = 0; at < 200; at++) state = advance(state, state.chat.nextAt);
    expect(state.chat.lines).toHaveLength(40);
  });

  it('changes one department of the sheet at a time', () => {
    const state = advance(first(), start + 4000);
    const changed = state.sheet.live.filter((value, at) => value !== first().sheet.live[at]);
    expect(changed).toHaveLength(1);
  });

  it('always comes to the next change, at the latest with the next second', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20_000 }), { maxLength: 30 }), (steps) => {
        let state = first();
        for (const step of steps) {
          state = advance(state, state.now + step);
          expect(untilNextChange(state)).toBeGreaterThanOrEqual(1);
          expect(untilNextChange(state)).toBeLessThanOrEqual(1000);
        }
      }),
    );
  });

  it('blinks the caret', () => {
    const state = first();
    expect([0, 529, 530, 1059, 1060].map((ms) => caretShown({ ...state, now: start + ms }))).toEqual([
      true,
      true,
      false,
      false,
      true,
    ]);
  });
});

describe('sheet', () => {
  const words = {
    title: 'T',
    columns: ['a', 'b', 'c', 'd', 'e'],
    rows: ['r1', 'r2', 'r3', 'r4', 'r5', 'r6', 'r7'],
    total: 'sum',
  };

  it('adds up', () => {
    const sheet = firstSheet(start);
    expect(cellValue(sheet, words, { row: 9, column: 3 })).toEqual({
      text: '154',
      formula: '=SUM(D3:D9)',
      kind: 'total',
    });
    expect(cellValue(sheet, words, { row: 3, column: 4 })).toEqual({
      text: '71.9%',
      formula: '=D4/C4',
      kind: 'number',
    });
    expect(cellValue(sheet, words, { row: 10, column: 0 })).toBeUndefined();
  });

  it('never has more laptops online than were lent', () => {
    let sheet = firstSheet(start);
    for (let at = 0; at < 2000; at++) {
      sheet = stepSheet(sheet, start + at);
      for (const [department, value] of sheet.live.entries()) {
        expect(value).toBeGreaterThanOrEqual(2);
        expect(value).toBeLessThanOrEqual(laptops[department]!);
      }
    }
  });

  it('lets the bars glide from the old figure to the new one', () => {
    const sheet = { ...firstSheet(start), before: [0, 0, 0, 0, 0, 0, 0], live: [10, 0, 0, 0, 0, 0, 0] };
    const heights = [0, 100, 350, 700, 5000].map((ms) => glidingLive(sheet, start + ms)[0]!);
    expect(heights).toEqual(heights.toSorted((a, b) => a - b));
    expect([heights[0], heights[3], heights[4]]).toEqual([0, 10, 10]);
  });
});

describe('words', () => {
  it('tell the time of an office in Japan in both languages', () => {
    expect([clockTime('ja', start), shortDate('ja', start), longDate('ja', start)]).toEqual([
      '10:30:00',
      '2026/11/24(火)',
      '令和8年11月24日',
    ]);
    expect([clockTime('en', start), shortDate('en', start), longDate('en', start)]).toEqual([
      '10:30:00',
      'Tue 24 Nov 2026',
      '24 November 2026',
    ]);
    expect(effectiveDate('ja', start)).toBe('令和9年1月1日');
  });
});

it('lets go of a dragged window and closes the menu when the screen changes its size', () => {
  const state = { ...first(), startOpen: true, drag: { app: 'writer' as const, grip: { x: 1, y: 1 } } };
  const after = resize(state, { width: 1024, height: 700 });
  expect(after).toMatchObject({ startOpen: false, size: { width: 1024, height: 700 } });
  expect(after.drag).toBeUndefined();
});
