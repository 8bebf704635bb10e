import { describe, expect, it } from 'vitest';
import { advance } from '#build/demo/desk/state/desk-state.ts';
import { cursorShape, hit } from '#build/demo/desk/state/hit.ts';
import {
  iconCell,
  imeArea,
  startButton,
  startItems,
  taskButtons,
  titleBar,
  windowButton,
} from '#build/demo/desk/state/layout.ts';
import { sampleButton } from '#build/demo/desk/state/pointer.ts';
import { find, focused, frameOf } from '#build/demo/desk/state/windows.ts';
import { centre, click, first, point, press, size, start, write } from './desk.ts';

const frame = (state: ReturnType<typeof first>, app: 'writer' | 'sheet' | 'chat' | 'mail') =>
  frameOf(find(state.windows, app)!, size);

describe('pointer', () => {
  it('raises the window that is pressed', () => {
    const { x, y, width } = frame(first(), 'sheet');
    expect(focused(click(first(), x + width - 10, y + 200).windows)).toBe('sheet');
  });

  it('drags a window by its title bar until the button is let go', () => {
    const { x, y } = frame(first(), 'writer');
    let state = point(first(), x + 200, y + 10, 1);
    expect(cursorShape(state)).toBe('move');
    state = point(state, x + 260, y + 50, 1);
    expect(frame(state, 'writer')).toMatchObject({ x: x + 60, y: y + 40 });
    state = point(point(state, x + 260, y + 50), 5, 5);
    expect(frame(state, 'writer')).toMatchObject({ x: x + 60, y: y + 40 });
  });

  it('pulls a maximised window off the edge at its own size', () => {
    let state = first();
    const before = frame(state, 'writer');
    state = click(state, ...centre(windowButton(before, 'maximise')));
    expect(frame(state, 'writer').width).toBe(size.width);
    state = point(state, 600, 10, 1);
    expect(frame(point(state, 600, 14, 1), 'writer').width).toBe(size.width);
    state = point(state, 600, 80, 1);
    expect(frame(state, 'writer')).toMatchObject({ width: before.width, height: before.height });
    expect(hit(state, { x: 600, y: 80 })).toEqual({ type: 'title', app: 'writer' });
  });

  it('maximises by a double click, not by two slow ones', () => {
    const at = centre(titleBar(frame(first(), 'writer')));
    expect(find(click(click(first(), ...at), ...at).windows, 'writer')!.maximised).toBe(true);
    const slow = click({ ...click(first(), ...at), now: start + 900 }, ...at);
    expect(find(slow.windows, 'writer')!.maximised).toBe(false);
  });

  it('minimises, brings back, closes and opens again', () => {
    const area = frame(first(), 'writer');
    let state = click(first(), ...centre(windowButton(area, 'minimise')));
    expect(find(state.windows, 'writer')!.minimised).toBe(true);
    const task = taskButtons(size, ['writer', 'sheet', 'chat', 'mail']).get('writer')!;
    state = click(state, ...centre(task));
    expect(focused(state.windows)).toBe('writer');
    state = click(state, ...centre(windowButton(area, 'close')));
    expect(find(state.windows, 'writer')).toBeUndefined();
    state = click(state, ...centre(task));
    expect(frame(state, 'writer')).toEqual(area);
  });

  it('opens a program from the start menu, and closes the menu when something else is pressed', () => {
    const menu = click(first(), ...centre(startButton(size)));
    expect(menu.startOpen).toBe(true);
    const opened = click(menu, ...centre(startItems(size).get('records')!));
    expect([focused(opened.windows), opened.startOpen]).toEqual(['records', false]);
    expect(click(menu, 1200, 700).startOpen).toBe(false);
  });

  it('opens a sample window by a double click on an icon; its button closes it', () => {
    const at = centre(iconCell(0));
    const once = click(first(), ...at);
    expect([once.selectedIcon, find(once.windows, 'mail')]).toEqual(['mail', undefined]);
    const twice = click(once, ...at);
    expect(focused(twice.windows)).toBe('mail');
    const { x, y, width, height } = frame(twice, 'mail');
    const button = sampleButton({ width, height: height - 36 });
    expect(find(click(twice, x + button.x + 5, y + 36 + button.y + 5).windows, 'mail')).toBeUndefined();
  });

  it('sets the caret where the text is pressed and settles what was composed', () => {
    const composing = write(press(first(), 0xff2a), 'kai');
    const { x, y, width } = frame(first(), 'writer');
    const state = click(composing, x + width / 2, y + 420);
    expect(state.document.text).toContain('かい');
    expect(state.document.caret).not.toBe(composing.document.caret);
    expect(state.ime).toMatchObject({ on: true, kana: '' });
  });

  it('selects the cell that is pressed', () => {
    const { x, y } = frame(first(), 'sheet');
    const raised = click(first(), x + 300, y + 10);
    expect(click(raised, x + 34 + 20, y + 36 + 44 + 30 + 24 + 27 * 3 + 10).sheet.selected).toEqual({
      row: 3,
      column: 0,
    });
  });

  it('scrolls the document by the wheel, within its bounds', () => {
    const { x, y } = frame(first(), 'writer');
    let state = point(first(), x + 300, y + 300);
    for (let at = 0; at < 40; at++) state = point(point(state, x + 300, y + 300, 16), x + 300, y + 300);
    const { scroll } = state;
    expect(scroll).toBeGreaterThan(100);
    expect(point(state, x + 300, y + 300, 16).scroll).toBe(scroll);
    for (let at = 0; at < 40; at++) state = point(point(state, x + 300, y + 300, 8), x + 300, y + 300);
    expect(state.scroll).toBe(0);
  });

  it('toggles the input method by its mark', () => {
    expect(click(first(), ...centre(imeArea(size))).ime.on).toBe(true);
  });

  it('marks what the pointer is over, and shapes the pointer by it', () => {
    const area = frame(first(), 'writer');
    const over = point(first(), ...centre(windowButton(area, 'close')));
    expect(over.hover).toEqual({ type: 'windowButton', app: 'writer', button: 'close' });
    expect(cursorShape(over)).toBe('arrow');
    expect(cursorShape(point(first(), area.x + 300, area.y + 300))).toBe('text');
    expect(point(over, over.pointer.x + 1, over.pointer.y).hover).toBe(over.hover);
  });

  it('takes coordinates beyond the screen as its edge', () => {
    expect(point(first(), 65535, 65535).pointer).toEqual({ x: 1365, y: 767 });
  });

  it('changes nothing by time alone when a button is held', () => {
    const held = point(first(), 700, 700, 1);
    expect(advance(held, start + 10).drag).toEqual(held.drag);
  });
});
