import { type DeskState, firstState } from '#build/demo/desk/state/desk-state.ts';
import { key } from '#build/demo/desk/state/keyboard.ts';
import { pointer } from '#build/demo/desk/state/pointer.ts';

export const size = { width: 1366, height: 768 };
export const environment = { measure: (text: string): number => [...text].length * 14 };
export const start = Date.UTC(2026, 10, 24, 1, 30);

export const first = (language: 'ja' | 'en' = 'ja'): DeskState => firstState({ language, size, now: start });

export function press(state: DeskState, ...keysyms: readonly number[]): DeskState {
  for (const keysym of keysyms) {
    for (const down of [true, false]) state = key(state, { down, keysym, scancode: 0 }, environment);
  }
  return state;
}

export const write = (state: DeskState, text: string): DeskState =>
  press(state, ...[...text].map((char) => char.codePointAt(0)!));

export const point = (state: DeskState, x: number, y: number, buttons = 0): DeskState =>
  pointer(state, { x, y, buttons }, environment);

export const click = (state: DeskState, x: number, y: number): DeskState =>
  point(point(point(state, x, y), x, y, 1), x, y);

export const centre = (area: Readonly<{ x: number; y: number; width: number; height: number }>): [number, number] => [
  Math.round(area.x + area.width / 2),
  Math.round(area.y + area.height / 2),
];
